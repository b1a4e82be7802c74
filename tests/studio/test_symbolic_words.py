"""Counts over sizes that nobody knows yet."""

import pytest

from nnstudio.graph.dims import Dim, symbol
from nnstudio.studio.figures import bytes_words
from nnstudio.studio.summaries import count_words

T, H = symbol("T"), symbol("H")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (36_864 * T**2 + 247_064_064 * T, "36.9 k·T² + 247 M·T"),
        (T, "T"),
        (T + 1, "T + 1"),
        (2 * T * H - 3, "2·H·T − 3"),
        (12 * T**12, "12·T¹²"),
        (5 - T, "−T + 5"),
    ],
)
def test_counts(value: Dim, words: str) -> None:
    assert count_words(value) == words


def test_a_floor_keeps_its_brackets() -> None:
    assert count_words(1000 * (H // 2)) == "1.00 k·(H // 2)"


def test_bytes() -> None:
    assert bytes_words(3072 * T) == "3.07 kB·T"
    assert bytes_words(T) == "1 B·T"
