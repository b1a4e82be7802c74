"""How long the window takes to stand, beside an empty window of Qt in the same run.

`usable` is the start page with all its cards, any of which can be clicked; the canvas follows in
the first idle moment and is counted as `complete`. CPU seconds, so that a busy machine counts the
same.
"""

import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 5
EMPTY = """
import time, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
def painted():
    print(time.process_time(), time.perf_counter(), flush=True)
    application.quit()
QTimer.singleShot(0, painted)
application.exec()
"""
OURS = """
import gc
gc.disable()  # as the command does
import time
from PySide6.QtCore import QTimer
from nnstudio.ui import app
from nnstudio.ui.main_window import MainWindow
complete = MainWindow.complete
def tell(word):
    print(word, time.process_time(), flush=True)
def spy(window):
    tell("usable")
    complete(window)
    tell("complete")
    QTimer.singleShot(0, window.close)
show = MainWindow.showEvent
def shown(window, event):
    show(window, event)
    QTimer.singleShot(0, lambda: tell("painted"))
MainWindow.showEvent = shown
MainWindow.complete = spy
app.DEFERRED = ()
from nnstudio.ui.devices import Devices
Devices.look_up = lambda self: None
app.main()
"""


def seconds(text: str, home: Path) -> dict[str, float]:
    environment = {"QT_QPA_PLATFORM": "offscreen", "NNSTUDIO_HOME": str(home), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", text],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[0]: float(row[1]) for row in rows if row[0].isalpha()} or {
        "painted": float(rows[0][0])
    }


@pytest.mark.bench
def test_start(tmp_path: Path) -> None:
    empty = [seconds(EMPTY, tmp_path)["painted"] for _ in range(ROUNDS)]
    ours = [seconds(OURS, tmp_path) for _ in range(ROUNDS)]
    reference = statistics.median(empty)
    print(f"empty QMainWindow: {reference:.3f} s of CPU")
    for word in ("painted", "usable", "complete"):
        found = statistics.median(row[word] for row in ours)
        print(f"{word}: {found:.3f} s of CPU, {found / reference:.2f} x an empty window")
