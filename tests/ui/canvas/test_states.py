"""States of nodes: each has its sign besides its colour, in both themes."""

import itertools

import pytest
from PySide6.QtGui import QImage

from nnstudio.core.values import Args
from nnstudio.graph.edits import SetArgs
from nnstudio.graph.model import Graph, Project
from nnstudio.studio import templates
from tests.builder import GraphBuilder, project
from tests.ui.canvas.conftest import placed


def zoo() -> Project:
    unit = GraphBuilder("Unit", id="unit")
    unit.output(unit("ReLU", unit.input("N", "C")))
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 8, name="data", id="in")
    x = b("Linear", x, out_features=8, id="frozen", frozen=True)
    x = b("Dropout", x, id="bypassed", bypass=True)
    x = b(unit, x, id="repeated", repeat=4)
    x = b("Linear", x, out_features=8, id="owner")
    x = b("Linear", x, out_features=8, id="borrower", share=x)
    x = b("Softmax", x, id="note", note="why")
    b("Mystery", x, id="missing")
    b("Linear", x, in_features=3, id="error")
    b("Concatenate", [x, x, x], id="joined")
    b("LSTM", None, id="open")
    return placed(project(b))


def test_flags(hand) -> None:
    nodes = hand(zoo()).view.canvas.nodes
    assert "frozen" in nodes["frozen"].look.flags
    assert "bypassed" in nodes["bypassed"].look.flags
    assert nodes["repeated"].look.count == "× 4"
    assert {"repeated", "block"} <= nodes["repeated"].look.flags
    assert "shared" in nodes["owner"].look.flags
    assert "shared" in nodes["borrower"].look.flags
    assert "note" in nodes["note"].look.flags
    assert "missing" in nodes["missing"].look.flags
    assert nodes["error"].look.faulty
    assert nodes["in"].look.title == "data"
    assert nodes["in"].look.body == "Input N × 8"


def test_ports_have_shapes_of_their_own(hand) -> None:
    nodes = hand(zoo()).view.canvas.nodes
    assert [port.kind for port in nodes["open"].look.inputs] == ["plain", "optional", "optional"]
    assert nodes["open"].look.inputs[0].open
    assert [port.kind for port in nodes["open"].look.outputs] == ["plain", "extra", "extra"]
    assert nodes["joined"].look.inputs[0].kind == "several"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_state_looks_different(hand, theme) -> None:
    h = hand(zoo(), size=(1400, 1500))
    h.context.theme.choose(theme)
    view, painter = h.view, h.view.canvas.painter
    item = view.canvas.nodes["owner"]

    def shot() -> QImage:
        view.viewport().repaint()
        rect = view.mapFromScene(item.rect()).boundingRect().adjusted(-12, -12, 12, 12)
        return view.viewport().grab(rect).toImage()

    pictures = [shot()]
    for change in (
        lambda: setattr(painter.marks, "hovered", "owner"),
        lambda: h.context.view.select(["owner"]),
        lambda: setattr(painter.marks, "current", ""),
        lambda: setattr(painter.marks, "refused", "owner"),
        lambda: painter.marks.ports.update({("owner", 0, False): True}),
        lambda: painter.marks.ports.update({("owner", 0, False): False}),
    ):
        change()
        view.canvas.update()
        pictures.append(shot())
    for index, one in enumerate(pictures):
        assert all(one != other for other in pictures[index + 1 :]), index


def test_theme_changes_everything_at_once(hand) -> None:
    h = hand(zoo())
    before = h.panel.grab().toImage()
    h.context.theme.choose("light")
    after = h.panel.grab().toImage()
    assert before != after
    assert after.pixelColor(5, after.height() - 5).lightness() > 200


def test_error_sits_where_it_arises_and_upstream_stays_live(hand) -> None:
    h = hand()
    h.context.session.do(SetArgs("net", "n3", Args()))
    h.context.session.do(SetArgs("net", "n5", Args(in_features=512)))
    nodes = h.view.canvas.nodes
    assert nodes["n5"].look.faulty
    assert not nodes["n4"].look.faulty
    assert not nodes["n6"].look.faulty
    assert nodes["n4"].look.shapes
    assert not nodes["n5"].look.shapes
    assert h.view.canvas.bubbles.snapshot().keys() == {"n5"}


def test_chips_stand_where_the_shape_changes(hand) -> None:
    h = hand()
    chips = {edge.node: chip for edge, chip in h.view.canvas.wiring.chips.on.items()}
    assert chips["n2"].text == "N × 1 × 8 × 8"
    assert chips["n2"].changes
    assert chips["n3"].text == "N × 4 × 8 × 8"
    assert not chips["n4"].changes  # behind ReLU nothing is new


def test_names_are_plain_text(hand) -> None:
    b = GraphBuilder("Net", id="net")
    b.input("N", 4, name="<b>bold</b>")
    b("ReLU", None, name="名前" * 60)
    b("ReLU", None, name="שלום")
    h = hand(placed(project(b)))
    h.view.viewport().grab()
    assert h.view.canvas.nodes["n1"].look.title == "<b>bold</b>"
    assert h.view.canvas.nodes["n2"].look.width <= 240


def test_graph_that_goes_is_replaced(hand) -> None:
    h = hand(zoo())
    h.context.session.show(Project(graphs={"other": Graph("other", "Other")}))
    assert h.view.canvas.graph_id == "other"
    assert not h.view.canvas.nodes
    h.context.session.show(Project())
    assert h.view.canvas.graph is None
    h.view.viewport().grab()


@pytest.mark.parametrize(
    ("template", "block"),
    [("gpt2", "causal_self_attention"), ("googlenet", "inception"), ("bert-base", "embeddings")],
)
def test_chips_of_edges_that_fan_out_or_meet_do_not_cover_each_other(
    hand, template: str, block: str
) -> None:
    h = hand(templates.load(template).project, graph=block)
    chips = h.view.canvas.wiring.chips
    boxes = [chips.box(edge) for edge in chips.on]
    assert len(boxes) > 5
    assert not any(one.intersects(other) for one, other in itertools.combinations(boxes, 2))
