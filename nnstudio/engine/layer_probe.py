"""Tries a layer of the user's own beside the window: what shapes come out, what it raises.

The code runs in a process that does only this: never in the window's, never in that of a run. It is
started only for a text that is trusted on this machine, and ended with all that it started when it
takes too long. What comes back are numbers and text, nothing that could be executed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnstudio.core.problems import Problem, ProjectError
from nnstudio.engine.aside import Aside
from nnstudio.graph.model import CustomLayer
from nnstudio.kit.files import sha256
from nnstudio.project import trust

SECONDS = 30.0
MEMORY = 2 * 2**30
"""Bytes that the code may take beyond what torch has."""
_LONGEST = 2**20


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a layer is tried.

    Attributes:
        args: The arguments of its constructor.
        inputs: A shape per input port, a tuple of shapes for a variadic one, None for an open one.
    """

    args: Mapping[str, Any]
    inputs: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    """What the code raised.

    Attributes:
        type: The class of the exception.
        text: What it says.
        line: The line of the text that led to it; 0 for none.
        stage: `import`, `build` or `forward`.
    """

    type: str
    text: str
    line: int = 0
    stage: str = "forward"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: the shapes that came out and what is learned, or what was raised."""

    outputs: tuple[tuple[int, ...], ...] = ()
    weights: int = 0
    raised: Raised | None = None


class LayerProbe:
    """A layer that is being tried.

    Args:
        layer: The layer.
        cases: How it is tried.
        seconds: After so long it is ended.
        memory: Bytes that the code may take.

    Raises:
        ProjectError: The layer is not trusted on this machine; nothing was started.
    """

    def __init__(
        self,
        layer: CustomLayer,
        cases: Sequence[Case],
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        if not trust.Trust().trusts_layer(layer.source):
            raise ProjectError(Problem("run.untrusted", layer.id, {"name": layer.name}))
        self.layer, self.cases, self._seconds = layer, tuple(cases), seconds
        self._aside = Aside("probe_layer", _job(layer, self.cases, seconds, memory), seconds)

    @property
    def done(self) -> bool:
        """True when `outcomes` has an answer."""
        return self._aside.done

    def cancel(self) -> None:
        """End the process; nobody wants to know any more."""
        self._aside.cancel()

    def outcomes(self) -> tuple[Outcome, ...]:
        """Return what came of every case; waits until it is done.

        Raises:
            ProjectError: It took too long, ended its process, or could not even be read.
        """
        answer = self._aside.answer()
        name, where = self.layer.name, self.layer.id
        if self._aside.late:
            words: dict[str, object] = {"layer": name, "seconds": f"{self._seconds:g}"}
            raise ProjectError(Problem("own.slow", where, words))
        try:
            found = json.loads(answer[:_LONGEST])
            if "error" in found:
                return (_outcome(found),) * len(self.cases)
            outcomes = tuple(_outcome(one) for one in found["cases"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            words = {"layer": name, "how": self._aside.end}
            raise ProjectError(Problem("own.ended", where, words)) from error
        if len(outcomes) != len(self.cases):
            raise ProjectError(Problem("own.ended", where, {"layer": name, "how": self._aside.end}))
        return outcomes


def _job(
    layer: CustomLayer, cases: Sequence[Case], seconds: float, memory: int
) -> dict[str, object]:
    return {
        "source": layer.source,
        "sha256": sha256(layer.source.encode()),
        "name": layer.name,
        "seconds": int(seconds) + 1,
        "memory": memory,
        "cases": [{"args": dict(case.args), "inputs": case.inputs} for case in cases],
    }


def _outcome(found: Mapping[str, Any]) -> Outcome:
    raised = found.get("error")
    if raised is not None:
        line = int(raised["line"])
        texts = (str(raised["type"]), str(raised["text"]))
        return Outcome(raised=Raised(*texts, line, str(raised["stage"])))
    outputs = tuple(tuple(int(size) for size in shape) for shape in found["outputs"])
    return Outcome(outputs, int(found["weights"]))
