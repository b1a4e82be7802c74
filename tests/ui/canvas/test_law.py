"""The law of views: a scene that was fed updates equals one that is made afresh."""

import contextlib
import random

import pytest
from PySide6.QtCore import QRectF

from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args
from nnstudio.graph.edits import (
    AddNode,
    AddNote,
    Connect,
    Disconnect,
    DuplicateNodes,
    Edit,
    GroupNodes,
    InsertOnEdge,
    MoveNodes,
    MoveNotes,
    RemoveNodes,
    RemoveNotes,
    Rename,
    ResizeNote,
    SetArgs,
    SetBypass,
    SetNote,
    SetNoteText,
    SetRepeat,
    SetShare,
    SetTrainable,
)
from nnstudio.graph.model import Node, Note, Port, Project, Repeat, Share
from nnstudio.graph.topology import Consumer
from nnstudio.studio import adding
from nnstudio.studio.session import Session
from nnstudio.ui.canvas import scene
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.context import Context
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState
from tests.builder import GraphBuilder, project
from tests.ui.canvas.conftest import placed, snapshot

LAYERS = ("Conv2d", "ReLU", "Linear", "Add", "Concatenate", "BatchNorm2d", "LSTM", "Nothing")


def start(open_places: bool) -> Project:
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 3, 16, 16)
    for _ in range(3):
        skip = x
        x = b("Conv2d", x, out_channels=3, padding=1)
        x = b("ReLU", x)
        x = b("Add", x, skip)
    x = b("Flatten", x)
    b.output(b("Linear", x, out_features=10))
    made = project(b)
    return made if open_places else placed(made)


def random_edit(dice: random.Random, document: Project) -> Edit:
    graph = document.graphs["net"]
    keys = list(graph.nodes)
    one, other = dice.choice(keys), dice.choice(keys)
    at = (dice.randrange(-50, 50) * 8.0, dice.randrange(0, 200) * 8.0)
    fresh = Node(f"r{dice.randrange(10**9)}", dice.choice(LAYERS))
    fed = [key for key in keys if graph.nodes[key].inputs and graph.nodes[key].inputs[0]]
    edge = Consumer(dice.choice(fed), 0) if fed else Consumer(one, 0)
    choices = [
        lambda: AddNode("net", fresh, at if dice.random() < 0.7 else None),
        lambda: RemoveNodes("net", (one,), dice.random() < 0.5),
        lambda: Connect("net", Port(one), other, dice.randrange(2)),
        lambda: Disconnect("net", one, 0),
        lambda: InsertOnEdge("net", fresh, edge, position=at if dice.random() < 0.5 else None),
        lambda: AddNote("net", f"a{dice.randrange(9)}", Note("why\nnot", (at[0], 9.0))),
        lambda: SetNoteText("net", f"a{dice.randrange(9)}", "x " * dice.randrange(90)),
        lambda: MoveNotes("net", {f"a{dice.randrange(9)}": at}),
        lambda: ResizeNote("net", f"a{dice.randrange(9)}", 80.0 + dice.randrange(300)),
        lambda: RemoveNotes("net", (f"a{dice.randrange(9)}",)),
        lambda: MoveNodes("net", {one: at, other: (at[0] + 300, at[1])}),
        lambda: SetArgs("net", one, Args(out_channels=dice.randrange(1, 9))),
        lambda: Rename(
            "net", one, dice.choice(("", "a name", "much longer than any title could be"))
        ),
        lambda: SetBypass("net", one, dice.random() < 0.5),
        lambda: SetTrainable("net", one, dice.random() < 0.5),
        lambda: SetNote("net", one, "a note"),
        lambda: SetRepeat("net", one, Repeat(3) if dice.random() < 0.5 else None),
        lambda: SetShare("net", one, Share(other) if dice.random() < 0.5 else None),
        lambda: DuplicateNodes("net", (one, other)),
        lambda: GroupNodes("net", (one, other)),
        lambda: adding.between(document, "net", "ReLU", edge).edit,
    ]
    return dice.choice(choices)()


def step(dice: random.Random, session: Session, state: ViewState) -> None:
    way = dice.random()
    if way < 0.1 and session.can_undo:
        session.undo()
    elif way < 0.15 and session.can_redo:
        session.redo()
    elif way < 0.2:
        state.show_overlay(dice.choice(("shapes", "parameters", "flops", "memory", "gradients")))
    elif way < 0.3:
        graph = session.project.graphs["net"]
        state.select(dice.sample(list(graph.nodes), min(2, len(graph.nodes))))
    else:
        with contextlib.suppress(ProjectError):  # refused: nothing has changed
            session.do(random_edit(dice, session.project))


@pytest.mark.parametrize("seed", range(30))
def test_fed_equals_fresh(qtbot, monkeypatch, seed: int) -> None:
    dice = random.Random(seed)
    session, state, theme = Session(start(seed % 3 == 0)), ViewState("net"), Theme("dark")
    context = Context(session, state, theme, lambda error: None)
    fed = CanvasScene(context)
    fed.set_figures({"n2": 0.5, "n3": 1e-4})
    if seed % 2:  # what is out of sight may be looked at again later, but not never
        monkeypatch.setattr(scene, "MANY", 0)
        fed.sight = QRectF(-100, 0, 200, 600)
    for count in range(80):
        step(dice, session, state)
        if count % 6 == 0:
            fresh = CanvasScene(context)
            fresh.set_figures({"n2": 0.5, "n3": 1e-4})
            assert_same(snapshot(fed), snapshot(fresh))
            fresh.close()
            fresh.deleteLater()
    fed.close()


def assert_same(fed: dict, fresh: dict) -> None:
    for part in fresh:
        if isinstance(fresh[part], dict):
            assert fed[part].keys() == fresh[part].keys(), part
            for key, value in fresh[part].items():
                if part == "edges":
                    assert sum(fed[part][key], ()) == pytest.approx(sum(value, ())), key
                else:
                    assert fed[part][key] == value, (part, key)
        else:
            assert fed[part] == fresh[part], part


def test_small_edit_touches_few(qtbot) -> None:
    """A setting of one node makes only the looks of the nodes anew that it changes."""
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 3, 16, 16)
    for _ in range(200):
        x = b("Conv2d", x, out_channels=3, padding=1)
    session, state, theme = Session(placed(project(b))), ViewState("net"), Theme("dark")
    fed = CanvasScene(Context(session, state, theme, lambda error: None))
    made = []
    real = fed._made_look
    fed._made_look = lambda key: made.append(key) or real(key)
    items = {key: id(item) for key, item in fed.nodes.items()}
    session.do(SetArgs("net", "n50", Args(bias=False)))
    assert made == ["n50"]
    session.do(MoveNodes("net", {"n60": (0.0, 8000.0)}))
    assert made == ["n50"]
    assert {key: id(item) for key, item in fed.nodes.items()} == items
    fed.close()
