"""Runs as they lie on the disk: what the list says of each, and the numbers it left."""

from __future__ import annotations

import contextlib
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from nnstudio.core.problems import NNStudioError, Problem
from nnstudio.core.values import Args, Choice, Value
from nnstudio.engine.events import FINAL, Metrics, RunRecord, read_record, unpack
from nnstudio.engine.folder import PROJECT
from nnstudio.engine.runner import living
from nnstudio.graph.model import Project
from nnstudio.project.store import load
from nnstudio.studio.trace import Trace

EVENTS, METRICS, TRASH, SAMPLES = "events.jsonl", "metrics.jsonl", ".trash", "samples"
_TAIL = 64_000
_ROWS = 4096

OVER = {
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
}
"""How a run that is over says it ended; one that says nothing was broken off."""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run in the list.

    Attributes:
        folder: The run folder.
        project: The project's name.
        created: When it was started; None when its record cannot be read.
        state: `running`, `finished`, `stopped`, `failed`, or `broken` for one that ended without
            a word.
        step: Updates done.
        epoch: Epochs done.
        seconds: That it took.
        metrics: The last value of each metric.
        best: The metrics of the best epoch.
        best_epoch: Its number; None when no epoch was judged.
        settings: Its settings by dotted path, in words.
        parameters: Learned numbers; None when it never started.
        size: Bytes on the disk.
        problem: Why it failed, or why it cannot be read.
        resumable: Whether there is a checkpoint.
    """

    folder: Path
    project: str = ""
    created: datetime | None = None
    state: str = "broken"
    step: int = 0
    epoch: int = 0
    seconds: float = 0.0
    metrics: Mapping[str, float] = field(default_factory=dict)
    best: Mapping[str, float] = field(default_factory=dict)
    best_epoch: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: int | None = None
    size: int = 0
    problem: Problem | None = None
    resumable: bool = False

    @property
    def id(self) -> str:
        """The name of its folder."""
        return self.folder.name


def folders(runs: Path) -> list[Path]:
    """Return the run folders in a folder of runs, the newest first."""
    try:
        found = [path for path in runs.iterdir() if (path / "run.json").is_file()]
    except OSError:
        return []
    return sorted(found, key=lambda path: path.name, reverse=True)


def read_entry(folder: Path) -> RunEntry:
    """Return what the list says of a run; one that cannot be read says why."""
    try:
        record = read_record(folder)
    except NNStudioError as error:
        return RunEntry(folder, problem=error.problems[0], size=_size(folder))
    end = _last_words(folder)
    state = "running" if living(folder) else OVER.get(str(end.get("event")), "broken")
    if state in ("running", "broken"):
        end = _last_figures(folder) | {"event": ""}
    problem = unpack(dict(end)).problem if state == "failed" else None  # type: ignore[union-attr]
    return RunEntry(
        folder,
        project=record.project,
        created=_time(record.created),
        state=state,
        step=int(end.get("step") or 0),
        epoch=int(end.get("epoch") or 0),
        seconds=float(end.get("seconds") or 0.0),
        metrics=_numbers(end.get("metrics")),
        best=_numbers(end.get("best")),
        best_epoch=end.get("best_epoch"),
        settings=_settings(folder, record),
        parameters=record.parameters,
        size=_size(folder),
        problem=problem,
        resumable=any(folder.glob("checkpoints/step-*")),
    )


def read_trace(folder: Path, end: int | None = None) -> Trace:
    """Return the numbers that a run left.

    Args:
        folder: The run folder.
        end: The byte of `metrics.jsonl` at which to stop, of a run that goes on and tells the rest
            (and what is no metrics) itself.
    """
    trace = Trace()
    with contextlib.suppress(NNStudioError):
        trace.epochs = planned_epochs(load(folder / PROJECT))
    trace.ahead = end is not None
    for line in _lines(folder / EVENTS) if end is None else ():
        if line.get("event") in ("vitals", "note"):
            with contextlib.suppress(ValueError, TypeError):
                trace.take(unpack(line))
    for event in _metrics(folder / METRICS, end):
        trace.take(event)
    return trace


def metrics_end(folder: Path) -> int:
    """Return the byte after the last whole line of a run's metrics."""
    try:
        with (folder / METRICS).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
    except OSError:
        return 0
    return size - len(tail.rpartition(b"\n")[2])


def last_hyper(folder: Path) -> dict[str, float]:
    """Return what could be changed while a run went on, as it was set last."""
    found: dict[str, float] = {}
    for line in _lines(folder / EVENTS):
        if line.get("event") == "vitals":
            found = _numbers(line.get("hyper"))
        for name, pair in (line.get("changed") or {}).items():
            found[name] = float(pair[1])
    return found


def planned_epochs(project: Project) -> int:
    """Return the number of epochs that a project asks for; 0 when it does not say."""
    epochs = project.loop.args.get("epochs")
    return epochs if isinstance(epochs, int) else 0


