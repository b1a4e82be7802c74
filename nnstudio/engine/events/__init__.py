"""What a run tells and what it is told: frozen values, their JSON lines, and the box they wait in.

    events   RunStarted · Metrics · EpochEnded · CheckpointSaved · Note · Telemetry · Vitals ·
             Samples · Scene
             and at the end exactly one of Finished · Stopped · Failed
    orders   Pause · Continue · Stop · SetHyper · CheckpointNow

The lines are those of `nnstudio train --json` and of an exported `train.py --json`. A line carries
one step; a `Metrics` value carries many in columns, so that a fast run costs the window next to
nothing.
"""

from nnstudio.engine.events.lines import (
    FINAL,
    PRIVATE,
    Line,
    lines,
    order,
    order_line,
    pack,
    problem,
    problem_line,
    unpack,
)
from nnstudio.engine.events.mailbox import Mailbox
from nnstudio.engine.events.record import (
    RunRecord,
    Segment,
    Start,
    last_checkpoint,
    read_record,
    record_bytes,
    record_started,
    write_record,
)
from nnstudio.engine.events.values import (
    CheckpointNow,
    CheckpointSaved,
    Continue,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Gate,
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

__all__ = [
    "FINAL",
    "PRIVATE",
    "CheckpointNow",
    "CheckpointSaved",
    "Continue",
    "EpochEnded",
    "Event",
    "Failed",
    "Finished",
    "Gate",
    "Line",
    "Mailbox",
    "Metrics",
    "Note",
    "Order",
    "Pause",
    "RunRecord",
    "RunStarted",
    "Samples",
    "Scene",
    "Segment",
    "SetHyper",
    "Start",
    "Stop",
    "Stopped",
    "Telemetry",
    "Vitals",
    "last_checkpoint",
    "lines",
    "order",
    "order_line",
    "pack",
    "problem",
    "problem_line",
    "read_record",
    "record_bytes",
    "record_started",
    "unpack",
    "write_record",
]
