"""From the start page to code that trains alone, by mouse and keyboard on the real window."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.person import Person, dressed, nothing_on_screen, person, swept_here
from tests.stories.test_same_everywhere import BLOCK

__all__ = ["dressed", "nothing_on_screen", "person", "swept_here"]

pytestmark = pytest.mark.gui


def test_three_clicks_to_a_moving_curve_and_home_as_code(person: Person, tmp_path: Path) -> None:
    p = person
    p.click(p.window.start_page.cards["lenet5-mnist"])
    p.click(p.window.top_bar.train)
    p.sees_the_curve_move()
    assert p.clicks <= 3

    first = p.live
    p.click(p.window.top_bar.stop)
    p.until(lambda: first.gone)
    assert first.status == "stopped"
    assert first.folder is not None
    assert list((first.folder / "checkpoints").iterdir())
    stopped = p.losses()

    p.until(p.window.book["run.continue"].isEnabled)
    p.key("Ctrl+F5")
    p.until(lambda: p.live is not first and p.live.step > first.step)
    second = p.live
    p.click(p.window.top_bar.stop)
    p.until(lambda: second.gone)
    steps = p.losses()
    assert steps[: len(stopped)] == stopped
    assert steps == list(range(1, steps[-1] + 1))  # nothing is told twice, and nothing is lost

    home = tmp_path / "home"
    p.press_button("Export", p.window.top_bar)
    panel = p.window.docks.panel("export")
    p.click(panel.target)
    p.enter(str(home))
    p.press_button("Export", panel)
    p.until(lambda: "Written" in panel.result.text())
    assert str(home) in panel.result.text()
    losses = runs_alone(home)
    assert len(losses) == 3
    assert losses == [loss_of(second.folder, step) for step in (1, 2, 3)]


def runs_alone(home: Path) -> list[float]:
    """Train three steps of an exported folder where NNStudio cannot be imported."""
    (home / "blocked.py").write_text(BLOCK)
    done = subprocess.run(
        [sys.executable, "blocked.py", "--steps", "3", "--device", "cpu", "--json"],
        cwd=home,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return [e["metrics"]["train/loss"] for e in events if e["event"] == "metrics"]


def loss_of(folder: Path | None, step: int) -> float:
    """The loss of a step as the run's folder has it."""
    assert folder is not None
    rows = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    return float(next(r["metrics"]["train/loss"] for r in rows if r.get("step") == step))


def test_pause_change_the_learning_rate_and_go_on(person: Person) -> None:
    p = person
    p.click(p.window.start_page.cards["lenet5-mnist"])
    p.click(p.window.top_bar.train)
    p.until(lambda: p.live.step > 3)
    p.key("F6")
    p.until(lambda: p.live.status == "paused")
    p.until(lambda: any("Paused at step" in note for note in p.live.notes))  # all before it is told
    box = p.window.docks.panel("monitor").box
    p.until(lambda: "lr" in box.fields)
    before = p.plot.grab().toImage()
    p.click(box.fields["lr"])
    p.enter("0.0005")
    paused = p.live.step
    p.press_button("Go on", box)
    p.until(lambda: p.live.step > paused + 3)
    assert [(m.words.split()[-1], m.step) for m in p.live.trace.marks] == [("0.0005", paused + 1)]
    assert p.live.hyper["lr"] == 0.0005
    p.until(lambda: p.plot.grab().toImage() != before)

    p.answers("Cancel", lambda: p.key("Ctrl+Q"))
    going = p.live.step
    assert p.window.isVisible()
    p.until(lambda: p.live.step > going)  # it goes on
    words = p.answers("Stop, and keep the checkpoint", lambda: p.key("Ctrl+Q"))
    assert "being trained" in words
    assert not p.window.isVisible()
    assert p.live.folder is not None
    assert list((p.live.folder / "checkpoints").iterdir())