def samples(folder: Path) -> list[Path]:
    """Return the pictures that a run drew, the oldest first."""
    return sorted((folder / SAMPLES).glob("step-*.png"))


def differing(entries: Sequence[RunEntry]) -> dict[str, dict[str, str]]:
    """Return for each run, by id, the settings in which the runs are not all alike."""
    names = dict.fromkeys(name for entry in entries for name in entry.settings)
    # A setting that is not named stands at its default; a count that is missing is not known yet.
    values = {
        name: {entry.settings[name] for entry in entries if name in entry.settings}
        | {"–" for entry in entries if name not in entry.settings and name != "parameters"}
        for name in names
    }
    apart = [name for name in names if len(values[name]) > 1]
    return {
        entry.id: {name: entry.settings[name] for name in apart if name in entry.settings}
        for entry in entries
    }


def words_of(project: Project) -> dict[str, str]:
    """Return the settings of a project by dotted path, in words."""
    found = dict(_flat("", project.loop))
    if project.data.reader is not None:
        found |= dict(_flat("data", project.data.reader))
    return found


def _flat(path: str, choice: Choice) -> Iterator[tuple[str, str]]:
    yield path or "loop", choice.name
    yield from _flat_args(f"{path}." if path else "", choice.args)


def _flat_args(path: str, args: Args) -> Iterator[tuple[str, str]]:
    for name, value in args.items():
        if isinstance(value, Choice):
            yield from _flat(path + name, value)
        else:
            yield path + name, _word(value)


def _word(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(_word(part) for part in value)
    if isinstance(value, Choice):
        return value.name
    return f"{value:g}" if isinstance(value, float) else str(value)


def _settings(folder: Path, record: RunRecord) -> dict[str, str]:
    try:
        found = words_of(load(folder / PROJECT))
    except NNStudioError:
        found = {}
    words = dict(zip(record.argv[::2], record.argv[1::2], strict=False))
    for name in ("seed", "epochs", "steps"):
        if f"--{name}" in words:
            found[name] = words[f"--{name}"]
    if record.parameters is not None:
        found["parameters"] = str(record.parameters)
    if record.start is not None:
        found["starts from"] = Path(record.start.run).name
    return found


def _last_words(folder: Path) -> dict[str, Any]:
    """The line that ended the last part of a run; {} when that part has not said anything."""
    ended: dict[str, Any] = {}
    for line in _lines(folder / EVENTS, _TAIL):
        if line.get("event") == "run_started":
            ended = {}
        elif line.get("event") in FINAL:
            ended = line
    return ended


def _last_figures(folder: Path) -> dict[str, Any]:
    """Where the metrics end, with the last value of each."""
    found: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    for line in _lines(folder / METRICS, _TAIL):
        found = line
        metrics |= line.get("metrics") or {}
    return found | {"metrics": metrics}


def _lines(path: Path, tail: int | None = None) -> Iterator[dict[str, Any]]:
    """The lines of a file, or those in its last bytes; half and damaged ones are passed over."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    with contextlib.suppress(OSError), path.open("rb") as file:
        if tail is not None:
            file.seek(max(0, file.seek(0, os.SEEK_END) - tail))
        for text in file:
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                yield decoder.decode(text)


class _Row(msgspec.Struct):
    event: str
    step: int
    epoch: int
    seconds: float
    metrics: dict[str, float | None]


def _metrics(path: Path, end: int | None) -> Iterator[Any]:
    """The metrics of a file as events, many steps in each."""
    decoder = msgspec.json.Decoder(_Row)
    block: Metrics | None = None
    read = 0
    with contextlib.suppress(OSError), path.open("rb") as file:
        for text in file:
            read += len(text)
            if end is not None and read > end:
                break
            try:
                row = decoder.decode(text)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
            whole = block is not None and (
                row.event != "metrics"
                or len(block) >= _ROWS
                or block.columns.keys() != row.metrics.keys()
            )
            if block is not None and whole:
                yield block
                block = None
            if row.event == "metrics":
                block = _added(block, row)
            else:
                yield unpack(msgspec.to_builtins(row))
    if block is not None:
        yield block


def _added(block: Metrics | None, row: _Row) -> Metrics:
    if block is None:
        columns = {name: array("d") for name in row.metrics}
        block = Metrics(array("q"), array("q"), array("d"), columns)
    block.steps.append(row.step)
    block.epochs.append(row.epoch)
    block.seconds.append(row.seconds)
    for name, value in row.metrics.items():
        block.columns[name].append(float("nan") if value is None else value)
    return block


def _numbers(found: Any) -> dict[str, float]:
    values = found if isinstance(found, dict) else {}
    return {n: float("nan") if v is None else float(v) for n, v in values.items()}


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 (many files)
    return total
