"""Watches the first step of the application's own copy: `python -m nnstudio.worker.prove …`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nnstudio.worker.load import loaded
from nnstudio.worker.probe import observe


def main() -> None:
    """Load a folder as a run is loaded, watch it, and write down what was seen."""
    folder, result, *argv = sys.argv[1:]
    with loaded(Path(folder), "proof") as package:
        record = observe(package.module("train").main, argv)
    Path(result).write_text(json.dumps(record))


if __name__ == "__main__":
    main()
