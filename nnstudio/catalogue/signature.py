"""Shapes from signatures: read once, then matched against what arrives.

`infer` is the one way from arguments and input shapes to output shapes. It fills the `auto`
arguments, and where something does not fit it raises a `ShapeError`: a code with its values, and
the ways to mend it as data, which the analysis turns into edits. What symbolic sizes leave open is
passed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from nnstudio.catalogue.faults import Fix, ShapeError
from nnstudio.catalogue.mending import misfit, wrong_rank
from nnstudio.catalogue.sizes import SIZES
from nnstudio.catalogue.spec import Check, Rule
from nnstudio.core import expressions
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.graph.dims import Dim, Poly, Shape, equal, show, show_shape

__all__ = [
    "Fix", "InputPort", "OutputPort", "ShapeError", "Signature", "defaults", "infer", "match",
    "ports",
]  # fmt: skip

Token: TypeAlias = "int | str"
"""A dim as it is written: a size, a name, `*Name`, or `{formula}`."""

Sizes: TypeAlias = "dict[str, Any]"
"""What the names of a signature stand for; a `*Name` stands for a tuple of sizes."""

Arriving: TypeAlias = "Any"
"""What arrives at a port: a shape, a tuple of shapes when it is variadic, None when it is open."""

Maker: TypeAlias = "Callable[[Sizes, Mapping[str, Any]], Dim]"

_PORT = re.compile(
    r"(?:(?P<name>[A-Za-z_]\w*)(?P<mark>\?|\.\.\.)?:)?(?P<dims>.*)\Z", re.ASCII | re.DOTALL
)
_DIM = re.compile(r"\{[^{}]*\}|[^\s{}]+")
_WORD = re.compile(r"\*?[A-Za-z_]\w*\Z", re.ASCII)
_CALL = re.compile(r"([a-z_]+)\((\w+), *(\d)\)\Z", re.ASCII)
_COMMA = re.compile(r",(?![^{}]*\})")
MAX_LENGTH = 2000


class Owner(Protocol):
    """What has a shape rule: a layer of the catalogue, a block, a layer of the user's own."""

    @property
    def name(self) -> str:
        """The name in messages."""

    @property
    def signature(self) -> str:
        """See `catalogue.spec`."""

    @property
    def params(self) -> tuple[Param, ...]:
        """The parameters, to which names of the signature may refer."""


@dataclass(frozen=True, slots=True)
class InputPort:
    """An input of a layer.

    Attributes:
        name: Unique among the inputs.
        dims: The dims as written: ints, `N`, `*S`, `{4 * dim}`.
        optional: True when it may stay open.
        variadic: True when it takes several edges.
    """

    name: str
    dims: tuple[Token, ...]
    optional: bool = False
    variadic: bool = False
    star: int = field(init=False, repr=False, compare=False)
    """The place of the `*Name` among the dims, or -1."""

    def __post_init__(self) -> None:
        stars = (i for i, dim in enumerate(self.dims) if type(dim) is str and dim[0] == "*")
        object.__setattr__(self, "star", next(stars, -1))


