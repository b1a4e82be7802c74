"""The golden files: `python -m tests.compiler.golden` writes them anew; read them first."""

from __future__ import annotations

from pathlib import Path

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.source import checked_model
from nnstudio.compiler.train_source import train_source
from tests.compiler.networks import TRAINED, ZOO

FOLDER = Path(__file__).parent.parent / "golden"


def golden() -> dict[str, str]:
    """Return the text of every golden file by its name."""
    files = {f"{name}.py": checked_model(analyse(make())).text for name, make in ZOO.items()}
    return files | {
        f"train_{name}.py": train_source(analyse(make())).text for name, make in TRAINED.items()
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in golden().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
