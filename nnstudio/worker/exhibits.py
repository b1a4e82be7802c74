"""What a run shows besides its figures: its rates and memory, its drawings, the world it acts in.

Everything is told at most four times a second, however fast the steps are.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from nnstudio.kit import files
from nnstudio.worker.pictures import png
from nnstudio.worker.rates import Rates

PERIOD = 0.25
"""Seconds between two of a kind at least."""

FRAMES = 12
"""Steps of the world that are told at a time: a quarter of a second of CartPole."""

KEPT = 128
"""Drawings that lie in the run folder; when there are twice as many, every other one goes."""

FOLDER = "samples"


class Exhibits:
    """Looks at the state of a loop between two steps.

    Args:
        tell: Takes the line of an event.
        folder: The run folder, where drawings are kept.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        tell: Callable[[dict[str, Any]], None],
        folder: Path,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.tell, self.folder, self.clock = tell, folder / FOLDER, clock
        self._next = 0.0
        self._frames: deque[tuple[float, ...]] = deque(maxlen=FRAMES)
        self._drawn: Any = None
        self._rates = Rates()

    def look(self, state: Any, *, last: bool = False) -> None:
        """Note what is to be seen after a step, and tell it when it is time, or the last one."""
        self._rates.note(state.step, state.objects)
        world = state.objects.get("environment")
        scene = None if world is None else getattr(world, "scene", None)
        if scene is not None:
            self._frames.append(tuple(scene))
        now = self.clock()
        if now < self._next and not last:
            return
        self._next = now + PERIOD
        self._tell_vitals(state)
        if self._frames:
            frames = [list(frame) for frame in self._frames]
            self.tell({"event": "scene", "step": state.step, "frames": frames})
            self._frames.clear()
        drawn = getattr(state, "samples", None)
        if drawn is not None and drawn is not self._drawn:
            self._drawn = drawn
            self._keep(state.step, drawn)

    def _tell_vitals(self, state: Any) -> None:
        line = {"event": "vitals", "step": state.step, "hyper": dict(state.hyper)}
        rates, trail = self._rates.latest, self._rates.take()
        self.tell(line | {"rates": rates, "trail": trail, "memory": _memory(state.device)})

    def _keep(self, step: int, drawn: Any) -> None:
        """Write a drawing down and tell of it; what the disk refuses is not shown."""
        path = self.folder / f"step-{step:08d}.png"
        with contextlib.suppress(OSError, ValueError):
            self.folder.mkdir(exist_ok=True)
            files.write_bytes(path, png(drawn))
            self._thin_out()
            self.tell({"event": "samples", "step": step, "path": f"{FOLDER}/{path.name}"})

    def _thin_out(self) -> None:
        kept = sorted(self.folder.glob("step-*.png"))
        if len(kept) > 2 * KEPT:
            for path in kept[1:-1:2]:
                path.unlink()


def _memory(device: torch.device) -> int:
    """Bytes of this process, and of its tensors on a GPU; 0 where the system does not tell."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device) + resident()
    return resident()


def resident() -> int:
    """Return the bytes of memory that this process takes; 0 where the system does not tell."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            return pages * _PAGE
    return 0


_PAGE = 4096
if sys.platform == "linux":
    import resource

    _PAGE = resource.getpagesize()
