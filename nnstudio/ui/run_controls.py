"""Training from the window: the button and its menu, what the window says of a run.

Pump ─▶ RunBook.pump ─▶ changed ─▶ top bar, status bar, panels
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QMenu

from nnstudio.compiler.train_source import obstacles
from nnstudio.core.problems import NNStudioError, Problem
from nnstudio.engine.events import Gate
from nnstudio.project.settings import Settings
from nnstudio.studio.documents import Documents
from nnstudio.studio.forecast import problem
from nnstudio.studio.forecasts import Forecasts
from nnstudio.studio.live import Live
from nnstudio.studio.log import Level
from nnstudio.studio.runs import RunBook
from nnstudio.studio.starting import Options
from nnstudio.ui import i18n, messages, run_words
from nnstudio.ui.devices import AUTO, Devices, memory
from nnstudio.ui.i18n import tr
from nnstudio.ui.later import later
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.messages import Answer
from nnstudio.ui.own_layer.trust import allowed
from nnstudio.ui.pump import Pump
from nnstudio.ui.top_bar import RunLook, State
from nnstudio.ui.training import GradientFeed, trial_words

FOLLOW = 0.25
"""Seconds between two looks at where the run is."""

READ = 0.5
"""Seconds between two looks at the gradient of every node: nobody reads them faster."""

STATES: dict[str, State] = {
    "preparing": "waiting",
    "waiting": "waiting",
    "starting": "waiting",
    "running": "running",
    "paused": "paused",
    "stopping": "stopping",
}


def make_book(documents: Documents, settings: Settings) -> RunBook:
    """Return the runs of a document."""
    return RunBook(documents.session, documents.home, lambda: Options.of(settings), Gate())


def make_forecasts(documents: Documents, settings: Settings, runs: RunBook) -> Forecasts:
    """Return what foretells the runs of a document."""
    return Forecasts(
        documents.session,
        lambda: Options.of(settings),
        lambda: runs.list.entries,
        lambda: runs.busy,
    )


class RunControls(QObject):
    """Binds the actions of a run, and shows in the window where it is."""

    def __init__(self, window: MainWindow, runs: RunBook) -> None:
        super().__init__(window)
        self._window, self.runs = window, runs
        self._tried: Live | None = None
        self._followed = 0.0
        self._look: tuple[RunLook, bool] | None = None
        assert window.context.pump is not None
        self._pump: Pump = window.context.pump
        self._pump.ticked.connect(self._follow)
        feed = GradientFeed(runs, window.view, window.canvas.scene().set_figures)
        self._pump.add(window.canvas, feed.refresh, READ)
        window.files.may_stop = self.may_stop
        self._disconnect = [
            runs.changed.connect(self.refresh),
            runs.ended.connect(self._ended),
            runs.refused.connect(self._refused),
            runs.told.connect(self._told),
            window.session.changed.connect(lambda update: self.refresh()),
        ]
        self._bind()
        self._devices = DeviceChoice(window)
        self.refresh()

    def close(self) -> None:
        """End what goes on, but for processes that were told to go on."""
        if self._window.context.forecasts is not None:
            self._window.context.forecasts.close()
        self._pump.close()
        for disconnect in self._disconnect:
            disconnect()
        self.runs.close(leave_processes=True)

    def refresh(self) -> None:
        """Show where the run is."""
        look, shown = looked(self.runs), bool(self._window.arrangement)
        look = replace(look, obstacle=obstacle_words(self._obstacles()))
        if (look, shown) != self._look:  # each text that is set has the window lay itself out anew
            self._look = look, shown
            self._window.top_bar.show_run(look if shown else None)
            self._window.status.show_differs(look.differs)
        for key in ("run.train", "run.continue", "run.try", "run.pause", "run.stop"):
            self._window.book[key].setEnabled(self._tests[key]())

    def train(self) -> None:
        """Start afresh from the seed."""
        if self._sound() and self._fits():
            self._start(partial(self.runs.start, "afresh"))

    def go_on(self) -> None:
        """Continue the chosen run."""
        if self._sound():
            self._start(partial(self.runs.start, "continue"))

    def try_one(self) -> None:
        """Take one step on trial."""
        if self._sound():
            self._start(self.runs.try_one)
            self._tried = self.runs.trial
            self._window.status.tell(tr("Trying one batch…"))

    def _fits(self) -> bool:
        """Ask before a run is started that the memory of this machine is foretold not to hold."""
        forecasts = self._window.context.forecasts
        if forecasts is not None:
            forecasts.look_again()
        made = forecasts.ask() if forecasts is not None else None
        fault = problem(made) if made is not None else None
        if fault is None:
            return True
        words = i18n.message(fault)
        answer = messages.ask(
            self._window,
            tr("There may be too little memory"),
            f"{words[:1].upper()}{words[1:]}.",
            (Answer("go", tr("Train all the same")), Answer("cancel", tr("Cancel"), "cancel")),
        )
        return answer == "go"

    def may_stop(self) -> bool:
        """Ask what becomes of a run before its document is given up."""
        live = self.runs.live
        if live is None or live.over:
            return True
        answers = [Answer("stop", tr("Stop, and keep the checkpoint"))]
        if live.run is not None and live.run.home == "process":
            answers.append(Answer("leave", tr("Let it go on in the background")))
        answer = messages.ask(
            self._window,
            tr("A run goes on"),
            tr("The network is being trained. What becomes of the run?"),
            (*answers, Answer("cancel", tr("Cancel"), "cancel")),
        )
        if answer == "stop":
            self.runs.stop()
        return answer != "cancel"

    def _bind(self) -> None:
        runs, book = self.runs, self._window.book

        def shown() -> bool:
            return bool(self._window.arrangement)

        def idle() -> bool:
            return shown() and not runs.busy

        self._tests: dict[str, Callable[[], bool]] = {
            "run.train": idle,
            "run.continue": lambda: idle() and runs.list.chosen is not None,
            "run.try": idle,
            "run.pause": lambda: runs.busy,
            "run.stop": lambda: runs.busy,
        }
        slots: dict[str, Callable[[], object]] = {
            "run.train": self.train,
            "run.continue": self.go_on,
            "run.try": self.try_one,
            "run.pause": self._pause,
            "run.stop": self._stop,
        }
        for key, slot in slots.items():
            book.bind(key, slot, self._tests[key])

    def _start(self, call: Callable[[], object]) -> None:
        try:
            call()
        except NNStudioError as error:
            self._window.files.refuse(error)
        self._window.show_panel("monitor")
        self.refresh()

    def _pause(self) -> None:
        self.runs.pause()
        self.refresh()

    def _stop(self) -> None:
        self.runs.stop()
        self.refresh()

    def _sound(self) -> bool:
        """Show what keeps the network from being trained, if anything does."""
        found = self._obstacles()
        if not found:
            return allowed(self._window, self._window.context)
        graph, _, node = found[0].where.partition("/")
        if node and graph in self._window.session.project.graphs:
            self._window.view.reveal(graph, node.partition("/")[0])
        self._window.show_panel("data" if found[0].code == "data.none" else "problems")
        words = i18n.message(found[0])
        self._window.status.tell(tr("It cannot be trained yet: {why}", why=words))
        return False

    def _obstacles(self) -> list[Problem]:
        return obstacles(self._window.session.analysis)

    def _told(self, live: Live, text: str) -> None:
        self._window.context.log.write(text, "info", _name(live))

    def _ended(self, live: Live) -> None:
        QApplication.alert(self._window)
        words = result(live)
        self._window.status.tell(words)
        level: Level = "error" if live.failure is not None else "good"
        self._window.context.log.write(words, level, _name(live))

    def _refused(self, error: NNStudioError) -> None:
        self._window.status.tell(i18n.message(error.problems[0]))
        # Not from within the timer: a box would keep it from taking events.
        later(self._window, lambda: self._window.files.refuse(error))

    def _tell_trial(self) -> None:
        live = self._tried
        if live is None or not (live.over or live.ended):
            return
        self._tried = None
        words = trial_words(live, self._window.session.analysis)
        level: Level = "error" if live.failure is not None else "good"
        self._window.status.tell(words)
        self._window.context.log.write(words, level, tr("one batch"))

    def _follow(self) -> None:
        """Something has come, or time has passed."""
        self._tell_trial()
        now = time.monotonic()
        if now - self._followed >= FOLLOW:
            self._followed = now
            self.refresh()


class DeviceChoice(QObject):
    """The button that says where the next run is computed, and offers the others."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menu = QMenu(window)
        self._menu.setToolTipsVisible(True)
        window.devices.changed.connect(self.refresh)
        self._menu.aboutToShow.connect(window.devices.look_up)
        self.refresh()

    def refresh(self) -> None:
        """List the devices again."""
        devices: Devices = self._window.devices
        chosen = str(self._window.settings.get("device"))
        self._menu.clear()
        group = QActionGroup(self._menu)
        rows = [(AUTO, tr("By itself: the first GPU that is ready, else the CPU"), "")]
        rows += [(d.name, f"{d.title} · {memory(d)}", d.reason) for d in devices.found]
        for name, title, reason in rows:
            action = self._menu.addAction(f"{title.partition(' · ')[0]}: {reason}" if reason
                                          else title)  # fmt: skip
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.setEnabled(not reason)
            action.triggered.connect(partial(self._choose, name))
            group.addAction(action)
        self._window.top_bar.show_device(devices.title(chosen), self._menu)

    def _choose(self, name: str, _checked: bool = False) -> None:
        try:
            self._window.settings.set("device", name)
        except NNStudioError as error:
            self._window.files.refuse(error)
        self.refresh()


