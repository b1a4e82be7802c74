"""Every entry of the catalogue says what it has to, and says it in the same way."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from functools import partial
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.catalogue import describe
from nnstudio.catalogue.declared import DeclarationError, Declared, Home
from nnstudio.catalogue.docstring import entries
from nnstudio.catalogue.registry import (
    AUGMENTS,
    LAYERS,
    LOOPS,
    LOSSES,
    METRICS,
    OPTIMIZERS,
    READERS,
    SCHEDULES,
    TABLES,
    layer,
)  # fmt: skip
from nnstudio.catalogue.signature import ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.messages import MESSAGES
from nnstudio.core.params import Param, check
from nnstudio.core.paths import package
from nnstudio.core.values import identical
from nnstudio.kit.modules import margin_loss
from tests.catalogue import torch_side

SPECS = list(LAYERS.values())
CHOOSABLES = [one for table in TABLES.values() for one in table.values()]


def test_how_many() -> None:
    assert len(LAYERS) == len(SPECS) >= 60
    assert layer("Linear") is LAYERS["Linear"]
    assert layer("Nothing") is None


def test_every_activation_of_torch_is_there() -> None:
    module = torch.nn.modules.activation
    missing = set(module.__all__) - LAYERS.keys()
    assert not missing


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_layer_is_complete(spec: LayerSpec) -> None:
    ports(spec.signature)
    assert spec.summary.endswith((".", "x.")), "a sentence"
    assert "\n" not in spec.summary
    assert len(spec.summary) <= 110
    assert spec.main in {"", *(param.name for param in spec.params)}
    assert (
        spec.url.startswith("https://")
        or spec.code.module.startswith("kit.")
        or not spec.code.module
    )
    assert spec.url or spec.family == "io" or spec.code.module.startswith("kit.")
    assert spec.default_name.isidentifier() or not spec.code.module
    assert spec.source == "" or re.fullmatch(r".+, \d{4}", spec.source)
    if spec.tensors is not None:
        assert spec.keeps_state
    assert len({param.name for param in spec.params}) == len(spec.params)


@pytest.mark.parametrize(
    "param", [(o.name, p) for o in (*SPECS, *CHOOSABLES) for p in o.params], ids=str
)
def test_every_parameter_is_sane(param: tuple[str, Param]) -> None:
    param_ = param[1]
    assert param_.help.endswith("."), param
    if not param_.required:
        assert check(param_, param_.default) is None, param
    if param_.kind == "choice":
        assert param_.choices
    if param_.kind in ("of", "list_of"):
        assert param_.of in TABLES


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_number_of_a_layer_has_limits(spec: LayerSpec) -> None:
    for param in spec.params:
        if param.kind in ("int", "float", "size", "shape", "ints", "number_or_size"):
            assert param.maximum is not None, param.name
            assert param.minimum is not None, param.name


@pytest.mark.parametrize(
    "spec", [s for s in SPECS if s.code.module.startswith("nn.")], ids=lambda s: s.name
)
def test_parameters_are_those_of_torch(spec: LayerSpec) -> None:
    known = _known_parameters(spec)
    in_call = set(re.findall(r"\w+", spec.code.call))
    mine = [param for param in spec.params if param.name not in in_call]
    for param in mine:
        default = known[param.name].default
        if param.positional:
            continue
        wanted = param.default if param.torch_default is None else param.torch_default
        if callable(default):  # a function of torch that a word stands for
            default = default.__name__
        assert wanted == () or wanted == default, param.name
    positional = [param.name for param in mine if param.positional]
    assert spec.code.build or list(known)[: len(positional)] == positional
    required = [n for n, p in known.items() if p.default is inspect.Parameter.empty]
    assert set(required) <= set(positional)
    assert LEFT_OUT.get(spec.name, set()) <= set(known)
    unknown = (
        set(known)
        - {param.name for param in mine}
        - LEFT_OUT.get(spec.name, set())
        - torch_side.EVERYWHERE
    )
    assert not unknown, "parameters of torch that the catalogue lacks"


LEFT_OUT = {
    "Embedding": {"sparse", "_weight", "_freeze"},
    "TripletMarginWithDistanceLoss": {"distance_function"},
    "LinearCrossEntropyLoss": {"options"},
    "EmbeddingBag": {"sparse", "_weight"},
    "Transformer": {"custom_encoder", "custom_decoder"},
    "TransformerEncoder": {"norm", "enable_nested_tensor", "mask_check"},
    "TransformerDecoder": {"norm"},
    **{f"FractionalMaxPool{n}d": {"_random_samples"} for n in (2, 3)},
    **{f"ConvTranspose{n}d": {"padding_mode"} for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": {"bias"} for n in (1, 2, 3)},
    **{f"InstanceNorm{n}d": {"bias"} for n in (1, 2, 3)},
    "GroupNorm": {"bias"},
    "Hardtanh": {"min_value", "max_value"},
}
"""Parameters of torch that are left out.

Sparse gradients (most optimizers refuse them), modules in the place of a number (a LayerNorm placed
behind it is the same), nested tensors (they change the shape of what leaves), new ones that torch
2.10 lacks, old names.
"""


def _known_parameters(spec: LayerSpec) -> dict[str, inspect.Parameter]:
    """Return torch's parameters; a stack of layers takes those of the layer besides its own."""
    name = spec.code.module.removeprefix("nn.")
    found = torch_side.constructor_parameters(getattr(nn, name))
    if not spec.code.build:
        return found
    layer_of = torch_side.constructor_parameters(getattr(nn, f"{name}Layer"))
    return layer_of | {key: one for key, one in found.items() if not key.endswith("_layer")}


