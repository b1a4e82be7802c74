"""A window that is closed leaves nothing behind, however often it was opened and trained in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("opened_often.py")
WINDOW_BYTES, TRAINING_BYTES, MOST_OBJECTS = 10_000, 150_000, 20
"""Of memory for a window, of memory for one in which a run is trained, and of objects for each."""

pytestmark = [pytest.mark.slow, pytest.mark.gui, pytest.mark.timeout(1800)]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("cycles", "every", "most"), [(200, 1000, WINDOW_BYTES), (60, 1, TRAINING_BYTES)]
)
def test_windows_leave_nothing(cycles: int, every: int, most: int) -> None:
    warm = 40
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(cycles), str(warm), str(every)],
        # Each thread would take an arena of its own from malloc, which it fills over many cycles.
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    first, _, last = found["looks"]
    memory = (last["memory"] - first["memory"]) / cycles
    objects = (last["objects"] - first["objects"]) / cycles
    trained = len(range(0, cycles + warm, every))
    words = f"{memory:.0f} bytes and {objects:.1f} objects for each of {cycles} windows"
    sys.stdout.write(f"{words}, {trained} runs trained\n")
    assert found["trained"] == trained
    assert found["threads"] == []
    assert memory < most, found
    assert objects < MOST_OBJECTS, found
