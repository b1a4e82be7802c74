"""What a run will need before it is started: memory, time per epoch, the batch that still fits.

Rules without torch, over the costs of the analysis and the speed of this machine:

    memory   what torch takes itself + weights, gradients, the optimizer's state + the data
             + what is kept of each sample until the backward pass
    time     per step: its own cost + each layer's own cost + operations and elements by their speed
             per epoch: so many steps, and one forward pass of the validation part

What an earlier run of this very network took on this machine is worth more than any rule: where one
is known, the forecast is scaled by what it was off then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nnstudio.catalogue import registry
from nnstudio.compiler.results import Analysis
from nnstudio.core.problems import Problem, Repair
from nnstudio.core.values import Choice
from nnstudio.engine.measure import NARROW, WIDE, Speed
from nnstudio.graph.dims import substitute
from nnstudio.graph.edits import SetSetting
from nnstudio.graph.model import Project
from nnstudio.studio.figures import bytes_words
from nnstudio.studio.forecast_work import Work, bound, number, works

BYTES = 4
MARGIN = 0.9
"""The part of the free memory that a run may be foretold to take."""

PARAMETERS_AT_ONCE = 3.0
"""Passes over each weight that norm and update of a step amount to."""

JUDGING = 4
"""The supervised loop judges with batches so many times as large."""

ROOM = 6
"""Tensors as large as the largest that judging takes: input, output, and the kernels' own."""

LARGEST = 65536
"""The largest batch that a loop takes."""

EPOCH = 0.05
"""Seconds of an epoch that go into its report and a checkpoint of the best."""

STATES: Mapping[str, int] = {
    "Adam": 2, "AdamW": 2, "NAdam": 2, "RAdam": 2, "Adamax": 2, "Adadelta": 2, "RMSprop": 1,
    "Adagrad": 1, "SGD": 0, "ASGD": 1, "Rprop": 2, "Lion": 1,
}  # fmt: skip
"""Numbers that an optimizer remembers for each weight."""

Basis = Literal["runs", "machine"]


@dataclass(frozen=True, slots=True)
class Passes:
    """What a step of a loop does with the network of one role.

    Attributes:
        role: The role.
        work: Forward passes that a step amounts to; a backward pass counts two.
        kept: Forward passes whose tensors are in memory together.
    """

    role: str
    work: float = 3.0
    kept: float = 1.0


LOOPS: Mapping[str, tuple[Passes, ...]] = {
    # The discriminator sees real and drawn samples, and passes a gradient on to the generator.
    "gan": (Passes("generator", 3.0, 1.0), Passes("discriminator", 8.0, 2.0)),
    # Two looks ahead without a gradient beside the one that learns.
    "dqn": (Passes("q", 5.5, 1.5),),
}
"""Loops whose step is another one than forward, backward, update of one network."""


