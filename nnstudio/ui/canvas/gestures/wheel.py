"""The wheel zooms to the pointer; two fingers on a touchpad pan, and pinch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from nnstudio.ui.canvas.camera import STEP

NOTCH = 120.0
FINGERS = 80.0
"""So many pixels of a two-finger zoom are one notch of a wheel."""


def wheel(view: Any, event: QWheelEvent) -> None:
    """Zoom by a wheel, pan by two fingers; with Ctrl two fingers zoom, with Shift a wheel pans."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    pixels, angle = event.pixelDelta(), event.angleDelta()
    if _fingers(event):
        way = QPointF(pixels) if not pixels.isNull() else QPointF(angle) / 8.0
        if control:
            view.camera.zoom_by(STEP ** (way.y() / FINGERS), event.position())
        else:
            view.camera.pan(way.x(), way.y())
    elif shift:
        view.camera.pan(float(angle.y() or angle.x()), 0.0)
    else:
        view.camera.zoom_by(STEP ** (angle.y() / NOTCH), event.position())
    event.accept()


def native(view: Any, event: QNativeGestureEvent) -> bool:
    """Zoom by a pinch, fit by a double tap of two fingers; False for anything else."""
    kind = event.gestureType()
    if kind == Qt.NativeGestureType.ZoomNativeGesture:
        view.camera.zoom_by(1.0 + event.value(), event.position())
    elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
        view.fit_all()
    else:
        return False
    return True


def _fingers(event: QWheelEvent) -> bool:
    """Tell a touchpad from a wheel: it says so, or it scrolls in phases."""
    if event.deviceType() == QInputDevice.DeviceType.TouchPad:
        return True
    return event.phase() != Qt.ScrollPhase.NoScrollPhase
