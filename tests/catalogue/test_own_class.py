"""What is read from the text of an own layer, which is never run for that."""

import pytest

from nnstudio.catalogue import own_class
from nnstudio.catalogue.own_class import OwnClass

TEXT = '''"""Layers."""

from typing import Literal

from torch import Tensor, nn

WIDE = 3


def helper(x):
    return x


class Inner(nn.Module):
    def forward(self, x):
        return x


class Mix(nn.Module):
    """Mixes two tensors.

    Args:
        dim: Size of the last dim.
        heads: How many (1 to 8).
        rate: Of forgetting (>= 0).
        mode: In which way.
        sizes: Of the kernel.
    """

    def __init__(
        self, dim: int, heads: int = 4, *, rate: float = 0.1, mode: Literal["sum", "mean"] = "sum",
        sizes: tuple[int, ...] = (3, 3), limit: int | None = None, loud=False,
    ):
        super().__init__()

    def forward(self, a: Tensor, b: Tensor, mask: Tensor | None = None):  # a: (N, T, dim)
        def inner():
            return 1, 2, 3
        return a, b
'''


def mix(text: str = TEXT) -> OwnClass:
    found = own_class.read(text).chosen("")
    assert found is not None
    return found


def test_the_class_its_parameters_and_their_limits() -> None:
    found = mix()
    assert (found.name, found.summary, found.problems) == ("Mix", "Mixes two tensors.", ())
    params = {param.name: param for param in found.params}
    kinds = {name: param.kind for name, param in params.items()}
    assert kinds == {
        "dim": "int", "heads": "int", "rate": "float", "mode": "choice", "sizes": "ints",
        "limit": "int", "loud": "bool",
    }  # fmt: skip
    assert params["dim"].required
    assert (params["heads"].default, params["heads"].minimum, params["heads"].maximum) == (4, 1, 8)
    assert params["rate"].minimum == 0
    assert params["mode"].choices == ("sum", "mean")
    assert params["sizes"].default == (3, 3)
    assert params["limit"].optional
    assert params["dim"].help == "Size of the last dim."


def test_a_size_that_an_input_names_follows_from_the_edge() -> None:
    params = {one.name: one for one in mix().params_for("a: N T dim, b: *S -> N T dim")}
    assert params["dim"].auto
    assert not params["dim"].required
    assert not params["heads"].auto
    assert not next(one for one in mix().params_for("*S -> *S") if one.name == "dim").auto
    assert mix().params_for("no signature") == mix().params


def test_the_proposal_follows_from_forward() -> None:
    assert own_class.proposed(mix()) == "a: N T dim, b: *B, mask?: *C -> a: N T dim, b: N T dim"
    assert own_class.fits(mix(), "x: *S, y: *S, m?: *S -> p: *S, q: *S")
    assert not own_class.fits(mix(), "x: *S, y: *S, m: *S -> p: *S, q: *S")
    assert not own_class.fits(mix(), "*S -> *S")


@pytest.mark.parametrize(
    ("head", "body", "proposal"),
    [
        ("self, x", "return x", "*S -> *S"),
        ("self, *xs", "return xs[0]", "xs...: *S -> *S"),
        ("self, x", "q, k = x, x\n        return q, k", "*S -> q: *S, k: *S"),
        ("self, x, y=None", "return x", "x: *A, y?: *B -> *A"),
    ],
)
def test_proposals(head: str, body: str, proposal: str) -> None:
    found = mix(f"class A(nn.Module):\n    def forward({head}):\n        {body}\n")
    assert own_class.proposed(found) == proposal
    assert own_class.fits(found, proposal)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("dim", "own.untyped"),
        ("dim: Tensor", "own.type"),
        ("dim: int = WIDE", "own.type"),
        ("dim: int = 'x'", "own.type"),
        ("*dims: int", "own.many"),
        ("**more", "own.many"),
        ("*, dim: int", "own.keyword"),
        ("dim: Path = 'x'", "own.type"),
    ],
)
def test_what_a_form_cannot_set_is_said_at_its_line(arguments: str, code: str) -> None:
    text = f"class A(nn.Module):\n    def __init__(self, {arguments}): ...\n"
    (problem,) = mix(text + "    def forward(self, x): ...\n").problems
    assert (problem.code, problem.where) == (code, "2")
    assert problem.hint


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("class A(:\n", "own.syntax", "1"),
        ("x = 1\n\n\ndef f(:\n", "own.syntax", "4"),
        ("(" * 5000, "own.syntax", "1"),
        ("x = 1\n", "own.no_class", "1"),
        ("class A:\n    pass\n", "own.no_class", "1"),
        ("# -*- coding: utf-7 -*-\nclass A(nn.Module): ...\n", "own.encoding", "1"),
        ("#!/bin/python\n# vim: fileencoding=latin-1\n", "own.encoding", "1"),
    ],
)
def test_what_is_no_layer_is_said_at_its_line(text: str, code: str, line: str) -> None:
    found = own_class.read(text)
    assert (found.problems[0].code, found.problems[0].where) == (code, line)
    assert found.classes == ()


def test_utf8_may_be_named() -> None:
    assert not own_class.read("# -*- coding: UTF-8 -*-\nclass A(nn.Module): ...\n").problems


def test_a_class_without_forward() -> None:
    assert [one.code for one in mix("class A(nn.Module): ...\n").problems] == ["own.no_forward"]
    heir = mix("class A(nn.Linear):\n    '''A line.'''\n")
    assert heir.inherited
    assert not heir.problems
    assert own_class.fits(heir, "a: *A, b: *B -> *S")


def test_names_at_the_top_and_nothing_is_run() -> None:
    found = own_class.read(TEXT)
    assert found.names == {"WIDE", "helper", "Inner", "Mix"}
    assert [one.name for one in found.classes] == ["Inner", "Mix"]
    assert found.chosen("Inner").name == "Inner"
    assert found.chosen("Gone").name == "Mix"
    assert own_class.read("raise SystemExit\nopen('/nowhere/marker', 'w')\n").problems
