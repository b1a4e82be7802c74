"""numpy, imported when its first name is asked for.

It takes longer to import than a bare window to open, and a canvas without nodes never needs it. It
is used like numpy itself: `from nnstudio.ui.canvas import arrays as np`.
"""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    found = getattr(importlib.import_module("numpy"), name)
    if not name.startswith("__"):
        globals()[name] = found
    return found
