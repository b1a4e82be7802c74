"""Generated source as a module: written to a real file and imported from there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.source import Source
from nnstudio.graph.dims import Dim, Poly, Shape, substitute
from nnstudio.graph.model import Project

RUFF = [
    "--isolated",
    "--line-length",
    "100",
    "--target-version",
    "py311",
    "--no-cache",
]
RULES = ["--select", "E,F,W,I,N,UP,B,SIM,C4", "--ignore", "N803,N806,N812"]


def emitted(project: Project) -> Source:
    """Analyse and write."""
    return model_source(analyse(project))


@contextmanager
def imported(project: Project, folder: Path, source: Source | None = None) -> Iterator[ModuleType]:
    """Import the source of a project from a folder, its custom layers beside it."""
    (folder / "model.py").write_text((source or emitted(project)).text, encoding="utf-8")
    custom = "\n\n".join(layer.source for layer in project.custom.values())
    if custom:
        (folder / "custom.py").write_text(custom, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("model", folder / "model.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["model"] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(folder))
        for name in ("model", "custom"):
            sys.modules.pop(name, None)


def run_forward(analysis: Analysis, graph: str, model: torch.nn.Module) -> tuple[Any, list[Shape]]:
    """Run a network on random inputs; return the result and the shapes that were foretold."""
    info = analysis.graphs[graph]
    sizes = {"N": 2, "T": 5, "H": 32, "W": 32, "L": 16}
    inputs = []
    for node in info.inputs:
        shape = numbers(info.nodes[node].outputs[0], sizes)  # type: ignore[index]
        whole = info.graph.nodes[node].args.get("dtype") == "int"
        inputs.append(torch.randint(0, 2, shape) if whole else torch.randn(shape))
    foretold = []
    for node in info.outputs:
        ref = info.graph.nodes[node].inputs[0]
        outputs = info.nodes[ref.node].outputs  # type: ignore[union-attr]
        foretold.append(numbers(outputs[ref.output], sizes))  # type: ignore[union-attr,index]
    return model(*inputs), foretold


def numbers(shape: Shape, sizes: dict[str, int]) -> tuple[int, ...]:
    """Put numbers for the names of a shape."""
    return tuple(_number(substitute(dim, sizes)) for dim in shape)


def _number(dim: Dim) -> int:
    assert not isinstance(dim, Poly), f"{dim} has an open name"
    return dim


def ruff(*arguments: str | Path) -> str:
    """Run ruff and return what it says; "" when it is content."""
    command = [sys.executable, "-m", "ruff", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def style(folder: Path) -> str:
    """Return what the formatter and the linter have to say on a folder; "" for nothing.

    `custom`, `kit` and `model` are files beside the script, as they are in an export.
    """
    own = "lint.isort.known-first-party = ['custom', 'kit', 'model']"
    formatted = ruff("format", "--diff", *RUFF, folder)
    check = ["check", "--output-format", "concise", "--config", own, *RUFF, *RULES, folder]
    return formatted + ruff(*check)
