"""The monitor: the curves of the live run and of those laid over it, its gradients, its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from nnstudio.studio import health, metric_groups
from nnstudio.studio.metric_groups import Group
from nnstudio.studio.runs import RunBook
from nnstudio.studio.summaries import title
from nnstudio.studio.trace import Trace
from nnstudio.ui.context import Context
from nnstudio.ui.forecast_view import ForecastView
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.plot_card import CardGrid, PlotCard
from nnstudio.ui.plots.bars import Bar, BarPlot
from nnstudio.ui.plots.curves import CurvePlot, Mode
from nnstudio.ui.plots.ink import Curve
from nnstudio.ui.pump import Pump
from nnstudio.ui.run_box import RunBox
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import Empty

GRADIENTS_AFTER = 2
"""The bars of the gradients stand after so many plots."""

SLOW = 0.25
"""Seconds between two looks at figures, which are read and not watched."""

SLOWER = 0.5
"""Seconds between two looks at many figures at once: nobody reads them faster."""

HEADS = {"train": 0, "val": 1, "eval": 1}
"""The colour of a metric by its first word, so that it is the same in every plot."""


class MonitorPanel(Panel):
    """Curves, gradients, and the run box."""

    help_topic = "monitor"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setWindowTitle(tr("Monitor"))
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._empty = Empty(
            tr("Nothing has been trained yet"),
            tr("Press Train (F5): the loss, the accuracy and the gradients appear here."),
        )
        first = QWidget()
        rows = QVBoxLayout(first)
        rows.setContentsMargins(3 * GRID, 0, 3 * GRID, 3 * GRID)
        rows.addWidget(self._empty, 3)
        rows.addWidget(ForecastView(context, centred=True))
        rows.addStretch(1)
        self._pages.addWidget(first)
        self.cards: dict[str, PlotCard] = {}
        self._names: tuple[str, ...] = ()
        self._mode = Mode()
        if context.runs is not None:
            self._build(context, context.runs)

    @property
    def plots(self) -> dict[str, CurvePlot]:
        """The plots of curves by group: `loss`, `accuracy`, `rate`, …."""
        found = {key: card.plot for key, card in self.cards.items()}
        return {key: plot for key, plot in found.items() if isinstance(plot, CurvePlot)}

    def refresh(self) -> None:
        """Decide anew which plots there are, and what is in each."""
        runs = self.context.runs
        if runs is None:
            return
        shown = self._shown(runs)
        self._pages.setCurrentIndex(1 if shown else 0)
        if not shown:
            return
        self._names = _names(trace for _, _, trace in shown)
        colors = self.context.theme.tokens
        order = []
        for group in metric_groups.groups(self._names):
            card = self._card(group)
            if isinstance(card.plot, CurvePlot):
                card.plot.set_curves(_curves(group, shown, colors.series, colors.muted))
            order.append(card)
        place = min(GRADIENTS_AFTER, len(order))
        order[place:place] = [self.cards["gradients"]]
        self._grid.set_cards(order)

    def follow_names(self) -> bool:
        """See whether a metric has come that has no plot yet."""
        runs = self.context.runs
        if runs is None:
            return False
        shown = self._shown(runs)
        if _names(trace for _, _, trace in shown) != self._names:
            self.refresh()
            return True
        return False

    def show_gradients(self) -> bool:
        """Draw the gradients of the live run, in the order of its network."""
        runs, card = self.context.runs, self.cards["gradients"]
        live = runs.live if runs is not None else None
        if live is None or not isinstance(card.plot, BarPlot):
            return False
        rows = self._bars(live.trace.gradients)
        if tuple(rows) == card.plot.rows:
            return False
        card.plot.set_rows(rows)
        return True

    def _build(self, context: Context, runs: RunBook) -> None:
        self.box = RunBox(context, runs)
        self._grid = CardGrid()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._grid)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._area, 1)
        row.addWidget(self.box)
        self._pages.addWidget(page)
        self.cards["gradients"] = self._gradients()
        self.follow(runs.changed, self.later)
        context.theme.changed.connect(self.later)
        if context.pump is not None:
            self._pump(context.pump)
        self.refresh()

    def _pump(self, pump: Pump) -> None:
        pump.add(self.box, self.box.refresh, SLOW)
        pump.add(self, self.follow_names, SLOW)
        pump.add(self.cards["gradients"], self.show_gradients, SLOWER)

    def _gradients(self) -> PlotCard:
        plot = BarPlot(self.context.theme, tr("Gradient flow"), tr("|g| per layer"))
        plot.hovered.connect(self.context.view.hover)
        plot.chosen.connect(self._reveal)
        return PlotCard(self.context, plot, self._grid)

    def _card(self, group: Group) -> PlotCard:
        if group.key not in self.cards:
            unit = "percent" if group.percent else ""
            plot = CurvePlot(self.context.theme, tr(group.title), unit)
            plot.set_mode(replace(self._mode, log_y=group.key == "grad_norm"))
            plot.from_zero = group.key == "rate"
            plot.mode_changed.connect(lambda: self._share_mode(plot))
            plot.picked.connect(self._pick)
            self.cards[group.key] = PlotCard(self.context, plot, self._grid)
            if self.context.pump is not None:
                self.context.pump.add(plot, plot.refresh)
        return self.cards[group.key]

    def _share_mode(self, source: CurvePlot) -> None:
        """What runs along x is the same in all plots, and so is the smoothing."""
        mode = source.mode
        self._mode = replace(mode, log_y=False)
        for plot in self.plots.values():
            plot.set_mode(replace(mode, log_y=plot.mode.log_y))

    def _pick(self, run: str) -> None:
        if self.context.runs is not None:
            self.context.runs.list.select(run)

    def _reveal(self, where: str) -> None:
        graph, _, path = where.partition("/")
        node = path.partition("/")[0].partition("#")[0]
        if node and graph in self.context.session.project.graphs:
            self.context.view.reveal(graph, node)

    def _shown(self, runs: RunBook) -> list[tuple[str, str, Trace]]:
        """What is plotted: id, name and numbers of runs, the main one first."""
        live = runs.live
        shown: list[tuple[str, str, Trace]] = []
        if live is not None:
            name = live.folder.name if live.folder is not None else ""
            shown.append((name, "", live.trace))
        wanted = [runs.list.entry(run_id) for run_id in runs.list.plotted]
        chosen = runs.list.entry(runs.list.selected) or next(iter(runs.list.entries), None)
        if not shown and not any(wanted):
            wanted = [chosen]
        for entry in wanted:
            if entry is not None and entry.id not in {run for run, _, _ in shown}:
                shown.append((entry.id, _short(entry.id), runs.trace(entry)))
        return shown

    def _bars(self, norms: Mapping[str, float]) -> list[Bar]:
        project, analysis = self.context.session.project, self.context.session.analysis
        found: list[tuple[str, str, float]] = []
        for graph_id, graph in project.graphs.items():
            info = analysis.graphs.get(graph_id)
            here = health.of_nodes(norms, graph_id)
            for node_id in info.order if info is not None else ():
                if node_id in here and node_id in graph.nodes:
                    name = title(project, graph.nodes[node_id])
                    found.append((f"{graph_id}/{node_id}", name, here[node_id]))
        said = health.verdicts({key: norm for key, _, norm in found})
        return [Bar(key, name, said[key]) for key, name, _ in found]

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.context.runs is not None:
            self._grid.set_room(self.height() - 2 * GRID)


def _names(traces: Iterable[Trace]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for trace in traces for name in trace.series))


def _short(run_id: str) -> str:
    """The time of a run's folder: `20260102-193512-ab12` is `19:35:12`."""
    time = run_id.split("-")[1] if run_id.count("-") >= 2 else run_id
    return f"{time[:2]}:{time[2:4]}:{time[4:6]}" if time.isdigit() and len(time) == 6 else run_id


def _curves(
    group: Group,
    shown: Sequence[tuple[str, str, Trace]],
    colors: Sequence[str],
    quiet: str,
) -> list[Curve]:
    found = []
    for place, (run, run_name, trace) in enumerate(shown):
        names = [name for name in group.names if name in trace.series]
        taken: set[int] = set()
        for name in names:
            label = metric_groups.label(name)
            index = HEADS.get(name.partition("/")[0], 0) if not place else 1 + place
            while index in taken:
                index += 1
            taken.add(index)
            baseline = name.startswith(metric_groups.BASELINE)
            color = quiet if baseline else colors[index % len(colors)]
            found.append(
                Curve(
                    trace,
                    name,
                    f"{run_name} {label}".strip() if place else label,
                    color,
                    run,
                    100.0 if group.percent else 1.0,
                    metric_groups.every_step(name),
                )
            )
    return found