@dataclass(frozen=True, slots=True)
class OutputPort:
    """An output of a layer; a variadic one stands for as many outputs as the shape rule returns."""

    name: str
    dims: tuple[Token, ...]
    variadic: bool = False
    makers: tuple[Maker | None, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """The ports of a layer in order."""

    inputs: tuple[InputPort, ...]
    outputs: tuple[OutputPort, ...]


@lru_cache(maxsize=4096)
def ports(signature: str) -> Signature:
    """Return the ports that a signature describes.

    Raises:
        ProjectError: The text is no signature (layers of the user's own come from files).
    """
    left, arrow, right = signature.partition("->")
    if not arrow or "->" in right or len(signature) > MAX_LENGTH:
        raise _unreadable(signature, "it needs one ->")
    inputs = tuple(
        InputPort(name, dims, mark == "?", mark == "...")
        for name, mark, dims in _read_ports(signature, left, "input")
    )
    bound = {dim for port in inputs for dim in port.dims if isinstance(dim, str)}
    outputs = tuple(
        OutputPort(name, dims, mark == "...", tuple(_maker(signature, dim, bound) for dim in dims))
        for name, mark, dims in _read_ports(signature, right, "output")
    )
    return Signature(inputs, outputs)


def infer(owner: Owner, args: dict[str, Any], inputs: Sequence[Arriving]) -> tuple[Shape, ...]:
    """Return the shapes of all outputs and fill the automatic arguments in `args`.

    Args:
        owner: A `LayerSpec`, or anything else with a name, a signature and parameters.
        args: Every parameter's value; None (or nothing) for an automatic one that is not pinned.
        inputs: One entry per input port: a shape, a tuple of shapes for a variadic port, None when
            open.

    Raises:
        ShapeError: Something does not fit.
    """
    signature = ports(owner.signature)
    for param in owner.params:
        if param.auto and param.name not in args:
            args[param.name] = None
    try:
        made = _outputs(owner, signature, args, inputs)
        for shape in made:
            if any(type(dim) is int and dim <= 0 for dim in shape):
                raise ShapeError("shape.empty", shape=show_shape(shape))
    except ShapeError as error:
        error.values.setdefault("layer", owner.name)
        raise
    return made


def _outputs(
    owner: Owner, signature: Signature, args: dict[str, Any], inputs: Sequence[Arriving]
) -> tuple[Shape, ...]:
    """Match the inputs, check the arguments and make the outputs."""
    rule: Rule | None = getattr(owner, "rule", None)
    check: Check | None = getattr(owner, "check", None)
    missing = len(signature.inputs) - len(inputs)
    if missing > 0:
        inputs = (*inputs, *(None,) * missing)
    sizes = match(signature.inputs, args, inputs, owner.params, loose=rule is not None)
    if check is not None:
        check(args, inputs)
    if rule is not None:
        return rule(args, inputs)
    return tuple([_made(port, sizes, args) for port in signature.outputs])


def match(
    wanted: Sequence[InputPort],
    args: dict[str, Any],
    inputs: Sequence[Arriving],
    params: Sequence[Param] = (),
    loose: bool = False,
) -> Sizes:
    """Bind the names of input ports to the sizes that arrive, and return what they stand for.

    Args:
        wanted: The input ports.
        args: The arguments; those that are None take the size that their name stands for.
        inputs: One entry per port; missing ones at the end are open.
        params: The parameters, to know which arguments may be unpinned.
        loose: True leaves the edges of variadic ports to a rule.

    Raises:
        ShapeError: A port is open, a number of dims or a size does not fit.
    """
    if len(inputs) > len(wanted):
        raise ShapeError("shape.extra_input", count=len(inputs), ports=len(wanted))
    sizes: Sizes = {}
    given = len(inputs)
    for index, port in enumerate(wanted):
        arriving = inputs[index] if index < given else None
        if not arriving and (arriving is None or port.variadic):
            if not port.optional:
                raise ShapeError("shape.open", port=port.name)
        elif not port.variadic:
            _bind(port, arriving, sizes, args, params, (index, 0))
        elif not loose:
            for edge, shape in enumerate(arriving):
                _bind(port, shape, sizes, args, params, (index, edge))
    _check_formulas(sizes, args)
    return sizes


def defaults(params: Sequence[Param]) -> dict[str, Any]:
    """Return a new mapping with every default; None for automatic and required parameters."""
    return {param.name: None if param.auto or param.required else param.default for param in params}


def _bind(
    port: InputPort,
    shape: Shape,
    sizes: Sizes,
    args: dict[str, Any],
    params: Sequence[Param],
    place: tuple[int, int],
) -> None:
    """Match one shape with one port; `place` is the index of the port and of the edge."""
    dims, arrived = port.dims, shape
    if port.star >= 0:
        dims, arrived = _around_star(port, shape, sizes, place)
    elif len(dims) != len(shape):
        raise wrong_rank(port.dims, shape, place)
    for token, size in zip(dims, arrived, strict=True):
        known: Any = token
        if isinstance(token, str):
            home = args if token in args else sizes
            known = home.get(token)
            if known is None:
                home[token] = size
                continue
        if known is not size and known != size and equal(known, size) is False:
            raise misfit(token, known, size, shape, params, place)


def _around_star(
    port: InputPort, shape: Shape, sizes: Sizes, place: tuple[int, int]
) -> tuple[tuple[Token, ...], Shape]:
    """Bind the `*Name` of a port and return the dims and sizes that stand around it."""
    dims, star = port.dims, port.star
    if len(shape) < len(dims) - 1:
        raise wrong_rank(dims, shape, place)
    end = len(shape) - (len(dims) - star - 1)
    middle = shape[star:end]
    known = sizes.setdefault(str(dims[star]), middle)
    if known is not middle and not _agree(known, middle):
        raise ShapeError("shape.disagree", left=show_shape(known), right=show_shape(middle))
    return dims[:star] + dims[star + 1 :], shape[:star] + shape[end:]


def _agree(left: Shape, right: Shape) -> bool:
    """Tell whether two shapes may be equal."""
    return len(left) == len(right) and not any(
        equal(a, b) is False for a, b in zip(left, right, strict=True)
    )


def _check_formulas(sizes: Sizes, args: Mapping[str, Any]) -> None:
    """Compare the sizes that arrived where an input has a formula with the formula's value."""
    for token, size in sizes.items():
        if token[0] == "{":
            text = token[1:-1]
            wanted = _value(text, sizes, args)
            if equal(wanted, size) is False:
                values = {"name": text, "expected": show(wanted), "actual": show(size)}
                raise ShapeError("shape.size", **values)


def _made(port: OutputPort, sizes: Sizes, args: Mapping[str, Any]) -> Shape:
    """Return the shape of an output."""
    shape: list[Dim] = []
    for token, maker in zip(port.dims, port.makers, strict=True):
        if maker is not None:
            shape.append(maker(sizes, args))
        elif isinstance(token, int):
            shape.append(token)
        elif token[0] == "*":
            shape.extend(sizes.get(token, ()))
        else:
            shape.append(_named(token, sizes, args))
    return tuple(shape)


def _named(name: str, sizes: Sizes, args: Mapping[str, Any]) -> Dim:
    """Return the size that a name stands for."""
    size = sizes.get(name)
    size = args.get(name) if size is None else size
    if type(size) is int or isinstance(size, Poly):
        return size
    raise ShapeError("shape.unbound", name=name)


def _maker(signature: str, token: Token, bound: set[str]) -> Maker | None:
    """Return what computes a dim in braces; None for any other dim."""
    if isinstance(token, int) or token[0] != "{":
        return None
    text = token[1:-1]
    call = _CALL.match(text)
    if call is None:
        expressions.parse(text)
        return lambda sizes, args: _value(text, sizes, args)
    rule, name, axis = SIZES.get(call[1]), call[2], int(call[3])
    if rule is None or name not in bound:
        raise _unreadable(signature, f"{text} is unknown")
    return lambda sizes, args: rule(args, sizes[name], axis)


def _value(text: str, sizes: Sizes, args: Mapping[str, Any]) -> Dim:
    """Return the value of a formula over arguments and sizes; it has to be a whole number."""
    try:
        value = expressions.evaluate(text, {**args, **sizes})
    except ProjectError as error:
        raise ShapeError(error.problems[0].code, **error.problems[0].args) from error
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is int or isinstance(value, Poly):
        return value
    raise ShapeError("expr.value", text=text, why=f"{value} is no whole number")


def _read_ports(
    signature: str, side: str, unnamed: str
) -> Iterator[tuple[str, str, tuple[Token, ...]]]:
    """Yield name, mark (`?`, `...` or nothing) and dims of the ports on one side."""
    taken: set[str] = set()
    for part in _COMMA.split(side) if side.strip() else ():
        found = _PORT.match(part.strip())
        if found is None:
            raise _unreadable(signature, f"{part.strip()} is no port")
        name = found["name"] or unnamed
        if name in taken:
            raise _unreadable(signature, f"the name {name} stands twice")
        taken.add(name)
        yield name, found["mark"] or "", _read_dims(signature, found["dims"])


def _read_dims(signature: str, text: str) -> tuple[Token, ...]:
    words = _DIM.findall(text)
    if "".join(words).replace(" ", "") != "".join(text.split()):
        raise _unreadable(signature, f"{text.strip()} are no dims")
    if sum(word[0] == "*" for word in words) > 1:
        raise _unreadable(signature, f"{text.strip()} has more than one *")
    for word in words:
        if word[0] != "{" and not word.isdigit() and not _WORD.match(word):
            raise _unreadable(signature, f"{word} is no dim")
    return tuple(int(word) if word.isdigit() else word for word in words)


def _unreadable(signature: str, why: str) -> ProjectError:
    return ProjectError(Problem("shape.signature", args={"signature": signature, "why": why}))
