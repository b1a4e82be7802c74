"""A window that is closed leaves nothing behind, however often it was opened and trained in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("opened_often.py")
CYCLES, WARM, EVERY = 200, 40, 20
MOST_BYTES, MOST_OBJECTS = 10_000, 20
"""Of memory and of objects for one opening and closing."""

pytestmark = [pytest.mark.slow, pytest.mark.gui, pytest.mark.timeout(1800)]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_two_hundred_windows_leave_nothing() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(CYCLES), str(WARM), str(EVERY)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    first, _, last = found["looks"]
    memory = (last["memory"] - first["memory"]) / CYCLES
    objects = (last["objects"] - first["objects"]) / CYCLES
    words = f"{memory:.0f} bytes and {objects:.1f} objects for each of {CYCLES} windows"
    sys.stdout.write(f"{words}\n")
    assert found["trained"] == len(range(0, CYCLES + WARM, EVERY))
    assert found["threads"] == []
    assert memory < MOST_BYTES, found
    assert objects < MOST_OBJECTS, found
