"""What is said of a layer of the user's own that was tried."""

from __future__ import annotations

from nnstudio.graph.dims import show_shape
from nnstudio.studio.own_layer.cases import TIMES
from nnstudio.studio.own_layer.trust import Finding
from nnstudio.studio.summaries import count_words
from nnstudio.ui.i18n import tr


def tried_words(finding: Finding) -> str:
    """Return what came of a trial that went well."""
    shapes = ", ".join(show_shape(one, TIMES) or "()" for one in finding.outputs)
    weights = count_words(finding.weights)
    return tr(
        "✓ It gives {shapes}, as declared, with {count} sizes; {weights} parameters.",
        shapes=shapes, count=finding.tried, weights=weights,
    )  # fmt: skip
