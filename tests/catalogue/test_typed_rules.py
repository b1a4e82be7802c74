"""What users type as text into a layer: indices between brackets and Einstein sums."""

from __future__ import annotations

import ast
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.catalogue import brackets, einsum
from nnstudio.catalogue.faults import ShapeError
from nnstudio.graph.dims import symbol

N, T = symbol("N"), symbol("T")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (":, 0", (N, 8)),
        ("..., -1", (N, T)),
        (":, 1:", (N, T - 1, 8)),
        (":, :-1", (N, T - 1, 8)),
        (":, :, ::2", (N, T, 4)),
        ("..., 1:7:3", (N, T, 2)),
        (":, None", (N, 1, T, 8)),
        (":,:,-3:", (N, T, 3)),
        ("...", (N, T, 8)),
    ],
)
def test_an_index_leaves(text: str, shape: tuple[Any, ...]) -> None:
    assert brackets.taken(text, (N, T, 8)) == shape


@given(st.text(st.sampled_from("0123 :-,.Na"), max_size=12))
def test_an_index_is_read_as_python_reads_it_or_refused(text: str) -> None:
    shape = (5, 4, 6)
    try:
        made = brackets.taken(text, shape)
    except ShapeError:
        return
    written = brackets.written(text)
    assert brackets.read(written) == brackets.read(text)
    tree = ast.parse(f"x[{written}]", mode="eval").body
    assert isinstance(tree, ast.Subscript)
    if 0 not in made and not any(type(size) is int and size < 0 for size in made):
        index = tuple(slice(*e) if isinstance(e, tuple) else e for e in brackets.read(text))
        assert tuple(torch.zeros(shape)[index].shape) == made


@pytest.mark.parametrize(
    "text", ["", "x", "__import__('os')", "0)", "1:2:0", "::-1", "..., ...", "0" * 20, ":" * 500]
)
def test_nothing_else_is_an_index(text: str) -> None:
    with pytest.raises(ShapeError, match=r"shape\.brackets"):
        brackets.taken(text, (4, 4))


def test_an_index_beyond_an_end_is_refused() -> None:
    for text in ("5", "-6", "3:7", "-9:"):
        with pytest.raises(ShapeError, match=r"shape\.index"):
            brackets.taken(text, (5,))


@pytest.mark.parametrize(
    ("equation", "shapes", "made"),
    [
        ("nqd,nkd->nqk", [(N, T, 8), (N, 5, 8)], (N, T, 5)),
        ("...d,de->...e", [(N, T, 8), (8, 3)], (N, T, 3)),
        ("ij,jk", [(2, 3), (3, 4)], (2, 4)),
        ("b...->...", [(N, T, 8)], (T, 8)),
        ("ii", [(4, 4)], ()),
    ],
)
def test_an_equation_makes(equation: str, shapes: list[Any], made: tuple[Any, ...]) -> None:
    assert einsum.result(equation, shapes) == made


@pytest.mark.parametrize(
    ("equation", "shapes", "code"),
    [
        ("ij->ijk", [(2, 3)], "shape.einsum"),
        ("ij->ii", [(2, 3)], "shape.einsum"),
        ("i.j", [(2, 3)], "shape.einsum"),
        ("a" * 300, [(2,)], "shape.einsum"),
        ("ij,jk", [(2, 3)], "shape.einsum_inputs"),
        ("ijk", [(2, 3)], "shape.einsum_rank"),
        ("ij,jk", [(2, 3), (4, 5)], "shape.broadcast"),
    ],
)
def test_an_equation_is_refused(equation: str, shapes: list[Any], code: str) -> None:
    with pytest.raises(ShapeError) as caught:
        einsum.result(equation, shapes)
    assert caught.value.code == code


def test_operations_of_a_product() -> None:
    assert einsum.flops("ij,jk->ik", [(2, 3), (3, 4)]) == 2 * 2 * 3 * 4
    assert einsum.flops("ij->j", [(2, 3)]) == 0
