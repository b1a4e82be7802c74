"""The networks of the golden files: one function each, written the way a user would draw them."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.core.params import Param
from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import CustomLayer, Data, Project, Repeat, Share
from tests.builder import DIGITS, Expression, GraphBuilder, param, project

E = Expression
AUTO = Param("in_channels", "int", auto=True, minimum=1)


def mlp() -> Project:
    b = GraphBuilder("Digits MLP", note="A plain network of three linear layers.")
    x = b.input("N", 64)
    for width in (128, 64):
        x = b("ReLU", b("Linear", x, out_features=width))
    b.output(b("Linear", x, out_features=10))
    return project(
        b, data=Data(Choice("digits"), "classification", ((64,),), (), tuple("0123456789"))
    )


def lenet() -> Project:
    b = GraphBuilder(
        "LeNet-5", note="Gradient-based learning applied to document recognition (LeCun, 1998)."
    )
    x = b.input("N", 1, 28, 28)
    x = b("ReLU", b("Conv2d", x, out_channels=6, kernel_size=5, padding=2))
    x = b("MaxPool2d", x, kernel_size=2)
    x = b("ReLU", b("Conv2d", x, out_channels=16, kernel_size=5))
    x = b("Flatten", b("MaxPool2d", x, kernel_size=2))
    for width in (120, 84):
        x = b("ReLU", b("Linear", x, out_features=width))
    b.output(b("Linear", x, out_features=10))
    return project(b, data=DIGITS)


def _residual() -> GraphBuilder:
    b = GraphBuilder("Residual block", channels=int, note="Two convolutions added to their input.")
    x = b.input("N", "channels", "H", "W")
    y = b(
        "Conv2d", x, out_channels=E("channels"), kernel_size=3, padding=1, bias=False, name="conv1"
    )
    y = b("ReLU", b("BatchNorm2d", y, name="bn1"))
    y = b(
        "Conv2d", y, out_channels=E("channels"), kernel_size=3, padding=1, bias=False, name="conv2"
    )
    y = b("BatchNorm2d", y, name="bn2")
    b.output(b("ReLU", b("Add", y, x)))
    return b


def resnet_small() -> Project:
    block = _residual()
    b = GraphBuilder("Small ResNet", note="A residual network for 28 × 28 images.")
    x = b.input("N", 1, 28, 28)
    x = b("Conv2d", x, out_channels=16, kernel_size=3, padding=1, bias=False)
    x = b("ReLU", b("BatchNorm2d", x))
    x = b(block, x, channels=16, repeat=2)
    x = b(
        "Conv2d",
        x,
        out_channels=32,
        kernel_size=3,
        stride=2,
        padding=1,
        name="down",
        note="Halve the image.",
    )
    x = b(block, x, channels=32, repeat=2, name="deep_blocks")
    x = b("Flatten", b("AdaptiveAvgPool2d", x, output_size=1))
    b.output(b("Linear", x, out_features=10))
    return project(b, data=DIGITS)


def _basic_block() -> GraphBuilder:
    stride = param("stride", 1)
    b = GraphBuilder(
        "Basic block",
        in_channels=int,
        channels=int,
        stride=stride,
        note="Two 3x3 convolutions with a projection shortcut.",
    )
    x = b.input("N", "in_channels", "H", "W")
    y = b(
        "Conv2d",
        x,
        out_channels=E("channels"),
        kernel_size=3,
        stride=E("stride"),
        padding=1,
        bias=False,
        name="conv1",
    )
    y = b("ReLU", b("BatchNorm2d", y, name="bn1"))
    y = b(
        "Conv2d", y, out_channels=E("channels"), kernel_size=3, padding=1, bias=False, name="conv2"
    )
    y = b("BatchNorm2d", y, name="bn2")
    s = b(
        "Conv2d",
        x,
        out_channels=E("channels"),
        kernel_size=1,
        stride=E("stride"),
        bias=False,
        name="shortcut",
    )
    s = b("BatchNorm2d", s, name="shortcut_bn")
    b.output(b("ReLU", b("Add", y, s)))
    return b


def resnet18() -> Project:
    down, same = _basic_block(), _residual()
    b = GraphBuilder("ResNet-18", note="Deep residual learning for image recognition (He, 2015).")
    x = b.input("N", 3, 224, 224)
    x = b(
        "Conv2d", x, out_channels=64, kernel_size=7, stride=2, padding=3, bias=False, name="conv1"
    )
    x = b("ReLU", b("BatchNorm2d", x, name="bn1"))
    x = b("MaxPool2d", x, kernel_size=3, stride=2, padding=1)
    x = b(same, x, channels=64, repeat=2, name="layer1")
    before = 64
    for index, channels in enumerate((128, 256, 512), 2):
        x = b(down, x, in_channels=before, channels=channels, stride=2, name=f"layer{index}_down")
        x = b(same, x, channels=channels, name=f"layer{index}")
        before = channels
    x = b("Flatten", b("AdaptiveAvgPool2d", x, output_size=1, name="avgpool"))
    b.output(b("Linear", x, out_features=1000, name="fc"))
    return project(b)


def _transformer_block() -> GraphBuilder:
    b = GraphBuilder(
        "Transformer block", dim=int, heads=4, dropout=0.0, note="Pre-norm transformer block."
    )
    x = b.input("N", "T", "dim", name="x")
    mask = b.input("T", "T", name="mask")
    y = b("LayerNorm", x, name="norm1")
    y = b(
        "MultiheadAttention",
        y,
        y,
        y,
        None,
        mask,
        num_heads=E("heads"),
        dropout=E("dropout"),
        name="attention",
    )
    x = b("Add", x, y)
    y = b("LayerNorm", x, name="norm2")
    y = b("GELU", b("Linear", y, out_features=E("4 * dim")))
    b.output(b("Add", x, b("Linear", y, out_features=E("dim"))))
    return b


def gpt(depth: int = 4) -> Project:
    block = _transformer_block()
    b = GraphBuilder("GPT", note="A small language model.\nIt predicts the next character.")
    tokens = b.input("N", 64, name="tokens", dtype="int")
    x = b("Embedding", tokens, num_embeddings=65, embedding_dim=128, name="token_embedding")
    place = b("Parameter", shape=(64, 128), init="randn", std=0.02, name="position")
    x = b("Add", x, place)
    mask = b("CausalMask", x, dim=1, name="mask")
    x = b(block, x, mask, dim=128, dropout=0.1, repeat=depth, name="blocks")
    x = b("LayerNorm", x, name="norm")
    owner = Share("n2", "weight")
    b.output(b("Linear", x, out_features=65, bias=False, name="head", share=owner))
    return project(b)


def tagger() -> Project:
    b = GraphBuilder("Tagger", note="Gives every word of a sentence a tag.")
    words = b.input("N", "T", name="words", dtype="int")
    x = b("Embedding", words, num_embeddings=1000, embedding_dim=64)
    x, _, _ = b("LSTM", x, hidden_size=96, bidirectional=True, name="encoder").outputs(3)
    b.output(b("Linear", b("Dropout", x, p=0.2), out_features=7))
    return project(b)


def dcgan() -> Project:
    g = GraphBuilder("Generator", role="generator")
    z = g.input("N", 64, name="z")
    x = g(
        "Unflatten", g("Linear", z, out_features=128 * 7 * 7), dim=1, unflattened_size=(128, 7, 7)
    )
    x = g("ReLU", g("BatchNorm2d", x))
    x = g("ConvTranspose2d", x, out_channels=64, kernel_size=4, stride=2, padding=1)
    x = g("ReLU", g("BatchNorm2d", x))
    x = g("ConvTranspose2d", x, out_channels=1, kernel_size=4, stride=2, padding=1)
    g.output(g("Tanh", x))
    d = GraphBuilder("Discriminator", role="discriminator")
    x = d.input("N", 1, 28, 28, name="image")
    x = d(
        "LeakyReLU",
        d("Conv2d", x, out_channels=32, kernel_size=4, stride=2, padding=1),
        negative_slope=0.2,
    )
    x = d("Conv2d", x, out_channels=64, kernel_size=4, stride=2, padding=1)
    x = d("LeakyReLU", d("BatchNorm2d", x), negative_slope=0.2)
    d.output(d("Linear", d("Flatten", x), out_features=1))
    return project(g, d, name="DCGAN", loop=Choice("gan"))


def dqn() -> Project:
    b = GraphBuilder("Q network", role="q")
    x = b.input("N", 4, name="state")
    x = b("ReLU", b("Linear", x, out_features=128))
    x = b("ReLU", b("Linear", x, out_features=128))
    b.output(b("Linear", x, out_features=2))
    return project(b, name="DQN", loop=Choice("dqn"))


def siamese() -> Project:
    e = GraphBuilder("Encoder")
    x = e.input("N", 784)
    e.output(e("Linear", e("ReLU", e("Linear", x, out_features=256)), out_features=64))
    b = GraphBuilder("Siamese", note="How far apart two pictures are.")
    left, right = b.input("N", 784, name="left"), b.input("N", 784, name="right")
    a = b(e, left, name="encoder")
    c = b(e, right, share=a)
    b.output(b("Norm", b("Subtract", a, c), dim=-1, name="distance"))
    return project(b)


def vae() -> Project:
    b = GraphBuilder("VAE", note="Variational autoencoder (Kingma and Welling, 2013).")
    x = b.input("N", 784)
    h = b("ReLU", b("Linear", x, out_features=400, name="encoder"))
    mu = b("Linear", h, out_features=20, name="mu")
    logvar = b("Linear", h, out_features=20, name="logvar")
    std = b("Exp", b("Scale", logvar, factor=0.5), name="std")
    z = b("Add", mu, b("Multiply", std, b("Random", std)), name="z")
    h = b("ReLU", b("Linear", z, out_features=400, name="decoder"))
    b.output(b("Sigmoid", b("Linear", h, out_features=784, name="pixels")), name="reconstruction")
    b.output(mu)
    b.output(logvar)
    return project(b)


def capsule() -> Project:
    s = GraphBuilder(
        "Squash vectors", note="Shrink vectors to a length below 1: |s|² / (1 + |s|²) · s / |s|."
    )
    x = s.input("N", "K", "D", name="s")
    square = s("Sum", s("Power", x, exponent=2.0), dim=(-1,), keepdim=True, name="square")
    scale = s("Divide", square, s("Shift", square, value=1.0), name="scale")
    s.output(s("Divide", s("Multiply", scale, x), s("Sqrt", s("Shift", square, value=1e-8))))
    r = GraphBuilder("Routing step", note="One iteration of routing by agreement.")
    logits = r.input("N", "I", "J", name="logits")
    votes = r.input("N", "I", "J", "D", name="votes")
    c = r("Softmax", logits, dim=-1, name="coupling")
    total = r("Sum", r("Multiply", r("Unsqueeze", c, dim=-1), votes), dim=(1,))
    v = r(s, total, name="squash")
    agree = r("Sum", r("Multiply", votes, r("Unsqueeze", v, dim=1)), dim=(-1,), name="agreement")
    r.output(r("Add", logits, agree))
    b = GraphBuilder("CapsNet", note="Dynamic routing between capsules (Sabour, 2017).")
    x = b.input("N", 1, 28, 28, name="image")
    x = b("ReLU", b("Conv2d", x, out_channels=64, kernel_size=9, name="conv"))
    x = b("Conv2d", x, out_channels=64, kernel_size=9, stride=2, name="primary")
    x = b(s, b("Reshape", x, shape=(-1, 288, 8)), name="squash")
    w = b("Parameter", shape=(288, 10, 16, 8), init="randn", std=0.1, name="transform")
    u = b("Reshape", x, shape=(-1, 288, 1, 8, 1))
    u = b("Squeeze", b("MatMul", w, u), dim=-1, name="votes")
    z = b("Scale", b("Sum", u, dim=(-1,)), factor=0.0, name="logits")
    z = b(r, z, u, repeat=Repeat(2, "loop"), name="routing")
    c = b("Unsqueeze", b("Softmax", z, dim=-1), dim=-1)
    v = b("Sum", b("Multiply", c, u), dim=(1,))
    squash = next(node for node in b.nodes.values() if node.layer == f"block:{s.id}")
    v = b(s, v, share=Share(squash.id))
    b.output(b("Norm", v, dim=-1))
    return project(b)


SWISH = """\
from torch import nn


