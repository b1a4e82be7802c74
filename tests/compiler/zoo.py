"""Whole networks that the compiler's tests share: one for each way in which graphs can be hard."""

from __future__ import annotations

from nnstudio.core.params import Param
from nnstudio.graph.model import Project, Repeat, Share
from tests.builder import DIGITS, Expression, GraphBuilder, Wire, project

CHANNELS = Param("channels", "int", auto=True, help="Channels.")
DIM = Param("dim", "int", auto=True, help="Features.")


def _conv(b: GraphBuilder, x: Wire, name: str, channels: object, **args: object) -> Wire:
    x = b("Conv2d", x, name=name, out_channels=channels, bias=False, **args)
    return b("BatchNorm2d", x)


def residual_blocks() -> tuple[GraphBuilder, GraphBuilder]:
    """The two blocks of a ResNet: one keeps the shape, one widens and may stride."""
    same = GraphBuilder("Identity block", channels=CHANNELS)
    x = same.input("N", "channels", "H", "W")
    y = _conv(same, x, "conv1", Expression("channels"), kernel_size=3, padding=1)
    y = _conv(same, same("ReLU", y), "conv2", Expression("channels"), kernel_size=3, padding=1)
    same.output(same("ReLU", same("Add", y, x)))

    wide = GraphBuilder(
        "Basic block", in_channels=Param("in_channels", "int", auto=True), channels=64, stride=1
    )
    x = wide.input("N", "in_channels", "H", "W")
    wanted, stride = Expression("channels"), Expression("stride")
    y = _conv(wide, x, "conv1", wanted, kernel_size=3, padding=1, stride=stride)
    y = _conv(wide, wide("ReLU", y), "conv2", wanted, kernel_size=3, padding=1)
    s = _conv(wide, x, "shortcut", wanted, kernel_size=1, stride=stride)
    wide.output(wide("ReLU", wide("Add", y, s)))
    return same, wide


def resnet18() -> Project:
    """ResNet-18 for pictures of 32 × 32: 11 173 962 weights."""
    same, wide = residual_blocks()
    b = GraphBuilder("ResNet18")
    x = b.input("N", 3, 32, 32)
    x = b("ReLU", _conv(b, x, "stem", 64, kernel_size=3, padding=1))
    x = b(same, x, name="stage1", repeat=2)
    for stage, channels in enumerate((128, 256, 512), 2):
        x = b(wide, x, name=f"stage{stage}_down", channels=channels, stride=2)
        x = b(same, x, name=f"stage{stage}")
    x = b("Flatten", b("AdaptiveAvgPool2d", x, output_size=1))
    b.output(b("Linear", x, name="head", out_features=10))
    return project(b)


def transformer_block() -> GraphBuilder:
    block = GraphBuilder("Transformer block", dim=DIM, heads=4, dropout=0.0)
    x = block.input("N", "T", "dim")
    y = block("LayerNorm", x)
    y = block(
        "MultiheadAttention", y, y, y, num_heads=Expression("heads"), dropout=Expression("dropout")
    )
    x = block("Add", x, y)
    y = block("LayerNorm", x)
    y = block("GELU", block("Linear", y, out_features=Expression("4 * dim")))
    y = block("Linear", y, out_features=Expression("dim"))
    block.output(block("Add", x, y))
    return block


def gpt(depth: int = 4, tied: bool = True) -> Project:
    """A small GPT whose head takes the weight of the embedding."""
    b = GraphBuilder("GPT")
    x = b.input("N", 64, dtype="int", name="tokens")
    e = b("Embedding", x, num_embeddings=1000, embedding_dim=128, name="embedding")
    p = b("Parameter", shape=(64, 128), name="position")
    x = b("Add", e, p)
    x = b(transformer_block(), x, repeat=depth, heads=8, dropout=0.1, name="blocks")
    x = b("LayerNorm", x)
    share = Share(e.id, "weight") if tied else None
    b.output(b("Linear", x, out_features=1000, bias=False, share=share, name="head"))
    return project(b)


