"""The generated files of a document while it is edited: made anew only where it changed.

They are written to be read, and pass no wall: whoever executes them, a run or an export, has them
written and checked for itself. The check takes as long as the writing.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.compiler.generated import Source
from nnstudio.compiler.model_source import model_source
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.source import custom_source
from nnstudio.compiler.train_source import train_source
from nnstudio.core.problems import NNStudioError, Problem

MODEL, TRAIN, CUSTOM = "model.py", "train.py", "custom.py"


@dataclass(frozen=True, slots=True)
class CodeText:
    """One file, or why there is none.

    Attributes:
        name: Its name.
        source: Its text and lines; None while it cannot be written.
        problems: What has to be mended first.
    """

    name: str
    source: Source | None = None
    problems: tuple[Problem, ...] = ()


class CodeTexts:
    """The files of one document; what stays the same is taken from the last time."""

    def __init__(self) -> None:
        self._model: Source | None = None

    def write(self, analysis: Analysis) -> dict[str, CodeText]:
        """Return the files by name: `model.py`, `train.py`, and `custom.py` where there is one."""
        texts = {MODEL: self._written_model(analysis), TRAIN: self._written_train(analysis)}
        custom = custom_source(analysis)
        if custom:
            texts[CUSTOM] = CodeText(CUSTOM, Source(custom))
        return texts

    def _written_model(self, analysis: Analysis) -> CodeText:
        try:
            self._model = model_source(analysis, self._model)
        except NNStudioError as error:
            return CodeText(MODEL, problems=_errors(analysis, error))
        return CodeText(MODEL, self._model)

    def _written_train(self, analysis: Analysis) -> CodeText:
        try:
            return CodeText(TRAIN, train_source(analysis))
        except NNStudioError as error:
            return CodeText(TRAIN, problems=_errors(analysis, error))


def _errors(analysis: Analysis, error: NNStudioError) -> tuple[Problem, ...]:
    """Return what the code waits for; the analysis knows more of it than the emitter says."""
    known = {(problem.code, problem.where): problem for problem in analysis.problems}
    found = (known.get((one.code, one.where), one) for one in error.problems)
    return tuple(found)
