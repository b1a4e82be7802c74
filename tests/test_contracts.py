"""Every import contract is broken once on purpose, in a copy of the package."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Contract: the file that breaks it, and the line.
PLANTS: dict[str, tuple[str, str]] = {
    "rooms": ("core/planted.py", "import nnstudio.graph"),
    "worker-knows": ("worker/planted.py", "import nnstudio.graph"),
    "worker-unknown": ("engine/planted.py", "import nnstudio.worker"),
    "kit-users": ("engine/planted.py", "import nnstudio.kit.loops"),
    "kit-alone": ("kit/planted.py", "import nnstudio.core"),
    "torch": ("compiler/planted.py", "import torch.nn"),
    "files": ("kit/files.py", "import numpy"),
    "lines": ("kit/lines.py", "import torch"),
    "qt": ("studio/planted.py", "from PySide6.QtCore import QObject"),
    "networkx": ("graph/planted.py", "import networkx"),
    "families": ("catalogue/layers/planted.py", "from nnstudio.catalogue.layers import other"),
    "loops": ("kit/loops/planted.py", "from . import other"),
    "readers": ("kit/data/planted.py", "from .other import x"),
    "panels": ("ui/panels/planted.py", "from nnstudio.ui.panels import other"),
    "plots": ("ui/plots/planted.py", "from nnstudio.ui.plots import other"),
    "gestures": (
        "ui/canvas/gestures/planted.py",
        "from nnstudio.ui.canvas.gestures import other",
    ),
    "cycles": ("studio/planted.py", "def f():\n    from nnstudio.studio import other"),
}
WINDOW = ("ui/panels", "ui/plots", "ui/canvas/gestures")


def names() -> dict[str, str]:
    """The names of this project's contracts, by id."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {c["id"]: c["name"] for c in table["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, where `other` modules wait to be imported."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "nnstudio"
    shutil.copytree(ROOT / "nnstudio", package, ignore=shutil.ignore_patterns("__pycache__"))
    for place in ("catalogue/layers", "kit/loops", "kit/data", *WINDOW):
        (package / place / "other.py").touch()
    back = "from nnstudio.studio import planted\n"
    (package / "studio/other.py").write_text(back, encoding="utf-8")
    return package


def lint(package: Path, *contracts: str) -> str:
    """What import-linter says about some contracts."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    chosen = [f"--contract={contract}" for contract in contracts]
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo", *chosen],
        cwd=package.parent,
        env={**os.environ, "PYTHONPATH": str(package.parent), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout + done.stderr


def test_every_contract_has_a_plant() -> None:
    assert set(PLANTS) == set(names())


def test_every_contract_is_kept_without_a_plant(copy: Path) -> None:
    said = lint(copy, *PLANTS)
    assert [f"{name} KEPT" for name in names().values() if f"{name} KEPT" not in said] == []


@pytest.mark.parametrize("contract", PLANTS)
def test_contract_breaks(copy: Path, contract: str) -> None:
    place, line = PLANTS[contract]
    with (copy / place).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    said = lint(copy, contract)
    assert f"{names()[contract]} BROKEN" in said
    assert place.removesuffix(".py").rpartition("/")[2] in said
