"""The pair of versions that aborts is refused; the pair in use keeps its reference counts."""

import sys
from importlib import metadata

import pytest

from nnstudio import __main__
from nnstudio.core import versions


@pytest.mark.parametrize(
    ("python", "pyside", "refused"),
    [
        ((3, 11), "6.12.0", True),
        ((3, 11), "6.13.1", True),
        ((3, 11), "7.0", True),
        ((3, 11), "6.12rc1", True),
        ((3, 11), "6.11.3", False),
        ((3, 11), "6.9.3", False),
        ((3, 12), "6.12.0", False),
        ((3, 13), "6.11.3", False),
        ((3, 10), "6.11.3", True),
    ],
)
def test_pairs(python: tuple[int, int], pyside: str, refused: bool) -> None:
    sentence = versions.refusal(python, pyside)
    assert bool(sentence) == refused
    if sentence:
        assert sentence.endswith(".")
        assert "3.11" in sentence or "3.10" in sentence


def test_what_is_installed_here_is_fine() -> None:
    assert versions.refusal() is None


@pytest.mark.parametrize("name", ["PySide6-Essentials", "torch", "pytest-qt"])
def test_installed_versions_are_those_of_the_metadata(name: str) -> None:
    assert versions._installed(name) == metadata.version(name)


def test_what_is_not_installed_has_no_version() -> None:
    assert versions._installed("no-such-thing") is None


def test_entry_point_says_it_and_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(versions, "refusal", lambda: "It aborts.")
    assert __main__.main(["templates"]) == __main__.WORLD_FAILED
    assert capsys.readouterr() == ("", "It aborts.\n")


def test_reference_counts_stay() -> None:
    """PySide6 6.12 on Python 3.11 loses one reference to None a void call, to True an emit."""
    from PySide6.QtCore import QObject, Signal

    class Sender(QObject):
        sent = Signal(bool)

    sender = Sender()
    before = [sys.getrefcount(value) for value in (None, True, False)]
    for _ in range(20_000):
        sender.setObjectName("x")
        sender.sent.emit(True)
    after = [sys.getrefcount(value) for value in (None, True, False)]
    assert all(abs(new - old) < 200 for old, new in zip(before, after, strict=True))
