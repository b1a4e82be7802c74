"""torch's own samples of every module as the yardstick: our shapes are the real ones.

Each sample is built by torch from the arguments that its test-suite uses and run on the inputs that
it uses; the catalogue gets the same arguments, the sizes that can follow from the input blanked.
"""

from __future__ import annotations

import inspect
import time
import warnings
from collections import Counter
from typing import Any

import pytest
import torch

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.signature import ShapeError, infer, ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.params import Param, check
from tests.catalogue.torch_side import EVERYWHERE, constructor_parameters

SHARE = 0.98
"""So many of the samples that can be compared have to agree."""


class SkipError(Exception):
    """A sample that says nothing about the catalogue, and why."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(600)
def test_shapes_of_torchs_own_samples(capsys: pytest.CaptureFixture[str]) -> None:
    from torch.testing._internal.common_modules import module_db

    start = time.monotonic()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for info in module_db:
        spec = LAYERS.get(info.module_cls.__name__)
        for sample in _samples(info):
            counts["samples"] += 1
            try:
                if spec is None:
                    raise SkipError(f"{info.module_cls.__name__} has no layer")
                fault = _compared(spec, info.module_cls, sample)
            except SkipError as skip:
                counts[f"left out: {skip}"] += 1
                continue
            counts["compared"] += 1
            counts["right"] += not fault
            wrong += [fault] if fault else []
    with capsys.disabled():
        _print(counts, wrong, time.monotonic() - start)
    assert counts["compared"] > 500
    assert counts["right"] >= SHARE * counts["compared"], wrong


def _print(counts: Counter[str], wrong: list[str], seconds: float) -> None:
    classes = {spec.code.module for spec in LAYERS.values() if spec.code.module[:3] == "nn."}
    print(f"\n{len(LAYERS)} layers, {len(classes)} classes of torch.nn, {seconds:.0f} s")  # noqa: T201
    rows = sorted(counts.items(), key=lambda row: -row[1])
    print(*(f"{count:6d} {what}" for what, count in rows), sep="\n")  # noqa: T201
    print(*(f"  wrong: {line[:300]}" for line in wrong[:20]), sep="\n")  # noqa: T201


def _samples(info: Any) -> list[Any]:
    made: list[Any] = info.module_inputs_func(
        info, device="cpu", dtype=torch.float32, requires_grad=False, training=True
    )
    return made


def _compared(spec: LayerSpec, cls: Any, sample: Any) -> str:
    """Return "" when our shapes are the real ones, else what differs."""
    given = sample.constructor_input
    args = _arguments(spec, cls, given.args, given.kwargs)
    inputs = _inputs(spec, cls, sample.forward_input, args)
    shapes = [None if one is None else tuple(one.shape) for one in inputs]
    if _is_single(spec, sample, shapes):
        raise SkipError("a single sample without a batch, which the catalogue refuses")
    if any(shape is not None and 0 in shape for shape in shapes):
        raise SkipError("a batch without samples, which the catalogue refuses")
    real = _real(cls, sample)
    autos = {param.name: args[param.name] for param in spec.params if param.auto}
    # Over how many dims a LayerNorm goes is a choice; a single one follows from the input.
    autos = {name: value for name, value in autos.items() if not _is_long(value)}
    resolved = {**args, **dict.fromkeys(autos)}
    try:
        made = infer(spec, resolved, shapes)
    except ShapeError as error:
        return f"{spec.name} {args} {shapes}: {error.code} {error.values}"
    if list(made) != real:
        return f"{spec.name} {args} {shapes}: {made} instead of {real}"
    for name, value in autos.items():
        if resolved[name] != value and (resolved[name],) != value:
            return f"{spec.name}: {name} is {resolved[name]} instead of {value}"
    return ""


def _is_long(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 1


# ------------------------------------------------------------------------------------ what is given


def _arguments(
    spec: LayerSpec, cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a sample as ours; the rest of ours as torch has them."""
    known = constructor_parameters(cls)
    bound = {**dict(zip(known, args, strict=False)), **kwargs}
    ours = {param.name: param for param in spec.params}
    made = {param.name: _torch_default(param) for param in spec.params}
    for name, value in bound.items():
        if name in ours:
            made[name] = _plain(ours[name], value)
        elif isinstance(value, torch.nn.Module):
            raise SkipError("an argument is a module")
        elif name not in EVERYWHERE and not _is_default(known.get(name), value):
            raise SkipError(f"{spec.name}: {name} is no parameter of ours")
    for name, value in made.items():
        if not ours[name].auto and check(ours[name], value) is not None:
            raise SkipError(f"{spec.name}: {name} is beyond our limits")
    return made


def _torch_default(param: Param) -> Any:
    unset = param.torch_default is None or param.torch_default == ()
    if param.torch_default == ():
        return None if param.optional else param.default
    return param.default if unset else param.torch_default


def _is_default(known: inspect.Parameter | None, value: Any) -> bool:
    return known is not None and type(value) is type(known.default) and value == known.default


def _plain(param: Param, value: Any) -> Any:
    """Return a value as a document holds it."""
    if isinstance(value, torch.Tensor):
        if value.dim() == 1 and param.kind == "floats":
            return tuple(value.tolist())
        raise SkipError("an argument is a tensor of several dims")
    if callable(value):
        if value.__name__ in param.choices:
            return value.__name__
        raise SkipError("an argument is a function")
    return tuple(value) if isinstance(value, list | torch.Size) else value


def _inputs(spec: LayerSpec, cls: Any, given: Any, args: dict[str, Any]) -> list[Any]:
    """Return what arrives at our ports; settings of the call go to the arguments."""
    names = [port.name for port in ports(spec.signature).inputs]
    known = [name for name in inspect.signature(cls.forward).parameters if name != "self"]
    found: list[Any] = []
    flat = [part for one in given.args for part in (one if isinstance(one, tuple) else (one,))]
    for one in flat:
        if not isinstance(one, torch.Tensor | None):
            raise SkipError(f"{spec.name}: an input is a {type(one).__name__}")
        found.append(one)
    rest: list[Any] = [None] * (len(names) - len(found))
    found += rest
    for name, value in given.kwargs.items():
        if name in names:
            found[names.index(name)] = value
        elif name in args and name in known:
            args[name] = _plain(spec.param(name), value)
        else:
            raise SkipError(f"{name} is no input of ours")
    if "need_weights" in args and "need_weights" not in given.kwargs:
        args["need_weights"] = True  # torch's default in the call
    return found


def _is_single(spec: LayerSpec, sample: Any, shapes: list[Any]) -> bool:
    """Tell whether a sample has no batch: torch's suite says so, or a dim is missing."""
    first = ports(spec.signature).inputs[0]
    missing = len(shapes[0] or ()) < len(first.dims) - (first.star >= 0)
    reference = getattr(sample.reference_fn, "func", sample.reference_fn)
    said = (sample.desc or "", getattr(reference, "__name__", ""))
    return missing or any("no_batch" in words for words in said)


def _real(cls: Any, sample: Any) -> list[tuple[int, ...]]:
    """Return the shapes that torch makes."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            module = cls(*sample.constructor_input.args, **sample.constructor_input.kwargs)
            made = module(*sample.forward_input.args, **sample.forward_input.kwargs)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            raise SkipError("torch raises") from error
    return [tuple(one.shape) for one in _flat(made)]


def _flat(made: Any) -> list[torch.Tensor]:
    if isinstance(made, torch.Tensor):
        return [made]
    if not isinstance(made, tuple):
        raise SkipError(f"the result is a {type(made).__name__}")
    return [tensor for part in made if part is not None for tensor in _flat(part)]
