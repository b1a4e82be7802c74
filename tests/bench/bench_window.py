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
MODES = ("headless", "empty", "panels", "hand", "process", "apart")

# What the window is to reach: p99 and max in ms, and the part of the speed in a thread.
MOST_LATE, LATEST, IN_PROCESS = 16.0, 50.0, 0.85
SPEEDS = {"mlp-digits": 0.6, "lenet5-mnist": 0.9, "lstm-sunspots": 0.9}

BUSY = 0.2
"""Other programs that took more than this part of a core make a round worth little."""

Round = dict[str, dict[str, float]]

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(int(60 + ROUNDS * len(MODES) * (SECONDS + 60))),
]


@pytest.mark.parametrize("template", SPEEDS)
def test_window_beside_a_run(template: str) -> None:
    rounds = [one_round(template, number) for number in range(ROUNDS)]
    print("\n" + "\n".join(table(template, rounds)))


def one_round(template: str, number: int) -> Round:
    """Every mode once, each round beginning with another."""
    turn = number % len(MODES)
    return {mode: measured(mode, template) for mode in MODES[turn:] + MODES[:turn]}


def measured(mode: str, template: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.window_probe", mode, template, str(SECONDS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(template: str, rounds: list[Round]) -> list[str]:
    """The medians of the rounds, a line a mode, and what was wanted."""
    lines = [f"{template}: {len(rounds)} × {SECONDS:g} s"]
    lines += [_line(mode, rounds) for mode in MODES]
    wanted = f"p99 ≤ {MOST_LATE:g} ms, max ≤ {LATEST:g} ms"
    speeds = f"speed ≥ {SPEEDS[template]} in the thread, ≥ {IN_PROCESS} in a process"
    lines.append(f"wanted with panels: {wanted}, {speeds}")
    busy = [found["elsewhere"] for one in rounds for found in one.values()]
    disturbed = sum(part > BUSY for part in busy)
    if disturbed:
        lines.append(
            f"other programs disturbed {disturbed} of {len(busy)} measurements"
            f" (up to {max(busy):.2f} of a core): repeat it on a quiet machine"
        )
    return lines


def _line(mode: str, rounds: list[Round]) -> str:
    figures = [figure for figure in ("p50", "p99", "max") if figure in rounds[0][mode]]
    words = [f"{name} {_median(mode, name, rounds):6.2f} ms" for name in figures]
    words.insert(0, f"{mode:9}")
    if "speed" in rounds[0][mode]:
        speed = _median(mode, "speed", rounds)
        ratios = [found[mode]["speed"] / found["headless"]["speed"] for found in rounds]
        words.append(f"{speed:6.0f} steps/s, {statistics.median(ratios):.2f} of headless")
    if "p99" in rounds[0][mode]:
        words.append(f"window {_median(mode, 'spent', rounds):.0%} of a core")
    return "  ".join(words)


def _median(mode: str, figure: str, rounds: list[Round]) -> float:
    return statistics.median(found[mode][figure] for found in rounds)
