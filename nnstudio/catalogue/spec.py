"""What a layer is: one `LayerSpec` gives all that is known about it.

Palette entry, form, validation, shape rule, code, help and tests follow from it.
The *signature* is the shape rule, the inference, the validation and the text of the message in one
line:

    Linear      "*S in_features -> *S out_features"
    Conv2d      "N in_channels H W -> N out_channels {conv(H, 0)} {conv(W, 1)}"
    Add         "a: *A, b: *B -> *S"                (with a rule, since it broadcasts)
    LSTM        "input: N T input_size, h_0?: L N hidden, c_0?: L N cell -> output: …, h_n: …, c_n:
    …" Concatenate "inputs...: *S -> *S"               (variadic: one port that takes several edges)

A dim is a name, an int, `*Name` (any number of dims) or, on the right, `{expression}`. A name that
is also a parameter binds it: an `auto` parameter takes the size, any other must be equal to it. `?`
marks an input that may stay open, `...` one that takes several edges. An input without a name is
called `input`, an output without one `output`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, numel

Resolved: TypeAlias = "Mapping[str, Any]"
"""All arguments of a node.

Defaults filled in, formulas evaluated to ints or symbolic dims, sizes inferred.
"""

Rule: TypeAlias = "Callable[[dict[str, Any], Sequence[Any]], tuple[Shape, ...]]"
"""A shape rule in Python, for what a signature cannot say: `rule(args, inputs) -> outputs`.

It gets one entry per input port (a shape; a tuple of shapes when variadic; None when open), may
fill auto arguments in `args`, and raises `catalogue.signature.ShapeError` with a code of
`core.messages`.
"""

Check: TypeAlias = "Callable[[dict[str, Any], Sequence[Any]], None]"
"""What torch refuses besides: `check(args, inputs)`, with sizes filled in, raises `ShapeError`."""

Tensors: TypeAlias = "Callable[[Resolved], Mapping[str, Shape]]"
"""The shapes of what a layer learns, by the name that it has in torch."""

Cost: TypeAlias = "Callable[[Resolved, Sequence[Any], Sequence[Shape]], Dim]"
"""A count: `cost(args, input shapes, output shapes)`; symbolic where its arguments are."""

Family = Literal[
    "io",
    "convolution",
    "linear",
    "normalization",
    "activation",
    "pooling",
    "recurrent",
    "attention",
    "tensor",
    "regularization",
    "loss",
]

Group = Literal[
    "",
    "arithmetic",
    "function",
    "reducing",
    "comparing",
    "shaping",
    "joining",
    "indexing",
    "padding",
    "resizing",
]
"""A heading of its own within a family that has many layers."""


_WORD = re.compile(r"(?:\.\{|\{:)(\w+)\}")
"""A place where a bare name stands, or a text between brackets."""


@dataclass(frozen=True, slots=True)
class Code:
    """How a layer is written in PyTorch: Python expressions with places in braces.

    `{self}`            the module
    `{0}`, `{query}`    what feeds an input port, by index or by name (ports win over parameters)
    `{inputs}`          all edges of the variadic input of that name, with commas
    `{dim}`             an argument as a literal
    `{*shape}`          the entries of a tuple, with commas
    `{, dim}`           an argument as a keyword with its comma, left out at torch's default
    `{?mask}`           an input as a keyword with its comma, left out when the port is open
    `{?*h_0}`           the same by position
    `{?(h_0, c_0)}`     a tuple of inputs by position, left out unless all are connected
    `{0}[{:index}]`     a text that stands between brackets, see `catalogue.brackets`
    `torch.{init}`      a choice in the place of a name is written as a bare word

    A constructor is not a template: it takes the parameters that are `positional` by position and
    the others as keywords where they differ from torch's default; those named by `call` or `create`
    are none of the constructor's. Where that is not enough, `build` is its template.

    Attributes:
        module: The class (`nn.Conv2d`), a class of `kit/modules` (`kit.PositionalEncoding`), or ""
            when the layer has no module (an addition).
        function: How it is written inside `forward` when nothing must be stored: `F.relu({0})`,
            `torch.cat([{inputs}], dim={dim})`, `{0} + {1}`. "" when it has to be a module.
        call: How the module is called when `self.name(inputs)` is not enough:
            `{self}({query}, {key}, {value}{?attn_mask}{, need_weights})`.
        unpack: The target of the assignment when outputs are nested, by output port name, such as
            `{output}, ({h_n}, {c_n})`; unused outputs become `_`; "" for a plain tuple. A layer
            whose signature has several outputs returns a tuple, also when its rule leaves the last
            ones out.
        pair: The switch without which it returns its first output alone, no tuple
            (`return_indices`); "" when there is none.
        build: How the module is made when its constructor takes other modules:
            `nn.TransformerEncoder(nn.TransformerEncoderLayer({d_model}, {nhead}), {num_layers})`.
        create: The right side of the assignment in `__init__` for a value node:
            `nn.Parameter(torch.{init}({*shape}))`.
        arithmetic: True for an infix operator, which may be folded into a longer expression.
    """

    module: str = ""
    function: str = ""
    call: str = ""
    unpack: str = ""
    pair: str = ""
    build: str = ""
    create: str = ""
    arithmetic: bool = False

    @property
    def fixed(self) -> frozenset[str]:
        """Parameters that decide which name is called or what comes back: no formula can be one."""
        texts = f"{self.function} {self.call} {self.build} {self.create}"
        return frozenset((*_WORD.findall(texts), *filter(None, (self.pair,))))


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A kind of operation that can be placed in a graph.

    Attributes:
        name: torch's spelling where torch has it.
        family: Gives the colour and the place in the palette.
        signature: Inputs and outputs with their shapes; see the module.
        params: What the user sets, in torch's order.
        code: How it is written.
        summary: One sentence that can stand as a tooltip.
        source: The paper, "Author & Author, year", or "".
        url: torch's page, or "".
        rule: See `Rule`; None when the signature says it all.
        check: See `Check`; None when every combination of values goes.
        tensors: The shapes of the learned tensors by torch's name, `{"weight": (out, in)}`,
            symbolic where the arguments are; None when nothing is learned.
        flops: Floating point operations for one pass (a multiply-add counts two); None for none.
        random: True when it draws random numbers while training (dropout).
        keeps_state: True when it has weights or buffers, so that it must be a module.
        words: Other words that find it in a search.
        default_name: The attribute it gets when the user gives no name (`conv`), or "".
        main: The parameter that is edited on the node itself, or "".
        group: The heading within its family, or "".
    """

    name: str
    family: Family
    signature: str
    params: tuple[Param, ...]
    code: Code
    summary: str
    source: str = ""
    url: str = ""
    rule: Rule | None = None
    check: Check | None = None
    tensors: Tensors | None = None
    flops: Cost | None = None
    random: bool = False
    keeps_state: bool = False
    words: tuple[str, ...] = ()
    default_name: str = ""
    main: str = ""
    group: Group = ""

    def param(self, name: str) -> Param:
        """Return the parameter with this name; KeyError when there is none."""
        for param in self.params:
            if param.name == name:
                return param
        raise KeyError(name)

    def weights(
        self, args: Resolved, inputs: Sequence[Any] = (), outputs: Sequence[Shape] = ()
    ) -> Dim:
        """Return the number of learned parameters; it follows from `tensors` alone."""
        return 0 if self.tensors is None else sum(map(numel, self.tensors(args).values()))
