"""Optimizers: how weights follow their gradients."""

from __future__ import annotations

from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.fields import NEVER, flag, number, torch_page
from nnstudio.core.params import Param


def _rate(default: float) -> Param:
    """Return the learning rate; it is always written, since everyone looks for it first."""
    return Param(
        "lr",
        "float",
        default,
        "The learning rate: how far a step goes.",
        minimum=0.0,
        maximum=1e3,
        torch_default=NEVER,
        live=True,
    )


def _part(name: str, default: float, help: str, torch_default: float | None = None) -> Param:
    """Return a number of at least 0 and below 1."""
    return Param(
        name, "float", default, help, minimum=0.0, maximum=0.9999999, torch_default=torch_default
    )


def _decay(default: float = 0.0) -> Param:
    return number(
        "weight_decay", default, "How strongly weights are drawn to zero.", minimum=0.0, maximum=1e3
    )


def _eps(default: float) -> Param:
    return number(
        "eps",
        default,
        "Added to the denominator, so that nothing is divided by zero.",
        minimum=0.0,
        maximum=1.0,
    )


_BETAS = Param(
    "betas",
    "floats",
    (0.9, 0.999),
    "How long the averages of the gradient and of its square remember.",
    minimum=0.0,
    maximum=0.9999999,
)
_MOMENTUM = _part("momentum", 0.0, "How much of the last step is kept.")
_DECOUPLED = flag(
    "decoupled_weight_decay",
    False,
    "Whether the decay is kept apart from the gradient, as in AdamW.",
)

_ROWS: tuple[tuple[str, str, str, tuple[Param, ...]], ...] = (
    (
        "AdamW",
        "Adam with the weight decay kept apart; a good first choice.",
        "Loshchilov & Hutter, 2017",
        (
            _rate(1e-3),
            _BETAS,
            _eps(1e-8),
            _decay(0.01),
            flag("amsgrad", False, "Whether the largest average so far is used."),
        ),
    ),
    (
        "Adam",
        "Follows averages of the gradient, each weight with a step of its own.",
        "Kingma & Ba, 2014",
        (
            _rate(1e-3),
            _BETAS,
            _eps(1e-8),
            _decay(),
            flag("amsgrad", False, "Whether the largest average so far is used."),
        ),
    ),
    (
        "SGD",
        "Follows the gradient, with momentum; needs a learning rate chosen with care.",
        "Robbins & Monro, 1951",
        (
            _rate(0.01),
            _part("momentum", 0.9, "How much of the last step is kept.", 0.0),
            number(
                "dampening",
                0.0,
                "How much of the gradient the momentum leaves out.",
                minimum=0.0,
                maximum=1.0,
            ),
            _decay(),
            flag(
                "nesterov", False, "Whether the gradient is taken one step ahead; needs momentum."
            ),
        ),
    ),
    (
        "RMSprop",
        "Divides the gradient by the root of its average square.",
        "Hinton, 2012",
        (
            _rate(0.01),
            _part("alpha", 0.99, "How long the average remembers."),
            _eps(1e-8),
            _decay(),
            _MOMENTUM,
            flag("centered", False, "Whether the mean is taken off the average square."),
        ),
    ),
    (
        "Adagrad",
        "Gives rarely changed weights longer steps.",
        "Duchi et al., 2011",
        (
            _rate(0.01),
            number("lr_decay", 0.0, "How fast the learning rate falls.", minimum=0.0, maximum=1.0),
            _decay(),
            number(
                "initial_accumulator_value", 0.0, "Where the sum of squares starts.", minimum=0.0
            ),
            _eps(1e-10),
        ),
    ),
    (
        "NAdam",
        "Adam with a look ahead, as Nesterov's momentum has.",
        "Dozat, 2016",
        (
            _rate(2e-3),
            _BETAS,
            _eps(1e-8),
            _decay(),
            number(
                "momentum_decay", 4e-3, "How fast the momentum settles.", minimum=0.0, maximum=1.0
            ),
            _DECOUPLED,
        ),
    ),
    (
        "RAdam",
        "Adam that warms up by itself.",
        "Liu et al., 2019",
        (_rate(1e-3), _BETAS, _eps(1e-8), _decay(), _DECOUPLED),
    ),
    (
        "Adadelta",
        "Needs no learning rate: steps follow the size of earlier ones.",
        "Zeiler, 2012",
        (_rate(1.0), _part("rho", 0.9, "How long the averages remember."), _eps(1e-6), _decay()),
    ),
    (
        "Adamax",
        "Adam with the largest gradient instead of the average square.",
        "Kingma & Ba, 2014",
        (_rate(2e-3), _BETAS, _eps(1e-8), _decay()),
    ),
)

OPTIMIZERS: dict[str, Choosable] = {
    name: Choosable(
        name=name,
        title=name,
        summary=summary,
        params=params,
        code=f"torch.optim.{name}",
        imports=("import torch",),
        source=source,
        url=torch_page(f"optim.{name}"),
    )
    for name, summary, source, params in _ROWS
}
"""The optimizers by name, the usual first choices first."""
