"""What is foretold of a run against what it takes: memory and time per epoch of the templates.

    python -m tests.bench.bench_forecast [TEMPLATE…]

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

from nnstudio.compiler.analysis import analyse
from nnstudio.core.paths import resource
from nnstudio.engine.measure import Speed, measure
from nnstudio.engine.preview import Preview
from nnstudio.graph.model import Project
from nnstudio.kit.device import threads
from nnstudio.studio import templates
from nnstudio.studio.forecast import Forecast, forecast
from nnstudio.studio.forecasts import samples_of

EPOCHS = 2


def main(names: list[str]) -> int:
    speeds: dict[int, Speed] = {}
    print(f"{'template':<16} {'MB':>5} {'real':>5} {'ratio':>6}   {'s/epoch':>8} {'real':>8} ratio")
    for name in names or templates.names():
        project = templates.load(name).project
        made = foretold(project, speeds)
        peak, seconds = taken(name)
        if made is None:
            print(f"{name:<16} no forecast")
            continue
        line = f"{name:<16} {made.memory / 1e6:5.0f} {peak / 1e6:5.0f} {made.memory / peak:6.2f}"
        if made.epoch is not None:
            line += f"   {made.epoch:8.2f} {seconds:8.2f} {made.epoch / seconds:.2f}"
        print(line, flush=True)
    return 0


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
        run = subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        peaks = [0]
        watcher = threading.Thread(target=_watch, args=(run, peaks), daemon=True)
        watcher.start()
        ends = []
        for line in run.stdout or ():
            event = json.loads(line)
            if event["event"] == "epoch":
                ends.append(float(event["seconds"]))
        run.wait()
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
