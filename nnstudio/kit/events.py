"""The events of a run as plain dicts, and as lines of strict JSON.

Only the standard library is needed, so that any program can print what a run tells.
"""

import json
import math
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]


_encode = json.JSONEncoder(allow_nan=False).encode  # made once: json.dumps makes one each time


def as_json(event: Event) -> str:
    """An event as one line of strict JSON: every digit of a number, null for NaN."""
    try:
        return _encode(event)
    except ValueError:
        return _encode(_without_nan(event))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def figures(event: str, step: int, epoch: int, seconds: float, metrics: dict[str, float]) -> Event:
    """The event of a step or of an epoch."""
    head = {"event": event, "step": step, "epoch": epoch, "seconds": seconds}
    return {**head, "metrics": metrics}
