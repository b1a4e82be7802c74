"""Names and identifiers."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.names import RESERVED, is_id, new_id, pascal_case, snake_case, unique


@pytest.mark.parametrize(
    ("name", "snake", "pascal"),
    [
        ("Residual block", "residual_block", "ResidualBlock"),
        ("LeNet5", "le_net5", "LeNet5"),
        ("3x3 conv", "n3x3_conv", "N3x3Conv"),
        ("größe", "gr_e", "GrE"),
        ("层", "", ""),
        ("", "", ""),
        ('"); import os #', "import_os", "ImportOs"),
        ("__class__", "class", "Class"),
    ],
)
def test_cases(name: str, snake: str, pascal: str) -> None:
    assert snake_case(name) == snake
    assert pascal_case(name) == pascal


@given(st.text())
def test_any_text_becomes_an_identifier_or_nothing(text: str) -> None:
    for made in (snake_case(text), pascal_case(text)):
        assert made == "" or (made.isidentifier() and made.isascii() and len(made) <= 61)


def test_unique_avoids_what_is_taken_and_reserved() -> None:
    assert unique("conv", {"conv", "conv2"}) == "conv3"
    assert unique("conv1", {"conv1"}) == "conv1_2"
    assert unique("class", set()) == "class2"
    assert set(keyword.kwlist) <= RESERVED


def test_ids() -> None:
    made = {new_id() for _ in range(500)}
    assert len(made) == 500
    assert all(is_id(one) and len(one) == 8 and one[0].isalpha() for one in made)
    for wrong in ("", "a b", "../x", "a/b", "a.1", "x" * 41, "ä", "a\n", None, 3):
        assert not is_id(wrong)
