"""A network from generated source, for `nnstudio.build`."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from torch import nn

from nnstudio.worker.load import RunPackage


def build(text: str, names: Sequence[str], custom: str = "") -> nn.Module:
    """Return a new module with fresh weights.

    Args:
        text: The source of `model.py`, which needs torch alone.
        names: The classes to make; several give a `ModuleDict` by these names.
        custom: The source of `custom.py`, which must be trusted; "" for none.
    """
    # Kept as long as the process lives: a module may be pickled, compiled, shown in a traceback.
    folder = Path(tempfile.mkdtemp(prefix="nnstudio-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "model.py").write_text(text, encoding="utf-8")
    if custom:
        (folder / "custom.py").write_text(custom, encoding="utf-8")
    package = RunPackage(folder, f"built_{uuid.uuid4().hex}")
    package.install()
    classes = vars(package.module("model"))
    made = {name: classes[name]() for name in names}
    return made[names[0]] if len(names) == 1 else nn.ModuleDict(made)
