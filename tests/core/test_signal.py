"""Signals without Qt."""

from __future__ import annotations

import pytest

from nnstudio.core.signal import Signal


def test_everyone_is_called_in_order() -> None:
    signal: Signal[[int]] = Signal()
    seen: list[tuple[str, int]] = []
    signal.connect(lambda n: seen.append(("a", n)))
    signal.connect(lambda n: seen.append(("b", n)))
    signal.emit(3)
    assert seen == [("a", 3), ("b", 3)]


def test_disconnecting_may_happen_twice_and_while_it_emits() -> None:
    signal: Signal[[]] = Signal()
    seen: list[str] = []

    def once() -> None:
        seen.append("once")
        stop()

    stop = signal.connect(once)
    signal.connect(lambda: seen.append("always"))
    signal.emit()
    signal.emit()
    stop()
    assert seen == ["once", "always", "always"]


def test_a_bound_method_is_disconnected() -> None:
    signal: Signal[[str]] = Signal()
    seen: list[str] = []
    stop = signal.connect(seen.append)
    stop()
    signal.emit("x")
    assert seen == []


def test_a_failing_slot_does_not_leave_the_others_behind() -> None:
    signal: Signal[[]] = Signal()
    seen: list[int] = []

    def fail() -> None:
        raise KeyError("x")

    signal.connect(fail)
    signal.connect(lambda: seen.append(1))
    with pytest.raises(KeyError):
        signal.emit()
    assert seen == [1]