def _name(live: Live) -> str:
    return live.folder.name if live.folder is not None else ""


def obstacle_words(found: Sequence[Problem]) -> str:
    """Return what keeps the network from being trained, and what to do; "" for nothing."""
    if not found:
        return ""
    words, hint = i18n.message(found[0]), i18n.hint(found[0])
    return tr("It cannot be trained yet: {why}", why=f"{words} ({hint})" if hint else words)


def looked(runs: RunBook) -> RunLook:
    """Return what the top bar shows of the runs."""
    live = runs.live
    if live is None:
        return RunLook()
    if live.over:
        return RunLook("idle", ended_words(live))
    state = STATES.get(live.status, "waiting")
    return RunLook(state, progress(live), runs.differs)


def progress(live: Live) -> str:
    """Return where a run is: `epoch 7 / 20 · 00:18 left`."""
    waits = {
        "preparing": tr("preparing…"),
        "waiting": tr("waits for the other run…"),
        "starting": tr("starting…"),
        "stopping": tr("stopping…"),
    }
    if live.status in waits:
        return waits[live.status]
    parts = []
    if live.epoch:
        epochs = f" / {live.trace.epochs}" if live.trace.epochs else ""
        parts.append(tr("epoch {epoch}", epoch=f"{live.epoch}{epochs}"))
    elif live.step:
        parts.append(tr("step {step}", step=live.step))
    if live.status == "paused":
        parts.append(tr("paused"))
    elif live.time_left is not None:
        parts.append(tr("{time} left", time=run_words.clock(live.time_left)))
    return " · ".join(parts)


def ended_words(live: Live) -> str:
    """Return how a run ended, in two words."""
    words = {"finished": tr("finished"), "stopped": tr("stopped"), "failed": tr("failed")}
    word = words.get(live.status, "")
    if live.epoch and live.status != "failed":
        return f"{word} · " + tr("epoch {epoch}", epoch=live.epoch)
    return word


def result(live: Live) -> str:
    """Return how a run ended, in a sentence."""
    if live.failure is not None:
        return tr("The run failed: {why}", why=i18n.message(live.failure))
    if live.status == "stopped":
        return tr("The run was stopped at step {step}; its checkpoint is kept.", step=live.step)
    if live.best is not None:
        name, value, epoch = live.best
        return tr("The run is finished; best {name} {value} in epoch {epoch}.",
                  name=name, value=f"{value:.4g}", epoch=epoch)  # fmt: skip
    return tr("The run is finished.")
