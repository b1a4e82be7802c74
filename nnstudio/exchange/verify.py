"""Proves that an export does what the application does: to the last bit, in a clean process.

Two processes train one step. One loads the code as the application's runs do. The other is started
without NNStudio: `worker/probe.py` is run there as a plain file, and a finder refuses NNStudio and
Qt. Both write down the output of every module, the weights after the step and the outputs in
evaluation mode; here the two records are compared, without torch.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.core import paths
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.exchange.code_folder import CodeFolder, write_code
from nnstudio.graph.model import Project
from nnstudio.kit import files
from nnstudio.project import trust

_PATIENCE = 600.0
_TAIL = 300


@dataclass(frozen=True)
class Proof:
    """What was compared, and whether it was the same.

    Attributes:
        equal: Everything was equal to the last bit.
        outputs: Outputs of modules that were compared, in training and in evaluation.
        weights: Tensors that were compared after the step.
        loss: Of the step; NaN when the loop has none.
        seconds: That the proof took.
        where: The first node that differs, as `graph/node`; "" when none does.
        what: What differs there, in words.
        largest: The largest difference among the numbers that were looked at there.
    """

    equal: bool
    outputs: int
    weights: int
    loss: float
    seconds: float
    where: str = ""
    what: str = ""
    largest: float = 0.0

    @property
    def words(self) -> str:
        """The proof in one sentence."""
        if not self.equal:
            size = f" (by {self.largest:g})" if self.largest else ""
            return f"{self.what} differs at {self.where or 'the script'}{size}"
        return (
            f"{self.outputs} outputs and {self.weights} tensors after one training step are equal "
            f"to the last bit, in a process without NNStudio"
        )

    @property
    def problem(self) -> Problem | None:
        """The problem of an export that differs."""
        if self.equal:
            return None
        return Problem("export.differs", self.where, {"what": self.words})


def no_step(project: Project) -> Problem:
    """Return why a project that nothing trains cannot be proven by a step of training."""
    if project.data.reader is None:
        return Problem("export.no_step", "data", {"lacking": "data"})
    return Problem("export.no_step", "loop", {"lacking": "training loop"})


def verify(
    project: Project,
    export: Path,
    *,
    folder: Path | None = None,
    resume: Path | None = None,
) -> Proof:
    """Compare an exported folder with what the application trains.

    Args:
        project: What was exported.
        export: The exported folder.
        folder: Where the project's file lies.
        resume: The folder of a run that goes on for a step from its last checkpoint, finished or
            not; None takes the first step of a new one.

    Raises:
        ProjectError: The project has problems, or layers of the user's own that are not trusted, or
            one of the two could not be run.
    """
    start = time.monotonic()
    if not project.trains:
        raise ProjectError(no_step(project))
    code = write_code(project, folder)
    trust.require_layers(project, code.code.custom)
    with tempfile.TemporaryDirectory(prefix="nnstudio-proof-") as room:
        ours = Path(room, "ours")
        files.write_folder(ours, code.files() | code.data_files())
        argv = _argv(code, resume)
        here, there = _both(room, ours, export.resolve(), argv)
    seconds = time.monotonic() - start
    loss = here["metrics"].get("train/loss")
    return Proof(
        equal=here == there,
        outputs=len(here["outputs"]) + len(here["evaluated"]),
        weights=len(here["weights"]),
        loss=math.nan if loss is None else float.fromhex(loss),
        seconds=seconds,
        **({} if here == there else _difference(code, here, there)),
    )


def _argv(code: CodeFolder, resume: Path | None) -> list[str]:
    argv = ["--device", "cpu"]
    if not code.finds_data:
        argv += ["--data", str(code.data[0].path.resolve())]
    return argv if resume is None else [*argv, *_going_on(resume.resolve())]


def _going_on(run: Path) -> list[str]:
    """Return the words that let a run go on for one step more than it has made."""
    shelf = run / "checkpoints"
    try:
        last = json.loads((shelf / "index.json").read_bytes())["last"]
        header = json.loads((shelf / last / "state.json").read_bytes())
        step, epoch = int(header["step"]), int(header["epoch"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProjectError(Problem("run.checkpoint", args={"why": error})) from error
    # Twice the epochs, since a schedule may have come to nothing at the end of the run.
    return ["--resume", str(run), "--steps", str(step + 1), "--epochs", str(2 * epoch + 2)]


def _both(room: str, ours: Path, export: Path, argv: list[str]) -> list[dict[str, Any]]:
    """Run the application's copy and the export side by side; return what was seen of each."""
    probe = str(paths.package("worker", "probe.py"))
    module = [sys.executable, "-m", "nnstudio.worker.prove", str(ours)]
    clean = [sys.executable, "-I", probe, str(export)]
    started = []
    for number, command in enumerate((module, clean)):
        result = Path(room, f"{number}.json")
        process = subprocess.Popen(
            [*command, str(result), *argv],
            cwd=paths.package().parent if command is module else export,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append((process, result))
    return [_result(process, result) for process, result in started]


def _result(process: subprocess.Popen[str], result: Path) -> dict[str, Any]:
    try:
        _, errors = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise ProjectError(Problem("export.failed", args={"why": "it took too long"})) from error
    if process.returncode or not result.is_file():
        why = errors.strip().rpartition("\n")[2][-_TAIL:] or f"exit code {process.returncode}"
        raise ProjectError(Problem("export.failed", args={"why": why}))
    record: dict[str, Any] = json.loads(result.read_text())
    return record


def _difference(
    code: CodeFolder, here: Mapping[str, Any], there: Mapping[str, Any]
) -> dict[str, Any]:
    """Name the first node that differs, in the order of the step."""
    for one, other in zip(here["outputs"], there["outputs"], strict=False):
        if one != other:
            return _named(code, one[0], "the output", one[3], other[3])
    for name, one in here["weights"].items():
        other = there["weights"].get(name)
        if one != other:
            title = f"the tensor {name} after the step"
            return _named(code, name, title, one[2], other[2] if other else [])
    for one, other in zip(here["evaluated"], there["evaluated"], strict=False):
        if one != other:
            return _named(code, one[0], "the evaluated output", one[3], other[3])
    return {"what": "what the step is made of"}


def _named(
    code: CodeFolder, path: str, title: str, one: list[float], other: list[float]
) -> dict[str, Any]:
    role, _, rest = path.partition(".")
    graph, owner = code.roles.get(role, (role, ""))
    node = code.code.model.keys.node_path(owner, rest) if owner else ""
    gaps = [abs(a - b) for a, b in zip(one, other, strict=False)]
    where = f"{graph}/{node}" if node else graph
    return {"where": where, "what": title, "largest": max(gaps, default=0.0)}
