"""Layers that disturb the values while training, so that the network does not learn by heart."""

from __future__ import annotations

from nnstudio.catalogue.fields import probability, torch_page
from nnstudio.catalogue.spec import Code, LayerSpec

_ROWS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "Dropout",
        "*S -> *S",
        "Sets random entries to zero while training and scales the others up.",
        "Srivastava et al., 2014",
        ("overfitting",),
    ),
    (
        "Dropout1d",
        "N C L -> N C L",
        "Sets whole random channels of a signal to zero while training.",
        "Tompson et al., 2015",
        ("channel", "spatial", "signal"),
    ),
    (
        "Dropout2d",
        "N C H W -> N C H W",
        "Sets whole random channels of a picture to zero while training.",
        "Tompson et al., 2015",
        ("channel", "spatial", "image"),
    ),
    (
        "Dropout3d",
        "N C D H W -> N C D H W",
        "Sets whole random channels of a volume to zero while training.",
        "Tompson et al., 2015",
        ("channel", "spatial", "volume"),
    ),
    (
        "AlphaDropout",
        "*S -> *S",
        "A dropout that keeps mean and variance; it goes with SELU.",
        "Klambauer et al., 2017",
        ("selu", "self-normalizing"),
    ),
    (
        "FeatureAlphaDropout",
        "N C *S -> N C *S",
        "An AlphaDropout of whole channels; it goes with SELU.",
        "Klambauer et al., 2017",
        ("selu", "channel"),
    ),
)

LAYERS: tuple[LayerSpec, ...] = tuple(
    LayerSpec(
        name=name,
        family="regularization",
        signature=signature,
        params=(probability(),),
        code=Code(module=f"nn.{name}"),
        summary=summary,
        source=source,
        url=torch_page(f"nn.{name}"),
        random=True,
        words=words,
        default_name="dropout",
        main="p",
    )
    for name, signature, summary, source, words in _ROWS
)
"""The family."""
