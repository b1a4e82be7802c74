"""Tries a layer of the user's own: `python -m nnstudio.worker.probe_layer`, a job on stdin.

For each case the class is built and called, on the meta device where that goes (nothing is
computed), else with small tensors. The answer is one JSON object on standard output: per case the
shapes that came out and the number of learned numbers, or what was raised and in which line.

It runs code of the user's, so whoever starts it has made sure that it is trusted, and ends it when
it takes too long. Here memory and time are limited as well, should nobody be left to end it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

from nnstudio.kit.files import sha256
from nnstudio.worker.load import loaded

FILE = "custom.py"
SMALL = 2**22
"""Inputs of so many numbers at most are really computed."""
TEXT = 400
_NICER = 5
_GRACE = 5


class NoModuleError(TypeError):
    """The class makes something else than a module."""


class NoTensorError(TypeError):
    """`forward` returns something else than tensors."""


def main() -> int:
    """Read one job, answer it, and end."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the code prints must not get into the answer
    if hasattr(os, "nice"):
        os.nice(_NICER)
    torch.set_num_threads(1)
    job = json.loads(sys.stdin.buffer.read())
    _limit(int(job["seconds"]), int(job["memory"]))
    out.write(json.dumps(answer(job)))
    out.close()
    return 0


def answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came of every case of a job.

    Args:
        job: `source` with its `sha256`, `name` of the class, and `cases`: each has `args` and
            `inputs`, a shape for each input port, a list of shapes for a variadic one, None for
            one that stays open.
    """
    with tempfile.TemporaryDirectory(prefix="nnstudio-probe-") as room:
        file = Path(room).resolve() / FILE
        file.write_bytes(job["source"].encode())
        assert sha256(file.read_bytes()) == job["sha256"]
        with loaded(file.parent, "probe", {FILE: job["sha256"]}) as package:
            try:
                made = vars(package.module("custom"))[job["name"]]
            except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever the text raises)
                return {"error": _described(error, file, "import")}
            return {"cases": [_tried(made, case, file) for case in job["cases"]]}


def _tried(made: Any, case: Mapping[str, Any], file: Path) -> dict[str, Any]:
    args = {name: _plain(value) for name, value in case["args"].items()}
    stage = "build"
    failed: dict[str, Any] = {}
    for device, dtype in _ways(case["inputs"]):
        try:
            with torch.device(device):
                stage = "build"
                module = made(**args)
                if not isinstance(module, nn.Module):
                    raise NoModuleError(type(module).__name__)
                stage = "forward"
                with torch.no_grad():
                    result = module(*_inputs(case["inputs"], device, dtype))
            return {"outputs": list(_shapes(result)), "weights": _weights(module)}
        except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever the text raises)
            # What a real tensor says is understood better than what the meta device says.
            if not failed or (device, dtype) == ("cpu", torch.float32):
                failed = _described(error, file, stage)
    return {"error": failed}


def _ways(inputs: Sequence[Any]) -> Iterator[tuple[str, torch.dtype]]:
    """Yield devices and types of the inputs in the order in which they are tried."""
    small = sum(_count(shape) for shape in _all(inputs)) <= SMALL
    for dtype in (torch.float32, torch.int64):
        yield "meta", dtype
        if small:
            yield "cpu", dtype


def _inputs(inputs: Sequence[Any], device: str, dtype: torch.dtype) -> Iterator[Any]:
    """Yield tensors for the ports; open ones at the end are left out, as in generated code."""
    last = max((place for place, one in enumerate(inputs) if one is not None), default=-1)
    for one in inputs[: last + 1]:
        shapes = one if one is not None and one and isinstance(one[0], list) else [one]
        for shape in shapes:
            # Zeros are valid indices too, should the input be one of an embedding.
            made = None if shape is None else torch.zeros(shape, dtype=dtype, device=device)
            yield torch.rand_like(made) if made is not None and dtype.is_floating_point else made


def _shapes(result: Any) -> Iterator[list[int]]:
    for one in result if isinstance(result, tuple | list) else (result,):
        if not isinstance(one, Tensor):
            raise NoTensorError(type(one).__name__)
        yield list(one.shape)


def _weights(module: nn.Module) -> int:
    return sum(one.numel() for one in module.parameters())


def _described(error: BaseException, file: Path, stage: str) -> dict[str, Any]:
    """Return what was raised, and the last line of the text that led there; 0 when none did."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno or 0 for frame in frames if frame.filename == str(file)]
    if isinstance(error, SyntaxError) and error.filename == str(file):
        lines.append(error.lineno or 0)
    return {
        "type": type(error).__name__,
        "text": " ".join(str(error).split())[:TEXT],
        "line": lines[-1] if lines else 0,
        "stage": stage,
    }


def _limit(seconds: int, memory: int) -> None:
    """Let the system end this process when it takes too much, where the system can."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds + _GRACE)
    if resource is not None:
        held = _held()
        for kind, most in (
            (resource.RLIMIT_CPU, seconds + _GRACE),
            (resource.RLIMIT_AS, held + memory),
        ):
            with contextlib.suppress(ValueError, OSError):  # a tighter limit holds already
                if most:
                    resource.setrlimit(kind, (most, most))


def _held() -> int:
    """Return how many bytes of address space torch has taken already."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 2**40  # it cannot be known here: no limit that could be wrong
    return pages * os.sysconf("SC_PAGE_SIZE")


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, list) else value


def _all(inputs: Sequence[Any]) -> Iterator[Sequence[int]]:
    for one in inputs:
        if one is not None and one and isinstance(one[0], list):
            yield from one
        elif one is not None:
            yield one


def _count(shape: Sequence[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


if __name__ == "__main__":
    sys.exit(main())
