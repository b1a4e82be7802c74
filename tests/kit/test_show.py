"""The recorder tells a run in events, writes them down, and ends it in good order."""

import io
import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.kit import checkpoints, show
from nnstudio.kit.data.reading import ReadError
from nnstudio.kit.events import as_json
from nnstudio.kit.lines import JsonLines, Lines, duration
from nnstudio.kit.loops.state import Metrics, State
from nnstudio.kit.show import Recorder
from tests.kit import toys


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def plain() -> nn.Module:
    """It can learn from a single sample, which batch normalisation cannot."""
    return nn.Linear(6, 2)


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """The kinds of the events, repeated ones once."""
    names = [event["event"] for event in events]
    return [name for n, name in enumerate(names) if n == 0 or names[n - 1] != name]


def test_the_events_of_a_run(tmp_path: Path) -> None:
    events = toys.record(tmp_path, epochs=2)
    assert kinds(events) == [
        "run_started", "metrics", "epoch", "metrics", "epoch", "checkpoint", "finished",
    ]  # fmt: skip
    started, last = events[0], events[-1]
    assert started["run_dir"] == str(tmp_path)
    assert (started["device"], started["seed"], started["total_steps"]) == ("cpu", 3, 10)
    assert started["threads"] == torch.get_num_threads()
    assert started["parameters"] == sum(p.numel() for p in toys.network().parameters())
    steps = [event for event in events if event["event"] == "metrics"]
    assert [event["step"] for event in steps] == list(range(1, 11))
    assert [event["epoch"] for event in steps] == [1] * 5 + [2] * 5
    assert set(steps[0]["metrics"]) == {"train/loss", "train/grad_norm"}
    epochs = [event for event in events if event["event"] == "epoch"]
    best = min(epochs, key=lambda event: event["metrics"]["val/loss"])
    assert last["metrics"] == {**steps[-1]["metrics"], **epochs[-1]["metrics"]}
    assert last["best"] == best["metrics"]
    assert (last["best_step"], last["best_epoch"]) == (best["step"], best["epoch"])
    assert (tmp_path / "metrics.jsonl").read_text() == "".join(
        f"{as_json(event)}\n" for event in events if event["event"] in ("metrics", "epoch")
    )
    kept = checkpoints.find(tmp_path, "best")
    assert kept.name == checkpoints.name_of(best["step"])
    assert checkpoints.find(tmp_path).name == checkpoints.name_of(10)


def test_nothing_is_read_more_than_four_times_a_second() -> None:
    clock, batches = Clock(), []
    batch: list[dict[str, Any]] = []
    recorder = Recorder(batch.append, clock=clock)

    def report(state: State, metrics: Metrics) -> None:
        clock.now += 0.01
        recorder(state, metrics)
        if batch:
            batches.append([event["step"] for event in batch if event["event"] == "metrics"])
            batch.clear()

    with recorder:
        toys.train(report, batch_size=1, epochs=1, make=plain)
    assert max(map(len, batches)) == 25
    assert [step for steps in batches for step in steps] == list(range(1, 73))


def test_when_a_checkpoint_is_due() -> None:
    assert not show.due(59.0, 0.01, epoch_ended=False)
    assert show.due(60.0, 0.01, epoch_ended=False)
    assert show.due(2.0, 0.01, epoch_ended=True)
    assert not show.due(1.9, 0.01, epoch_ended=True)
    assert not show.due(30.0, 0.7, epoch_ended=True)  # it would take more than a fiftieth


def test_a_long_epoch_is_saved_once_a_minute(tmp_path: Path) -> None:
    clock, events = Clock(), []
    recorder = Recorder(events.append, tmp_path, clock=clock)

    def report(state: State, metrics: Metrics) -> None:
        clock.now += 1.0
        recorder(state, metrics)

    with recorder:
        toys.train(report, batch_size=1, epochs=2, make=plain)
    saved = [event["step"] for event in events if event["event"] == "checkpoint"]
    assert saved[:2] == [60, 72]
    assert saved[-1] == 144


def test_a_checkpoint_on_request_is_on_the_disk_at_once(tmp_path: Path) -> None:
    recorder = Recorder(lambda event: None, tmp_path)
    seen = []

    def report(state: State, metrics: Metrics) -> None:
        if state.step == 3 and not seen:
            recorder.checkpoint_now()
            recorder(state, metrics)
            seen.append(checkpoints.read_header(tmp_path)["step"])
        else:
            recorder(state, metrics)

    with recorder:
        toys.train(report)
    assert seen == [3]


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ZeroDivisionError("oh"), {"code": "exception", "message": "ZeroDivisionError: oh"}),
        (
            ReadError("is empty", where="a.csv, line 3", hint="fill it"),
            {"code": "data", "where": "a.csv, line 3", "hint": "fill it"},
        ),
    ],
)
def test_an_exception_is_told_and_goes_on(
    error: Exception, problem: dict[str, str], tmp_path: Path
) -> None:
    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path)

    def report(state: State, metrics: Metrics) -> None:
        recorder(state, metrics)
        if state.step == 8:
            raise error

    with pytest.raises(type(error)), recorder:
        toys.train(report)
    assert events[-1]["event"] == "failed"
    assert problem.items() <= events[-1]["problem"].items()
    assert checkpoints.read_header(tmp_path)["step"] == 5  # the best epoch, as it was in memory


