"""Starts runs: in a thread, in a process, or by finding one that already goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from nnstudio.core.problems import Problem, UsageError
from nnstudio.engine.attach import AttachedRun, living
from nnstudio.engine.events import Gate
from nnstudio.engine.folder import Prepared
from nnstudio.engine.process import WARM, ProcessRun
from nnstudio.engine.runs import Run
from nnstudio.engine.thread import ThreadRun

Home = Literal["thread", "process"]
HOMES: tuple[Home, ...] = ("thread", "process")

__all__ = ["HOMES", "WARM", "Home", "attach", "launch", "living", "start"]


def start(
    folder: Path,
    argv: Sequence[str] = (),
    *,
    home: Home = "thread",
    hashes: Mapping[str, str] | None = None,
    gate: Gate | None = None,
    telemetry: float = 0.03,
) -> Run:
    """Start the run of a folder.

    Args:
        folder: The run folder.
        argv: What its `train.py` is started with.
        home: `thread` of this process, one at a time; or a `process` of its own.
        hashes: The sha256 of each file of code; None takes the code as it lies there.
        gate: Lets a run in a thread wait while the window is at work.
        telemetry: The part of the training time that looking inside may cost; 0 switches it off.

    Raises:
        UsageError: There is no such home.
    """
    if home == "thread":
        return ThreadRun(folder, argv, hashes=hashes, gate=gate, telemetry=telemetry)
    if home == "process":
        return ProcessRun(folder, argv, hashes=hashes, telemetry=telemetry)
    raise UsageError(Problem("run.home", args={"home": f"in {home}"}))


def launch(
    prepared: Prepared,
    *,
    home: Home = "thread",
    gate: Gate | None = None,
    telemetry: float = 0.03,
) -> Run:
    """Start the run of a folder that may be executed; see `engine.folder`.

    Raises:
        UsageError: There is no such home.
    """
    run = start(
        prepared.folder,
        prepared.argv,
        home=home,
        hashes=prepared.hashes,
        gate=gate,
        telemetry=telemetry,
    )
    for note in prepared.notes:
        run.say(note)
    return run


def attach(folder: Path, metrics_from: int | None = None) -> AttachedRun:
    """Find a run again that another window started.

    Args:
        folder: The run folder.
        metrics_from: The byte of `metrics.jsonl` from which on steps are told; None begins at its
            present end.
    """
    return AttachedRun(folder, metrics_from)
