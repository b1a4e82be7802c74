"""A layer and its settings in one line."""

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args
from nnstudio.graph.model import Data, Graph, Node, Project
from nnstudio.studio import adding, shorthand


@pytest.mark.parametrize(
    ("text", "name", "settings"),
    [
        ("linear 120", "linear", ("120",)),
        ("conv2d 6 5 padding=2", "conv2d", ("6", "5", "padding=2")),
        ("max pool 2,1", "max pool", ("2,1",)),
        ("conv 2d", "conv 2d", ()),
        ("Dropout .1", "Dropout", (".1",)),
        ("120", "120", ()),
        ("", "", ()),
    ],
)
def test_split(text: str, name: str, settings: tuple[str, ...]) -> None:
    assert shorthand.split(text) == (name, settings)


def test_settings_stand_in_the_order_of_torch_without_what_follows_from_the_input() -> None:
    assert shorthand.read("Conv2d", ("6", "5")) == Args(out_channels=6, kernel_size=5)
    assert shorthand.read("MaxPool2d", ("2,1",)) == Args(kernel_size=(2, 1))
    named = shorthand.read("Linear", ("10", "bias=false"))
    assert named == Args(out_features=10, bias=False)
    assert shorthand.written(named) == "out_features=10, bias=False"
    assert shorthand.read("ReLU", ()) == Args()


@pytest.mark.parametrize(
    ("layer", "setting", "code"),
    [
        ("ReLU", "3", "shorthand.unknown"),
        ("Linear", "width=3", "shorthand.unknown"),
        ("Linear", "-3", "param.range"),
        ("Linear", "out_features=many", "param.type"),
        ("Linear", "bias=maybe", "param.type"),
        ("block:unit", "3", "shorthand.unknown"),
    ],
)
def test_what_is_no_setting_is_refused_in_words(layer: str, setting: str, code: str) -> None:
    with pytest.raises(ProjectError) as refused:
        shorthand.read(layer, (setting,))
    assert refused.value.problems[0].code == code


def test_a_new_input_takes_the_shape_of_the_data() -> None:
    empty = Graph("net", "Net", role="model")
    project = Project(graphs={"net": empty}, data=Data(inputs=((1, 28, 28), (7,))))
    shapes = []
    for _ in range(3):
        added = adding.alone(project, "net", "Input", (0.0, 0.0))
        project = added.edit.apply(project)
        shapes.append(project.graph("net").nodes[added.node].args)
    assert shapes == [Args(shape=("N", 1, 28, 28)), Args(shape=("N", 7)), Args()]
    block = Graph("unit", "Unit", {"a": Node("a", "ReLU")})
    inside = Project(graphs={"net": empty}, blocks={"unit": block}, data=project.data)
    added = adding.alone(inside, "unit", "Input", (0.0, 0.0))
    assert added.edit.apply(inside).graph("unit").nodes[added.node].args == Args()
