"""The command that tries every part on this machine: a small project, all the way."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nnstudio.cli.terminal import print_json, say
from nnstudio.compiler.analysis import analyse
from nnstudio.core.paths import resource
from nnstudio.core.problems import NNStudioError
from nnstudio.engine import folder, runner
from nnstudio.engine.events import Failed, Finished
from nnstudio.exchange import python_folder, verify
from nnstudio.graph.model import Project
from nnstudio.project import store

STARTER = "mlp-digits"


@dataclass(frozen=True)
class Result:
    """One part that was tried.

    Attributes:
        name: The part.
        ok: Whether it works here.
        what: What was seen, or why it does not work.
        seconds: That it took.
    """

    name: str
    ok: bool
    what: str
    seconds: float


def selftest(args: argparse.Namespace) -> int:
    """Try every part; a part that fails does not keep the next one from being tried."""
    results = []
    with tempfile.TemporaryDirectory(prefix="nnstudio-selftest-") as room:
        trial = _Trial(Path(room))
        for name, part in trial.parts().items():
            result = _tried(name, part)
            results.append(result)
            if not args.json:
                say(f"{'ok  ' if result.ok else 'FAIL'}  {name}: {result.what}")
    ok = all(result.ok for result in results)
    if args.json:
        print_json({"ok": ok, "parts": [vars(result) for result in results]})
    return 0 if ok else 1


def _tried(name: str, part: Callable[[], str]) -> Result:
    start = time.monotonic()
    try:
        ok, what = True, part()
    except (NNStudioError, OSError) as error:
        ok, what = False, str(error)
    return Result(name, ok, what, round(time.monotonic() - start, 2))


class _Trial:
    """A project that is opened, checked, trained for two epochs, exported and proven."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.run: Path | None = None

    def parts(self) -> dict[str, Callable[[], str]]:
        """Return the parts in the order in which they build on each other."""
        return {
            "templates": self.templates,
            "analysis": self.analysis,
            "training": self.training,
            "export": self.export,
        }

    def _project(self) -> Project:
        return store.load(resource("templates", f"{STARTER}.nns"))

    def templates(self) -> str:
        paths = sorted(resource("templates").glob("*.nns"))
        broken = [path.stem for path in paths if not analyse(store.load(path)).ok]
        allowed = {"empty"}  # it has nothing to train yet, which is its point
        if wrong := set(broken) - allowed:
            raise OSError(f"templates with problems: {', '.join(sorted(wrong))}")
        return f"{len(paths)} templates open"

    def analysis(self) -> str:
        analysis = analyse(self._project())
        return f"{STARTER} has {analysis.weights} parameters"

    def training(self) -> str:
        prepared = folder.make(self._project(), self.room, folder.Settings(epochs=2))
        run = runner.launch(prepared)
        run.wait()
        run.join(10)
        if isinstance(run.last, Failed):
            raise NNStudioError(run.last.problem)
        self.run = run.folder
        metrics = run.last.metrics if isinstance(run.last, Finished) else {}
        device = run.started.device if run.started else "cpu"
        return f"two epochs on {device}, accuracy {metrics.get('val/accuracy', 0):.0%}"

    def export(self) -> str:
        project = self._project()
        target = python_folder.export(project, self.room / "export")
        proof = verify.verify(project, target)
        if proof.problem is not None:
            raise NNStudioError(proof.problem)
        return proof.words
