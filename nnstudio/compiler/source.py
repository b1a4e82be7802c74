"""From a project to code that may be written to a file: the only door to what is run."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.generated import Source
from nnstudio.compiler.model_source import model_source
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.train_source import train_source
from nnstudio.compiler.walls import check_model, check_train
from nnstudio.graph.model import Project


@dataclass(frozen=True, slots=True)
class Code:
    """The generated files of a run or an export, checked.

    Attributes:
        model: `model.py`.
        train: `train.py`.
        custom: The text of `custom.py`: the user's own layers that are used; "" for none. It is not
            checked: it runs only when it is trusted.
    """

    model: Source
    train: Source
    custom: str = ""


def source(project: Project) -> str:
    """Return the text of `model.py`.

    Raises:
        ProjectError: The networks have errors.
    """
    return checked_model(analyse(project)).text


def checked_model(analysis: Analysis, previous: Source | None = None) -> Source:
    """Return `model.py`, past the wall; `previous` as in `model_source`."""
    made = model_source(analysis, previous)
    names = [layer.name for layer in analysis.project.custom.values()]
    check_model(made.text, names)
    return made


def code(analysis: Analysis) -> Code:
    """Return all generated files, past the walls.

    Raises:
        ProjectError: The project has errors, or has no data.
    """
    model, train = checked_model(analysis), train_source(analysis)
    check_train(train.text, model.classes.values())
    return Code(model, train, custom_source(analysis))


def custom_source(analysis: Analysis) -> str:
    """Return the text of `custom.py`: the user's own layers that are used, each text once."""
    used = {
        node.layer[7:]
        for info in analysis.graphs.values()
        for node in info.graph.nodes.values()
        if node.layer.startswith("custom:")
    }
    texts = dict.fromkeys(
        layer.source.strip("\n") for key, layer in analysis.project.custom.items() if key in used
    )
    return "\n\n\n".join(texts) + "\n" if texts else ""
