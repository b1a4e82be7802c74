"""Commands that train: train and resume. torch is imported by the worker, not here."""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from nnstudio.catalogue import registry
from nnstudio.compiler.analysis import analyse
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError, UsageError, WorldError
from nnstudio.core.values import Args, Choice, Value
from nnstudio.engine import folder, runner
from nnstudio.engine.events import PRIVATE, Failed, Stop, lines
from nnstudio.engine.runs import Run
from nnstudio.graph.edits import SetSetting
from nnstudio.graph.model import Project
from nnstudio.kit.lines import JsonLines, Lines
from nnstudio.project import store

_POLL = 0.05
_OF_THE_WORLD = ("run.device", "run.disk", "run.torch")


def train(args: argparse.Namespace) -> int:
    """Train a project in a new run folder."""
    project = changed(store.load(args.file), args.set)
    settings = folder.Settings(seed=args.seed, epochs=args.epochs, steps=args.steps)
    if args.device:
        settings = replace(settings, device=args.device)
    if args.run_dir is not None and args.run_dir.exists() and any(args.run_dir.iterdir()):
        raise WorldError(Problem("world.exists", args={"path": args.run_dir}))
    prepared = folder.make(
        project,
        folder.runs_folder(args.file),
        settings,
        base=args.file.resolve().parent,
        folder=args.run_dir,
    )
    return follow(runner.launch(prepared, home=args.home), args.json)


def resume(args: argparse.Namespace) -> int:
    """Go on with a run from its last checkpoint."""
    if runner.living(args.run):
        raise WorldError(Problem("run.busy", args={"path": args.run}))
    return follow(runner.launch(folder.reopen(args.run)), args.json)


def changed(project: Project, words: list[str]) -> Project:
    """Return the project with the settings of `--set` applied.

    Raises:
        UsageError: A word is no `KEY=VALUE`, or the project has no such setting.
    """
    for word in words:
        path, equals, text = word.partition("=")
        if not equals or not path:
            raise UsageError(Problem("usage.setting", args={"word": word}))
        owner = _owner(project, path)
        defaults = Args({param.name: param.default for param in owner})
        edit = SetSetting(path, _value(text, path, owner), defaults)
        try:
            project = edit.apply(project)
        except ProjectError as error:
            raise UsageError(error.problems) from error
    _refuse_unknown(project)
    return project


def _owner(project: Project, path: str) -> tuple[Param, ...]:
    """Return the settings among which the first name of a path stands."""
    reader = project.data.reader
    if path.startswith("data.") and reader is not None:
        found = registry.READERS.get(reader.name)
    else:
        found = registry.LOOPS.get(project.loop.name)
    return found.params if found else ()


def _value(text: str, path: str, owner: Sequence[Param]) -> Value:
    """Read a value as JSON, or take a bare word as it is; `optimizer=SGD` names a choice."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    kinds = {param.name: param.kind for param in owner}
    if isinstance(value, str) and kinds.get(path.removeprefix("data.")) == "of":
        return Choice(value)
    return _frozen(value)


def _frozen(value: object) -> Value:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return value if isinstance(value, bool | int | float | str) else None


def _refuse_unknown(project: Project) -> None:
    """A setting that nothing reads is a slip of the pen, not a problem of the project."""
    unknown = [
        problem
        for problem in analyse(project).problems
        if problem.code == "param.unknown"
        and re.split(r"[./]", problem.where)[0] in ("loop", "data")
    ]
    if unknown:
        raise UsageError(unknown)


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Note Ctrl+C instead of raising it, which would tear the line that is being printed.

    A second one is raised as usual.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def note(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def follow(run: Run, as_json: bool) -> int:
    """Print what a run tells until it ends; Ctrl+C asks it to stop, which leaves a checkpoint."""
    tell = JsonLines() if as_json else Lines(sys.stderr)
    stuck = False
    with _interrupts() as asked:
        while True:
            over = run.wait(_POLL)
            if asked.is_set():
                asked.clear()
                run.order(Stop())
            events = run.events()
            for line in (line for event in events for line in lines(event)):
                if line["event"] not in PRIVATE:
                    tell(line)
                if line.get("cause"):  # it waits for help, and nobody is here who could give it
                    asked.set()
                    stuck = True
            if over and not events:
                break
    run.join(10)
    if not isinstance(run.last, Failed):
        return 3 if stuck else 0
    return 3 if run.last.problem.code in _OF_THE_WORLD else 1
