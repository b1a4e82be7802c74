"""The pages of the help as HTML, made from the same data as everything else.

A topic is `layer:Conv2d`, `panel:monitor`, `canvas`, `start` or `shortcuts`. What comes from a
document is escaped: a name is never markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from PySide6.QtGui import QKeySequence

from nnstudio.catalogue import own_class, registry
from nnstudio.catalogue.signature import InputPort, OutputPort, ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.params import Param, show
from nnstudio.graph.model import CustomLayer, Project
from nnstudio.graph.topology import CUSTOM, used_block
from nnstudio.studio.actions import ACTIONS, Action
from nnstudio.ui.docks import present
from nnstudio.ui.help_texts import CANVAS, OWN, PANELS, START
from nnstudio.ui.i18n import tr
from nnstudio.ui.menus import MENUS

FAMILIES = {
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
}


def topics() -> list[tuple[str, str, str]]:
    """Return all topics as (topic, title, group), in the order in which they are listed."""
    found = [
        ("start", tr("Start page"), tr("The window")),
        ("canvas", tr("The canvas"), tr("The window")),
        *((f"panel:{row.id}", tr(row.title), tr("The window")) for row in present()),
        ("own", tr("Layers in Python"), tr("The window")),
        ("shortcuts", tr("Keyboard shortcuts"), tr("The window")),
    ]
    layers = ((f"layer:{s.name}", s.name, tr(FAMILIES[s.family])) for s in registry.LAYERS.values())
    return [*found, *layers]


def page(topic: str, project: Project) -> str:
    """Return the page of a topic."""
    kind, _, name = topic.partition(":")
    if kind == "layer":
        return _layer(name, project)
    if kind == "panel":
        titles = {row.id: row.title for row in present()}
        return _words(titles.get(name, name), PANELS.get(name, ()))
    if topic == "shortcuts":
        return _shortcuts()
    if topic == "own":
        return _words("Layers in Python", OWN)
    return _words("The canvas", CANVAS) if topic == "canvas" else _words("Start page", START)


def _words(title: str, paragraphs: Iterable[str]) -> str:
    return f"<h2>{escape(tr(title))}</h2>" + "".join(f"<p>{escape(tr(p))}</p>" for p in paragraphs)


def _shortcuts() -> str:
    parts = [f"<h2>{escape(tr('Keyboard shortcuts'))}</h2>"]
    for menu in (*MENUS, ""):
        rows = [row for row in ACTIONS.values() if row.menu == menu and row.shortcut]
        if rows:
            parts.append(f"<h3>{escape(tr(menu or 'Elsewhere'))}</h3>")
            parts.append(_table(((row.title, _keys(row), row.help) for row in rows), "td"))
    return "".join(parts)


def _keys(row: Action) -> str:
    sequence = QKeySequence(row.shortcut, QKeySequence.SequenceFormat.PortableText)
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def _layer(name: str, project: Project) -> str:
    spec = registry.layer(name)
    if spec is None:
        return _block(name, project)
    parts = [
        f"<h2>{escape(spec.name)}</h2>",
        f"<p>{escape(tr(FAMILIES[spec.family]))}</p>",
        f"<p>{escape(tr(spec.summary))}</p>",
        f"<h3>{escape(tr('Shapes'))}</h3>",
        _shapes(spec),
    ]
    if spec.params:
        parts.append(f"<h3>{escape(tr('Settings'))}</h3>")
        parts.append(_table((_setting(param) for param in spec.params), "td"))
    notes = [tr("It draws random numbers while training.")] if spec.random else []
    notes += [] if spec.tensors else [tr("It learns nothing.")]
    parts += [f"<p>{escape(note)}</p>" for note in notes]
    if spec.source:
        parts.append(f"<p>{escape(tr('Paper'))}: {escape(spec.source)}</p>")
    if spec.url:
        url = escape(spec.url, quote=True)
        parts.append(f'<p><a href="{url}">{escape(tr("The page of PyTorch"))}</a></p>')
    return "".join(parts)


def _own(layer: CustomLayer) -> str:
    """Return the page of an own layer: what its text says, and what such layers are."""
    chosen = own_class.read(layer.source).chosen(layer.name)
    parts = [f"<h2>{escape(layer.name)}</h2>"]
    if chosen is not None and chosen.summary:
        parts.append(f"<p>{escape(chosen.summary)}</p>")
    parts.append(f"<p><code>{escape(layer.signature)}</code></p>")
    if layer.params:
        parts.append(_table((_setting(param) for param in layer.params), "td"))
    return "".join(parts) + _words("Layers in Python", OWN)


def _block(layer: str, project: Project) -> str:
    own = project.custom.get(layer.removeprefix(CUSTOM))
    if own is not None:
        return _own(own)
    block = project.blocks.get(used_block(layer))
    if block is None:
        words = tr("This layer is not known here; a newer NNStudio may know it.")
        return f"<h2>{escape(layer)}</h2><p>{escape(words)}</p>"
    note = escape(block.note or tr("A block of this project."))
    parts = [f"<h2>{escape(block.name)}</h2>", f"<p>{note}</p>"]
    if block.params:
        parts.append(_table((_setting(param) for param in block.params), "td"))
    return "".join(parts)


def _shapes(spec: LayerSpec) -> str:
    signature = ports(spec.signature)
    rows = [(tr("takes"), *_port(port)) for port in signature.inputs]
    rows += [(tr("gives"), *_port(port)) for port in signature.outputs]
    return _table(rows, "code")


def _port(port: InputPort | OutputPort) -> tuple[str, str]:
    text = " × ".join(map(_dim, port.dims))
    optional = tr(" (may stay open)") if getattr(port, "optional", False) else ""
    return port.name + optional, text


def _dim(dim: int | str) -> str:
    """Return a dim as it is spoken of: `*S` is any number of them, a formula over H is H′."""
    text = str(dim)
    if text.startswith("*"):
        return "…"
    sizes = re.findall(r"\b[A-Z]\b", text) if text.startswith("{") else []
    return f"{sizes[0]}′" if sizes else text.strip("{}")


def _setting(param: Param) -> tuple[str, str, str]:
    choices = ", ".join(param.choices)
    if param.auto:
        default = tr("auto: follows from the input")
    elif param.required:
        default = tr("must be set")
    else:
        default = tr("default {value}", value=show(param.default))
    expected = choices or param.expected
    return param.name, f"{expected}; {default}", tr(param.help)


def _table(rows: Iterable[Iterable[str]], last: str) -> str:
    """Return a table; `last` is `code` where the last column is code."""
    lines = []
    for row in rows:
        cells = [escape(cell) for cell in row]
        if last == "code":
            cells[-1] = f"<code>{cells[-1]}</code>"
        first, *rest = cells
        lines.append(
            f'<tr><td style="padding: 3px 14px 3px 0"><b>{first}</b></td>'
            + "".join(f'<td style="padding: 3px 14px 3px 0">{cell}</td>' for cell in rest)
            + "</tr>"
        )
    return f"<table>{''.join(lines)}</table>"
