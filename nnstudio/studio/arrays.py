"""numpy, imported when its first name is asked for.

Curves need it, and a window opens without any. It is used like numpy itself.
"""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    found = getattr(importlib.import_module("numpy"), name)
    if not name.startswith("__"):
        globals()[name] = found
    return found
