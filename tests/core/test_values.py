"""Values: immutable, hashable, and told apart as a document does."""

from __future__ import annotations

import pytest

from nnstudio.core import values
from nnstudio.core.values import Args, Choice, Expression, identical


def test_args_are_a_mapping_that_cannot_be_changed() -> None:
    args = Args({"a": 1}, b=2)
    assert dict(args) == {"a": 1, "b": 2}
    assert (len(args), "a" in args, args.get("z")) == (2, True, None)
    with pytest.raises(TypeError):
        args["a"] = 2  # type: ignore[index]
    assert args.replace(a=5) == Args(a=5, b=2)
    assert args.without("a", "z") == Args(b=2)
    assert dict(args) == {"a": 1, "b": 2}


def test_the_order_does_not_matter_and_equal_ones_have_one_hash() -> None:
    left, right = Args(a=1, b=(1, 2)), Args(b=(1, 2), a=1)
    assert left == right
    assert hash(left) == hash(right)
    assert left != {"a": 1, "b": (1, 2)}


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, 1.0), (1, True), (0.0, False), ((1,), (1.0,)), ("4", Expression("4")), (None, False)],
)
def test_values_of_different_types_differ(left: object, right: object) -> None:
    assert not identical(left, right)
    assert Args({"x": left}) != Args({"x": right})  # type: ignore[dict-item]
    assert Choice("A", Args({"x": left})) != Choice("A", Args({"x": right}))  # type: ignore[dict-item]


def test_choices_and_formulas_are_values() -> None:
    assert identical(Choice("Adam", Args(lr=0.1)), Choice("Adam", Args(lr=0.1)))
    assert str(Expression("4 * dim")) == "4 * dim"
    assert len({Choice("Adam"), Choice("Adam"), Choice("SGD")}) == 2


def test_equal_settings_have_one_first(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Args(a=1, b=(2, 3)), Args(b=(2, 3), a=1)
    assert one.first is other.first
    assert one.first == one
    assert Args(a=True).first is not Args(a=1).first, "they are two values of a document"
    monkeypatch.setattr(values, "MOST_FIRSTS", 3)
    for number in range(20):
        assert Args(n=number).first == Args(n=number)
        assert len(values._FIRSTS) <= 3
    assert other.first == Args(a=1, b=(2, 3)).first, "whatever was forgotten"
