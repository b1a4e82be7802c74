"""What is typed means what was written: for every parameter there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nnstudio.catalogue import registry
from nnstudio.core.params import Param, check
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Expression, Value, identical
from nnstudio.studio.typed import (
    default_words,
    formula_value,
    read,
    worked_out,
    write,
    write_series,
)

OWN = frozenset({"bool", "choice", "of", "list_of"})


def params() -> Iterator[tuple[str, Param]]:
    for spec in registry.LAYERS.values():
        yield from ((spec.name, param) for param in spec.params)
    for table in registry.TABLES.values():
        for one in table.values():
            yield from ((one.name, param) for param in one.params)


TYPED = [(name, param) for name, param in params() if param.kind not in OWN]


@pytest.mark.parametrize(("owner", "param"), TYPED, ids=lambda one: getattr(one, "name", one))
def test_default_can_be_typed(owner: str, param: Param) -> None:
    """What a field shows can be typed again, and means the same."""
    if param.default is None and not param.optional:
        return
    value = read(param, write(param.default))
    assert identical(value, param.default) or float(value) == param.default  # type: ignore[arg-type]
    assert check(param, value) is None


INT = Param("n", "int", 1, minimum=1, maximum=100_000)
FLOAT = Param("lr", "float", 0.1, minimum=0.0, above=True)
SIZE = Param("kernel_size", "size", 3, minimum=1, words=("same",))
SHAPE = Param("shape", "shape", ())
INTS = Param("dims", "ints", ())
EITHER = Param("scale", "number_or_size", 2)


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (INT, "64", 64),
        (INT, " 61 706 ", 61706),
        (INT, "1_000", 1000),
        (INT, "1e3", 1000),
        (INT, "3 * 28", 84),
        (FLOAT, "1e-05", 1e-05),
        (FLOAT, "3.1E-3", 0.0031),
        (FLOAT, "1", 1.0),
        (FLOAT, "1/4", 0.25),
        (SIZE, "3", 3),
        (SIZE, "3, 5", (3, 5)),
        (SIZE, "3×5", (3, 5)),
        (SIZE, "(3, 5)", (3, 5)),
        (SIZE, "same", "same"),
        (SHAPE, "N, 1, 28, 28", ("N", 1, 28, 28)),
        (SHAPE, "N × 1 × 28", ("N", 1, 28)),
        (SHAPE, "", ()),
        (INTS, "0, -1, 2", (0, -1, 2)),
        (INTS, "[0, 2]", (0, 2)),
        (INTS, "3,", (3,)),
        (EITHER, "2", 2),
        (EITHER, "1.5", 1.5),
        (Param("t", "text", ""), " as it is ", " as it is "),
        (Param("m", "int", 4, optional=True), "none", None),
        (Param("m", "int", 4, optional=True), "", None),
    ],
)
def test_read(param: Param, text: str, value: Value) -> None:
    found = read(param, text)
    assert found == value
    assert type(found) is type(value) or param is FLOAT


@pytest.mark.parametrize(
    ("param", "text", "code"),
    [
        (INT, "abc", "param.type"),
        (INT, "0", "param.range"),
        (INT, "2.5", "param.type"),
        (INT, "", "param.missing"),
        (INT, "1, 2", "param.type"),
        (INT, "__import__('os')", "param.type"),
        (FLOAT, "0", "param.range"),
        (FLOAT, "nan", "param.type"),
        (FLOAT, "1e999", "param.type"),
        (SIZE, "3, x", "param.type"),
        (SIZE, "0, 3", "param.range"),
        (INTS, "1; two", "param.type"),
        (INT, "4 * dim", "expr.no_names"),
        (INT, "dim", "param.type"),
        (INT, "9**9**9", "expr.value"),
    ],
)
def test_refused(param: Param, text: str, code: str) -> None:
    with pytest.raises(ProjectError) as error:
        read(param, text)
    assert error.value.problems[0].code == code


def test_formula_only_with_names() -> None:
    assert read(INT, "4 * dim", ("dim",)) == Expression("4 * dim")
    assert read(SIZE, "k, k + 2", ("k",)) == (Expression("k"), Expression("k + 2"))
    with pytest.raises(ProjectError) as error:
        read(INT, "4 * width", ("dim", "i"))
    assert error.value.problems[0].code == "expr.name"
    assert "dim, i" in str(error.value.problems[0])


def test_formula_value() -> None:
    assert formula_value(Expression("4 * dim"), {"dim": 128}) == "512"
    assert formula_value(Expression("dim / 3"), {"dim": 1}) == "0.333333"
    assert formula_value(Expression("4 * dim"), {}) == ""


def test_default_in_words() -> None:
    assert default_words(Param("a", "bool", True)) == "on"
    assert default_words(Param("a", "int", None, optional=True)) == "none"
    assert default_words(Param("a", "int", None, auto=True)) == ""


def test_formulas_in_a_list_are_worked_out() -> None:
    numbers = {"dim": 8, "k": 3}
    value = (Expression("2 * dim"), 5, "k")
    assert worked_out(value, numbers) == "16, 5, 3"
    assert worked_out(("N", Expression("dim")), numbers) == "N, 8"
    assert worked_out((Expression("unknown"), 5), numbers) == ""
    assert worked_out(Expression("dim // k"), numbers) == "2"


def test_the_values_of_copies_in_few_words() -> None:
    assert write_series(()) == ""
    assert write_series((64, 128)) == "64, 128"
    assert write_series((8, 16, 32, 64, 128)) == "8, 16, … 128"
