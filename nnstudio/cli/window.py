"""The command that opens the window."""

from __future__ import annotations

import argparse
import gc
from importlib import import_module


def open(args: argparse.Namespace) -> int:
    """Open the window, with a project where one is named; return when it is closed."""
    # Imports make many objects and hardly any garbage; looking for it takes a tenth of the start.
    # `ui.sweeper` does that from then on.
    gc.disable()
    app = import_module("nnstudio.ui.app")
    return int(app.main(args.file))
