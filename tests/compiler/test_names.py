"""What attributes and variables are called, and which calls stand within each other."""

from __future__ import annotations

import pytest

from nnstudio.compiler.source import source
from nnstudio.core.params import Param
from tests.builder import Expression, GraphBuilder, project


def test_a_parameter_that_is_not_stored_leaves_its_name_to_a_layer() -> None:
    block = GraphBuilder("Feed forward", dim=int, dropout=0.1, heads=4)
    x = block.input("N", "T", "dim")
    x = block(
        "Dropout", block("Linear", x, out_features=Expression("dim")), p=Expression("dropout")
    )
    x = block("Unflatten", x, dim=-1, unflattened_size=(Expression("heads"), -1))
    block.output(block("Dropout", x, name="heads", p=0.2))
    b = GraphBuilder("Net")
    b.output(b(block, b.input("N", 3, 8), dim=8))
    text = source(project(b))
    assert "self.dropout = nn.Dropout(p=dropout)" in text
    assert "self.heads = heads\n" in text
    assert "self.heads_ = nn.Dropout(p=0.2)" in text or "self.heads2 = nn.Dropout(p=0.2)" in text


def test_outputs_take_the_words_of_the_node_and_keep_them_when_turned() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 5, 12)
    q, k, v = b("Chunk", x, chunks=3, name="q k v").outputs(3)
    q, k, v = (
        b("Transpose", b("Unflatten", y, dim=-1, unflattened_size=(2, 2))) for y in (q, k, v)
    )
    b.output(b("ScaledDotProductAttention", q, k, v))
    text = source(project(b))
    assert "q, k, v = x.chunk(3, dim=-1)" in text
    assert "k = k.unflatten(-1, (2, 2)).transpose(1, 2)" in text


def test_arms_are_named_and_each_stands_on_one_line() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 8)
    arms = []
    for arm in ("left", "middle", "right"):
        y = b("Linear", x, out_features=4, name=f"{arm} squeeze")
        arms.append(b("Linear", y, out_features=8, name=arm))
    b.output(b("Concatenate", arms))
    text = source(project(b))
    assert "left = self.left(self.left_squeeze(x))" in text
    assert "return torch.cat([left, middle, right], dim=1)" in text


def test_a_value_that_is_kept_for_later_has_its_own_name() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 8)
    x = skip = b("Linear", x, out_features=8, name="down")
    for index in range(3):
        x = b("Linear", x, out_features=8, name=f"fc{index}")
    b.output(b("Concatenate", [skip, x]))
    text = source(project(b))
    assert "down = self.down(x)" in text
    assert "torch.cat([down, " in text


def test_an_activation_stands_round_its_layer_and_below_its_remark() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 1, 8, 8)
    x = b(
        "AvgPool2d", b("Tanh", b("Conv2d", x, out_channels=2, name="c1", note="Look.")), name="s2"
    )
    x = b("Tanh", b("Linear", b("Flatten", x), out_features=4, name="f3"))
    b.output(b("Linear", x, out_features=2, name="f4", note="Decide."))
    text = source(project(b))
    assert "# Look.\n        x = torch.tanh(self.c1(x))" in text
    assert "x = torch.tanh(self.f3(x))" in text
    assert "# Decide.\n        return self.f4(x)" in text


def test_a_size_that_follows_is_ordered_as_the_user_ordered_it() -> None:
    block = GraphBuilder("MLP", dim=Param("dim", "int", auto=True), expansion=4)
    x = block.input("N", "T", "dim")
    x = block("Linear", x, out_features=Expression("expansion*dim"))
    block.output(block("Linear", x, out_features=Expression("dim")))
    b = GraphBuilder("Net")
    b.output(b(block, b.input("N", 7, 8)))
    text = source(project(b))
    assert "nn.Linear(dim, expansion * dim)" in text
    assert "nn.Linear(expansion * dim, dim)" in text
    assert "dim * expansion" not in text


def test_channels_stay_where_height_and_width_are_dots() -> None:
    block = GraphBuilder("Strided", channels=Param("channels", "int", auto=True), stride=2)
    x = block.input("N", "channels", "H", "W")
    quarter = Expression("channels // 4")
    stride = Expression("stride")
    x = block("Conv2d", x, out_channels=quarter, kernel_size=3, stride=stride, padding=1)
    block.output(block("BatchNorm2d", block("ReLU", x)))
    b = GraphBuilder("Net")
    b.output(b(block, b.input("N", 8, 32, 32)))
    assert "# (N, channels // 4, ...)" in source(project(b))


def test_two_copies_are_a_row_and_three_a_formula() -> None:
    def linears(count: int) -> str:
        b = GraphBuilder("Net")
        x = b.input("N", 3)
        b.output(b("Linear", x, out_features=Expression("6 + 3 * i"), repeat=count))
        return source(project(b))

    assert "nn.Linear(in_features, 6 + 3 * i) for i, in_features in enumerate((3, 6))" in linears(2)
    assert "nn.Linear(3 + 3 * i, 6 + 3 * i) for i in range(3)" in linears(3)


@pytest.mark.parametrize("first", [1, 2])
def test_a_formula_that_gives_the_first_copy_the_default_is_written(first: int) -> None:
    """It was left out, and all copies had the default."""
    b = GraphBuilder("Net")
    x = b.input("N", 4, 64)
    growing = Expression(f"{first} * 2**i")
    b.output(b("Conv1d", x, out_channels=4, padding=growing, dilation=growing, repeat=3))
    text = source(project(b))
    assert "padding=2**i, dilation=2**i" in text.replace("1 * ", "").replace("2 * 2**i", "2**i")
    stage = GraphBuilder("Stage", channels=Param("channels", "int", auto=True), width=8)
    y = stage.input("N", "channels")
    stage.output(stage("Linear", y, out_features=Expression("width")))
    b = GraphBuilder("Net")
    b.output(b(stage, b.input("N", 3), width=Expression(f"{8 * first} * 2**i"), repeat=2))
    assert f"width={8 * first} * 2**i" in source(project(b))


def test_a_long_shape_keeps_its_channels() -> None:
    block = GraphBuilder("Strided", in_channels=int, expansion=6, stride=2)
    x = block.input("N", "in_channels", "H", "W")
    wide = Expression("expansion * in_channels")
    block.output(block("Conv2d", x, out_channels=wide, stride=Expression("stride"), padding=1))
    b = GraphBuilder("Net")
    b.output(b(block, b.input("N", 3, 8, 8), in_channels=3))
    assert "# (N, expansion * in_channels, ...)" in source(project(b))


def test_a_loop_variable_is_no_parameter_of_the_class_around() -> None:
    """Found by a random network: the constructor lost the parameter that the copies shadowed."""
    inner = GraphBuilder("Inner", dim=Param("dim", "int", auto=True), width=2)
    x = inner.input("N", "dim")
    inner.output(inner("Linear", x, out_features=Expression("width")))
    outer = GraphBuilder("Outer", dim=Param("dim", "int", auto=True), width=4)
    x = outer.input("N", "dim")
    outer.output(outer(inner, x, width=Expression("width"), repeat=2))
    b = GraphBuilder("Net")
    b.output(b(outer, b.input("N", 6)))
    text = source(project(b))
    assert "def __init__(self, dim: int, width: int = 4):" in text
    assert "Inner(each_dim, width=width) for each_dim in (dim, width)" in text