class Swish(nn.Module):
    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = beta

    def forward(self, x):
        return x * (self.beta * x).sigmoid()
"""


def custom() -> Project:
    own = CustomLayer("c1", "Swish", SWISH, "*S -> *S", (param("beta", 1.0),))
    b = GraphBuilder("My network")
    x = b.input("N", 8)
    x = b("custom:c1", b("Linear", x, out_features=16, name="first"), beta=1.5)
    b.output(b("Linear", x, out_features=2, name="second", frozen=True))
    return project(b, custom=[own])


def nested() -> Project:
    inner = GraphBuilder("Conv norm", in_channels=AUTO, channels=int)
    x = inner.input("N", "in_channels", "H", "W")
    x = inner("Conv2d", x, out_channels=E("channels"), kernel_size=3, padding=1)
    inner.output(inner("ReLU", inner("BatchNorm2d", x)))
    outer = GraphBuilder("Double conv", in_channels=AUTO, channels=int)
    x = outer.input("N", "in_channels", "H", "W")
    x = outer(inner, x, channels=E("channels"))
    outer.output(outer(inner, x, channels=E("channels")))
    b = GraphBuilder("Tiny U-Net")
    x = b.input("N", 1, 32, 32, name="image")
    top = b(outer, x, channels=16, name="down1")
    x = b(outer, b("MaxPool2d", top, kernel_size=2), channels=32, name="middle")
    x = b("ConvTranspose2d", x, out_channels=16, kernel_size=2, stride=2, name="up")
    x = b(outer, b("Concatenate", [top, x], dim=1), channels=16, name="merge")
    b.output(b("Conv2d", x, out_channels=2, kernel_size=1))
    return project(b)


def growing() -> Project:
    block = GraphBuilder("Stage", in_channels=AUTO, channels=int, note="Halve the image and widen.")
    x = block.input("N", "in_channels", "H", "W")
    x = block("Conv2d", x, out_channels=E("channels"), kernel_size=3, stride=2, padding=1)
    block.output(block("ReLU", block("BatchNorm2d", x)))
    b = GraphBuilder("Pyramid")
    x = b.input("N", 3, 64, 64)
    x = b(block, x, channels=E("64 * 2**i"), repeat=4, name="stages")
    x = b("Mean", x, dim=(2, 3))
    heads = b("Linear", x, out_features=5, repeat=Repeat(3, "map"), name="heads")
    b.output(heads)
    return project(b)


ZOO = {
    f.__name__: f
    for f in (
        mlp,
        lenet,
        resnet_small,
        resnet18,
        gpt,
        tagger,
        dcgan,
        dqn,
        siamese,
        vae,
        capsule,
        custom,
        nested,
        growing,
    )
}


def _trained(document: Project, loop: Choice, data: Data | None = None) -> Project:
    return replace(document, loop=loop, data=data or document.data)


def train_lenet() -> Project:
    settings = Args(
        loss=Choice("CrossEntropyLoss", Args(label_smoothing=0.1)),
        optimizer=Choice("AdamW", Args(lr=0.005)),
        schedule=Choice("one_cycle"),
        metrics=(Choice("accuracy"),),
        augment=Choice("shift_rotate", Args(pixels=1, degrees=5)),
        batch_size=32,
        epochs=5,
    )
    return _trained(lenet(), Choice("supervised", settings))


def train_dcgan() -> Project:
    adam = Choice("Adam", Args(lr=4e-4, betas=(0.5, 0.999)))
    settings = Args(generator_optimizer=adam, discriminator_optimizer=adam, epochs=12)
    data = Data(Choice("images"), "images", ((1, 28, 28),))
    return _trained(dcgan(), Choice("gan", settings), data)


def train_dqn() -> Project:
    settings = Args(
        optimizer=Choice("AdamW", Args(lr=5e-4)), schedule=Choice("cosine", Args(end=0.1))
    )
    data = Data(Choice("cartpole", Args(limit=200)), "environment", ((4,),), (2,))
    return _trained(dqn(), Choice("dqn", settings), data)


TRAINED = {"lenet": train_lenet, "dcgan": train_dcgan, "dqn": train_dqn}
