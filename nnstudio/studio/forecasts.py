"""The forecast of the open document: what it needs to know is found out beside the window, once.

    speed of this machine    measured by `engine.measure`, remembered by device
    how much data there is   asked of the reader by `engine.preview`, remembered by reader and file
    earlier runs             read from their folders: how far off the rules were then

Nothing here waits: whoever shows the forecast asks with `ask`, and a timer of the window calls
`pump`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nnstudio.compiler.analysis import analyse
from nnstudio.core import paths
from nnstudio.core.problems import NNStudioError
from nnstudio.core.signal import Signal
from nnstudio.core.values import Choice
from nnstudio.engine.events import read_record
from nnstudio.engine.folder import PROJECT
from nnstudio.engine.measure import Speed, measure, read
from nnstudio.engine.memory import free_memory
from nnstudio.engine.preview import Facts, Preview
from nnstudio.kit import files
from nnstudio.project import strict_json
from nnstudio.project.store import load, read_bytes
from nnstudio.studio.background import Background
from nnstudio.studio.forecast import Forecast, Samples, forecast
from nnstudio.studio.run_files import RunEntry
from nnstudio.studio.session import Session
from nnstudio.studio.starting import Options

TINY = 50_000
"""Networks with fewer weights take one thread, as `kit.device` has it."""

LOOKED_AT = 5
"""So many of the latest runs are looked at."""

KEPT = 64
_SIZE_LIMIT = 200_000


@dataclass(slots=True)
class Known:
    """What was found out about this machine and its data.

    Attributes:
        speeds: By the name of the device that was asked for.
        samples: By reader, settings and file.
    """

    speeds: dict[str, tuple[Speed, ...]]
    samples: dict[str, Samples]


class Forecasts:
    """Foretells runs of the open document.

    Attributes:
        changed: Emits when something was found out.

    Args:
        session: The document.
        options: Where and how runs go on.
        runs: The runs of the document, the newest first.
        busy: Whether a run goes on: nothing is measured beside it.
        path: What is remembered; `forecast.json` in the state folder by default.
        measured: Measures a device.
    """

    def __init__(
        self,
        session: Session,
        options: Callable[[], Options] = Options,
        runs: Callable[[], Sequence[RunEntry]] = tuple,
        busy: Callable[[], bool] = bool,
        path: Path | None = None,
        measured: Callable[[str, tuple[int, ...]], tuple[Speed, ...]] = measure,
    ) -> None:
        self.changed: Signal[[]] = Signal()
        self._session, self._options, self._runs, self._busy = session, options, runs, busy
        self._path = path or paths.state_folder() / "forecast.json"
        self._measured = measured
        self._background = Background("forecast")
        self._known: Known | None = None
        self._asked: set[str] = set()
        self._scales: dict[Path, float | None] = {}
        self._free: dict[str, int | None] = {}
        self._started = False

    @property
    def busy(self) -> bool:
        """Whether something is being found out."""
        return self._background.busy

    def start(self) -> None:
        """From now on measure what is not known: the window is complete and at rest."""
        self._started = True
        self.changed.emit()

    def ask(self, batch: int | None = None) -> Forecast | None:
        """Return the forecast; None while something is missing, which is found out if it can be.

        Args:
            batch: A batch size that is being typed; that of the document when None.
        """
        analysis, device = self._session.analysis, self._options().device
        known = self._read()
        if not analysis.ok:
            return None
        samples, speeds = self._samples(known), known.speeds.get(device)
        if speeds is None:
            self._find_out(f"speed {device}", partial(self._measure, device), self._take_speed)
        if speeds is None or samples is None:
            return None
        speed = self._chosen(speeds)
        free = self._free_now(speed.device)
        scale = self._scale(samples, speed)
        return forecast(analysis, speed, samples, free=free, batch=batch, scale=scale)

    def look_again(self) -> None:
        """Ask the system anew how much memory is free."""
        self._free.clear()

    def pump(self) -> bool:
        """Take in what was found out; return whether there was anything."""
        came = self._background.collect()
        if came:
            self.changed.emit()
        return came

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until all is found out that was asked for."""
        return self._background.settle(timeout)

    def close(self) -> None:
        """Find nothing out any more."""
        self._started = False
        self._background.forget()

    def _chosen(self, speeds: tuple[Speed, ...]) -> Speed:
        weights, wanted = self._session.analysis.weights, self._options().threads
        exact = [speed for speed in speeds if speed.threads == wanted]
        tiny = isinstance(weights, int) and weights < TINY
        ordered = sorted(speeds, key=lambda speed: speed.threads)
        return exact[0] if exact else ordered[0 if tiny else -1]

    def _samples(self, known: Known) -> Samples | None:
        project = self._session.project
        reader = project.data.reader
        if reader is None or project.data.task == "environment":
            return Samples()
        folder = self._session.path.resolve().parent if self._session.path else None
        key = _key(reader, folder)
        if key not in known.samples:
            self._find_out(
                f"samples {key}",
                partial(_counted, reader, folder),
                partial(self._take_samples, key),
            )
        return known.samples.get(key)

    def _scale(self, samples: Samples, speed: Speed) -> float | None:
        """Return how far off the rules were in the latest run that can be compared."""
        for entry in self._runs()[:LOOKED_AT]:
            if entry.epoch < 1 or entry.seconds <= 0 or entry.state == "running":
                continue
            if entry.folder not in self._scales and f"run {entry.folder}" not in self._asked:
                work = partial(_compared, entry, samples, speed)
                self._find_out(f"run {entry.folder}", work, partial(self._take_scale, entry.folder))
            scale = self._scales.get(entry.folder)
            if scale is not None:
                return scale
        return None

    def _free_now(self, device: str) -> int | None:
        if device not in self._free:
            self._free[device] = free_memory(device)
        return self._free[device]

    def _find_out(self, name: str, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do something beside the window, once; what fails is not tried again."""
        if self._started and name not in self._asked and not self._busy():
            self._asked.add(name)
            self._background.do(work, then)

    def _measure(self, device: str) -> tuple[str, tuple[Speed, ...]]:
        wanted = self._options().threads
        return device, self._measured(device, (wanted,) if wanted else ())

    def _take_speed(self, found: tuple[str, tuple[Speed, ...]]) -> None:
        device, speeds = found
        if speeds:
            self._read().speeds[device] = speeds
            self._write()

    def _take_samples(self, key: str, samples: Samples) -> None:
        known = self._read().samples
        known[key] = samples
        while len(known) > KEPT:
            del known[next(iter(known))]
        self._write()

    def _take_scale(self, folder: Path, scale: float | None) -> None:
        self._scales[folder] = scale

    def _read(self) -> Known:
        if self._known is None:
            self._known = _remembered(self._path)
        return self._known

    def _write(self) -> None:
        known = self._read()
        text = json.dumps(
            {
                "speeds": {k: [asdict(one) for one in found] for k, found in known.speeds.items()},
                "samples": {key: asdict(found) for key, found in known.samples.items()},
            },
            indent=1,
        )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.write_text(self._path, text + "\n")
        except OSError:
            return  # it is measured again the next time


def samples_of(facts: Facts) -> Samples:
    """Return how much data there is, from what its reader says."""
    size = sum(math.prod(shape) for shape in facts.inputs) + math.prod(facts.target)
    return Samples(facts.train, facts.val, size)


def _counted(reader: Choice, folder: Path | None) -> Samples:
    return samples_of(Preview(reader, folder).facts())


def _compared(entry: RunEntry, samples: Samples, speed: Speed) -> float | None:
    """Return how much longer a run took for an epoch than is foretold for it now."""
    try:
        record, project = read_record(entry.folder), load(entry.folder / PROJECT)
    except NNStudioError:
        return None
    made = forecast(analyse(project), speed, samples)
    if record.device != speed.device or made is None or not made.epoch:
        return None
    return entry.seconds / entry.epoch / made.epoch


def _key(reader: Choice, folder: Path | None) -> str:
    """Know data again by reader and settings, and a file of one's own by its time."""
    own, time = reader.args.get("path"), 0
    if isinstance(own, str) and own:
        try:
            time = ((folder or Path()) / own).stat().st_mtime_ns
        except OSError:
            time = 0
    return f"{reader!r} {folder if time else ''} {time}"


def _remembered(path: Path) -> Known:
    try:
        found = strict_json.read(read_bytes(path, _SIZE_LIMIT))
    except NNStudioError:
        found = {}
    kept: Mapping[str, Any] = found if isinstance(found, dict) else {}
    speeds = kept.get("speeds")
    counts = kept.get("samples")
    return Known(
        {k: v for k, v in ((k, read(v)) for k, v in _items(speeds)) if v},
        {k: v for k, v in ((k, _count(v)) for k, v in _items(counts)) if v is not None},
    )


def _items(found: Any) -> Sequence[tuple[str, Any]]:
    return list(found.items()) if isinstance(found, dict) else []


def _count(found: Any) -> Samples | None:
    try:
        numbers = [found[name] for name in ("train", "val", "size")]
    except (TypeError, KeyError):
        return None
    return Samples(*numbers) if all(type(one) is int and one >= 0 for one in numbers) else None
