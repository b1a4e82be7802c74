"""The signature language, and what its errors offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.signature import ShapeError, defaults, infer, ports
from nnstudio.core.params import Param
from nnstudio.core.problems import ProjectError
from nnstudio.graph.dims import symbol

N, H, W = map(symbol, "NHW")


@dataclass(frozen=True)
class Own:
    """A layer of the user's own, as the analysis sees it."""

    signature: str
    params: tuple[Param, ...] = ()
    name: str = "Mine"


def refused(name: str, shapes: list[Any], **args: Any) -> ShapeError:
    spec = LAYERS[name]
    with pytest.raises(ShapeError) as caught:
        infer(spec, {**defaults(spec.params), **args}, shapes)
    return caught.value


def test_ports_of_a_signature() -> None:
    read = ports("query: N T D, mask?: T 4, rest...: *S -> output: N {2 * T} D, h_n: *S")
    assert [port.name for port in read.inputs] == ["query", "mask", "rest"]
    assert [port.optional for port in read.inputs] == [False, True, False]
    assert [port.variadic for port in read.inputs] == [False, False, True]
    assert read.inputs[1].dims == ("T", 4)
    assert read.outputs[0].dims == ("N", "{2 * T}", "D")


def test_unnamed_ports_and_no_ports() -> None:
    read = ports("*S -> *S")
    assert (read.inputs[0].name, read.outputs[0].name) == ("input", "output")
    assert ports("-> N").inputs == ()
    assert ports("*S ->").outputs == ()


@pytest.mark.parametrize(
    "text",
    [
        "*S", "*S -> *S -> *S", "a b] -> c", "*A *B -> *A", "a: N, a: N -> N", "N -> {conv(H, 0)}",
        "N -> {nothing(N, 0)}", "N -> {__import__('os')}", "N -> {N ** N.real}", "-1 -> N",
        "x" * 3000 + "->",
    ],
)  # fmt: skip
def test_what_is_no_signature_is_told(text: str) -> None:
    with pytest.raises(ProjectError):
        ports(text)


def test_formulas_on_both_sides() -> None:
    own = Own("N dim {dim * heads} -> N {4 * dim}", (Param("heads", "int", 2),))
    assert infer(own, {"heads": 2}, [(N, 3, 6)]) == ((N, 12),)
    with pytest.raises(ShapeError, match=r"shape\.size"):
        infer(own, {"heads": 2}, [(N, 3, 7)])


def test_a_formula_that_is_no_whole_number_is_told() -> None:
    with pytest.raises(ShapeError, match=r"expr\.value"):
        infer(Own("N D -> N {D / 2}"), {}, [(N, 7)])
    assert infer(Own("N D -> N {D / 2}"), {}, [(N, 8)]) == ((N, 4),)


def test_an_output_without_entries_is_told() -> None:
    with pytest.raises(ShapeError, match=r"shape\.empty"):
        infer(Own("N D -> N {D - 8}"), {}, [(N, 8)])


def test_sentences() -> None:
    error = refused("Linear", [(N, 64)], in_features=512)
    assert error.problem().message == "Linear expects 512 features but receives 64"
    error = refused("Conv2d", [(N, 16, 8, 8)], in_channels=3)
    assert error.problem().message == "Conv2d expects 3 channels but receives 16"
    error = refused("Add", [(N, 3, 8), (N, 4, 8)])
    assert error.problem().message == "Add cannot combine N × 3 × 8 and N × 4 × 8: 3 and 4 differ"


def labels(error: ShapeError) -> list[str]:
    return [fix.repair(()).label for fix in error.fixes]


def test_a_picture_before_a_pinned_linear_offers_flatten() -> None:
    error = refused("Linear", [(N, 16, 4, 4)], in_features=256)
    assert [fix.layer for fix in error.fixes] == ["Flatten", "Linear", ""]
    assert "insert Flatten" in labels(error)


def test_a_flat_vector_before_a_convolution_offers_to_unflatten() -> None:
    (fix,) = refused("Conv2d", [(N, 784)]).fixes
    assert (fix.layer, dict(fix.args)) == ("Unflatten", {"dim": 1, "unflattened_size": (1, 28, 28)})


def test_an_image_before_batchnorm1d_offers_batchnorm2d() -> None:
    (fix,) = refused("BatchNorm1d", [(N, 3, 8, 8)]).fixes
    assert (fix.kind, fix.layer) == ("replace", "BatchNorm2d")


