"""Activations: what bends the straight lines that layers of weights draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import NEVER, choice, count, flag, number, torch_page
from nnstudio.catalogue.sizes import axis, divides
from nnstudio.catalogue.spec import Check, Code, LayerSpec, Resolved, Rule, Tensors
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape, equal, floor_divide, show


def _simple(
    name: str,
    function: str,
    summary: str,
    source: str = "",
    params: tuple[Param, ...] = (),
    *,
    words: tuple[str, ...] = (),
    main: str = "",
    signature: str = "*S -> *S",
    rule: Rule | None = None,
    check: Check | None = None,
    random: bool = False,
    tensors: Tensors | None = None,
) -> LayerSpec:
    """Return an activation that changes each value and no shape."""
    return LayerSpec(
        name=name,
        family="activation",
        signature=signature,
        params=params,
        code=Code(module=f"nn.{name}", function=function),
        summary=summary,
        source=source,
        url=torch_page(f"nn.{name}"),
        rule=rule,
        check=check,
        tensors=tensors,
        random=random,
        keeps_state=tensors is not None,
        words=words,
        default_name="activation",
        main=main,
    )


def _dim_exists(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    axis(args["dim"], max(len(inputs[0]), 1))


def _halved(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    if not shape:
        raise ShapeError("shape.rank", dims="*S", rank=0, shape="()")
    place = axis(args["dim"], len(shape))
    divides("2", 2, "the size of that dim", shape[place])
    return ((*shape[:place], floor_divide(shape[place], 2), *shape[place + 1 :]),)


def _slopes(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    slopes, shape = args["num_parameters"], inputs[0]
    if slopes == 1:
        return
    channels = shape[1] if len(shape) > 1 else 1
    if equal(slopes, channels) is False:
        values = {"slopes": show(slopes), "channels": show(channels)}
        raise ShapeError("shape.slopes", set_to(num_parameters=1), **values)


def _prelu_tensors(args: Resolved) -> Mapping[str, Shape]:
    return {"weight": (args["num_parameters"],)}


def _ordered(low: str, high: str, *, equal_too: bool = False) -> Check:
    """Return the check that one number is below another, or equal to it."""

    def check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
        a, b = args[low], args[high]
        known = isinstance(a, int | float) and isinstance(b, int | float)
        if known and not (a < b or (equal_too and a == b)):
            raise ShapeError("shape.order", low=low, high=high, lowest=a, highest=b)

    return check


def _dim(default: int) -> Param:
    words = "The dim along which the values sum to 1; -1 is the last."
    return Param("dim", "int", default, words, minimum=-16, maximum=15, torch_default=NEVER)


_ALPHA = number("alpha", 1.0, "How deep it goes for very negative values.", minimum=0.0, above=True)
_LAMBDA = number("lambd", 0.5, "Values closer to zero than this become zero.", minimum=0.0)

LAYERS: tuple[LayerSpec, ...] = (
    _simple(
        "ReLU",
        "F.relu({0})",
        "Sets negative values to zero: max(0, x).",
        "Nair & Hinton, 2010",
        words=("rectifier",),
    ),
    _simple(
        "GELU",
        "F.gelu({0}{, approximate})",
        "A smooth ReLU that weights each value by its normal probability; usual in transformers.",
        "Hendrycks & Gimpel, 2016",
        (choice("approximate", ("none", "tanh"), "tanh is the faster formula that GPT-2 used."),),
    ),
    _simple(
        "SiLU",
        "F.silu({0})",
        "Multiplies each value by its sigmoid: x · σ(x).",
        "Elfwing et al., 2017",
        words=("swish",),
    ),
    _simple(
        "Sigmoid",
        "torch.sigmoid({0})",
        "Squeezes each value between 0 and 1.",
        words=("logistic", "probability"),
    ),
    _simple(
        "Tanh",
        "torch.tanh({0})",
        "Squeezes each value between -1 and 1.",
        words=("hyperbolic tangent",),
    ),
    _simple(
        "Softmax",
        "F.softmax({0}, dim={dim})",
        "Turns values into probabilities that sum to 1 along a dim.",
        "Bridle, 1990",
        (_dim(-1),),
        words=("probability", "normalize"),
        main="dim",
        check=_dim_exists,
    ),
    _simple(
        "LogSoftmax",
        "F.log_softmax({0}, dim={dim})",
        "The logarithm of Softmax, computed without loss of precision.",
        "Bridle, 1990",
        (_dim(-1),),
        words=("log probability",),
        main="dim",
        check=_dim_exists,
    ),
    _simple(
        "Softmin",
        "F.softmin({0}, dim={dim})",
        "Softmax of the negative values: the smallest gets the most.",
        params=(_dim(-1),),
        main="dim",
        check=_dim_exists,
    ),
    _simple(
        "Softmax2d",
        "F.softmax({0}, dim=1)",
        "Softmax over the channels at every place of a picture.",
        signature="N C H W -> N C H W",
        words=("segmentation", "probability"),
    ),
    _simple(
        "LeakyReLU",
        "F.leaky_relu({0}{, negative_slope})",
        "A ReLU that lets a little of the negative values through.",
        "Maas et al., 2013",
        (number("negative_slope", 0.01, "The slope for negative values."),),
        main="negative_slope",
    ),
    _simple(
        "PReLU",
        "",
        "A LeakyReLU whose slope is learned.",
        "He et al., 2015",
        (
            count("num_parameters", 1, "1 for one slope, or as many as there are channels."),
            number("init", 0.25, "The slope at the start."),
        ),
        check=_slopes,
        tensors=_prelu_tensors,
        main="num_parameters",
    ),
    _simple(
        "RReLU",
        "",
        "A LeakyReLU whose slope is drawn at random while training.",
        "Xu et al., 2015",
        (
            number("lower", 1 / 8, "The smallest slope.", minimum=0.0, maximum=100.0),
            number("upper", 1 / 3, "The largest slope.", minimum=0.0, maximum=100.0),
        ),
        random=True,
        check=_ordered("lower", "upper", equal_too=True),
    ),
    _simple(
        "ELU",
        "F.elu({0}{, alpha})",
        "A ReLU that bends smoothly towards -α.",
        "Clevert et al., 2015",
        (_ALPHA,),
        main="alpha",
    ),
    _simple(
        "CELU",
        "F.celu({0}{, alpha})",
        "An ELU without a kink, whatever α is.",
        "Barron, 2017",
        (_ALPHA,),
        main="alpha",
    ),
    _simple(
        "SELU",
        "F.selu({0})",
        "A scaled ELU that keeps mean 0 and variance 1 from layer to layer.",
        "Klambauer et al., 2017",
        words=("self-normalizing",),
    ),
    _simple(
        "Mish",
        "F.mish({0})",
        "A smooth activation that dips a little below zero: x · tanh(softplus(x)).",
        "Misra, 2019",
    ),
    _simple(
        "GLU",
        "F.glu({0}{, dim})",
        "One half of the values opens and closes the other half: a · σ(b).",
        "Dauphin et al., 2016",
        (
            Param(
                "dim", "int", -1, "The dim that is halved; -1 is the last.", minimum=-16, maximum=15
            ),
        ),
        words=("gate", "gated"),
        signature="*S -> *H",
        rule=_halved,
        main="dim",
    ),
    _simple(
        "Softplus",
        "F.softplus({0}{, beta}{, threshold})",
        "A smooth ReLU that is always positive: log(1 + eˣ).",
        "Dugas et al., 2000",
        (
            number("beta", 1.0, "How sharp the bend is.", minimum=0.0, above=True),
            number("threshold", 20.0, "Above this it is computed as the plain line."),
        ),
        words=("positive",),
        main="beta",
    ),
    _simple(
        "Softsign", "F.softsign({0})", "Squeezes each value between -1 and 1 slowly: x / (1 + |x|)."
    ),
    _simple(
        "LogSigmoid",
        "F.logsigmoid({0})",
        "The logarithm of the sigmoid.",
        words=("log probability",),
    ),
    _simple(
        "ReLU6",
        "F.relu6({0})",
        "A ReLU that ends at 6; it suits low precision.",
        "Krizhevsky, 2010",
        words=("mobilenet",),
    ),
    _simple(
        "Hardtanh",
        "F.hardtanh({0}{, min_val}{, max_val})",
        "Cuts values off below and above.",
        params=(
            number("min_val", -1.0, "The smallest value that leaves."),
            number("max_val", 1.0, "The largest value that leaves."),
        ),
        words=("clip", "clamp"),
        check=_ordered("min_val", "max_val"),
    ),
    _simple(
        "Hardsigmoid",
        "F.hardsigmoid({0})",
        "A sigmoid made of three straight lines; fast on small devices.",
        "Howard et al., 2019",
    ),
    _simple(
        "Hardswish",
        "F.hardswish({0})",
        "A SiLU made of simple pieces; fast on small devices.",
        "Howard et al., 2019",
        words=("mobilenet", "swish"),
    ),
    _simple(
        "Hardshrink",
        "F.hardshrink({0}{, lambd})",
        "Sets values near zero to zero and keeps the others.",
        params=(_LAMBDA,),
        main="lambd",
    ),
    _simple(
        "Softshrink",
        "F.softshrink({0}{, lambd})",
        "Moves values towards zero; those near it become zero.",
        params=(_LAMBDA,),
        main="lambd",
    ),
    _simple("Tanhshrink", "F.tanhshrink({0})", "What Tanh takes away: x - tanh(x)."),
    _simple(
        "Threshold",
        "F.threshold({0}, {threshold}, {value})",
        "Replaces values that are not above a threshold.",
        params=(
            Param(
                "threshold",
                "float",
                0.0,
                "Values up to this are replaced.",
                minimum=-1e6,
                maximum=1e6,
                positional=True,
            ),
            Param(
                "value",
                "float",
                0.0,
                "What they are replaced by.",
                minimum=-1e6,
                maximum=1e6,
                positional=True,
            ),
        ),
        main="threshold",
    ),
    LayerSpec(
        name="GumbelSoftmax",
        family="activation",
        signature="*S -> *S",
        params=(
            number(
                "tau", 1.0, "Temperature: small ones choose more sharply.", minimum=0.0, above=True
            ),
            flag(
                "hard", False, "Whether exactly one entry is 1, with the gradient of the soft one."
            ),
            _dim(-1),
        ),
        code=Code(function="F.gumbel_softmax({0}{, tau}{, hard}, dim={dim})"),
        summary="Draws a choice at random from scores so that gradients still pass.",
        source="Jang et al., 2016",
        url=torch_page("nn.functional.gumbel_softmax"),
        check=_dim_exists,
        random=True,
        words=("sample", "discrete", "categorical", "vae"),
        main="tau",
    ),
)
"""The family."""
