"""Events and orders as JSON lines: those of `train --json`, and packed ones between processes."""

from __future__ import annotations

import dataclasses
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from nnstudio.core.problems import Problem
from nnstudio.engine.events.values import (
    CheckpointNow,
    CheckpointSaved,
    Continue,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Metrics,
    Note,
    Order,
    Pause,
    RunStarted,
    Samples,
    Scene,
    SetHyper,
    Stop,
    Stopped,
    Telemetry,
    Vitals,
)

Line: TypeAlias = dict[str, Any]
"""One event or order as JSON has it."""

FINAL = ("finished", "stopped", "failed")
"""The lines that end a run."""

PRIVATE = ("telemetry", "vitals", "samples", "scene")
"""Lines that stay inside the application."""

_EVENTS: Mapping[str, type[Any]] = {
    "run_started": RunStarted,
    "epoch": EpochEnded,
    "checkpoint": CheckpointSaved,
    "note": Note,
    "telemetry": Telemetry,
    "vitals": Vitals,
    "samples": Samples,
    "scene": Scene,
    "finished": Finished,
    "stopped": Stopped,
}
_NAMES = {kind: name for name, kind in _EVENTS.items()}

_ORDERS: Mapping[str, type[Any]] = {
    "pause": Pause,
    "continue": Continue,
    "stop": Stop,
    "set_hyper": SetHyper,
    "checkpoint": CheckpointNow,
}
_ORDER_NAMES = {kind: name for name, kind in _ORDERS.items()}


def lines(event: Event) -> Iterator[Line]:
    """Yield an event as the lines of `train --json`: `Metrics` as one line per step."""
    if not isinstance(event, Metrics):
        yield pack(event)
        return
    names, values = tuple(event.columns), tuple(event.columns.values())
    for row, (step, epoch, seconds) in enumerate(
        zip(event.steps, event.epochs, event.seconds, strict=True)
    ):
        metrics = {name: column[row] for name, column in zip(names, values, strict=True)}
        yield {
            "event": "metrics",
            "step": step,
            "epoch": epoch,
            "seconds": seconds,
            "metrics": metrics,
        }


def pack(event: Event) -> Line:
    """Return an event as one line; `Metrics` stay in columns, as they travel between processes."""
    if isinstance(event, Failed):
        return {"event": "failed", "problem": problem_line(event.problem)}
    if isinstance(event, Metrics):
        columns = {name: list(column) for name, column in event.columns.items()}
        return {
            "event": "metrics",
            "steps": list(event.steps),
            "epochs": list(event.epochs),
            "seconds": list(event.seconds),
            "columns": columns,
        }
    line: Line = {"event": _NAMES[type(event)]}
    for name in _fields(type(event)):
        value = getattr(event, name)
        if name in ("state", "changed", "cause") and not value:
            continue
        line[name] = dict(value) if isinstance(value, Mapping) else value
    return line


def unpack(line: Line) -> Event:
    """Return the event of a line, packed or not; members that are not known are passed over.

    Raises:
        ValueError: It is no event.
    """
    kind = line.get("event")
    try:
        if kind == "failed":
            return Failed(problem(line["problem"]))
        if kind == "metrics":
            return _metrics(line)
        made = _EVENTS[str(kind)]
        known = {name: line[name] for name in _fields(made) if line.get(name) is not None}
        event: Event = made(**known)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no event: {str(line)[:200]}") from error
    return event


def problem_line(problem: Problem) -> Line:
    """Return a problem as JSON has it: the words, and the arguments that they were made of."""
    args = {name: _plain(value) for name, value in problem.args.items()}
    return {**problem.as_json(), "args": args}


def problem(line: Line) -> Problem:
    """Return the problem of a line; one whose arguments are missing keeps its words as they are."""
    code, where = str(line["code"]), str(line.get("where") or "")
    words = {"message": line.get("message", code), "hint": line.get("hint", "")}
    made = Problem(code, where, words | (line.get("args") or {}))
    try:
        made.message, made.hint  # noqa: B018 (only asks whether they can be rendered)
    except KeyError:  # the code, or an argument of it, of another version
        return Problem("run.words", where, words)
    return made


def order_line(order: Order) -> Line:
    """Return an order as one line."""
    line: Line = {"order": _ORDER_NAMES[type(order)]}
    if isinstance(order, SetHyper):
        line["values"] = dict(order.values)
    return line


def order(line: Line) -> Order:
    """Return the order of a line.

    Raises:
        ValueError: It is no order.
    """
    made = _ORDERS.get(str(line.get("order")))
    if made is None:
        raise ValueError(f"no order: {str(line)[:200]}")
    if made is SetHyper:
        return SetHyper({str(name): float(value) for name, value in line["values"].items()})
    result: Order = made()
    return result


def _metrics(line: Line) -> Metrics:
    if "steps" in line:
        columns = {name: _numbers(column) for name, column in line["columns"].items()}
        whole, exact = (line["steps"], line["epochs"]), line["seconds"]
    else:
        columns = {name: _numbers((value,)) for name, value in line["metrics"].items()}
        whole, exact = ((line["step"],), (line["epoch"],)), (line["seconds"],)
    return Metrics(array("q", whole[0]), array("q", whole[1]), array("d", exact), columns)


def _numbers(values: Iterable[float | None]) -> array[float]:
    """Numbers in a column; JSON has no NaN and says null."""
    return array("d", (math.nan if value is None else value for value in values))


def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(part.name for part in dataclasses.fields(kind))


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
