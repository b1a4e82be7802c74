"""Run folders: written beside the project, and executed only when this machine wrote them."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from nnstudio.core import names
from nnstudio.core.problems import Problem, WorldError
from nnstudio.engine.events import (
    RunRecord,
    Segment,
    Start,
    read_record,
    record_bytes,
    write_record,
)
from nnstudio.exchange.code_folder import CodeFolder, write_code
from nnstudio.graph.model import Project
from nnstudio.kit import files
from nnstudio.project import trust
from nnstudio.project.format import dumps
from nnstudio.project.store import load

RUNS = ".runs"
PROJECT = "project.nns"


@dataclass(frozen=True)
class Settings:
    """What a run is started with, besides the project.

    Attributes:
        seed: Of initial weights, order and dropout.
        device: `cpu`, `cuda`, `cuda:1`, `mps` or `auto`.
        threads: Of torch on the CPU; None lets them follow from the size of the network.
        epochs: Passes over the data; None takes those of the project.
        steps: Updates after which it ends; None sets no limit.
        data: A data file in the place of the project's.
    """

    seed: int = 0
    device: str = "auto"
    threads: int | None = None
    epochs: int | None = None
    steps: int | None = None
    data: Path | None = None

    def argv(self) -> tuple[str, ...]:
        """Return the words that `train.py` is started with."""
        given = {
            "--seed": self.seed,
            "--device": self.device,
            "--threads": self.threads,
            "--epochs": self.epochs,
            "--steps": self.steps,
            "--data": None if self.data is None else self.data.resolve(),
        }
        pairs = ((name, str(value)) for name, value in given.items() if value is not None)
        return tuple(word for pair in pairs for word in pair)


@dataclass(frozen=True)
class Prepared:
    """A run folder that may be executed.

    Attributes:
        folder: The run folder.
        argv: What its `train.py` is started with.
        hashes: The sha256 of every file of code that may be executed.
        notes: Sentences for the person who watches.
    """

    folder: Path
    argv: tuple[str, ...]
    hashes: Mapping[str, str]
    notes: tuple[str, ...] = ()


def runs_folder(project: Path) -> Path:
    """Return where the runs of a project file lie: `digits.nns` -> `digits.runs`."""
    return project.with_suffix(RUNS)


def make(
    project: Project,
    runs: Path,
    settings: Settings | None = None,
    *,
    base: Path | None = None,
    folder: Path | None = None,
    start: Start | None = None,
) -> Prepared:
    """Write a new run folder.

    Args:
        project: One without errors.
        runs: The folder of the project's runs; see `runs_folder`.
        settings: See `Settings`.
        base: Where the project's file lies; data may be named from there.
        folder: The run folder itself, when it is not to be named by the time.
        start: The run whose weights it begins with; None draws them.

    Raises:
        ProjectError: The project has problems, or layers of the user's own that are not trusted.
        WorldError: The disk refused, or the data is missing.
    """
    settings = settings or Settings()
    code = _trusted_code(project, base)
    now = datetime.now(UTC)
    run_id = names.new_id()
    target = folder or runs / f"{now.astimezone():%Y%m%d-%H%M%S}-{run_id}"
    settings = replace(settings, data=settings.data or _data_argument(code, target))
    record = replace(
        _record(code, settings, run_id),
        project=project.name,
        created=now.isoformat("T", "seconds"),
        start=start,
    )
    contents = {PROJECT: dumps(project).encode(), "run.json": record_bytes(record)}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_folder(target, contents | code.files() | code.data_files())
    except OSError as error:
        raise _disk(error, target) from error
    trust.record_run(record.code)
    return Prepared(target, record.argv, record.code)


def reopen(folder: Path) -> Prepared:
    """Make a run folder ready to go on: from its last checkpoint, or from the start without one.

    Its code is executed as it lies there only if this machine wrote it; otherwise it is written
    anew from `project.nns`.

    Raises:
        ProjectError: The project has layers of the user's own that are not trusted here.
        WorldError: The folder cannot be read or written.
    """
    record = read_record(folder)
    notes: tuple[str, ...] = ()
    if not (trust.wrote(record.code) and _present(folder, record.code)):
        record = _rewrite(folder, record)
        notes = ("The code of this run was not written here; it was written anew.",)
    argv = record.argv
    if any(folder.glob("checkpoints/step-*")):
        argv += ("--resume", str(folder.resolve()))
    else:
        notes += ("There is no checkpoint yet; the run starts from the beginning.",)
    return Prepared(folder, argv, record.code, notes)


def _trusted_code(project: Project, base: Path | None, *, data: bool = True) -> CodeFolder:
    code = write_code(project, base, data=data)
    trust.require_layers(project, code.code.custom)
    return code


def _data_argument(code: CodeFolder, target: Path) -> Path | None:
    """The data that a script does not find by itself."""
    if code.finds_data:
        return None
    own = code.data[0]
    return target / "files" / own.path.name if own.embedded else own.path


def _record(code: CodeFolder, settings: Settings, run_id: str) -> RunRecord:
    roles = {role: list(place) for role, place in code.roles.items()}
    lines = {
        name: {str(number): where for number, where in source.lines.items()}
        for name, source in (("model.py", code.code.model), ("train.py", code.code.train))
    }
    return RunRecord(
        run_id,
        argv=settings.argv(),
        seed=settings.seed,
        device=settings.device,
        threads=settings.threads,
        versions={
            "python": platform.python_version(),
            "torch": metadata.version("torch"),
            "nnstudio": metadata.version("nnstudio"),
        },
        segments=(Segment(code.hashes()),),
        keys={"roles": roles, **code.code.model.keys.to_json()},
        lines=lines,
    )


def _present(folder: Path, hashes: Mapping[str, str]) -> bool:
    """Whether every file is there as it was written; further ones are never executed."""
    try:
        return all(files.sha256_file(folder / name) == known for name, known in hashes.items())
    except OSError:
        return False


def _rewrite(folder: Path, record: RunRecord) -> RunRecord:
    """Write the code of a run anew from its project, as a segment of its own."""
    code = _trusted_code(load(folder / PROJECT), folder, data=False)
    fresh = _record(code, Settings(), record.id)
    segments = (*record.segments, *fresh.segments)
    record = replace(record, segments=segments, keys=fresh.keys, lines=fresh.lines)
    try:
        for name, data in code.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            files.write_bytes(folder / name, data)
        write_record(folder, record)
    except OSError as error:
        raise _disk(error, folder) from error
    trust.record_run(record.code)
    return record


def _disk(error: OSError, folder: Path) -> WorldError:
    why = f"{error.strerror or error} ({folder})"
    return WorldError(Problem("run.disk", args={"why": why}))