@dataclass(frozen=True, slots=True)
class Samples:
    """How much data there is.

    Attributes:
        train: Samples in an epoch.
        val: Samples by which it is judged.
        size: Elements of one sample, target included.
    """

    train: int = 0
    val: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run is foretold to need.

    Attributes:
        memory: Bytes at the peak, torch itself included; on a GPU those of the GPU.
        epoch: Seconds; None where the time does not follow from the network alone.
        epochs: How many are planned; 0 where the loop does not say.
        batch: The batch size that it holds for.
        largest: The largest batch size that fits; None when none does or nothing is known.
        free: Bytes that are free now; None where the system does not tell.
        basis: `runs` when an earlier run of this network was measured, else `machine`.
    """

    memory: int
    epoch: float | None
    epochs: int
    batch: int
    largest: int | None = None
    free: int | None = None
    basis: Basis = "machine"

    @property
    def fits(self) -> bool:
        """Whether there is memory for it, as far as is known."""
        return self.free is None or self.memory <= self.free * MARGIN


def forecast(
    analysis: Analysis,
    speed: Speed,
    samples: Samples,
    *,
    free: int | None = None,
    batch: int | None = None,
    scale: float | None = None,
) -> Forecast | None:
    """Return what training the project needs; None where something is at fault or left open.

    Args:
        analysis: What is known of the project.
        speed: Of the device that it is to run on.
        samples: How much data there is.
        free: Bytes that are free now.
        batch: A batch size other than the project's, while it is being typed.
        scale: How much longer than foretold an earlier run of this network took.
    """
    project = analysis.project
    roles = _roles(analysis)
    if not roles:
        return None
    size = batch if batch is not None else setting(project, "batch_size", 1)
    memory = _memory(project, roles, speed, samples)
    seconds = _epoch(project, roles, speed, samples, size)
    return Forecast(
        memory=memory.at(size),
        epoch=seconds if seconds is None or scale is None else seconds * scale,
        epochs=setting(project, "epochs", 0),
        batch=size,
        largest=memory.largest(free),
        free=free,
        basis="machine" if scale is None else "runs",
    )


def problem(made: Forecast) -> Problem | None:
    """Return the warning that a run does not fit, with the batch size that does as its repair."""
    if made.fits or made.free is None:
        return None
    need, free = bytes_words(made.memory), bytes_words(made.free)
    args = {"need": need, "free": free, "batch": made.batch}
    if made.largest is None or made.largest >= made.batch:
        return Problem("forecast.too_large", "loop", args, "warning")
    edit = SetSetting("batch_size", made.largest)
    repair = Repair("repair.batch_size", (edit,), {"batch": made.largest})
    return Problem("forecast.memory", "loop.batch_size", args, "warning", (repair,))


def setting(project: Project, name: str, otherwise: int) -> int:
    """Return a whole number among the settings of the loop, or its default."""
    value = project.loop.args.get(name)
    loop = registry.LOOPS.get(project.loop.name)
    if not isinstance(value, int) and loop is not None:
        value = next((param.default for param in loop.params if param.name == name), None)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


@dataclass(frozen=True, slots=True)
class _Role:
    """A network of the project, in numbers for one sample, and what a step does with it."""

    passes: Passes
    weights: float
    learned: float
    kept: float
    work: list[Work]


def _roles(analysis: Analysis) -> list[_Role]:
    """Return the networks that the loop trains; none where something is at fault or left open."""
    project = analysis.project
    loop = registry.LOOPS.get(project.loop.name)
    known = {passes.role: passes for passes in LOOPS.get(project.loop.name, ())}
    found: list[_Role] = []
    if loop is None or not analysis.ok:
        return found
    for role in loop.roles:
        graph = project.role(role)
        if graph is None:
            continue
        info = analysis.graphs[graph.id]
        sizes = bound(analysis, graph.id, project.data.inputs) if len(loop.roles) == 1 else {}
        kept = substitute(info.activations, {"N": 1, **sizes})
        if not isinstance(kept, int):  # without data the length of a text is not known
            return []
        still = (info.nodes[key] for key, node in graph.nodes.items() if not node.trainable)
        weights = number(info.weights, sizes)
        learned = weights - sum(number(node.weights, {}) for node in still)
        work = works(analysis, graph.id, sizes)
        found.append(_Role(known.get(role, Passes(role)), weights, learned, kept, work))
    return found


@dataclass(frozen=True, slots=True)
class _Memory:
    """Bytes that are always taken, and those of a sample that is learned from and judged."""

    fixed: float
    learning: float
    judging: float
    samples: Samples

    def at(self, batch: int) -> int:
        """Return the peak for a batch size; a batch is never larger than the data."""
        learned = min(batch, self.samples.train or batch)
        judged = min(JUDGING * batch, self.samples.val or JUDGING * batch)
        # The system gets little of the step's memory back before the judging begins.
        return round(self.fixed + self.learning * learned + self.judging * judged)

    def largest(self, free: int | None) -> int | None:
        """Return the largest power of two that fits, or that holds all samples."""
        if free is None:
            return None
        most = min(LARGEST, 1 << math.ceil(math.log2(self.samples.train or LARGEST)))
        fitting = (1 << place for place in range(most.bit_length()))
        return max((size for size in fitting if self.at(size) <= free * MARGIN), default=None)


def _memory(project: Project, roles: list[_Role], speed: Speed, samples: Samples) -> _Memory:
    learning, judging = BYTES * float(samples.size), 0.0
    fixed = float(speed.floor)
    fixed += BYTES * samples.size * (samples.train + samples.val)
    for role in roles:
        states = 1 + _states(project, role.passes.role)
        fixed += BYTES * (role.weights + role.learned * states)
        most = max((work.elements for work in role.work), default=0.0)
        learning += BYTES * (role.passes.kept * role.kept + 2 * most)
        judging += BYTES * ROOM * most
    return _Memory(fixed, learning, judging, samples)


def _states(project: Project, role: str) -> int:
    """Return how many numbers the optimizer of a role remembers for each weight."""
    for name in (f"{role}_optimizer", "optimizer"):
        chosen = project.loop.args.get(name)
        if isinstance(chosen, Choice):
            count = STATES.get(chosen.name, 2)
            if chosen.name in ("SGD", "RMSprop") and chosen.args.get("momentum", 0.0):
                count += 1
            return count + bool(chosen.args.get("amsgrad")) + bool(chosen.args.get("centered"))
    return 2


def _epoch(
    project: Project, roles: list[_Role], speed: Speed, samples: Samples, batch: int
) -> float | None:
    if project.data.task == "environment" or not samples.train:
        return None  # how long an episode takes is the world's business
    steps = math.ceil(samples.train / batch)
    step, judged = speed.step, 0.0
    for role in roles:
        step += _passes(role.work, speed, batch) * role.passes.work / 3
        step += PARAMETERS_AT_ONCE * role.weights / speed.elements
        judged += _passes(role.work, speed, batch * JUDGING) / 3
    return EPOCH + steps * step + math.ceil(samples.val / (JUDGING * batch)) * judged


def _passes(work: list[Work], speed: Speed, batch: int) -> float:
    """Return the seconds of one forward and backward pass of a network for a batch."""
    total = 0.0
    for one in work:
        taken = speed.layer + speed.time_step * one.steps
        taken += 3 * one.flops * batch / _rate(one, speed) + one.passing * batch / speed.elements
        total += one.count * taken
    return total


def _rate(one: Work, speed: Speed) -> float:
    """Return the operations a second of a layer, forward and backward."""
    if one.kind != "convolution":
        return speed.recurrent if one.kind == "recurrent" else speed.linear
    # Between the two that were measured by the logarithms of both.
    each = one.flops / max(one.elements, 1.0)
    share = math.log(max(each, NARROW) / NARROW) / math.log(WIDE / NARROW)
    return float(speed.narrow * (speed.convolution / speed.narrow) ** min(share, 1.0))
