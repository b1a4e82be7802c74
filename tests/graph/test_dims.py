"""Symbolic sizes against numbers: whatever the algebra says must hold when names get values."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.core.expressions import evaluate
from nnstudio.graph.dims import (
    Dim,
    equal,
    floor_divide,
    numel,
    show,
    show_shape,
    substitute,
    symbol,
)

NAMES = ("H", "W", "dim")


def expression(rng: Random, depth: int = 0) -> tuple[Dim, str]:
    """A random size and the Python that says the same."""
    if depth > 3 or rng.random() < 0.3:
        if rng.random() < 0.5:
            number = rng.randrange(1, 9)
            return number, str(number)
        name = rng.choice(NAMES)
        return symbol(name), name
    left, a = expression(rng, depth + 1)
    right, b = expression(rng, depth + 1)
    kind = rng.choice("+-*/%")
    if kind == "+":
        return left + right, f"({a} + {b})"
    if kind == "-":
        return left - right, f"({a} - {b})"
    if kind == "*":
        return left * right, f"({a} * {b})"
    divisor = rng.choice((2, 3, 4))
    if kind == "%":
        return left % divisor, f"({a} % {divisor})"
    return floor_divide(left, divisor), f"({a} // {divisor})"


@given(st.integers(0, 10**9))
@settings(max_examples=300, deadline=None)
def test_the_value_is_that_of_plain_arithmetic(seed: int) -> None:
    rng = Random(seed)
    dim, text = expression(rng)
    for _ in range(5):
        values = {name: rng.randrange(1, 200) for name in NAMES}
        expected = evaluate(text, values) if len(text) < 200 else None
        found = substitute(dim, values)
        assert isinstance(found, int)
        if expected is not None:
            assert found == expected
        if len(show(dim)) < 200:
            assert evaluate(show(dim), values) == found  # what is shown is the same size


@given(st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_equal_never_lies(seed: int) -> None:
    rng = Random(seed)
    left, _ = expression(rng)
    right, _ = expression(rng)
    told = equal(left, right)
    for _ in range(20):
        values = {name: rng.randrange(1, 60) for name in NAMES}
        same = substitute(left, values) == substitute(right, values)
        if told is not None:
            assert same == told, (left, right, values)


def test_both_arms_of_a_residual_are_proved_equal() -> None:
    h, stride = symbol("H"), symbol("stride")
    three = (h + 2 * 1 - 3) // stride + 1
    one = (h + 2 * 0 - 1) // stride + 1
    assert equal(three, one) is True
    assert show(one) == "(H - 1) // stride + 1"
    assert equal(h, h + 1) is False
    assert equal(h, stride) is None


def test_a_multiple_is_divided_evenly() -> None:
    c = symbol("c")
    assert (4 * c) / 2 == 2 * c
    assert (c * 8) // c == 8
    with pytest.raises(ValueError, match="whole number"):
        _ = c / 2


def test_shapes_are_shown_as_code_and_on_edges() -> None:
    shape = (symbol("N"), 64, symbol("H") // 2)
    assert show_shape(shape) == "(N, 64, H // 2)"
    assert show_shape(shape, " × ") == "N × 64 × (H // 2)"
    assert show_shape((3,)) == "(3,)"
    assert numel((2, 3, symbol("N"))) == 6 * symbol("N")
