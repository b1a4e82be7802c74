"""The run that goes on, in figures: where it is, how fast, how well; and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.problems import NNStudioError, Problem
from nnstudio.studio.live import Live
from nnstudio.studio.run_files import RunEntry
from nnstudio.studio.runs import RunBook
from nnstudio.ui import i18n, run_words
from nnstudio.ui.context import Context
from nnstudio.ui.figure_rows import FigureRows
from nnstudio.ui.forecast_view import ForecastView
from nnstudio.ui.i18n import tr
from nnstudio.ui.plots.axes import number
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import label, push_button, restyle, scrolled

WIDTH = 292
_STEPS = 1000
_STATE_KINDS = {"failed": "bad", "paused": "warn", "finished": "good", "running": "muted"}


class HyperField(QLineEdit):
    """A number that may be changed while it runs: Enter sets it, from the next step on.

    Args:
        name: Of the number.
        runs: Those that it belongs to.
    """

    def __init__(self, name: str, runs: RunBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._runs = name, runs
        self._shown: float | None = None
        self.setProperty("kind", "mono")
        self.setStyleSheet("padding: 0px 6px; min-height: 18px;")
        self.setAccessibleName(name)
        self.setToolTip(tr("Enter changes it from the next step on; the change is marked"))
        self.returnPressed.connect(self.apply)
        self.editingFinished.connect(self._give_back)

    def show_value(self, value: float) -> None:
        """Show what holds, unless somebody is typing."""
        if value != self._shown and not (self.hasFocus() and self.isModified()):
            self._shown = value
            self.setText(f"{value:g}")
            self.setModified(False)

    def apply(self) -> None:
        """Set what was typed; what is no number above zero is marked and not set."""
        try:
            value = float(self.text().replace(",", "."))
        except ValueError:
            value = -1.0
        right = 0 <= value < float("inf")
        restyle(self, "wrong", not right)
        if right:
            self._runs.set_hyper({self._name: value})
            self._shown = value
            self.setModified(False)

    def _give_back(self) -> None:
        if self.isModified() and self._shown is not None:  # left without Enter
            self.setText(f"{self._shown:g}")
            self.setModified(False)
            restyle(self, "wrong", False)


class RunBox(QFrame):
    """Follows the live run of a book.

    Args:
        context: The shared objects of the window.
        runs: The book of runs.
    """

    def __init__(self, context: Context, runs: RunBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._runs = context, runs
        self.setProperty("kind", "card")
        self.setFixedWidth(WIDTH)
        self._fields: dict[str, HyperField] = {}
        self._hyper_names: tuple[str, ...] = ()
        self._rows = FigureRows(context.theme)
        self._state = label("", "muted")
        self._said = label("", "small")
        self._said.setWordWrap(True)
        self.forecast = ForecastView(context)
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Progress of the run"))
        self._repairs = QVBoxLayout()
        self._problem: Problem | None = None
        self.pause = push_button(tr("Pause"), runs.pause)
        self.stop = push_button(tr("Stop"), runs.stop)
        self._lay_out()
        self.refresh()

    @property
    def fields(self) -> dict[str, HyperField]:
        """The fields of what may be changed while it runs, by name."""
        return self._fields

    def value(self, row: str) -> str:
        """Return what stands in a row."""
        return self._rows.value(row)

    def refresh(self) -> bool:
        """Show what holds now; there is always a clock to be shown."""
        live = self._runs.live
        if live is None:
            self._show_nothing()
            return False
        self.forecast.setVisible(live.over)
        self._show_hyper(live)
        self._rows.write(_figures(live))
        self.progress.setValue(round(live.progress * _STEPS))
        words = run_words.doing(live)
        if self._state.text() != words:
            self._state.setText(words)
            restyle(self._state, "kind", _STATE_KINDS.get(live.status, "muted"))
        paused = live.status == "paused"
        self.pause.setText(tr("Go on") if paused else tr("Pause"))
        self.pause.setEnabled(live.status in ("running", "paused"))
        self.stop.setEnabled(not live.over and live.status != "stopping")
        self._show_problem(live)
        return not live.over

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = label(tr("Run"))
        title.setStyleSheet("font-weight: 600;")
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._state)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self._said)
        column.addWidget(self.forecast)
        column.addLayout(self._repairs)
        column.addWidget(self._rows)
        column.addStretch(1)
        area = scrolled(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.pause)
        buttons.addWidget(self.stop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 9, 0, 10)
        whole.setSpacing(6)
        for part in (head, buttons):
            part.setContentsMargins(12, 0, 12, 0)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 0, 12, 0)
        bar.addWidget(self.progress)
        whole.addLayout(head)
        whole.addWidget(area, 1)
        whole.addLayout(bar)
        whole.addLayout(buttons)
        self._make_rows(())

    def _make_rows(self, hyper: tuple[str, ...]) -> None:
        """Those of what may be changed stand in the middle."""
        self._hyper_names = hyper
        self._fields = {name: HyperField(name, self._runs, self._rows) for name in hyper}
        middle: dict[str, str] = {}
        for name in hyper:
            middle |= {name: hyper_words(name), f"{name} now": ""}
        self._rows.set_rows({**dict(_before()), **middle, **dict(_after())}, self._fields)

    def _show_hyper(self, live: Live) -> None:
        names = tuple(live.hyper)
        if names and names != self._hyper_names:
            self._make_rows(names)
        for name, field in self._fields.items():
            field.show_value(live.hyper.get(name, float("nan")))
            field.setEnabled(not live.over)
        self._rows.write({f"{name} now": _rate(live, name) for name in self._fields})

    def _show_nothing(self) -> None:
        self._state.setText("")
        self._said.show()
        self._said.setText(tr("Nothing is being trained. Press Train (F5)."))
        self.pause.setEnabled(False)
        self.stop.setEnabled(False)

    def _show_problem(self, live: Live) -> None:
        """Say why it failed, with what can be done about it."""
        problem = live.failure
        if problem is None:
            said = live.notes[-1] if live.notes and not live.over else ""
            if self._said.text() != said:
                self._said.setText(said)
                restyle(self._said, "kind", "small")
            self._said.setVisible(bool(said))
        if problem is self._problem:
            return
        self._problem = problem
        while (item := self._repairs.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if problem is None:
            return
        self._said.show()
        parts = (i18n.message(problem), i18n.hint(problem))
        self._said.setText(". ".join(part[:1].upper() + part[1:] for part in parts if part) + ".")
        restyle(self._said, "kind", "bad")
        for words, slot in self._ways_out(live, problem):
            self._repairs.addWidget(push_button(words, slot))

    def _ways_out(self, live: Live, problem: Problem) -> list[tuple[str, Callable[[], object]]]:
        ways: list[tuple[str, Callable[[], object]]] = []
        graph, _, path = problem.where.partition("/")
        node = path.partition("/")[0].partition("#")[0]
        known = self._context.session.project.graphs.get(graph)
        if known is not None and node in known.nodes:
            ways.append((tr("Show the layer"), partial(self._context.view.reveal, graph, node)))
        if live.folder is None:
            return ways
        if problem.code == "non_finite":
            words = tr("Go on with a tenth of the learning rate")
            ways.append((words, partial(self._again, live, self._runs.go_on_slower)))
        elif problem.code in ("run.crashed", "run.gone", "run.disk"):
            go_on: Callable[[RunEntry], object] = partial(self._runs.start, "continue")
            ways.append((tr("Go on from the last checkpoint"), partial(self._again, live, go_on)))
        return ways

    def _again(self, live: Live, start: Callable[[RunEntry], object]) -> None:
        entry = self._runs.list.entry(live.folder.name) if live.folder is not None else None
        if entry is None or self._runs.busy:
            return
        try:
            start(entry)
        except NNStudioError as error:
            self._context.refused(error)


def _rate(live: Live, name: str) -> str:
    """The learning rate that the last step took, where a schedule makes it another one."""
    rate = live.rates.get(name)
    if rate is None or rate == live.hyper.get(name):
        return ""
    schedule = live.schedule.replace("_", " ")
    return tr("now {rate} {schedule}", rate=number(rate), schedule=schedule)


def hyper_words(name: str) -> str:
    """Return what is said for something that may be changed while it runs."""
    if name == "lr":
        return tr("learning rate")
    return name.removesuffix("_lr") + " lr" if name.endswith("_lr") else name.replace("_", " ")


def _before() -> tuple[tuple[str, str], ...]:
    return (
        ("step", tr("step")),
        ("epoch", tr("epoch")),
        ("speed", tr("speed")),
        ("time", tr("time")),
    )


def _after() -> tuple[tuple[str, str], ...]:
    return (
        ("best", tr("best")),
        ("memory", tr("memory")),
        ("checkpoint", tr("checkpoint")),
        ("health", tr("health")),
    )


def _figures(live: Live) -> dict[str, str]:
    """What stands in each row."""
    planned = live.trace.epochs
    saved = live.checkpoint_age
    best = "–"
    if live.best is not None:
        name, value, epoch = live.best
        best = tr("epoch {epoch} · {value}", epoch=epoch, value=run_words.metric(name, value))
    return {
        "step": run_words.count(live.step) if not live.total else
        f"{live.step:,} / {live.total:,}".replace(",", " "),
        "epoch": f"{live.epoch} / {planned}" if planned else str(live.epoch or "–"),
        "speed": run_words.speed(live),
        "time": run_words.time_left(live),
        "best": best,
        "memory": run_words.size(live.memory) if live.memory else "–",
        "checkpoint": tr("none yet") if saved is None else tr("saved {age}",
                                                              age=run_words.age(saved)),
        "health": live.health or "–",
    }  # fmt: skip
