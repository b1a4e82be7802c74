"""Rows of letters to be written backwards, in order or once more: a task for sequence to sequence.

It is the first test of whether a decoder can look at the right place of its source. The letters
are drawn at random, so that nothing but the source tells what comes next.
"""

from typing import Literal

import torch
from torch import Tensor

from .splits import Data, TensorSplit

FILES = ()
TASK = "sequence"
START = 0  # the token that a decoder begins with; letters count from 1


def read(
    *,
    task: Literal["reverse", "sort", "copy"] = "reverse",
    samples: int = 5000,
    length: int = 12,
    letters: int = 26,
    seed: int = 0,
    val_fraction: float = 0.1,
) -> Data:
    """Draw sources and what is to be written for each.

    Args:
        task: What is written: the source backwards, in alphabetical order, or as it is.
        samples: Sources (20 to 1000000).
        length: Letters in a source (2 to 1024).
        letters: Letters of the alphabet (2 to 26).
        seed: Where the random numbers start (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Sources (N, length), the start token and all letters of the answer but the last
        (N, length), and the answer (N, length): at each place a decoder is given what stands
        before it and foretells what comes next.
    """
    generator = torch.Generator().manual_seed(seed)
    source = torch.randint(1, letters + 1, (samples, length), generator=generator)
    answer = written(source, task)
    before = torch.cat([torch.full((samples, 1), START), answer[:, :-1]], 1)
    cut = samples - round(samples * val_fraction)
    parts = [TensorSplit(source[p], before[p], answer[p]) for p in (slice(cut), slice(cut, None))]
    return Data(parts[0], parts[1], TASK, ("·", *map(chr, range(97, 97 + letters))))


def written(source: Tensor, task: str) -> Tensor:
    """What is to be written for sources (N, T)."""
    if task == "reverse":
        return source.flip(1)
    return source.sort(1).values if task == "sort" else source.clone()
