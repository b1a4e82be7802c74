"""Samples of the data as a grid: pictures, series, rows of a table, lines of a text."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.engine.preview import Facts, Sample
from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, SMALL, Theme
from nnstudio.ui.widgets import tip

WIDE = {"picture": 64, "series": 132, "row": 232, "text": 264}
LABEL = 18
_SHOWN = 8


class SampleGrid(QWidget):
    """Samples side by side, as many in a row as there is room for.

    Args:
        theme: Colours it.
        most: How many are shown at most.
        cell: How wide a picture is; None for the usual size.
    """

    def __init__(self, theme: Theme, most: int = 48, cell: int | None = None) -> None:
        super().__init__()
        self._theme, self._most, self._cell = theme, most, cell
        self._samples: tuple[Sample, ...] = ()
        self._features: tuple[str, ...] = ()
        self._images: list[QImage] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What is shown."""
        return self._samples

    def show_facts(self, facts: Facts | None) -> None:
        """Show the samples of some data."""
        self._samples = () if facts is None else facts.samples[: self._most]
        self._features = () if facts is None else facts.features
        self._images = [_image(one) for one in self._samples if one.kind == "picture"]
        labels = [one.label for one in self._samples if one.label]
        self.setAccessibleName(tr("Samples of the data"))
        self.setAccessibleDescription(", ".join(dict.fromkeys(labels)))
        self.updateGeometry()
        self.update()

    def cell(self) -> QSize:
        """Return how large one sample is drawn, its label included."""
        if not self._samples:
            return QSize(1, 1)
        first = self._samples[0]
        wide = WIDE[first.kind]
        if first.kind == "picture":
            wide = self._cell or wide
            high = min(2 * wide, round(wide * first.height / max(first.width, 1)))
            return QSize(wide, high + LABEL)
        if first.kind == "row":
            return QSize(wide, 16 * min(len(first.values), _SHOWN) + 12 + LABEL)
        return QSize(wide, 64 + (LABEL if first.label else 0))

    def places(self) -> list[QRectF]:
        """Return where each sample stands."""
        size = self.cell()
        step = size.width() + GRID
        count = max(1, (self.width() + GRID) // step)
        return [
            QRectF(
                (index % count) * step,
                (index // count) * (size.height() + GRID),
                size.width(),
                size.height(),
            )
            for index in range(len(self._samples))
        ]

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        size = self.cell()
        count = max(1, (width + GRID) // (size.width() + GRID))
        rows = math.ceil(len(self._samples) / count)
        return rows * (size.height() + GRID)

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(max(self.width(), 240)))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.cell().width(), self.heightForWidth(max(self.width(), 64)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            for sample, box in zip(self._samples, self.places(), strict=True):
                if box.contains(at):
                    QToolTip.showText(event.globalPos(), tip(self._words(sample)), self)
                    return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        images = iter(self._images)
        for sample, box in zip(self._samples, self.places(), strict=True):
            image = next(images) if sample.kind == "picture" else None
            if box.intersects(QRectF(event.rect())):
                self._paint(painter, sample, box, image)
        painter.end()

    def _paint(self, painter: QPainter, sample: Sample, box: QRectF, image: QImage | None) -> None:
        inside = box.adjusted(0, 0, 0, -LABEL if sample.label else 0)
        if image is not None:
            # Pixels stay pixels: a digit of 8 × 8 is not to look like a photograph.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > 96)
            painter.drawImage(inside, image)
        else:
            painter.setPen(QPen(self._theme.tokens.color("line"), 1))
            painter.setBrush(self._theme.tokens.color("raised"))
            painter.drawRoundedRect(inside.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            drawn = {"series": self._series, "row": self._row, "text": self._text}
            drawn[sample.kind](painter, sample, inside.adjusted(8, 6, -8, -6))
        painter.setPen(self._theme.tokens.color("muted"))
        painter.setFont(fonts.text(SMALL))
        place = QRectF(box.left(), box.bottom() - LABEL, box.width(), LABEL)
        words = painter.fontMetrics().elidedText(
            sample.label, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)

    def _series(self, painter: QPainter, sample: Sample, box: QRectF) -> None:
        values = sample.values
        low, high = min(values), max(values)
        size = (high - low) or 1.0
        step = box.width() / max(len(values) - 1, 1)
        line = QPolygonF(
            [
                QPointF(box.left() + n * step, box.bottom() - (value - low) / size * box.height())
                for n, value in enumerate(values)
            ]
        )
        painter.setPen(QPen(self._theme.tokens.color("accent"), 1.5))
        painter.drawPolyline(line)

    def _row(self, painter: QPainter, sample: Sample, box: QRectF) -> None:
        painter.setFont(fonts.mono(SMALL))
        names = self._features or tuple(map(str, range(len(sample.values))))
        step = box.height() / min(max(len(sample.values), 1), _SHOWN)
        for n, (name, value) in enumerate(zip(names, sample.values, strict=False)):
            if n == _SHOWN:
                break
            line = QRectF(box.left(), box.top() + n * step, box.width(), step)
            more = n == _SHOWN - 1 and len(sample.values) > _SHOWN
            self._pair(painter, line, "…" if more else name, "" if more else f"{value:.3g}")

    def _pair(self, painter: QPainter, line: QRectF, name: str, value: str) -> None:
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.tokens.color("muted"))
        letters = painter.fontMetrics()
        room = int(line.width()) - letters.horizontalAdvance(value) - 8
        short = letters.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, int(align | Qt.AlignmentFlag.AlignLeft), short)
        painter.setPen(self._theme.tokens.color("text"))
        painter.drawText(line, int(align | Qt.AlignmentFlag.AlignRight), value)

    def _text(self, painter: QPainter, sample: Sample, box: QRectF) -> None:
        painter.setFont(fonts.mono(SMALL))
        painter.setPen(self._theme.tokens.color("text"))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        painter.save()
        painter.setClipRect(box)
        painter.drawText(box, int(flags), sample.text)
        painter.restore()

    def _words(self, sample: Sample) -> str:
        if sample.kind == "row":
            pairs = zip(self._features, sample.values, strict=False)
            parts = [f"{name} = {value:.4g}" for name, value in pairs]
            return "; ".join([*parts, sample.label])
        return sample.label or sample.text


def _image(sample: Sample) -> QImage:
    grey = len(sample.pixels) == sample.width * sample.height
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    line = sample.width * (1 if grey else 3)
    # A copy: the picture must not outlive the bytes.
    return QImage(sample.pixels, sample.width, sample.height, line, kind).copy()
