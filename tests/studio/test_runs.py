"""The book of runs: started, followed, ended, listed, put aside, moved, found again."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.core import paths
from nnstudio.core.values import Args, Choice
from nnstudio.engine import runner
from nnstudio.graph import edits
from nnstudio.project.store import save
from nnstudio.studio import run_files
from nnstudio.studio.health import verdicts
from nnstudio.studio.live import Live
from nnstudio.studio.trace import Mark
from tests.studio.conftest import Open
from tests.studio.documents import finish, iris, pump_until


def endless(**more: Any) -> Any:
    return iris(epochs=100_000, **more)


def test_a_run_from_start_to_end(opened: Open, tmp_path: Path) -> None:
    runs = opened()
    ended: list[Live] = []
    runs.ended.connect(ended.append)
    live = finish(runs, runs.start())
    assert live.status == "finished", live.failure
    assert ended == [live]
    assert live.folder is not None
    assert live.folder.parent == tmp_path / "net.runs"
    assert live.trace.total == live.step > 0
    assert list(live.trace.series["train/loss"].steps) == list(range(1, live.step + 1))
    assert len(live.trace.series["val/loss"]) == 3
    assert live.best is not None
    assert live.checkpoint_age is not None
    assert live.rates == live.hyper == {"lr": 0.01}
    assert not runs.active
    (entry,) = runs.list.entries
    assert entry.state == "finished"
    assert entry.settings["optimizer.lr"] == "0.01"
    assert entry.settings["optimizer"] == "Adam"
    assert entry.best["val/loss"] == pytest.approx(live.best[1])
    assert entry.size > 1000


def test_numbers_from_the_disk_are_those_that_were_told(opened: Open) -> None:
    runs = opened()
    live = finish(runs, runs.start())
    assert live.folder is not None
    read = run_files.read_trace(live.folder)
    assert read.series.keys() >= {"train/loss", "val/loss"}
    for name in ("train/loss", "train/grad_norm", "val/loss"):
        assert list(read.series[name].steps) == list(live.trace.series[name].steps)
        assert list(read.series[name].values) == list(live.trace.series[name].values)
    other = opened()  # a window that comes later
    other.settle()
    (entry,) = other.list.entries
    trace = other.trace(entry)
    assert not trace.complete
    other.settle()
    assert other.trace(entry).complete
    assert len(other.trace(entry).series["train/loss"]) == live.step


def test_the_learning_rate_of_every_part_of_a_short_run_is_known(opened: Open) -> None:
    runs = opened(iris(epochs=20, schedule=Choice("one_cycle")))
    live = finish(runs, runs.start())
    assert live.folder is not None
    for trace in (live.trace, run_files.read_trace(live.folder)):
        rates = trace.series["rate/lr"]
        steps, gaps = list(rates.steps), np.diff(rates.steps)
        assert (steps[0], steps[-1]) == (1, live.step)
        assert len(steps) >= 12
        assert max(gaps) <= live.step / 6
        assert max(rates.values) == pytest.approx(0.01, rel=0.02)
        assert rates.values[-1] < 0.001


def test_pause_change_and_go_on(opened: Open) -> None:
    runs = opened(endless())
    live = runs.start()
    pump_until(runs, lambda: live.step > 10)
    runs.pause()
    pump_until(runs, lambda: live.status == "paused")
    runs.set_hyper({"lr": 0.001})
    pump_until(runs, lambda: live.trace.marks)
    assert live.hyper["lr"] == 0.001
    at = live.step
    runs.pause()
    pump_until(runs, lambda: live.step > at)
    assert live.trace.marks == [Mark(at + 1, "lr 0.01 → 0.001")]
    runs.stop()
    finish(runs, live)
    assert live.status == "stopped"
    assert runs.list.entries[0].resumable


def test_continue_goes_on_in_the_same_folder_or_takes_the_weights(opened: Open) -> None:
    runs = opened(endless())
    first = runs.start()
    pump_until(runs, lambda: first.step > 10)
    runs.stop()
    finish(runs, first)
    at = first.step
    again = runs.start("continue")
    pump_until(runs, lambda: again.step > at + 5)
    assert again.folder == first.folder
    assert list(again.trace.series["train/loss"].steps[: at + 5]) == list(range(1, at + 6))
    runs.stop()
    finish(runs, again)

    session = runs._session
    session.do(edits.SetSetting("optimizer.lr", 0.002))
    other = runs.start("continue")
    pump_until(runs, lambda: other.step > 0)
    assert other.folder != first.folder
    assert any("4 tensors were taken over" in note for note in other.notes)
    runs.stop()
    finish(runs, other)


def test_editing_while_it_trains_is_told(opened: Open) -> None:
    runs = opened(endless())
    live = runs.start()
    pump_until(runs, lambda: live.step)
    graph = next(iter(runs._session.project.graphs.values()))
    node = next(iter(graph.nodes))
    assert not runs.differs
    runs._session.do(edits.MoveNodes(graph.id, {node: (5.0, 5.0)}))
    assert not runs.differs
    runs._session.do(edits.Rename(graph.id, node, "other"))
    assert runs.differs
    runs.stop()
    finish(runs, live)
    assert not runs.differs


def test_speed_and_time_left(opened: Open) -> None:
    runs = opened(endless(batch_size=8))
    live = runs.start()
    pump_until(runs, lambda: live.speed > 0)
    assert live.time_left is not None
    assert live.time_left > 0
    assert live.samples_a_second == pytest.approx(8 * live.speed)
    assert 0 < live.progress < 1
    assert live.memory > 1e6
    runs.stop()
    finish(runs, live)
    assert live.time_left is None


def test_one_step_on_trial_leaves_nothing(opened: Open, tmp_path: Path) -> None:
    runs = opened()
    live = runs.try_one()
    finish(runs, live)
    assert live.status == "finished", live.failure
    assert live.step == 1
    assert live.folder is not None
    assert not live.folder.parent.exists()
    assert runs.list.entries == ()
    assert runs.live is None


def test_what_cannot_be_started_is_refused(opened: Open) -> None:
    document = iris()
    graph = next(iter(document.graphs.values()))
    first = next(node for node in graph.nodes.values() if node.name == "first")
    broken = edits.SetArgs(graph.id, first.id, Args(out_features=-1)).apply(document)
    runs = opened(broken)
    refused: list[Any] = []
    runs.refused.connect(refused.append)
    live = runs.start()
    pump_until(runs, lambda: refused)
    assert live.status == "failed"
    assert not runs.busy


def test_not_a_number_can_go_on_slower(opened: Open) -> None:
    runs = opened(endless())
    live = runs.start()
    pump_until(runs, lambda: live.step)
    runs.set_hyper({"lr": 1e38})
    finish(runs, live)
    assert live.status == "failed"
    assert live.failure is not None
    assert live.failure.code == "non_finite"
    (entry,) = runs.list.entries
    assert entry.state == "failed"
    assert entry.problem is not None
    slower = runs.go_on_slower(entry)
    pump_until(runs, lambda: slower.ended or slower.hyper.get("lr") == pytest.approx(1e37))
    runs.stop()
    finish(runs, slower)


def test_deleted_and_restored(opened: Open) -> None:
    runs = opened()
    live = finish(runs, runs.start())
    (entry,) = runs.list.entries
    runs.list.plot(entry.id)
    runs.list.delete(entry)
    runs.settle()
    assert runs.list.entries == ()
    assert runs.list.plotted == ()
    assert live not in runs.lives
    (gone,) = runs.list.trash
    runs.list.restore(gone)
    runs.settle()
    assert [one.id for one in runs.list.entries] == [entry.id]
    assert runs.list.trash == ()
    runs.list.delete(runs.list.entries[0])
    runs.settle()
    runs.list.empty_trash()
    runs.settle()
    assert runs.list.trash == ()


def test_runs_of_an_unsaved_document_move_at_the_first_save(opened: Open, tmp_path: Path) -> None:
    runs = opened(endless(), saved=False)
    first = runs.start()
    pump_until(runs, lambda: first.step)
    runs.stop()
    finish(runs, first)
    second = runs.start()
    pump_until(runs, lambda: second.step)
    path = tmp_path / "named.nns"
    save(runs._session.project, path)
    runs._session.mark_saved(path)
    home = tmp_path / "named.runs"
    assert first.folder is not None
    assert [one.name for one in run_files.folders(home)] == [first.folder.name]
    runs.stop()
    finish(runs, second)
    assert len(run_files.folders(home)) == 2
    assert {entry.folder.parent for entry in runs.list.entries} == {home}
    assert second.folder is not None
    assert second.folder.parent == home


def test_save_as_begins_an_empty_list(opened: Open, tmp_path: Path) -> None:
    runs = opened()
    finish(runs, runs.start())
    runs._session.mark_saved(tmp_path / "other.nns")
    runs.settle()
    assert runs.list.entries == ()


def test_settings_that_differ(opened: Open) -> None:
    runs = opened()
    finish(runs, runs.start())
    runs._session.do(edits.SetSetting("optimizer.lr", 0.5))
    finish(runs, runs.start())
    found = run_files.differing(runs.list.entries)
    assert sorted(settings["optimizer.lr"] for settings in found.values()) == ["0.01", "0.5"]
    assert all(len(settings) == 1 for settings in found.values())


def test_a_second_run_waits_for_its_turn(opened: Open) -> None:
    runs = opened(endless())
    first = runs.start()
    pump_until(runs, lambda: first.step)
    second = runs.start()
    pump_until(runs, lambda: second.status == "waiting")
    assert runs.live is first
    runs.stop()
    pump_until(runs, lambda: second.step)
    assert runs.live is second
    runs.stop()
    finish(runs, second)


def test_a_run_in_a_process_that_is_killed_is_told_in_words(opened: Open) -> None:
    runs = opened(endless(), home="process")
    live = runs.start()
    pump_until(runs, lambda: live.step)
    assert live.run is not None
    assert not runs.in_thread
    live.run.kill()
    finish(runs, live)
    assert live.status == "failed"
    assert live.failure is not None
    assert live.failure.code == "run.crashed"
    assert runs.list.entries[0].state in ("broken", "failed")


START = """
import sys, time
from pathlib import Path
from tests.studio.documents import book, iris, pump_until
runs = book(iris(epochs=100_000), Path(sys.argv[1]), home="process")
live = runs.start()
pump_until(runs, lambda: live.step > 5)
print(live.run.pid, flush=True)
import os; os._exit(0)
"""


def test_a_run_in_a_process_is_found_again_after_a_restart(opened: Open, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path)],
        cwd=paths.package().parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout)
    runs = opened(endless())
    pump_until(runs, lambda: runs.live is not None)
    live = runs.live
    assert live is not None
    at = live.step
    pump_until(runs, lambda: live.step > at + 10)
    steps = live.trace.series["train/loss"].steps
    assert list(steps) == list(range(1, len(steps) + 1))
    runs.stop()
    finish(runs, live)
    assert live.status == "stopped"
    assert live.folder is not None
    pump_until(runs, lambda: not runner.living(live.folder))


def test_axes_of_a_trace(opened: Open) -> None:
    runs = opened()
    live = finish(runs, runs.start())
    trace = live.trace
    steps = trace.series["train/loss"].steps
    assert list(trace.x(steps, "step")) == list(steps)
    epochs = trace.x(steps, "epoch")
    assert epochs[-1] == pytest.approx(3.0)
    assert trace.step_at(1.5, "epoch") == pytest.approx(live.step / 2, abs=1)
    seconds = trace.x(steps, "time")
    assert (seconds[1:] >= seconds[:-1]).all()


def test_damaged_folders_are_listed_with_the_reason(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "net.runs" / "20260101-000000-x"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{")
    odd = tmp_path / "net.runs" / "20260102-000000-y"
    odd.mkdir()
    (odd / "run.json").write_text(json.dumps({"id": "y", "argv": ["--seed"]}))
    (odd / "metrics.jsonl").write_bytes(b'\xff\n{"event": "metrics"}\n{"half')
    runs = opened()
    runs.settle()
    second, first = runs.list.entries
    assert first.problem is not None
    assert first.problem.code == "run.unreadable"
    assert second.state == "broken"
    assert run_files.read_trace(odd).series == {}


def test_verdicts_by_stated_limits() -> None:
    found = verdicts({"a": 1.0, "b": 1e-4, "c": 500.0, "d": float("nan"), "e": 0.9})
    assert {node: verdict.word for node, verdict in found.items()} == {
        "a": "healthy",
        "b": "vanishing",
        "c": "exploding",
        "d": "not finite",
        "e": "healthy",
    }
    assert verdicts({}) == {}