def test_function_and_module_of_a_layer_give_the_same() -> None:
    """The emitter takes either, whichever reads better."""
    for spec in SPECS:
        if not (spec.code.module and spec.code.function) or spec.random:
            continue
        args = {param.name: param.default for param in spec.params}
        x = torch.randn(2, 4, 3, 6)
        module = torch_side.construct(spec, args)
        inputs = [x + index for index in range(len(ports(spec.signature).inputs))]
        by_function = torch_side.evaluate_function(spec, args, inputs)
        assert torch.equal(module(*inputs), by_function), spec.name


def test_every_code_has_words() -> None:
    for path in package("catalogue").rglob("*.py"):
        for code in re.findall(r'"((?:shape|repair)\.[a-z_]+)"', path.read_text(encoding="utf-8")):
            assert code in MESSAGES, (path.name, code)


def test_losses_and_optimizers_are_torchs_with_its_defaults() -> None:
    weights = [nn.Parameter(torch.zeros(2))]
    for table, place in ((LOSSES, nn), (OPTIMIZERS, torch.optim)):
        for one in table.values():
            own = one.imports[0].startswith("from kit")  # a module of the kit, that torch lacks
            cls = getattr(margin_loss if own else place, one.name)
            known = inspect.signature(cls).parameters
            for param in one.params:
                wanted = param.default if param.torch_default is None else param.torch_default
                if wanted != ():
                    default = known[param.name].default
                    assert identical(wanted, default) or wanted == default, (one.name, param.name)
            settings = {param.name: param.default for param in one.params}
            cls(**settings) if place is nn else partial(cls, **settings)(weights)


def test_everything_declared_in_the_kit_can_be_read() -> None:
    assert {"supervised"} <= LOOPS.keys()
    assert {"mnist", "digits", "iris"} <= READERS.keys()
    assert {"constant", "cosine", "one_cycle", "linear"} <= SCHEDULES.keys()
    assert {"accuracy", "mse"} <= METRICS.keys()
    assert AUGMENTS.keys()
    for one in CHOOSABLES:
        assert one.summary.endswith("."), one.name
        assert one.title, one.name
        assert one.code, one.name
    for loop in LOOPS.values():
        assert loop.roles, loop.name
        assert loop.best_mode in ("min", "max")
    tasks = {"classification", "regression", "sequence", "images", "multilabel", "environment"}
    assert {reader.task for reader in READERS.values()} <= tasks


@pytest.mark.parametrize("table", [LOOPS, READERS, SCHEDULES, METRICS, AUGMENTS])
def test_every_setting_of_the_kit_is_documented(table: Declared) -> None:
    for one in table.values():
        for param in one.params:
            assert param.help, (one.name, param.name)
            # a limit that was not understood would still stand in the sentence
            assert not re.search(r"\([^()]*\d[^()]*\)\.?$", param.help), (
                one.name,
                param.name,
                param.help,
            )


def test_declared_defaults_are_in_their_tables() -> None:
    for one in CHOOSABLES:
        for param in one.params:
            if param.kind == "of" and param.default is not None:
                assert param.default.name in TABLES[param.of]  # type: ignore[union-attr]


def test_a_name_cannot_lead_out_of_the_kit() -> None:
    for name in ("../files", "..", "", "mnist.py", "nothing", "reading", "__init__", "_private"):
        assert name not in READERS
        with pytest.raises(KeyError):
            READERS[name]


def test_limits_at_the_end_of_a_line() -> None:
    read = entries(
        "Do.\n\nArgs:\n    a: One (1 to 4_096).\n    b: Two, in\n        two lines (> 0)\n"
        "    c: Three (>= -1.5e-3).\n"
        "    d: Four (of five).\n\nReturns:\n    e: Nothing.\n"
    )
    assert (read["a"].help, read["a"].minimum, read["a"].maximum) == ("One.", 1, 4096)
    assert (read["b"].help, read["b"].minimum, read["b"].above) == ("Two, in two lines.", 0, True)
    assert (read["c"].minimum, read["c"].above) == (-0.0015, False)
    assert (read["d"].help, read["d"].minimum) == ("Four (of five).", None)
    assert "e" not in read


def test_what_a_loop_declares_badly_is_named(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.py").write_text(
        '"""Bad."""\n\ndef train(*, x: object = 1) -> None:\n    """Do."""\n'
    )
    (tmp_path / "bare.py").write_text("def train(*, x: int = 1) -> None:\n    pass\n")
    monkeypatch.setattr(
        "nnstudio.catalogue.declared.package", lambda *parts: tmp_path.joinpath(*parts[1:])
    )
    loops = Declared(Home(("loops",), function="train"))
    for name in ("bad", "bare"):
        with pytest.raises(DeclarationError):
            loops[name]


def test_description_is_json() -> None:
    text = json.dumps([describe.describe_layers(), describe.describe_tables()])
    linear = next(one for one in json.loads(text)[0] if one["name"] == "Linear")
    assert linear["family"] == "linear"
    assert linear["signature"] == "*S in_features -> *S out_features"
    assert linear["params"][0]["auto"] is True
    assert linear["params"][1]["maximum"] == 2**20


def test_the_catalogue_imports_neither_torch_nor_the_kit() -> None:
    code = (
        "import sys; from nnstudio.catalogue import describe; describe.describe_tables();"
        "known = ('torch', 'numpy', 'nnstudio.kit');"
        "print([name for name in sys.modules if name.startswith(known)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == []
