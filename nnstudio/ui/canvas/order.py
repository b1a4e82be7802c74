"""Which gesture a press begins: the first of these that says yes."""

from __future__ import annotations

from nnstudio.ui.canvas.gesture import Gesture
from nnstudio.ui.canvas.gestures.connect import ConnectByDrag
from nnstudio.ui.canvas.gestures.cut import Cut
from nnstudio.ui.canvas.gestures.move import Move
from nnstudio.ui.canvas.gestures.pan import Pan
from nnstudio.ui.canvas.gestures.repair import Mend
from nnstudio.ui.canvas.gestures.resize_note import ResizeByCorner
from nnstudio.ui.canvas.gestures.rubber_band import RubberBand
from nnstudio.ui.canvas.gestures.select import Select

ORDER: tuple[type[Gesture], ...] = (
    Pan,
    Mend,
    ConnectByDrag,
    ResizeByCorner,
    Cut,
    Select,
    Move,
    RubberBand,
)
