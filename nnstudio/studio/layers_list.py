"""The list of the palette: families in their order, favourites and what was used last.

What a user likes is remembered on this machine, never in the document; blocks and own layers belong
to a document and are no favourites.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnstudio.catalogue import registry
from nnstudio.compiler.results import Analysis
from nnstudio.core import paths
from nnstudio.core.signal import Signal
from nnstudio.core.values import Args
from nnstudio.graph.model import Port, Project
from nnstudio.graph.topology import CUSTOM
from nnstudio.kit import files
from nnstudio.studio import adding, fitting, placing
from nnstudio.studio.adding import GIVEN, Added
from nnstudio.studio.fitting import Found

FAMILIES: Mapping[str, str] = {
    "io": "Input and output",
    "convolution": "Convolution",
    "linear": "Linear",
    "normalization": "Normalization",
    "activation": "Activation",
    "pooling": "Pooling",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "tensor": "Tensor operations",
    "regularization": "Regularization",
    "loss": "Loss",
    "block": "Blocks of this project",
    "own": "My layers",
}
"""Families in the order of the palette, and what they are called."""

HEADINGS: Mapping[str, str] = {
    "arithmetic": "Arithmetic",
    "function": "Functions",
    "reducing": "Sums, means and orders",
    "comparing": "Comparisons and masks",
    "shaping": "Shape",
    "joining": "Join and split",
    "indexing": "Parts by index",
    "padding": "Padding",
    "resizing": "Resizing",
    "": "More tensor operations",
}
"""What the groups of a large family are called, in the order of the palette."""

SHELVES: Mapping[str, str] = {"mine": "My blocks", "ready": "Ready blocks"}
"""What lies ready outside of the project, below the families."""

OWN = "own"
RECENT = 5
FAVOURITES = 50
_SIZE_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the palette and what stands below it.

    Attributes:
        key: The family, with its group behind a dot (`tensor.padding`), `favourites`, `recent` or
            `found`.
        title: What it is called.
        layers: What can be added.
    """

    key: str
    title: str
    layers: tuple[Found, ...]


class LayersList:
    """Favourites and recent layers of one user on one machine.

    Attributes:
        changed: Emits when either is another one.

    Args:
        path: Where they are remembered.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.changed: Signal[[]] = Signal()
        self._path = path or paths.state_folder() / "layers.json"
        held = self._read()
        self.favourites = _known(held.get("favourites"))[:FAVOURITES]
        self.recent = _known(held.get("recent"))[:RECENT]

    def toggle(self, layer: str) -> None:
        """Make a layer a favourite, or none any more."""
        if layer in self.favourites:
            self.favourites = tuple(one for one in self.favourites if one != layer)
        else:
            self.favourites = (*self.favourites, layer)[-FAVOURITES:]
        self._write()

    def used(self, layer: str) -> None:
        """Remember that a layer was added."""
        if layer in registry.LAYERS and self.recent[:1] != (layer,):
            self.recent = (layer, *(one for one in self.recent if one != layer))[:RECENT]
            self._write()

    def groups(self, found: Sequence[Found], text: str = "") -> tuple[Group, ...]:
        """Return what the palette shows.

        Args:
            found: Everything that can be added; see `fitting.layers`.
            text: What was typed into the search; then there is one group, the likeliest first.
        """
        if text.strip():
            return (Group("found", "Found", fitting.ranked(text, (*found, fitting.NEW))),)
        by_name = {one.layer: one for one in found}
        made = [
            Group("favourites", "Favourites", _pick(by_name, self.favourites)),
            Group("recent", "Recent", _pick(by_name, self.recent)),
        ]
        for key, title in FAMILIES.items():
            mine = key == OWN
            here = (one for one in found if one.layer.startswith(CUSTOM) is mine and not one.shelf)
            layers = tuple(one for one in here if mine or one.family == key)
            if any(one.group for one in layers):
                made += _under_headings(key, layers)
            else:
                made.append(Group(key, title, (*layers, fitting.NEW) if mine else layers))
        for key, title in SHELVES.items():
            made.append(Group(key, title, tuple(one for one in found if one.shelf == key)))
        return tuple(group for group in made if group.layers)

    def _read(self) -> Mapping[str, object]:
        try:
            if self._path.stat().st_size > _SIZE_LIMIT:
                return {}
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        held = {"favourites": self.favourites, "recent": self.recent}
        with contextlib.suppress(OSError):  # forgetting a favourite is no reason to stop anybody
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.write_text(self._path, json.dumps(held, indent=1) + "\n")
        self.changed.emit()


def _under_headings(family: str, layers: Sequence[Found]) -> list[Group]:
    """Return a large family as several groups, each with a heading of its own."""
    return [
        Group(
            f"{family}.{key}" if key else family,
            title,
            tuple(one for one in layers if one.group == key),
        )
        for key, title in HEADINGS.items()
    ]


def added(
    project: Project,
    analysis: Analysis,
    graph_id: str,
    layer: str,
    selected: Sequence[str],
    args: Args = GIVEN,
) -> Added:
    """Return the edit that adds a layer after the selected node, or by itself where none is.

    Args:
        project: The document.
        analysis: What is known of it.
        graph_id: The graph on screen.
        layer: The layer.
        selected: The selected nodes; the last one counts.
        args: The layer's settings.
    """
    graph = project.graph(graph_id)
    chosen = [key for key in selected if key in graph.nodes]
    joins = bool(chosen) and _gives(project, graph.nodes[chosen[-1]].layer)
    if joins and fitting.signature(project, layer).inputs:
        return adding.after(project, analysis, graph_id, layer, Port(chosen[-1]), args=args)
    if chosen:
        below = placing.below(project, graph_id, chosen[-1])
        return adding.alone(project, graph_id, layer, below, args)
    known = placing.places(project, graph_id)
    if not known:
        return adding.alone(project, graph_id, layer, (0.0, 0.0), args)
    lowest = max(known.values(), key=lambda at: at[1])
    free = placing.beside(known, (lowest[0], lowest[1] + placing.ROW))
    return adding.alone(project, graph_id, layer, free, args)


def _gives(project: Project, layer: str) -> bool:
    """Tell whether a layer has an output; a layer that is not known here may have one."""
    wanted = fitting.signature(project, layer)
    return bool(wanted.outputs) or not wanted.inputs


def _pick(by_name: Mapping[str, Found], names: Sequence[str]) -> tuple[Found, ...]:
    return tuple(by_name[name] for name in names if name in by_name)


def _known(names: object) -> tuple[str, ...]:
    if not isinstance(names, list):
        return ()
    return tuple(dict.fromkeys(n for n in names if isinstance(n, str) and n in registry.LAYERS))
