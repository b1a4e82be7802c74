"""NNStudio: draw a neural network, train it, take home the PyTorch code.

Everything here is resolved on first use, so that `import nnstudio` stays instant and `build` alone
imports torch:

    project = nnstudio.load("digits.nns")
    problems = nnstudio.check(project)
    text = nnstudio.source(project)
    model = nnstudio.build(project)
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "build", "check", "load", "save", "source"]

_HOMES = {
    "load": "nnstudio.project.store",
    "save": "nnstudio.project.store",
    "source": "nnstudio.compiler.source",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def check(project: Any) -> list[Any]:
    """Return the problems of a project, [] when there are none."""
    return list(import_module("nnstudio.compiler.analysis").analyse(project).problems)


def build(project: Any) -> Any:
    """Return the network of a project as a new module with fresh weights.

    A project of several networks gives a `ModuleDict` of them by the names of their classes.

    Raises:
        ProjectError: The project has problems, or layers of the user's own that are not trusted
            on this machine.
    """
    analysis = import_module("nnstudio.compiler.analysis").analyse(project)
    code = import_module("nnstudio.compiler.source")
    source, custom = code.checked_model(analysis), code.custom_source(analysis)
    if custom:
        import_module("nnstudio.project.trust").require_layers(project, custom)
    names = [source.classes[graph] for graph in project.graphs]
    # By its dotted name: nothing outside the worker may import it.
    return import_module("nnstudio.worker.build").build(source.text, names, custom)
