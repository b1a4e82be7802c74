"""Prints the events of a run: for people, or as JSON for programs."""

import sys
from typing import TextIO

from .events import Event, as_json


class JsonLines:
    """Prints each event as one JSON object a line.

    Args:
        stream: Where to; None is standard output.
    """

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stdout

    def __call__(self, event: Event) -> None:
        """Print an event; what comes once a step is not worth a flush of its own."""
        print(as_json(event), file=self.stream, flush=event["event"] != "metrics")


class Lines:
    """Prints a line after each epoch and, on a terminal, one that shows the progress.

    Args:
        stream: Where to; None is standard output.
    """

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self.total = 0
        self._drawn = 0.0
        self._mark = (0, 0.0)  # step and seconds of the last progress line
        self._width = 0

    def __call__(self, event: Event) -> None:
        """Print an event in words."""
        write = getattr(self, f"_{event['event']}", None)
        if write is not None:
            write(event)

    def _run_started(self, event: Event) -> None:
        self.total, self._mark = event["total_steps"], (event["step"], 0.0)
        words = f"{event['parameters']:,} parameters on {event['device']}"
        words += f", {event['threads']} thread{'s' * (event['threads'] > 1)}, seed {event['seed']}"
        if event["step"]:
            words += f", going on from step {event['step']}"
        self._print(words)
        if event["run_dir"]:
            self._print(f"run folder: {event['run_dir']}")

    def _metrics(self, event: Event) -> None:
        if not self.live or event["seconds"] - self._drawn < 0.2:
            return
        (step, seconds), self._drawn = self._mark, event["seconds"]
        self._mark = (event["step"], event["seconds"])
        words = f"epoch {event['epoch']}  step {event['step']}/{self.total}"
        if "train/loss" in event["metrics"]:
            words += f"  loss {event['metrics']['train/loss']:.4f}"
        if event["seconds"] > seconds and event["step"] > step:
            speed = (event["step"] - step) / (event["seconds"] - seconds)
            words += f"  {speed:.3g} steps/s"
            words += f"  {duration((self.total - event['step']) / speed)} left"
        self._draw(words)

    def _epoch(self, event: Event) -> None:
        words = "  ".join(f"{name} {value:.4g}" for name, value in event["metrics"].items())
        self._print(f"epoch {event['epoch']}  step {event['step']}  {words}  "
                    f"{duration(event['seconds'])}")  # fmt: skip

    def _note(self, event: Event) -> None:
        self._print(event["message"])

    def _finished(self, event: Event) -> None:
        words = f"finished after {duration(event.get('seconds', 0))}"
        if event.get("best"):
            words += f"; best epoch {event['best_epoch']}: " + "  ".join(
                f"{name} {value:.4g}" for name, value in event["best"].items()
            )
        self._print(words)

    def _stopped(self, event: Event) -> None:
        self._print(f"stopped at step {event['step']}; --resume goes on from there")

    def _failed(self, event: Event) -> None:
        problem = event["problem"]
        self._print(f"failed: {problem['message']}")
        if problem["hint"]:
            self._print(f"hint: {problem['hint']}")

    def _print(self, words: str) -> None:
        if self._width:
            self.stream.write("\r" + " " * self._width + "\r")
            self._width = 0
        print(words, file=self.stream, flush=True)

    def _draw(self, words: str) -> None:
        self.stream.write("\r" + words.ljust(self._width))
        self.stream.flush()
        self._width = len(words)


def duration(seconds: float) -> str:
    """Seconds as people read them: 8.2 s, 3:07, 1:02:03."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
