"""Run every check and test: `python3 packaging/test.py`.

Options: `--slow` and `--bench` run the tests so marked instead of the usual ones; everything else
goes to pytest, as `python3 packaging/test.py tests/graph -k undo`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import environment
import progress


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    code: int
    took: str
    output: str = ""

    @property
    def line(self) -> str:
        """The check's line in the summary."""
        return f"{'ok    ' if self.code == 0 else 'FAILED'}  {self.name} ({self.took})"


def main(argv: Sequence[str]) -> int:
    """Make the environment where it is missing, then run the checks and the tests in it."""
    start = time.monotonic()
    try:
        python = environment.ensure({"dev"})
    except environment.MissingError as missing:
        print(missing, file=sys.stderr)
        return 3
    progress.say(f"Environment ready ({progress.seconds(start)}). Checks and tests run together.")
    # mypy takes one core for most of a minute, pytest the other: side by side they fit in time.
    with ThreadPoolExecutor(1) as pool:
        checks = pool.submit(lambda: [check(name, command) for name, command in static(python)])
        tests = check("pytest", [str(python), "-m", "pytest", *selection(argv)], shown=True)
        outcomes = [*checks.result(), tests]
    for outcome in outcomes:
        if outcome.code and outcome.output:
            progress.say(f"\n--- {outcome.name}\n{outcome.output}")
    progress.say("\n" + "\n".join(outcome.line for outcome in outcomes))
    failed = sum(outcome.code != 0 for outcome in outcomes)
    verdict = f"{failed} of {len(outcomes)} FAILED" if failed else "All is well"
    progress.say(f"{verdict}, {progress.seconds(start)} in all.")
    return 1 if failed else 0


def static(python: Path) -> list[tuple[str, list[str]]]:
    """Return the checks that run nothing of ours, by name and command."""
    contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return [
        ("ruff check", [str(python), "-m", "ruff", "check", "--quiet"]),
        ("ruff format", [str(python), "-m", "ruff", "format", "--check", "--quiet"]),
        ("import contracts", [str(python), "-c", contracts, "--no-logo"]),
        ("mypy", [str(python), "-m", "mypy", "--no-error-summary"]),
    ]


def selection(argv: Sequence[str]) -> list[str]:
    """Return pytest's arguments for ours."""
    marks = [mark for mark in ("slow", "bench") if f"--{mark}" in argv]
    rest = [word for word in argv if word not in ("--slow", "--bench")]
    if not marks:
        # A file stays on one core: its fixtures are made once.
        cores = min(4, os.cpu_count() or 1)
        return rest or ["-n", str(cores), "--dist", "loadfile"]
    shown = ["-rP"] if "bench" in marks else []
    return ["-m", " or ".join(marks), *shown, *rest]


def check(name: str, command: Sequence[str], shown: bool = False) -> Outcome:
    """Run one check; its output is shown while it runs, or kept for the end."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=environment.ROOT,
            env=progress.environment(),
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        return Outcome(name, 1, progress.seconds(start), str(error))
    return Outcome(name, done.returncode, progress.seconds(start), done.stdout or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
