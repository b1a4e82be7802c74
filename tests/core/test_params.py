"""The one checker of what a user sets."""

from __future__ import annotations

import pytest

from nnstudio.core.params import LARGEST, Param, check, check_all, show
from nnstudio.core.values import Choice, Expression, Value

FINE: list[tuple[Param, Value]] = [
    (Param("n", "int", minimum=1), 1),
    (Param("n", "int", optional=True), None),
    (Param("n", "int", auto=True), None),
    (Param("n", "int"), Expression("4 * dim")),
    (Param("p", "float", minimum=0, maximum=1), 1),
    (Param("p", "float", minimum=0, above=True), 1e-9),
    (Param("b", "bool"), True),
    (Param("t", "text"), ""),
    (Param("c", "choice", choices=("a", "b")), "b"),
    (Param("k", "size", minimum=1), 3),
    (Param("k", "size", minimum=1), (3, 5)),
    (Param("k", "size", minimum=1), (3, Expression("k"))),
    (Param("k", "size", words=("same",)), "same"),
    (Param("s", "shape"), ("N", 3, Expression("2 * dim"))),
    (Param("s", "shape"), ()),
    (Param("i", "ints"), (1, -1)),
    (Param("f", "floats"), (0.5, 1)),
    (Param("u", "number_or_size"), (0.5, 2)),
    (Param("x", "file"), "/etc/passwd"),
    (Param("o", "of", of="optimizers"), Choice("Adam")),
    (Param("o", "list_of", of="metrics"), (Choice("accuracy"),)),
]
WRONG: list[tuple[Param, Value, str]] = [
    (Param("n", "int"), None, "param.type"),
    (Param("n", "int"), 1.0, "param.type"),
    (Param("n", "int"), True, "param.type"),
    (Param("n", "int"), "3", "param.type"),
    (Param("n", "int"), LARGEST + 1, "param.type"),
    (Param("n", "int", minimum=1), 0, "param.range"),
    (Param("n", "int", maximum=9), 10, "param.range"),
    (Param("p", "float", minimum=0, above=True), 0, "param.range"),
    (Param("p", "float"), float("nan"), "param.type"),
    (Param("p", "float"), float("inf"), "param.type"),
    (Param("b", "bool"), 1, "param.type"),
    (Param("t", "text"), "x" * 5000, "param.type"),
    (Param("c", "choice", choices=("a", "b")), "c", "param.choice"),
    (Param("k", "size", minimum=1), (3, 0), "param.range"),
    (Param("k", "size"), (), "param.type"),
    (Param("k", "size"), "same", "param.type"),
    (Param("s", "shape"), ("a b",), "param.type"),
    (Param("s", "shape"), 3, "param.type"),
    (Param("i", "ints"), tuple(range(65)), "param.type"),
    (Param("o", "of"), "Adam", "param.type"),
]


@pytest.mark.parametrize(("param", "value"), FINE)
def test_fine(param: Param, value: Value) -> None:
    assert check(param, value) is None


@pytest.mark.parametrize(("param", "value", "code"), WRONG)
def test_wrong(param: Param, value: Value, code: str) -> None:
    problem = check(param, value, "g/n")
    assert problem is not None
    assert (problem.code, problem.where) == (code, "g/n")
    assert param.name in problem.message
    assert problem.hint


def test_unknown_names_come_first() -> None:
    found = check_all([Param("n", "int")], {"n": "x", "m": 1}, layer="Linear")
    assert [problem.code for problem in found] == ["param.unknown", "param.type"]
    assert str(found[0]) == "Linear has no parameter m (choose one of n)"


def test_limits_in_words() -> None:
    assert Param("p", "float", minimum=0, above=True, maximum=1).expected == (
        "a number, more than 0 and at most 1"
    )


def test_values_as_typed() -> None:
    assert show((1, Expression("a"), Choice("Adam"), "x")) == "(1, a, Adam, 'x')"
