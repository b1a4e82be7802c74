"""Where nodes stand that the document gives no place, and the room for new ones."""

from nnstudio.compiler.analysis import analyse
from nnstudio.graph.edits import AddNode, InsertOnEdge, MoveNodes
from nnstudio.graph.model import Node, Port
from nnstudio.graph.topology import Consumer
from nnstudio.studio import adding, placing, settling
from tests.builder import GraphBuilder, project


def chain(count: int = 5):
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 4)
    for _ in range(count):
        x = b("ReLU", x)
    return project(b)


def placed(made):
    return MoveNodes("net", placing.places(made, "net")).apply(made)


def apart(places) -> bool:
    spots = list(places.values())
    return all(
        abs(a[0] - b[0]) >= placing.NEAR_X or abs(a[1] - b[1]) >= placing.NEAR_Y
        for index, a in enumerate(spots)
        for b in spots[index + 1 :]
    )


def test_an_unplaced_graph_is_arranged_on_the_grid() -> None:
    places = placing.places(chain(), "net")
    assert apart(places)
    assert all(x % 8 == 0 and y % 8 == 0 for x, y in places.values())


def test_a_repair_without_a_place_covers_nothing() -> None:
    made = placed(chain())
    made = InsertOnEdge("net", Node("new", "Dropout"), Consumer("n3", 0)).apply(made)
    places = placing.places(made, "net")
    assert places.keys() == made.graphs["net"].nodes.keys()
    assert apart(places)


def test_settled_writes_down_what_was_open() -> None:
    made = chain()
    edit = settling.settled(made, "net", AddNode("net", Node("new", "ReLU"), (500.0, 0.0)))
    after = edit.apply(made)
    assert after.layout["net"].keys() == after.graphs["net"].nodes.keys()
    assert edit.label == "add ReLU"
    whole = placed(made)
    plain = AddNode("net", Node("new", "ReLU"), (500.0, 0.0))
    assert settling.settled(whole, "net", plain) is plain


def test_between_makes_room() -> None:
    made = placed(chain())
    before = placing.places(made, "net")
    after = adding.between(made, "net", "Dropout", Consumer("n3", 0)).edit.apply(made)
    places = placing.places(after, "net")
    assert apart(places)
    assert places["n2"] == before["n2"]
    assert places["n3"][1] == before["n3"][1] + placing.ROW


def test_after_goes_between_or_below() -> None:
    made = placed(chain(2))
    known = analyse(made)
    between = adding.after(made, known, "net", "Dropout", Port("n2"))
    assert between.edit.apply(made).graphs["net"].nodes["n3"].inputs == (Port(between.node),)
    last = adding.after(made, known, "net", "Concatenate", Port("n3"))
    after = last.edit.apply(made)
    assert after.graphs["net"].nodes[last.node].inputs == ((Port("n3"),),)
    assert apart(placing.places(after, "net"))


def test_arranging_is_one_edit_and_nothing_when_nothing_moves() -> None:
    made = chain()
    edit = settling.arranging(made, "net", (), "arrange")
    after = edit.apply(made)
    assert edit.label == "arrange"
    assert settling.arranging(after, "net", (), "arrange") is None
    moved = MoveNodes("net", {"n2": (900.0, 40.0)}).apply(after)
    assert settling.arranging(moved, "net", (), "arrange").apply(moved).layout == after.layout


def test_selection_is_arranged_where_it_stands() -> None:
    made = MoveNodes("net", {"n2": (904.0, 400.0), "n3": (1200.0, 440.0)}).apply(placed(chain()))
    after = settling.arranging(made, "net", ("n2", "n3"), "arrange").apply(made)
    assert after.layout["net"]["n2"][0] == after.layout["net"]["n3"][0]
    assert after.layout["net"]["n5"] == made.layout["net"]["n5"]
