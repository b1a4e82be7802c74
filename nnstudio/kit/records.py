"""What a recorder writes down: metrics read from the device, and the file that keeps them."""

import contextlib
import json
from pathlib import Path

import torch
from torch import Tensor

from . import files
from .loops.state import Metrics, State

METRICS = "metrics.jsonl"


def floats(rows: list[Metrics], device: torch.device) -> list[dict[str, float]]:
    """Read metrics as numbers; those on a GPU cross over together, in one transfer.

    Args:
        rows: Metrics by name.
        device: Where a run computes; only if it is not the CPU are its metrics looked for there.
    """
    near = device.type == "cpu"
    far = [] if near else [value for row in rows for value in row.values() if _is_far(value)]
    if not far:
        return [{name: float(value) for name, value in row.items()} for row in rows]
    together = torch.stack([torch.as_tensor(value).reshape(()).float() for value in far])
    numbers = iter(together.tolist())
    return [{n: next(numbers) if _is_far(v) else float(v) for n, v in r.items()} for r in rows]


def _is_far(value: Tensor | float) -> bool:
    return isinstance(value, Tensor) and value.device.type != "cpu"


def cut(path: Path, state: State) -> None:
    """Take away lines that a resumed run is about to write again."""
    if not path.exists():
        return
    kept = []
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):  # the last one of a killed run may be half
            continue
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            again = event["event"] == "epoch" and state.batch > 0 and not state.done
            if event["step"] < state.step + (not again):
                kept.append(line)
    files.write_bytes(path, b"".join(kept))
