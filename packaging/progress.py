"""What is said while the packages are installed and the checks run: steps with their time."""

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

QUIET_SECONDS = 10.0


def say(text: str) -> None:
    """Print a line at once, also into a file or a pipe."""
    print(text, flush=True)


def seconds(start: float) -> str:
    """Return the time since `start` (of `time.monotonic`) in words."""
    passed = round(time.monotonic() - start)
    return f"{passed // 60} min {passed % 60:02d} s" if passed >= 60 else f"{passed} s"


class Steps:
    """Numbered steps of something that takes a while."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say that a step begins, and how long it took."""
        self._done += 1
        start = time.monotonic()
        head = f"[{self._done}/{self._total}]"
        say(f"{head} {title} ...")
        yield
        say(f"{head} {title}: done in {seconds(start)}")


def environment() -> dict[str, str]:
    """Return the variables of a child: its output is UTF-8 and comes at once."""
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def watch(
    command: Sequence[str], news: Callable[[str], str | None], quiet: float = QUIET_SECONDS
) -> tuple[int, list[str]]:
    """Run a command and report what is new, or that it is still at it.

    Args:
        command: The command line.
        news: Makes a report of a line of its output, None where there is nothing to tell.
        quiet: Seconds of silence after which the last report is repeated with the time.

    Returns:
        The exit code and all lines.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment(),
    )
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        heard = _report(lines, news, quiet)
        return process.wait(), heard
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        reader.join()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            lines.put(line.rstrip("\n"))
    lines.put(None)


def _report(
    lines: queue.Queue[str | None], news: Callable[[str], str | None], quiet: float
) -> list[str]:
    start, latest = time.monotonic(), "working"
    heard: list[str] = []
    while True:
        try:
            line = lines.get(timeout=quiet)
        except queue.Empty:
            _show(f"{latest} ({seconds(start)})", lasting=True)
            continue
        if line is None:
            _show("", lasting=False)
            return heard
        heard.append(line)
        report = news(line)
        if report:
            latest = report
            _show(latest, lasting=False)


def _show(text: str, lasting: bool) -> None:
    """Rewrite the line of a terminal; elsewhere print only what must not be missed."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stdout.write("\r" + f"      {text}"[:width].ljust(width) + "\r")
        sys.stdout.flush()
    elif text and (lasting or text.startswith(("downloading", "unpacking"))):
        say(f"      {text}")