def tagger() -> Project:
    """A bidirectional LSTM over words."""
    b = GraphBuilder("Tagger")
    x = b.input("N", "T", dtype="int", name="tokens")
    x = b("Embedding", x, num_embeddings=1000, embedding_dim=64)
    x = b("LSTM", x, hidden_size=96, bidirectional=True)
    b.output(b("Linear", x, out_features=7))
    return project(b)


def capsules() -> Project:
    """Routing by agreement: a block that runs again and again on its own result."""
    step = GraphBuilder("Routing step")
    b, u = step.input("N", "I", "J", name="logits"), step.input("N", "I", "J", "D", name="votes")
    c = step("Unsqueeze", step("Softmax", b, dim=-1), dim=-1)
    v = step("Sum", step("Multiply", c, u), dim=1)
    a = step("Sum", step("Multiply", u, step("Unsqueeze", v, dim=1)), dim=-1)
    step.output(step("Add", b, a))
    m = GraphBuilder("CapsNet")
    x = m.input("N", 1, 28, 28)
    x = m("ReLU", m("Conv2d", x, out_channels=256, kernel_size=9))
    x = m("Conv2d", x, out_channels=256, kernel_size=9, stride=2)
    x = m("Unflatten", m("Flatten", x), dim=1, unflattened_size=(1152, 8))
    w = m("Parameter", shape=(1152, 10, 8, 16), name="votes_weight")
    x = m("Unsqueeze", m("Unsqueeze", x, dim=2), dim=2)
    u = m("Squeeze", m("MatMul", x, w), dim=-2)
    z = m("Sum", u, dim=-1)
    b = m(step, z, u, repeat=Repeat(3, "loop"), name="routing")
    c = m("Unsqueeze", m("Softmax", b, dim=-1), dim=-1)
    m.output(m("Sum", m("Multiply", c, u), dim=1))
    return project(m)


def siamese() -> Project:
    """One encoder called on two inputs."""
    encoder = GraphBuilder("Encoder")
    x = encoder.input("N", 784)
    x = encoder("ReLU", encoder("Linear", x, out_features=256))
    encoder.output(encoder("Linear", x, out_features=64))
    b = GraphBuilder("Siamese")
    left, right = b.input("N", 784, name="left"), b.input("N", 784, name="right")
    one = b(encoder, left, name="encoder")
    two = b(encoder, right, share=one)
    b.output(b("Subtract", one, two))
    return project(b)


def vae() -> Project:
    """Three outputs and random numbers in the middle."""
    b = GraphBuilder("VAE")
    x = b.input("N", 784)
    h = b("ReLU", b("Linear", x, out_features=400))
    mu, logvar = (
        b("Linear", h, out_features=20, name="mu"),
        b("Linear", h, out_features=20, name="logvar"),
    )
    noise = b("Random", logvar)
    z = b("Add", mu, b("Multiply", b("Exp", logvar), noise))
    y = b("Linear", b("ReLU", b("Linear", z, out_features=400)), out_features=784)
    b.output(b("Sigmoid", y), name="picture")
    b.output(mu, name="mean")
    b.output(logvar, name="log_variance")
    return project(b)


def pyramid() -> Project:
    """Copies that differ: channels = 8 * 2**i."""
    b = GraphBuilder("Pyramid")
    x = b.input("N", 1, 28, 28)
    block = GraphBuilder("Down", in_channels=Param("in_channels", "int", auto=True), channels=8)
    y = block.input("N", "in_channels", "H", "W")
    y = block("Conv2d", y, out_channels=Expression("channels"), kernel_size=3, stride=2, padding=1)
    block.output(block("ReLU", y))
    x = b(block, x, channels=Expression("8 * 2**i"), repeat=3)
    x = b("Flatten", x)
    b.output(b("Linear", x, out_features=10))
    return project(b, data=DIGITS)


ZOO = {made.__name__: made for made in (resnet18, gpt, tagger, capsules, siamese, vae, pyramid)}
"""Each network by its name."""
