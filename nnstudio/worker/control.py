"""What was ordered of a run, and how it is done: between two steps, on the run's own thread.

A stop waits for the end of the step under way. If that takes too long the step is broken off: a
hook on every module raises as soon as the next one is called. Nothing else is ever thrown into a
running thread, since that tore the optimizer's state. A step that calls no further module is given
up: the run counts as ended, and whatever its thread still does is thrown away.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from nnstudio.engine.events import (
    CheckpointNow,
    Continue,
    Gate,
    Line,
    Order,
    Pause,
    SetHyper,
)

BREAK_AFTER = 0.7
"""Seconds that a stop waits for the end of a step."""

GIVE_UP_AFTER = 0.2
"""Seconds more, in which a broken step must come to an end."""

GATE_LIMIT = 0.02
"""Seconds that a run waits at most for a busy window: it can never be starved."""

_TICK = 0.05


class Control:
    """Orders on their way to a run.

    Args:
        tell: Takes the line of an event.
        give_up: Called when the run's thread cannot be brought to an end.
        gate: Up while the window is at work; see `Gate`.

    Attributes:
        stopping: A stop was ordered.
        over: The run has ended, or was given up.
    """

    def __init__(
        self, tell: Callable[[Line], None], give_up: Callable[[], None], gate: Gate | None = None
    ) -> None:
        self.tell, self.give_up, self.gate = tell, give_up, gate
        self.stopping = self.over = False
        self._paused = self._save = self._inside = False
        self._hyper: dict[str, float] = {}
        self._changed = threading.Condition()
        self._timer: threading.Thread | None = None
        self._recorder: Any = None
        self._stop_type: type[Exception] | None = None

    def bind(self, recorder: Any, stop_type: type[Exception]) -> None:
        """Name the run's recorder and the exception that ends its loop."""
        self._recorder, self._stop_type = recorder, stop_type

    def order(self, order: Order) -> None:
        """Take an order; from any thread, and at any time."""
        with self._changed:
            if isinstance(order, SetHyper):
                self._hyper.update(order.values)
            elif isinstance(order, CheckpointNow):
                self._save = True
            elif isinstance(order, Pause | Continue):
                self._paused = isinstance(order, Pause)
            elif not self.stopping:
                self.stopping = True
                self._timer = threading.Thread(target=self._hurry, name="stop", daemon=True)
                self._timer.start()
            self._changed.notify_all()

    def enter(self) -> None:
        """The run has come to a report: no step is under way."""
        self._inside = True

    def leave(self) -> None:
        """The run goes on with its next step."""
        self._inside = False

    def end(self) -> None:
        """The run has ended: nothing is to be hurried any more."""
        with self._changed:
            self.over = self._inside = True
            self._changed.notify_all()
        if self._timer is not None and self._timer is not threading.current_thread():
            self._timer.join()

    def between(self, state: Any) -> None:
        """Do what was ordered.

        Args:
            state: Of the loop; its `hyper` may change.

        Raises:
            Exception: The kit's `Stop`, after a checkpoint.
        """
        self._obey(state)
        if self._paused and not self.stopping:
            self._wait(state)
        if self.stopping:
            self._recorder.request_stop()
            self._recorder(state, {})
        if self.gate is not None:
            self._let_pass(self.gate)

    def _let_pass(self, gate: Gate) -> None:
        end = time.monotonic() + GATE_LIMIT
        while gate.busy and time.monotonic() < end:
            time.sleep(0.0002)

    def pause_for(self, state: Any, why: str, cause: str) -> None:
        """Wait, since the world failed; returns when a person says to go on or to stop.

        Args:
            state: Of the loop.
            why: A sentence.
            cause: The code of the problem.
        """
        self._paused = True
        self._wait(state, why, cause)

    def _wait(self, state: Any, why: str = "", cause: str = "") -> None:
        if not why:
            self._recorder.checkpoint_now()
            self._recorder(state, {})
        self._note(state, why or f"Paused at step {state.step}.", "paused", cause=cause)
        while self._paused and not self.stopping:
            with self._changed:
                self._changed.wait(_TICK)
            self._obey(state)
        if not self.stopping:
            self._note(state, f"Going on from step {state.step}.", "running")

    def _obey(self, state: Any) -> None:
        if self._save:
            self._save = False
            self._recorder.checkpoint_now()
            self._recorder(state, {})
        if not self._hyper:
            return
        with self._changed:
            wanted, self._hyper = self._hyper, {}
        for name, value in wanted.items():
            self._set(state, name, value)

    def _set(self, state: Any, name: str, value: float) -> None:
        if name not in state.hyper:
            known = ", ".join(state.hyper) or "nothing"
            self._note(state, f"{name} cannot be changed while it runs, only {known}.")
        elif state.hyper[name] != value:
            old, state.hyper[name] = state.hyper[name], value
            words = f"{name}: {old:g} → {value:g} from step {state.step + 1}."
            self._note(state, words, changed={name: [old, value]})

    def _note(self, state: Any, message: str, change: str = "", **more: Any) -> None:
        line = {"event": "note", "message": message, "state": change, "step": state.step}
        self.tell(line | more)

    def _hurry(self) -> None:
        """On a thread of its own: break the step, then give the run up."""
        if self._ended_within(BREAK_AFTER):
            return
        self._break()
        if not self._ended_within(GIVE_UP_AFTER):
            self.give_up()

    def _ended_within(self, seconds: float) -> bool:
        """Wait for the run's end; time in which it is not in a step does not count."""
        left = seconds
        while not self.over and left > 0:
            start = time.monotonic()
            with self._changed:
                self._changed.wait(min(_TICK, left))
            left -= 0.0 if self._inside else time.monotonic() - start
        return self.over

    def _break(self) -> None:
        state = self._recorder.state if self._recorder is not None else None
        stop = self._stop_type
        if state is None or stop is None:
            return

        def refuse(module: object, inputs: object) -> None:
            if not self._inside:
                raise stop

        # Registered from here, not from the run's thread, which is busy; each is one atomic insert.
        for root in state.modules.values():
            for module in root.modules():
                module.register_forward_pre_hook(refuse)
