"""The window beside a run: how late a click is answered, and what that costs the run.

Each measurement is a process of its own (`window_probe`). Latency is that of a timer of 5 ms in the
window's thread; it stands beside that of an empty window under the same training. Speed is a ratio
to the same run without a window, measured in the same round. All are medians of the rounds.
`NNSTUDIO_BENCH_SECONDS` and `NNSTUDIO_BENCH_ROUNDS` make it shorter.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = float(os.environ.get("NNSTUDIO_BENCH_SECONDS", "20"))
ROUNDS = int(os.environ.get("NNSTUDIO_BENCH_ROUNDS", "5"))
MODES = ("headless", "empty", "panels", "ungated", "process")

# What the window is to reach: p99 and max in ms, and the part of the speed in a thread.
MOST_LATE, LATEST, IN_PROCESS = 16.0, 50.0, 0.85
SPEEDS = {"mlp-digits": 0.6, "lenet5-mnist": 0.9, "lstm-sunspots": 0.9}

pytestmark = [pytest.mark.bench, pytest.mark.timeout(int(60 + ROUNDS * 5 * (SECONDS + 60)))]


def measured(mode: str, template: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.window_probe", mode, template, str(SECONDS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("template", SPEEDS)
def test_window_beside_a_run(template: str) -> None:
    rounds = []
    for number in range(ROUNDS):
        turn = number % len(MODES)
        rounds.append({mode: measured(mode, template) for mode in MODES[turn:] + MODES[:turn]})
    print(f"\n{template}: {ROUNDS} × {SECONDS:g} s")
    for mode in MODES:
        words = [f"{mode:9}"]
        for figure in ("p50", "p99", "max"):
            if figure in rounds[0][mode]:
                middle = statistics.median(found[mode][figure] for found in rounds)
                words.append(f"{figure} {middle:6.2f} ms")
        if "speed" in rounds[0][mode]:
            ratios = [found[mode]["speed"] / found["headless"]["speed"] for found in rounds]
            words.append(f"speed {statistics.median(ratios):.2f} of headless")
        print("  ".join(words))
    wanted = f"p99 ≤ {MOST_LATE:g} ms, max ≤ {LATEST:g} ms"
    print(f"wanted: {wanted}, speed ≥ {SPEEDS[template]} in the thread, ≥ {IN_PROCESS} elsewhere")