def test_the_worker_may_explain_an_exception() -> None:
    events: list[dict[str, Any]] = []
    mine = {"code": "shape", "where": "n5", "message": "m", "hint": "h"}
    with pytest.raises(ZeroDivisionError), Recorder(events.append, explain=lambda error: mine):
        raise ZeroDivisionError
    assert events == [{"event": "failed", "problem": mine}]


def test_a_script_without_a_loop_just_ends() -> None:
    events: list[dict[str, Any]] = []
    with Recorder(events.append):
        pass
    assert events == [{"event": "finished", "step": 0}]


def refuse(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_told_once_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path, period=0.0)

    def report(state: State, metrics: Metrics) -> None:
        if state.step == 4:
            monkeypatch.setattr(show.files, "append", refuse)
            monkeypatch.setattr(checkpoints.files, "write_folder", refuse)
            recorder.checkpoint_now()
        if state.step == 9:
            monkeypatch.undo()
        recorder(state, metrics)

    with recorder:
        toys.train(report, epochs=3)
    notes = [event["message"] for event in events if event["event"] == "note"]
    assert notes == [
        "The run could not be saved ([Errno 28] No space left on device); training goes on."
    ]
    written = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert toys.figures(written) == toys.figures(events)
    assert checkpoints.read_header(tmp_path)["step"] == 15
    assert checkpoints.find(tmp_path, "best").name == checkpoints.name_of(events[-1]["best_step"])


def test_a_disk_that_stays_full_fails_the_run_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[dict[str, Any]] = []
    troubles: list[OSError] = []
    monkeypatch.setattr(checkpoints.files, "write_folder", refuse)
    recorder = Recorder(events.append, tmp_path, trouble=troubles.append)
    with pytest.raises(OSError, match="No space"), recorder:
        toys.train(recorder, epochs=1)
    assert events[-1]["event"] == "failed"
    assert len(troubles) == 2  # it was tried twice, in case the first cured it


def test_trouble_can_wait_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application pauses in `trouble` until there is room again."""
    events: list[dict[str, Any]] = []
    monkeypatch.setattr(checkpoints.files, "write_folder", refuse)
    with Recorder(events.append, tmp_path, trouble=lambda error: monkeypatch.undo()) as recorder:
        toys.train(recorder, epochs=1)
    assert events[-1]["event"] == "finished"
    assert checkpoints.read_header(tmp_path)["step"] == 5


def test_a_stop_may_come_from_another_thread(tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path)

    def report(state: State, metrics: Metrics) -> None:
        if state.step == 6:
            thread = threading.Thread(target=recorder.request_stop)
            thread.start()
            thread.join()
        recorder(state, metrics)

    with recorder:
        toys.train(report)
    assert (events[-1]["event"], events[-1]["step"]) == ("stopped", 6)


def test_no_thread_stays_behind(tmp_path: Path) -> None:
    before = threading.enumerate()
    toys.record(tmp_path)
    assert threading.enumerate() == before


def test_half_a_line_of_a_killed_run_is_dropped(tmp_path: Path) -> None:
    whole = toys.record(tmp_path, steps=4)
    path = tmp_path / "metrics.jsonl"
    path.write_text(path.read_text() + 'not json\n{"event": "metrics", "step": 5}')
    rest = toys.record(tmp_path, steps=6, resume=tmp_path)
    written = [json.loads(line) for line in path.read_text().splitlines()]
    # The evaluation at the cut is not part of the longer run.
    assert toys.figures(written) == toys.figures(whole)[:-1] + toys.figures(rest)


def test_numbers_keep_every_digit_and_stay_json() -> None:
    value = {"event": "metrics", "metrics": {"a": 0.1 + 0.2, "b": float("nan"), "c": float("inf")}}
    text = as_json(value)
    assert json.loads(text) == {
        "event": "metrics", "metrics": {"a": 0.30000000000000004, "b": None, "c": None},
    }  # fmt: skip
    stream = io.StringIO()
    JsonLines(stream)(value)
    assert stream.getvalue() == text + "\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_for_people(tmp_path: Path) -> None:
    clock = Clock()
    screen, paper = Terminal(), io.StringIO()
    live, plain = Lines(screen), Lines(paper)

    def emit(event: dict[str, Any]) -> None:
        live(event)
        plain(event)

    recorder = Recorder(emit, tmp_path, clock=clock)

    def report(state: State, metrics: Metrics) -> None:
        clock.now += 0.5
        recorder(state, metrics)

    with recorder:
        toys.train(report, epochs=2)
    lines = paper.getvalue().splitlines()
    assert lines[0].startswith("178 parameters on cpu, 1 thread, seed 3")
    assert lines[1] == f"run folder: {tmp_path}"
    assert lines[2].startswith("epoch 1  step 5  val/loss ")
    assert lines[-1].startswith("finished after 6.0 s; best epoch ")
    assert "\r" not in paper.getvalue()
    assert "2 steps/s  2.5 s left" in screen.getvalue()
    plain({"event": "stopped", "step": 4})
    plain({"event": "failed", "problem": {"message": "oh", "hint": "rest"}})
    plain({"event": "note", "message": "hm"})
    assert paper.getvalue().splitlines()[-4:] == [
        "stopped at step 4; --resume goes on from there", "failed: oh", "hint: rest", "hm",
    ]  # fmt: skip


def test_durations() -> None:
    assert [duration(s) for s in (8.24, 187, 3723)] == ["8.2 s", "3:07", "1:02:03"]


def test_the_interrupt_key_is_the_one_of_the_shell() -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
