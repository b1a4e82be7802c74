"""A module that is loaded when it is first needed, for what a short command seldom touches."""

from __future__ import annotations

from importlib import import_module


class LazyModule:
    """Stands for a module until something in it is asked for, and then hands that over.

    A type checker reads the ordinary import beside it:

        if TYPE_CHECKING:
            from nnstudio.graph import edits
        else:
            edits = LazyModule("nnstudio.graph.edits")

    (`importlib.util.LazyLoader` does the same, but two threads that ask at once can meet a module
    that is half loaded, before Python 3.12.3: https://github.com/python/cpython/issues/114763.)
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> object:
        """Return what the module holds under a name; loads it the first time."""
        return getattr(import_module(self._module), name)
