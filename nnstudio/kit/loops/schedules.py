"""Schedules: factors on the learning rate as functions of the progress of a run, from 0 to 1.

They are plain functions without a memory, so a resumed run needs nothing but its step.
"""

import math


def constant(progress: float) -> float:
    """Keep the learning rate."""
    return 1.0


def linear(progress: float, *, warmup: float = 0.0, end: float = 0.0) -> float:
    """Rise during the warm-up, then fall in a straight line.

    Args:
        progress: How much of the run is done, 0 to 1.
        warmup: The part of the run that rises (0 to 1).
        end: The factor at the end (0 to 1).
    """
    if progress < warmup:
        return progress / warmup
    return 1 + (end - 1) * _after(progress, warmup)


def cosine(progress: float, *, warmup: float = 0.0, end: float = 0.0) -> float:
    """Rise during the warm-up, then fall along half a cosine (Loshchilov and Hutter, 2017).

    Args:
        progress: How much of the run is done, 0 to 1.
        warmup: The part of the run that rises (0 to 1).
        end: The factor at the end (0 to 1).
    """
    if progress < warmup:
        return progress / warmup
    return end + (1 - end) * (1 + math.cos(math.pi * _after(progress, warmup))) / 2


def one_cycle(
    progress: float, *, peak: float = 0.3, start: float = 0.04, end: float = 0.0001
) -> float:
    """Rise from a small rate to the full one and fall far below it (Smith and Topin, 2018).

    Args:
        progress: How much of the run is done, 0 to 1.
        peak: Where in the run the rate is full (0 to 1).
        start: The factor at the start (0 to 1).
        end: The factor at the end (0 to 1).
    """
    if progress < peak:
        return 1 + (start - 1) * (1 + math.cos(math.pi * progress / peak)) / 2
    return end + (1 - end) * (1 + math.cos(math.pi * _after(progress, peak))) / 2


def exponential(progress: float, *, end: float = 0.01) -> float:
    """Fall by the same ratio in every step.

    Args:
        progress: How much of the run is done, 0 to 1.
        end: The factor at the end (> 0).
    """
    return float(end**progress)


def step(progress: float, *, factor: float = 0.1, steps: int = 3) -> float:
    """Fall at equal distances.

    Args:
        progress: How much of the run is done, 0 to 1.
        factor: What each fall multiplies by (0 to 1).
        steps: Levels of the whole run; there is one fall less (1 to 100).
    """
    return float(factor ** min(int(progress * steps), steps - 1))


def _after(progress: float, start: float) -> float:
    """The progress of the part that begins at `start`."""
    return (progress - start) / (1 - start) if start < 1 else 1.0
