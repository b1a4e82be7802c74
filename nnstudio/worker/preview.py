"""Reads data and tells what it is: `python -m nnstudio.worker.preview`, a job on standard input.

The answer is one JSON object on standard output: the facts of the data and a few samples, pictures
as hexadecimal bytes; or `{"error": …}` when the reader says what is wrong with the file.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

POINTS = 256
"""A series is thinned to so many values."""
LETTERS = 160
_NICER = 5


def main() -> int:
    """Read one job, answer it, and end."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a reader prints must not get into the answer
    if hasattr(os, "nice"):
        os.nice(_NICER)
    torch.set_num_threads(1)
    job = json.loads(sys.stdin.buffer.read())
    out.write(json.dumps(answer(job)))
    out.close()
    return 0


def answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of the data that a job names, or what is wrong with it.

    Args:
        job: `reader`, `path`, `args`, and how many samples are wanted (`count`).
    """
    reading = importlib.import_module("nnstudio.kit.data.reading")
    module = importlib.import_module(f"nnstudio.kit.data.{job['reader']}")
    path = () if job["path"] is None else (job["path"],)
    try:
        data = module.read(*path, **job["args"])
    except reading.ReadError as error:
        return {"error": {"what": str(error), "hint": error.hint}}
    except (TypeError, ValueError) as error:
        return {"error": {"what": str(error), "hint": "change the settings"}}
    return _described(data, int(job["count"]))


def _described(data: Any, count: int) -> dict[str, Any]:
    *inputs, target = data.shapes
    described = {
        "task": data.task,
        "inputs": inputs,
        "target": target,
        "classes": data.classes,
        "features": getattr(data, "features", ()),
        "baselines": data.baselines,
        "notes": data.notes,
        "train": 0,
        "val": 0,
        "counts": [],
        "samples": [],
    }
    if data.task != "environment":
        described |= {"train": len(data.train), "val": len(data.val)}
        described["counts"] = _counts(data)
        index = _spread(data.train.order(), count)
        rows = zip(*data.train[index], strict=True)
        described["samples"] = [_sample(data, row) for row in rows]
    return described


def _spread(order: Tensor, count: int) -> Tensor:
    """Take samples from everywhere, the same each time: the first may all be of one class."""
    chosen = torch.randperm(len(order), generator=torch.Generator().manual_seed(0))
    return order[chosen[:count]]


def _counts(data: Any) -> list[int]:
    """Count each class; a text has characters instead, and a number no classes."""
    tensors = getattr(data.train, "tensors", None)
    if not data.classes or tensors is None or tensors[-1].is_floating_point():
        return []
    counts: list[int] = torch.bincount(tensors[-1].flatten(), minlength=len(data.classes)).tolist()
    return counts


def _sample(data: Any, row: Sequence[Tensor]) -> dict[str, Any]:
    x, target = row[0], row[-1]
    found: dict[str, Any] = {"label": _label(data, target)}
    if not x.is_floating_point() and (data.vocabulary or data.task == "sequence"):
        return found | {"kind": "text", "text": _text(data, x)}
    if x.dim() == 3 and x.shape[0] in (1, 3):
        return found | _picture(torch.cat([_stretched(one) for one in _like(x, row)], 2))
    values = x.float().flatten()
    if x.dim() >= 2:
        values = values[:: max(1, len(values) // POINTS)][:POINTS]
        return found | {"kind": "series", "values": _plain(values)}
    return found | {"kind": "row", "values": _plain(values[:POINTS])}


def _text(data: Any, x: Tensor) -> str:
    """Write tokens as the words of the vocabulary, or as the characters that the classes are."""
    tokens = x.flatten()[:LETTERS].tolist()
    if data.vocabulary:
        return " ".join(data.vocabulary[token] for token in tokens)[:LETTERS]
    return "".join(data.classes[token] for token in tokens)


def _like(x: Tensor, row: Sequence[Tensor]) -> list[Tensor]:
    """The pictures of a sample that go beside each other: inputs, and a target of their size."""
    found = [x]
    for part in (one.unsqueeze(0) if one.dim() == 2 else one for one in row[1:]):
        fits = part.shape[1:] == x.shape[1:] and part.shape[0] in (1, x.shape[0])
        if fits and not torch.equal(part, x):  # an autoencoder's target is its input
            found.append(part.expand(x.shape))
    return found


def _stretched(x: Tensor) -> Tensor:
    """Stretch a picture of any range to bytes."""
    x = x.float()
    low, high = x.min(), x.max()
    return ((x - low) / (high - low).clamp_min(1e-12) * 255).round().to(torch.uint8)


def _picture(scaled: Tensor) -> dict[str, Any]:
    """Write a picture (C, H, W) of bytes as (H, W, C)."""
    _, height, width = scaled.shape
    pixels = scaled.permute(1, 2, 0).contiguous().numpy().tobytes()
    return {"kind": "picture", "width": width, "height": height, "pixels": pixels.hex()}


def _label(data: Any, target: Tensor) -> str:
    if target.numel() != 1:
        return ""
    value = target.item()
    if data.task == "multilabel" and len(data.classes) == 1:
        return str(data.classes[0]) if value > 0.5 else f"not {data.classes[0]}"
    if not target.is_floating_point() and 0 <= int(value) < len(data.classes):
        return str(data.classes[int(value)])
    return f"{value:.4g}"


def _plain(values: Tensor) -> list[float]:
    return [round(value, 5) for value in torch.nan_to_num(values).tolist()]


if __name__ == "__main__":
    sys.exit(main())
