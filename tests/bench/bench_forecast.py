"""What is foretold of a run against what it takes: memory and time per epoch of the templates.

Each template is trained for two epochs in a process of its own; its peak memory is the system's
figure (Linux), its time that of the second epoch.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.core.paths import resource
from nnstudio.engine.measure import Speed, measure
from nnstudio.engine.preview import Preview
from nnstudio.graph.model import Project
from nnstudio.kit.device import threads
from nnstudio.studio import templates
from nnstudio.studio.forecast import Forecast, forecast
from nnstudio.studio.forecasts import samples_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

EPOCHS = 2
SMALL = (
    "mlp-digits", "lenet5-mnist", "lstm-sunspots", "char-lstm", "dcgan-mnist", "dqn-cartpole",
    "resnet-mnist",
)  # fmt: skip
"""Templates of every kind that two epochs of do not take long."""


@pytest.fixture(scope="module")
def speeds() -> dict[int, Speed]:
    return {}


@pytest.mark.parametrize("name", SMALL)
def test_the_forecast_of_a_template(name: str, speeds: dict[int, Speed]) -> None:
    made = foretold(templates.load(name).project, speeds)
    assert made is not None
    peak, seconds = taken(name)
    share = made.memory / peak
    line = f"{name:<16} {made.memory / 1e6:5.0f} MB, really {peak / 1e6:5.0f}: {share:.2f}"
    if made.epoch is not None:
        line += (
            f"   {made.epoch:7.2f} s an epoch, really {seconds:7.2f}: {made.epoch / seconds:.2f}"
        )
    print(line)
    assert 0.5 < share < 2.0


def foretold(project: Project, speeds: dict[int, Speed]) -> Forecast | None:
    """What is foretold, on the CPU with as many threads as the run will take."""
    analysis = analyse(project)
    count = threads(analysis.weights if isinstance(analysis.weights, int) else 10**6)
    if count not in speeds:
        speeds[count] = measure("cpu", (count,))[0]
    assert project.data.reader is not None
    return forecast(analysis, speeds[count], samples_of(Preview(project.data.reader).facts()))


def taken(name: str) -> tuple[int, float]:
    """The peak memory of a real run in bytes, and the seconds of its last epoch."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{name}.nns"
        shutil.copy(resource("templates", f"{name}.nns"), path)
        order = [sys.executable, "-m", "nnstudio", "train", str(path), "--in", "process"]
        order += ["--epochs", str(EPOCHS), "--json", "--device", "cpu"]
        peaks, ends = [0], []
        with subprocess.Popen(
            order, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as run:
            watcher = threading.Thread(target=_watch, args=(run, peaks), daemon=True)
            watcher.start()
            for line in run.stdout or ():
                event = json.loads(line)
                if event["event"] == "epoch":
                    ends.append(float(event["seconds"]))
        watcher.join()
    return max(peaks), ends[-1] - ends[-2] if len(ends) > 1 else float("nan")


def _watch(run: subprocess.Popen[str], peaks: list[int]) -> None:
    """Note the peak of the children of the command line: one of them is the run."""
    while run.poll() is None:
        for child in _children(run.pid):
            with suppress(OSError, IndexError, ValueError):
                text = Path(f"/proc/{child}/status").read_text()
                peaks.append(int(text.split("VmHWM:")[1].split()[0]) * 1024)
        time.sleep(0.1)


def _children(pid: int) -> list[str]:
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(path.parent.name)
    return found