def test_a_residual_that_shrinks_offers_a_convolution_with_stride() -> None:
    error = refused("Add", [(N, 32, 16, 16), (N, 16, 32, 32)])
    (fix,) = error.fixes
    assert fix.layer == "Conv2d"
    assert fix.port == 1
    assert dict(fix.args) == {"out_channels": 32, "kernel_size": 1, "stride": 2}


def test_every_fix_mends() -> None:
    """Inserted before its port, or set, a fix leaves nothing to refuse."""
    faults: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("Linear", [(N, 64)], {"in_features": 512}),
        ("Linear", [(N, 16, 4, 4)], {"in_features": 256}),
        ("Conv2d", [(N, 784)], {}),
        ("Conv2d", [(N, 28, 28)], {}),
        ("Conv2d", [(N, 8, 9, 9)], {"in_channels": 4}),
        ("Conv2d", [(N, 8, 2, 2)], {"kernel_size": 7}),
        ("Conv2d", [(N, 8, 9, 9)], {"groups": 6, "out_channels": 12}),
        ("Conv2d", [(N, 8, 9, 9)], {"kernel_size": (3, 3, 3)}),
        ("MaxPool2d", [(N, 8, 2, 2)], {"kernel_size": 3}),
        ("MaxPool2d", [(N, 8, 9, 9)], {"padding": 2}),
        ("GroupNorm", [(N, 12, 5)], {"num_groups": 8}),
        ("BatchNorm1d", [(N, 3, 8, 8)], {}),
        ("Add", [(N, 32, 16, 16), (N, 16, 32, 32)], {}),
        ("Add", [(N, 32), (N, 16)], {}),
        ("Concatenate", [((N, 8, 9, 9), (N, 4, 7, 8))], {}),
        ("MatMul", [(N, 4, 8), (N, 5, 8)], {}),
        ("Softmax", [(N, 5)], {"dim": 3}),
        ("LSTM", [(N, 5, 3), None, None], {"dropout": 0.5}),
        ("Embedding", [(N, 4)], {}),
        ("MultiheadAttention", [(N, 4, 12)] * 3 + [None, None], {"num_heads": 8}),
    ]  # fmt: skip
    for name, shapes, args in faults[:-2] + faults[-1:]:
        error = refused(name, list(shapes), **args)
        assert error.fixes, name
        for fix in error.fixes:
            mend(name, shapes, args, fix)


def mend(name: str, shapes: list[Any], args: dict[str, Any], fix: Any) -> None:
    spec, arriving = LAYERS[name], list(shapes)
    given = {**defaults(spec.params), **args}
    if fix.kind == "set":
        given.update(fix.args)
    elif fix.kind == "replace":
        spec = LAYERS[fix.layer]
        given = {**defaults(spec.params), **fix.args}
    else:
        inserted = LAYERS[fix.layer]
        port = arriving[fix.port]
        nested = isinstance(port[0], tuple)
        before = port[fix.edge] if nested else port
        (after,) = infer(inserted, {**defaults(inserted.params), **fix.args}, [before])
        arriving[fix.port] = (*port[: fix.edge], after, *port[fix.edge + 1 :]) if nested else after
    infer(spec, given, arriving)


def test_an_open_input_and_one_too_many() -> None:
    assert refused("Linear", []).code == "shape.open"
    assert refused("Concatenate", [()]).code == "shape.open"
    assert refused("ReLU", [(N,), (N,)]).code == "shape.extra_input"


def test_pinned_arguments_stay_and_automatic_ones_are_filled() -> None:
    spec = LAYERS["Conv2d"]
    args = defaults(spec.params)
    assert infer(spec, args, [(N, 3, H, W)])[0][1] == 64
    assert args["in_channels"] == 3
    args = {**defaults(spec.params), "in_channels": 3}
    del args["in_channels"]
    infer(spec, args, [(N, symbol("channels"), 8, 8)])
    assert args["in_channels"] == symbol("channels")


def test_input_and_output() -> None:
    assert infer(LAYERS["Input"], {"shape": ("N", 1, 28), "dtype": "float"}, []) == ((N, 1, 28),)
    assert infer(LAYERS["Output"], {}, [(N, 10)]) == ()
    assert refused("Parameter", [], shape=("N", 3)).code == "shape.name"
