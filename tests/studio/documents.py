"""Small documents that train in a moment, and a book of their runs."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import Data, Project
from nnstudio.studio.live import Live
from nnstudio.studio.runs import RunBook
from nnstudio.studio.session import Session
from nnstudio.studio.starting import Options
from tests.builder import GraphBuilder, project

PATIENCE = 60.0


def iris(epochs: int = 3, lr: float = 0.01, width: int = 8, **loop: Any) -> Project:
    """A network of two layers on 150 flowers."""
    b = GraphBuilder("Net")
    x = b.input("N", 4)
    h = b("ReLU", b("Linear", x, out_features=width, name="first"))
    b.output(b("Linear", h, out_features=3, name="last"))
    optimizer = Choice("Adam", Args(lr=lr))
    settings = Args(loss=Choice("CrossEntropyLoss"), optimizer=optimizer, epochs=epochs, **loop)
    made = project(b, loop=Choice("supervised", settings))
    data = Data(Choice("iris"), "classification", ((4,),), classes=("a", "b", "c"))
    return replace(made, data=data)


def book(document: Project, folder: Path, saved: bool = True, **options: Any) -> RunBook:
    """A book of the runs of a document, which lies in `folder/net.nns` unless it is unsaved."""
    session = Session(document, folder / "net.nns" if saved else None)
    return RunBook(session, lambda: folder / "unsaved" / "runs", lambda: Options(**options))


def pump_until(runs: RunBook, condition: Callable[[], object]) -> None:
    """Pump as the window's timer does, until something has come true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        runs.pump()
        assert time.monotonic() < end, runs.live and (runs.live.status, list(runs.live.notes))
        time.sleep(0.005)


def finish(runs: RunBook, live: Live) -> Live:
    """Pump until a run has left its folder and the list knows of it."""
    pump_until(runs, lambda: live.ended and (live.run is None or live.gone))
    assert runs.settle(PATIENCE)
    return live
