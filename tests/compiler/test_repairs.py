"""Repairs: each click takes its problem away and brings no other."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.core.problems import Problem, Repair
from nnstudio.core.values import Args, Choice
from nnstudio.graph.edits import Edit
from nnstudio.graph.model import Project, Share
from tests.builder import DIGITS, GraphBuilder, project

SUPERVISED = Choice("supervised", Args(loss=Choice("CrossEntropyLoss"), optimizer=Choice("Adam")))


def _one(layer: str, *shape: object, **args: object) -> Project:
    b = GraphBuilder("M")
    b.output(b(layer, b.input(*shape), id="node", **args))
    return project(b)


def _digits(out: int, *shape: int) -> Project:
    b = GraphBuilder("M")
    x = b("Flatten", b.input("N", *shape))
    b.output(b("Linear", x, out_features=out))
    return project(b, data=DIGITS, loop=SUPERVISED)


def test_what_would_mend_a_borrower_is_set_at_the_owner() -> None:
    b = GraphBuilder("M", id="m")
    x = b("Flatten", b.input("N", 1, 4, 3))
    x = b("Linear", x, out_features=12, id="owner")
    b.output(b("Linear", x, out_features=12, id="borrower", share=Share("owner")))
    made = project(b, data=replace(DIGITS, inputs=((1, 4, 3),)), loop=SUPERVISED)
    (problem,) = [one for one in analyse(made).problems if one.code == "data.classes"]
    (edit,) = problem.repairs[0].edits
    assert isinstance(edit, Edit)
    mended = edit.apply(made)
    assert mended.graphs["m"].nodes["owner"].args["out_features"] == 10
    codes = {one.code for one in analyse(mended).problems}
    assert "data.classes" not in codes
    assert codes, "the second call does not fit any more, and that is said"


def _features_of_a_picture() -> Project:
    b = GraphBuilder("M")
    b.output(b("Linear", b.input("N", 8, 4, 4), in_features=128, out_features=3))
    return project(b)


def _groups() -> Project:
    return _one("Conv2d", "N", 6, 8, 8, out_channels=9, groups=4, kernel_size=3)


def _unequal() -> Project:
    b = GraphBuilder("M")
    x = b.input("N", 8, 16, 16)
    y = b("Conv2d", x, out_channels=12, kernel_size=3, padding=1)
    b.output(b("Add", x, y))
    return project(b)


def _unequal_features() -> Project:
    b = GraphBuilder("M")
    x = b.input("N", 8)
    b.output(b("Add", x, b("Linear", x, out_features=12)))
    return project(b)


def _shares() -> Project:
    b = GraphBuilder("M")
    e = b("Embedding", b.input("N", dtype="int"), num_embeddings=11, embedding_dim=6)
    b.output(b("Linear", e, out_features=10, bias=False, share=Share(e.id, "weight")))
    return project(b)


def _no_output() -> Project:
    b = GraphBuilder("M")
    b("ReLU", b.input("N", 3))
    return project(b)


def _concatenate() -> Project:
    b = GraphBuilder("M")
    x = b.input("N", 8, 16, 16)
    y = b("MaxPool2d", x, kernel_size=2)
    b.output(b("Concatenate", [x, y], dim=1))
    return project(b)


def _wrong_loss() -> Project:
    b = GraphBuilder("M")
    b.output(b("Linear", b("Flatten", b.input("N", 1, 28, 28)), out_features=10))
    loop = Choice("supervised", Args(loss=Choice("MSELoss"), optimizer=Choice("Adam")))
    return project(b, data=DIGITS, loop=loop)


def _wrong_role() -> Project:
    b = GraphBuilder("M", role="critic")
    b.output(b.input("N", 3))
    return project(b)


FAULTY: dict[str, Callable[[], Project]] = {
    "features": lambda: _one("Linear", "N", 6, in_features=5, out_features=3),
    "features of a picture": _features_of_a_picture,
    "channels": lambda: _one("Conv2d", "N", 3, 8, 8, in_channels=4, out_channels=2),
    "a vector for a convolution": lambda: _one("Conv2d", "N", 784, out_channels=2),
    "channels of a norm": lambda: _one("BatchNorm2d", "N", 3, 8, 8, num_features=4),
    "a picture for a 1-d norm": lambda: _one("BatchNorm1d", "N", 3, 8, 8),
    "kernel too large": lambda: _one("Conv2d", "N", 3, 4, 4, out_channels=2, kernel_size=7),
    "pool too large": lambda: _one("MaxPool2d", "N", 3, 4, 4, kernel_size=7),
    "groups": _groups,
    "heads": lambda: _one("Unflatten", "N", 12, dim=1, unflattened_size=(5, 2)),
    "sum of unequal pictures": _unequal,
    "sum of unequal features": _unequal_features,
    "borrowed weights of another size": _shares,
    "no output": _no_output,
    "pictures of unequal size joined": _concatenate,
    "classes": lambda: _digits(7, 1, 28, 28),
    "loss of another task": _wrong_loss,
    "role of another loop": _wrong_role,
    "input of another size": lambda: _digits(10, 1, 32, 32),
}

MUST_OFFER = FAULTY.keys() - {"heads", "groups", "pictures of unequal size joined"}
"""Faults for which there is an obvious way out."""

MOVES_ON = {("groups", "repair.set")}
"""(fault, repair) that mend their problem but bring the next one in sight."""


def _key(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.where, problem.message


def _applied(document: Project, repair: Repair) -> Project:
    for edit in repair.edits:
        assert isinstance(edit, Edit)
        document = edit.apply(document)
    return document


@pytest.mark.parametrize("name", FAULTY)
def test_a_repair_takes_its_problem_away_and_adds_none(name: str) -> None:
    document = FAULTY[name]()
    before = analyse(document)
    faults = [problem for problem in before.problems if problem.severity == "error"]
    assert len(faults) == 1, faults
    assert faults[0].repairs or name not in MUST_OFFER
    for repair in faults[0].repairs:
        assert repair.label
        after = analyse(_applied(document, repair), before)
        left = [problem for problem in after.problems if _key(problem) == _key(faults[0])]
        assert not left, (repair.label, left)
        if (name, repair.code) not in MOVES_ON:
            assert after.ok, (repair.label, after.problems)


def test_the_same_fault_offers_the_very_same_repair() -> None:
    for make in FAULTY.values():
        assert analyse(make()).problems == analyse(make()).problems
