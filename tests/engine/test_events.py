"""Lines and values are two forms of the same; the box between threads is bounded."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.problems import Problem
from nnstudio.engine import events
from nnstudio.engine.events import Mailbox, Metrics, Note, Telemetry

EVENTS = [
    events.RunStarted("/r", "cpu", 0, 1, 82, 0, 24),
    events.EpochEnded(8, 1, 0.5, {"val/loss": 0.1}),
    events.CheckpointSaved(8, "/r/checkpoints/step-00000008"),
    Note("Paused at step 3.", "paused", 3),
    Telemetry(3, "gradient_norm", {"g/n1": 0.25}),
    events.Finished(24, 3, 1.5, {"train/loss": 0.1}, {"val/loss": 0.2}, 16, 2),
    events.Stopped(24, 3, 1.5),
    events.Failed(Problem("run.device", "", {"why": "no GPU", "hint": "take the CPU"})),
]
ORDERS = [
    events.Pause(),
    events.Continue(),
    events.Stop(),
    events.SetHyper({"lr": 0.1}),
    events.CheckpointNow(),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_line_and_back(event: events.Event) -> None:
    again = events.unpack(json.loads(json.dumps(events.pack(event))))
    if isinstance(event, events.Failed) and isinstance(again, events.Failed):
        assert str(again.problem) == str(event.problem)
        assert again.problem.code == event.problem.code
    else:
        assert again == event


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
def test_order_and_back(order: events.Order) -> None:
    assert events.order(json.loads(json.dumps(events.order_line(order)))) == order


def test_foreign_lines() -> None:
    with pytest.raises(ValueError, match="no event"):
        events.unpack({"event": "nothing"})
    with pytest.raises(ValueError, match="no order"):
        events.order({"order": "format the disk"})


def test_words_of_a_problem_that_is_not_known_here_are_kept() -> None:
    line = {"event": "failed", "problem": {"code": "new.code", "message": "m", "hint": "h"}}
    event = events.unpack(line)
    assert isinstance(event, events.Failed)
    assert (event.problem.message, event.problem.hint) == ("m", "h")


NUMBERS = st.floats(allow_nan=False)
ROWS = st.lists(st.tuples(NUMBERS, st.one_of(st.none(), NUMBERS)), max_size=40)


@given(ROWS)
def test_packing_keeps_every_bit(rows: list[tuple[float, float | None]]) -> None:
    sent = []
    for step, (loss, extra) in enumerate(rows, 1):
        metrics = {"train/loss": loss} | ({} if extra is None else {"train/extra": extra})
        sent.append(
            {"event": "metrics", "step": step, "epoch": 1, "seconds": 0.5, "metrics": metrics}
        )
    box, far = Mailbox(), Mailbox()
    for line in sent:
        box.put(line)
    for event in box.take():  # to another process and on from there
        far.put(json.loads(json.dumps(events.pack(event))))
    got = [line for event in far.take() for line in events.lines(event)]
    assert got == sent


def test_null_is_nan() -> None:
    line = {"event": "metrics", "step": 1, "epoch": 1, "seconds": 0.0, "metrics": {"a": None}}
    box = Mailbox()
    box.put(line)
    (event,) = box.take()
    assert isinstance(event, Metrics)
    assert math.isnan(event.columns["a"][0])


def _step(number: int) -> events.Line:
    return {
        "event": "metrics",
        "step": number,
        "epoch": 1,
        "seconds": 0.0,
        "metrics": {"loss": 0.5},
    }


def test_a_late_reader_loses_only_steps() -> None:
    box = Mailbox(rows=10_000)
    for number in range(1, 30_001):
        box.put(_step(number))
        if number % 1000 == 0:
            box.put({"event": "note", "message": str(number)})
    taken = box.take(10_000)
    steps = sum(len(event) for event in taken if isinstance(event, Metrics))
    assert steps <= 10_000
    assert steps + box.dropped == 30_000
    assert [e.message for e in taken if isinstance(e, Note)] == [
        str(n) for n in range(1000, 30_001, 1000)
    ]
    last = [event for event in taken if isinstance(event, Metrics)][-1]
    assert last.steps[-1] == 30_000


def test_telemetry_without_a_reader_is_bounded() -> None:
    box = Mailbox(rows=4096, others=100)
    for step in range(1000):
        box.put({"event": "telemetry", "step": step, "figure": "f", "nodes": {}})
    assert len(box.take(10_000)) <= 101


def test_what_was_taken_is_never_changed() -> None:
    box = Mailbox()
    for number in range(10):
        box.put(_step(number))
    (first,) = box.take()
    box.put(_step(10))
    (second,) = box.take()
    assert isinstance(first, Metrics)
    assert isinstance(second, Metrics)
    assert (len(first), len(second)) == (10, 1)
