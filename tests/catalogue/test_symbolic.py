"""Symbols first and numbers afterwards give the same as numbers at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.signature import ShapeError, infer
from nnstudio.graph.dims import numel, substitute, symbol
from tests.catalogue.samples import cases

NAMES = sorted(LAYERS.keys() - {"Input", "Output", "Parameter", "Buffer", "Constant"})
NEEDS_NUMBERS = {
    "AdaptiveLogSoftmaxWithLoss": "shape.needs_number",
    "Diagonal": "shape.diagonal",
    "Unbind": "shape.unbind",
}
"""Layers that may refuse a size that is not known, and how they say so."""
ONE_MATTERS = frozenset({"Squeeze", "Expand", "ExpandBatch"})
"""Layers for which a size of 1 is something else than a size that is not known."""


@pytest.mark.parametrize("name", NAMES)
def test_symbols_then_numbers(name: str) -> None:
    spec = LAYERS[name]

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(spec))
    def agree(case: tuple[dict[str, Any], list[Any]]) -> None:
        args, shapes = case
        try:
            expected = infer(spec, resolved := dict(args), shapes)
        except ShapeError:
            assume(False)
        names: dict[str, int] = {}
        symbolic = [_symbolic(shape, names, name in ONE_MATTERS) for shape in shapes]
        if _rounds(args.get("scale_factor", args.get("output_ratio"))):
            with pytest.raises(ShapeError, match=r"shape\.scale"):
                infer(spec, dict(args), symbolic)
            return
        try:
            made = infer(spec, free := dict(args), symbolic)
        except ShapeError as error:
            if NEEDS_NUMBERS.get(name) != error.code:
                raise
            return
        assert substitute_all(made, names) == expected
        for key, value in resolved.items():
            assert free[key] == value or substitute(free[key], names) == value, key
        assert substitute(spec.weights(free, symbolic, made), names) == spec.weights(resolved)
        if spec.flops is not None:
            assert substitute(spec.flops(free, symbolic, made), names) == spec.flops(
                resolved, shapes, expected
            )

    agree()


def substitute_all(shapes: Any, names: dict[str, int]) -> Any:
    return tuple(substitute(shape, names) for shape in shapes)


def _rounds(factor: Any) -> bool:
    """Tell whether torch's rounding decides, so that a size that is not known stays so."""
    many = factor if type(factor) is tuple else (factor,)
    return any(type(one) is float and one * 64 % 1 for one in many)


def _symbolic(shape: Any, names: dict[str, int], keep_ones: bool) -> Any:
    """Give every size a name; equal sizes share one, as equal dims of a drawing do."""
    if shape is None:
        return None
    if shape and isinstance(shape[0], tuple):
        return tuple(_symbolic(one, names, keep_ones) for one in shape)
    return tuple(size if size == 1 else _named(size, names) for size in shape)


def _named(size: int, names: dict[str, int]) -> Any:
    names[f"S{size}"] = size
    return symbol(f"S{size}")


def test_a_conv_on_both_arms_of_a_residual_is_proved_equal() -> None:
    shape = tuple(map(symbol, ("N", "C", "H", "W")))
    arms = []
    for kernel, padding in ((3, 1), (1, 0)):
        args = {p.name: p.default for p in LAYERS["Conv2d"].params}
        args.update(kernel_size=kernel, padding=padding, stride=2)
        arms.append(infer(LAYERS["Conv2d"], args, [shape])[0])
    assert infer(LAYERS["Add"], {}, arms) == (arms[0],)


def test_what_symbols_leave_open_is_passed() -> None:
    n, h = symbol("N"), symbol("H")
    args = {p.name: p.default for p in LAYERS["Linear"].params}
    args["in_features"] = 512
    assert infer(LAYERS["Linear"], args, [(n, h)]) == ((n, 128),)
    assert infer(LAYERS["Add"], {}, [(n, h), (n, 7)]) == ((n, 7),)


def test_layers_of_unknown_number_are_counted() -> None:
    spec = LAYERS["LSTM"]
    args: dict[str, Any] = {p.name: p.default for p in spec.params}
    args.update(input_size=5, num_layers=symbol("layers"), bidirectional=True, proj_size=0)
    known = {**args, "num_layers": 4}
    assert substitute(spec.weights(args), {"layers": 4}) == spec.weights(known)
    assert numel(spec.tensors(known)["weight_ih_l0"]) == 4 * 128 * 5  # type: ignore[misc]


@pytest.mark.parametrize("name", sorted(LAYERS.keys()))
def test_a_formula_may_stand_for_any_whole_number(name: str) -> None:
    """A block's parameter in the place of a number gives shapes or a problem, never a crash."""
    spec = LAYERS[name]

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(spec), st.data())
    def survive(case: tuple[dict[str, Any], list[Any]], data: st.DataObject) -> None:
        args, shapes = case
        for param in spec.params:
            if param.kind in WHOLE and data.draw(st.booleans()):
                args[param.name] = _formula(args[param.name])
        try:
            made = infer(spec, args, shapes)
        except ShapeError as error:
            error.problem().message  # noqa: B018  # it can be rendered
            return
        spec.weights(args, shapes, made)
        if spec.flops is not None:
            spec.flops(args, shapes, made)

    survive()


WHOLE = ("int", "size", "ints", "shape", "number_or_size")


def _formula(value: Any) -> Any:
    if type(value) is tuple:
        return tuple(map(_formula, value))
    return symbol("p") if type(value) is int else value
