"""How fast this machine trains: measured once, in a process that does only this and ends.

It takes torch and a few seconds of the processor, so that it never happens in the window.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, fields
from typing import Any

from nnstudio.core.problems import Problem, WorldError
from nnstudio.engine.aside import Aside

WIDE, NARROW = 2 * 16 * 3 * 3, 2 * 1 * 5 * 5
"""Operations for each element that leaves the two convolutions that are measured."""

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Speed:
    """What a device of this machine does in a second.

    Attributes:
        device: `cpu`, `cuda:0`, `mps`.
        threads: Of torch on the CPU.
        floor: Bytes that a process takes in which torch has trained a small network; on a GPU
            those of the GPU.
        step: Seconds of a step, whatever the network.
        layer: Seconds of a layer in a step, whatever its size.
        linear: Operations a second of a matrix product, forward and backward.
        convolution: The same of a convolution of `WIDE` operations for each element that leaves.
        narrow: The same of one of `NARROW` operations, which uses the processor badly.
        recurrent: The same of the matrices of an LSTM.
        time_step: Seconds of one time step of a recurrent layer, whatever its size.
        elements: Elements a second through a layer that computes little.
    """

    device: str
    threads: int
    floor: int
    step: float
    layer: float
    linear: float
    convolution: float
    narrow: float
    recurrent: float
    time_step: float
    elements: float


def measure(device: str, threads: tuple[int, ...]) -> tuple[Speed, ...]:
    """Return the speed of a device; it takes some seconds.

    Args:
        device: As `--device` takes it.
        threads: Numbers of threads to be tried; () for those that a run would take by itself.

    Raises:
        WorldError: The process failed, or there is no such device.
    """
    try:
        aside = Aside("measure", {"device": device, "threads": threads}, _PATIENCE, heard=True)
    except OSError as error:
        raise _failed(str(error)) from error
    try:
        return read(json.loads(aside.answer()))
    except ValueError as error:
        raise _failed(aside.last_words() or aside.end) from error


def read(found: Any) -> tuple[Speed, ...]:
    """Return speeds from JSON values; what is none is left out."""
    made = []
    for entry in found if isinstance(found, list) else []:
        with contextlib.suppress(TypeError, ValueError, KeyError):
            made.append(_speed(entry))
    return tuple(made)


def _speed(entry: Any) -> Speed:
    kinds = {"device": str, "threads": int, "floor": int}
    values = {
        field.name: kinds.get(field.name, float)(entry[field.name]) for field in fields(Speed)
    }
    speed = Speed(**values)
    rates = (speed.linear, speed.convolution, speed.narrow, speed.recurrent, speed.elements)
    if not all(0 < rate < float("inf") for rate in rates):
        raise ValueError(entry)
    return speed


def _failed(why: str) -> WorldError:
    return WorldError(Problem("forecast.unmeasured", args={"why": why}))
