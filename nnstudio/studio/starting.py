"""How a run comes into being: afresh, with the weights of another one, or one step on trial.

Everything here takes a moment (code is written, files are synced) and is done away from the window.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nnstudio.core.problems import NNStudioError
from nnstudio.engine import folder as run_folder
from nnstudio.engine import runner
from nnstudio.engine.events import Gate, Start
from nnstudio.engine.folder import PROJECT, Prepared, Settings
from nnstudio.engine.runs import Run
from nnstudio.graph.diff import diff
from nnstudio.graph.model import Project
from nnstudio.graph.weights_map import matching_nodes
from nnstudio.project.settings import Settings as UserSettings
from nnstudio.project.store import load
from nnstudio.studio.run_files import RunEntry, read_trace
from nnstudio.studio.trace import Trace

TRIAL = "nnstudio-try-"


@dataclass(frozen=True, slots=True)
class Options:
    """Where and how runs of this machine go on.

    Attributes:
        home: `thread` or `process`.
        device: As torch names it, or `auto`.
        threads: Of torch on the CPU; None lets them follow from the network.
        seed: Of initial weights, order and dropout.
        telemetry: The part of the training time that looking inside may cost.
    """

    home: runner.Home = "thread"
    device: str = "auto"
    threads: int | None = None
    seed: int = 0
    telemetry: float = 0.03

    @classmethod
    def of(cls, settings: UserSettings | None) -> Options:
        """Return what the user set on this machine."""
        if settings is None:
            return cls()
        threads = settings.get("threads")
        return cls(
            home="process" if settings.get("run_in") == "process" else "thread",
            device=str(settings.get("device")),
            threads=threads if isinstance(threads, int) else None,
        )

    def settings(self) -> Settings:
        """Return them as the engine takes them."""
        return Settings(seed=self.seed, device=self.device, threads=self.threads)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run.

    Attributes:
        project: The document.
        runs: The folder of its runs.
        base: Where its file lies; None when it has none.
        options: See `Options`.
        gate: Lets a run in the thread wait while the window is at work.
    """

    project: Project
    runs: Path
    base: Path | None
    options: Options
    gate: Gate | None = None

    def launch(self, prepared: Prepared) -> Run:
        """Start the run of a folder."""
        options = self.options
        return runner.launch(
            prepared, home=options.home, gate=self.gate, telemetry=options.telemetry
        )


def afresh(order: Order) -> tuple[Run, Trace | None]:
    """Start from the seed; raises as `engine.folder.make`."""
    settings = order.options.settings()
    return order.launch(run_folder.make(order.project, order.runs, settings, base=order.base)), None


def go_on(order: Order, entry: RunEntry) -> tuple[Run, Trace | None]:
    """Go on with a run.

    One that was interrupted, of the very same document, goes on in its own folder as if nothing had
    happened. Otherwise a new run begins with its weights, by node id.

    Raises:
        ProjectError: The document has problems.
        WorldError: The run cannot be read, or the disk refused.
    """
    old = load(entry.folder / PROJECT)
    if entry.state != "finished" and same_training(old, order.project):
        trace = read_trace(entry.folder)
        return order.launch(run_folder.reopen(entry.folder)), trace
    start = Start(str(entry.folder.resolve()), moved=moves(old, order.project))
    settings = order.options.settings()
    made = run_folder.make(order.project, order.runs, settings, base=order.base, start=start)
    return order.launch(made), None


def on_trial(order: Order) -> tuple[Run, Trace | None]:
    """Start a run of one step in a folder of its own, which is thrown away; see `clear_trial`."""
    place = Path(tempfile.mkdtemp(prefix=TRIAL))
    settings = replace(order.options.settings(), steps=1)
    try:
        made = run_folder.make(order.project, place, settings, base=order.base)
    except NNStudioError:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return order.launch(made), None


def clear_trial(folder: Path) -> None:
    """Throw the folder of a trial away."""
    if folder.parent.name.startswith(TRIAL):
        with contextlib.suppress(OSError):
            shutil.rmtree(folder.parent)


def same_training(old: Project, new: Project) -> bool:
    """Return whether two documents differ in nothing but where nodes stand."""
    change = diff(old, new)
    return not change or change.only_layout


def moves(old: Project, new: Project) -> Mapping[str, str]:
    """Return where nodes are now that were grouped or ungrouped since, by paths of ids."""
    found: dict[str, str] = {}
    for graph in old.graphs:
        if graph in new.graphs:
            pairs = matching_nodes(old, new, graph).items()
            found |= {"/".join(was): "/".join(now) for was, now in pairs if was != now}
    return found
