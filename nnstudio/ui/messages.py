"""Everything that is said or asked in a box of its own; the only place that opens one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.ui import i18n
from nnstudio.ui.i18n import tr


@dataclass(frozen=True, slots=True)
class Answer:
    """A button of a question.

    Attributes:
        key: What `ask` returns when it is chosen.
        text: The words on it, a verb.
        role: `accept` is what Enter takes, `destroy` loses something, `cancel` is what Esc takes.
    """

    key: str
    text: str
    role: str = "accept"


_ROLES = {
    "accept": QMessageBox.ButtonRole.AcceptRole,
    "destroy": QMessageBox.ButtonRole.DestructiveRole,
    "cancel": QMessageBox.ButtonRole.RejectRole,
}


def ask(parent: QWidget | None, title: str, text: str, answers: Sequence[Answer]) -> str:
    """Ask a question and return the key of the answer; closing the box is the cancelling one.

    Names of files and projects are shown as plain text, never as rich text.
    """
    box = _box(parent, QMessageBox.Icon.Question, title, text)
    buttons = {box.addButton(a.text, _ROLES[a.role]): a for a in answers}
    for button, answer in buttons.items():
        if answer.role == "cancel":
            box.setEscapeButton(button)
        elif answer.role == "accept" and box.defaultButton() is None:
            box.setDefaultButton(button)
    box.exec()
    clicked = box.clickedButton()
    chosen = next((a.key for b, a in buttons.items() if b is clicked), None)
    return chosen or next((a.key for a in answers if a.role == "cancel"), answers[-1].key)


def tell(parent: QWidget | None, title: str, text: str, details: str = "") -> None:
    """Say something that has to be seen before one goes on."""
    box = _box(parent, QMessageBox.Icon.Warning, title, text)
    box.setDetailedText(details)
    box.addButton(tr("Close"), QMessageBox.ButtonRole.RejectRole)
    box.exec()


def refused(parent: QWidget | None, error: NNStudioError) -> None:
    """Say why something could not be done, and what to do."""
    problem = error.problems[0]
    text = "\n\n".join(part for part in (i18n.message(problem), i18n.hint(problem)) if part)
    tell(parent, tr("That did not work"), text)


def _box(parent: QWidget | None, icon: QMessageBox.Icon, title: str, text: str) -> QMessageBox:
    box = QMessageBox(icon, title, text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box
