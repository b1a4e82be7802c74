"""kill -9 of a real window: the work is there again, and a run in a process never noticed."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from nnstudio.core.paths import resource
from nnstudio.project import store
from nnstudio.project.settings import Settings
from tests.stories.person import Person, dressed, nothing_on_screen, person, swept_here

__all__ = ["dressed", "nothing_on_screen", "person", "swept_here"]

pytestmark = pytest.mark.gui

WINDOW = Path(__file__).with_name("doomed_window.py")
LOSS = 1.0
"""Seconds of work that a crash may cost."""


@dataclass
class Doomed:
    """A window in a process of its own, and what it said, with the time when it said it."""

    process: "subprocess.Popen[str]"
    said: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            for line in stdout:
                self.said.append((time.monotonic(), line.strip()))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert self.process.poll() is None, "it ended by itself"
            assert time.monotonic() < end, self.said
            time.sleep(0.01)

    def kill(self) -> float:
        """End it without a word, and return when."""
        now = time.monotonic()
        self.process.kill()
        self.process.wait()
        self._listener.join()
        return now


@pytest.fixture
def doomed() -> Iterator[Callable[..., Doomed]]:
    """Starts windows that end badly."""
    made: list[Doomed] = []

    def start(*words: object) -> Doomed:
        process = subprocess.Popen(
            [sys.executable, str(WINDOW), *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        made.append(Doomed(process))
        return made[-1]

    yield start
    for one in made:
        one.kill()


def test_work_of_a_killed_window_is_listed_and_recovered(
    doomed: Callable[..., Doomed], request: pytest.FixtureRequest
) -> None:
    other = doomed("edit")
    other.wait_for(lambda: len(other.said) >= 9)
    killed = other.kill()
    safe = sum(killed - when > LOSS for when, _ in other.said)
    done = len(other.said)

    p: Person = request.getfixturevalue("person")  # the restart
    page = p.window.start_page
    p.until(lambda: page.recovered)
    (card,) = page.recovered
    assert "today at" in card.accessibleDescription()
    assert card._pixmap is not None  # a picture of the canvas as it was
    assert not card._pixmap.isNull()
    p.click(card)
    p.until(lambda: p.canvas.canvas.nodes)
    assert safe >= 3
    assert safe <= len(p.graph.nodes) <= done + 1
    assert p.node("Input")
    assert not p.window.session.is_saved
    p.key("Ctrl+Z")  # and it can be worked at
    p.add("relu")


def test_a_run_in_a_process_survives_its_window_and_is_found_again(
    doomed: Callable[..., Doomed], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    Settings().set("run_in", "process")
    file = tmp_path / "long.nns"
    project = store.load(resource("templates", "mlp-digits.nns"))
    loop = project.loop
    store.save(replace(project, loop=replace(loop, args=loop.args.replace(epochs=10_000))), file)
    other = doomed("train", file)
    other.wait_for(lambda: bool(other.said))
    folder = Path(other.said[0][1])
    other.kill()
    last = steps(folder)

    p: Person = request.getfixturevalue("person")  # the restart
    p.press_row(file.name)
    p.until(lambda: p.live.folder is not None and p.live.step > last + 10)
    live = p.live
    assert live.folder.resolve() == folder.resolve()
    p.sees_the_curve_move()
    p.click(p.window.top_bar.stop)
    p.until(lambda: live.gone)
    assert live.status == "stopped"
    told = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    numbers = [row["step"] for row in told if row.get("event", "metrics") == "metrics"]
    assert numbers == sorted(set(numbers))


def steps(folder: Path) -> int:
    """The last step that a run folder knows of."""
    text = (folder / "metrics.jsonl").read_text() if (folder / "metrics.jsonl").exists() else ""
    whole = text.splitlines()[:-1]
    return max((json.loads(line).get("step", 0) for line in whole), default=0)
