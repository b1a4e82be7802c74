"""What a run would need, before it is started: a sentence, and a warning when it does not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.core.problems import Problem
from nnstudio.studio.figures import bytes_words
from nnstudio.studio.forecast import Forecast, problem
from nnstudio.studio.session import Update
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.problem_card import ProblemCard
from nnstudio.ui.widgets import label, tip

LOOK = 150
"""How often what is being found out is looked at, in milliseconds."""

WAIT = 60
"""A typed digit is answered after so many milliseconds."""


class ForecastView(QWidget):
    """Follows the document, and the batch size while it is typed.

    Args:
        context: The shared objects of the window.
        centred: Whether the sentence stands in the middle.
    """

    def __init__(
        self, context: Context, parent: QWidget | None = None, *, centred: bool = False
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._batch: int | None = None
        self.words = label("", "muted", wrap=True)
        self.words.setAccessibleName(tr("Forecast of the run"))
        if centred:
            self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.card: ProblemCard | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._box.addWidget(self.words)
        self._soon = QTimer(self, singleShot=True, interval=WAIT)
        self._soon.timeout.connect(self.refresh)
        self._looks = QTimer(self, interval=LOOK)
        self._looks.timeout.connect(self._look)
        if context.forecasts is None:
            self.hide()
            return
        ends = [
            context.forecasts.changed.connect(self._later),
            context.session.changed.connect(self._follow),
        ]
        self.destroyed.connect(lambda: [end() for end in ends])

    def type_batch(self, text: str) -> None:
        """Foretell for a batch size that is being typed; what is none is passed over."""
        number = int(text) if text.isdecimal() and len(text) < 9 else 0
        self._batch = number or None
        self._later()

    def refresh(self) -> None:
        """Say what is foretold now."""
        forecasts = self._context.forecasts
        if forecasts is None or not self.isVisible():
            return
        made = forecasts.ask(self._batch)
        if forecasts.busy and not self._looks.isActive():
            self._looks.start()
        text = sentence(made) if made is not None else ""
        if not text and forecasts.busy:
            text = tr("Measuring how fast this machine trains…")
        self.words.setText(text)
        self.words.setVisible(bool(text))
        self.words.setToolTip(tip(about(made)) if made is not None else "")
        self._warn(problem(made) if made is not None else None)

    def _warn(self, fault: Problem | None) -> None:
        """Show a warning, or none; the same one keeps its card."""
        if self.card is not None and self.card.problem != fault:
            self.card.hide()
            self.card.deleteLater()
            self.card = None
        if self.card is None and fault is not None:
            self.card = ProblemCard(self._context, fault, placed=False)
            self._box.addWidget(self.card)

    def _follow(self, update: Update) -> None:
        """Nothing is foretold anew while nodes are only moved."""
        if update.reset or not update.change.only_layout:
            self._batch = None
            self._later()

    def _later(self) -> None:
        self._soon.start()

    def _look(self) -> None:
        forecasts = self._context.forecasts
        if forecasts is not None:
            forecasts.pump()
            if not forecasts.busy:
                self._looks.stop()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._context.forecasts is not None:
            self._context.forecasts.look_again()
        self._later()


def sentence(made: Forecast) -> str:
    """Return a forecast in a few words: memory, time, and the batch that fits."""
    parts = [tr("about {size}", size=bytes_words(made.memory))]
    if made.epoch is not None:
        parts.append(tr("{time} an epoch", time=seconds_words(made.epoch)))
        if made.epochs > 1:
            parts.append(tr("{time} in all", time=seconds_words(made.epoch * made.epochs)))
    if made.largest is not None and made.fits:
        parts.append(tr("batch up to {batch} fits", batch=made.largest))
    return ", ".join(parts)[:1].upper() + ", ".join(parts)[1:]


def about(made: Forecast) -> str:
    """Return how certain a forecast is, as it stands in the tooltip."""
    words = tr("The most memory that the run will take, with PyTorch itself.")
    if made.free is not None:
        words += " " + tr("{size} are free now.", size=bytes_words(made.free))
    if made.epoch is None:
        return words + " " + tr("How long an episode takes is known once it is played.")
    if made.basis == "runs":
        return words + " " + tr("The time is that of an earlier run here, for what has changed.")
    return (
        words
        + " "
        + tr(
            "The time is reckoned from the speed of this machine; it may be off by a factor of two,"
            " and the first run makes it better."
        )
    )


def seconds_words(seconds: float) -> str:
    """Return a length of time in words: `0.4 s`, `40 s`, `12 min`, `3 h`."""
    if seconds < 9.5:
        return tr("{n} s", n=f"{seconds:.1g}")
    if seconds < 100:
        return tr("{n} s", n=round(seconds))
    if seconds < 5400:
        return tr("{n} min", n=round(seconds / 60))
    return tr("{n} h", n=round(seconds / 3600))
