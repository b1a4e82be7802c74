"""What training says and shows outside the monitor: one batch on trial, gradients on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnstudio.compiler.results import Analysis
from nnstudio.graph.dims import show_shape, substitute
from nnstudio.studio import health
from nnstudio.studio.live import Live
from nnstudio.studio.runs import RunBook
from nnstudio.ui import i18n, run_words
from nnstudio.ui.i18n import tr
from nnstudio.ui.plots.axes import number
from nnstudio.ui.view_state import ViewState


def trial_words(live: Live, analysis: Analysis) -> str:
    """Return how one batch on trial went: shapes, loss, time and memory, or why it failed."""
    if live.failure is not None:
        why, hint = i18n.message(live.failure), i18n.hint(live.failure)
        return tr("One batch did not go through: {why}. {hint}", why=why, hint=hint)
    parts = [*_shapes(live, analysis)]
    losses = [s for name, s in live.trace.series.items() if name.startswith("train/") and len(s)]
    for series in losses:
        name = series.name.removeprefix("train/").replace("_", " ")
        parts.append(f"{name} {number(series.last)}")
    seconds = live.trace.seconds
    if seconds:
        parts.append(f"{1000 * seconds:.0f} ms")
    if live.memory:
        parts.append(run_words.size(live.memory))
    return tr("One batch went through: {facts}.", facts=" · ".join(parts))


def _shapes(live: Live, analysis: Analysis) -> list[str]:
    """What went in and what came out, with the size of the batch in the place of N."""
    size = live.batch_size
    found = []
    for graph_id in live.project.graphs:
        info = analysis.graphs.get(graph_id)
        if info is None:
            continue
        ends = [*info.inputs, *info.outputs]
        shapes = []
        for node_id in ends:
            node = info.nodes.get(node_id)
            known = (node.outputs or node.inputs) if node is not None else None
            shape = known[0] if known else None
            if shape and not isinstance(shape[0], tuple):
                shapes.append(show_shape(substitute(shape, {"N": size}) if size else shape, " × "))
        if len(shapes) > 1:
            found.append(" → ".join(shapes))
    return found


class GradientFeed:
    """Shows the gradients of the live run on the nodes of the graph that is on screen.

    Args:
        runs: The book of runs.
        view: Which graph that is.
        show: Takes the norm at each node, by id.
    """

    def __init__(
        self, runs: RunBook, view: ViewState, show: Callable[[Mapping[str, float]], object]
    ) -> None:
        self._runs, self._view, self._show = runs, view, show
        self._shown: tuple[object, ...] = ()

    def refresh(self) -> bool:
        """Show what has come; return False when nothing has."""
        live = self._runs.live
        if live is None or self._view.overlay != "gradients":
            return False
        path = self._view.path
        state = (live.trace.gradients, path)
        if state == self._shown:
            return False
        self._shown = state
        uses = [use for _, use in path[1:]]
        self._show(health.of_nodes(live.trace.gradients, path[0][0], uses))
        return True
