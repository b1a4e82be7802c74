"""Data in memory: the samples of a run, how they are split, and the order they come in.

A split lies on the device as whole tensors and is read by an index tensor, which is faster than
a DataLoader as long as the data fits.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor


class Split:
    """Samples that are read by an index tensor.

    `split[index]` gives a tuple (input, …, target) on the device, each of shape (N, …) for an
    index of shape (N,).
    """

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: Tensor) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def to(self, device: torch.device | str) -> "Split":
        """The same samples on a device."""
        raise NotImplementedError

    def order(self, generator: torch.Generator | None = None) -> Tensor:
        """The indices of an epoch, shape (len,): shuffled by the generator, else in order."""
        if generator is None:
            return torch.arange(len(self))
        return torch.randperm(len(self), generator=generator)

    @property
    def device(self) -> torch.device:
        """Where the samples lie."""
        raise NotImplementedError


class TensorSplit(Split):
    """Samples held as tensors with the same first dimension.

    Args:
        tensors: The inputs and last the target, each of shape (samples, …).

    Raises:
        ValueError: The tensors disagree about the number of samples.
    """

    def __init__(self, *tensors: Tensor):
        if len({len(tensor) for tensor in tensors}) != 1:
            raise ValueError(
                f"tensors of {[len(t) for t in tensors]} samples do not belong together"
            )
        self.tensors = tensors

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __getitem__(self, index: Tensor) -> tuple[Tensor, ...]:
        return tuple(tensor.index_select(0, index) for tensor in self.tensors)

    def to(self, device: torch.device | str) -> "TensorSplit":
        """The same samples on a device; no copy where they lie there already."""
        return TensorSplit(*(tensor.to(device) for tensor in self.tensors))

    @property
    def device(self) -> torch.device:
        """Where the samples lie."""
        return self.tensors[0].device


class WindowSplit(Split):
    """Windows of a long row of tokens; the target is the window one token later.

    An epoch cuts the row into windows side by side, at another offset each time, so that over
    the epochs every cut is seen.

    Args:
        tokens: Shape (L,), int64.
        length: Tokens in a window, T.

    Raises:
        ValueError: The row is too short for one window and its target.
    """

    def __init__(self, tokens: Tensor, length: int):
        if len(tokens) < length + 1:
            raise ValueError(
                f"{len(tokens)} tokens are too few for a window of {length} and one more"
            )
        self.tokens, self.length = tokens, length
        self._windows = tokens.unfold(0, length + 1, 1)  # a view, (L - T, T + 1)

    def __len__(self) -> int:
        return (len(self.tokens) - 1) // self.length

    def __getitem__(self, index: Tensor) -> tuple[Tensor, ...]:
        windows = self._windows.index_select(0, index)  # (N, T + 1)
        return windows[:, :-1], windows[:, 1:]

    def order(self, generator: torch.Generator | None = None) -> Tensor:
        """The first token of each window of an epoch, shape (len,)."""
        starts = torch.arange(len(self)) * self.length
        if generator is None:
            return starts
        starts = starts + torch.randint(self.length, (), generator=generator)
        # The last window may stick out; one at the very start takes its place.
        starts = torch.where(starts + self.length < len(self.tokens), starts, 0)
        return starts[torch.randperm(len(self), generator=generator)]

    def to(self, device: torch.device | str) -> "WindowSplit":
        """The same row on a device."""
        return WindowSplit(self.tokens.to(device), self.length)

    @property
    def device(self) -> torch.device:
        """Where the row lies."""
        return self.tokens.device


@dataclass(frozen=True)
class Data:
    """What a reader gives: two splits and what is known about them.

    Attributes:
        train: The samples to learn from.
        val: The samples to judge by; they are never learned from.
        task: classification, regression, sequence, images, multilabel or environment.
        classes: The names of the classes, or the characters of a text, in the order of their
            numbers.
        features: The names of the input columns of a table.
        vocabulary: The words of the numbers of an input, where they are not the classes.
        baselines: Metrics of a simple method on `val`, such as `baseline/mse`.
        scales: Offset and factor that turn a number back into its unit, by column.
        notes: Sentences a person should read, such as what was skipped.
    """

    train: Split
    val: Split
    task: str
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    baselines: dict[str, float] = field(default_factory=dict)
    scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()

    def to(self, device: torch.device | str) -> "Data":
        """The same data on a device."""
        return replace(self, train=self.train.to(device), val=self.val.to(device))

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of one sample: those of the inputs and last that of the target."""
        sample = self.train[self.train.order()[:1].to(self.train.device)]
        return tuple(tuple(tensor.shape[1:]) for tensor in sample)


def batches(split: Split, size: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
    """The index tensors of an epoch's batches, a function of seed and epoch alone.

    The samples are dealt out evenly: every sample comes once, no batch is larger than `size`,
    and the sizes differ by at most one, so there is no small last batch.

    Args:
        split: What is read.
        size: The largest batch.
        seed: The seed of the run.
        epoch: Whole epochs before this one.
    """
    generator = torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)
    order = split.order(generator).to(split.device)
    return order.tensor_split(batch_count(split, size))


def batch_count(split: Split, size: int) -> int:
    """The number of batches in an epoch, rounded up."""
    return max(1, math.ceil(len(split) / size))


def random_split(tensors: tuple[Tensor, ...], fraction: float, seed: int) -> tuple[Any, Any]:
    """Shuffle samples and cut them in two.

    Args:
        tensors: Inputs and last the target, each of shape (samples, …).
        fraction: The part kept for validation, between 0 and 1.
        seed: The seed of the split, apart from the seed of the run.

    Returns:
        The split for training and the split for validation, each with at least one sample.
    """
    count = len(tensors[0])
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    held = min(max(1, round(count * fraction)), count - 1)
    rest, val = order[held:].sort().values, order[:held].sort().values
    return (
        TensorSplit(*(tensor[rest] for tensor in tensors)),
        TensorSplit(*(tensor[val] for tensor in tensors)),
    )


def first_of_each(split: TensorSplit, count: int) -> TensorSplit:
    """The first pictures of each class, as many of each as there are up to `count`."""
    y = split.tensors[-1]
    kept = torch.cat([(y == label).nonzero().flatten()[:count] for label in y.unique()])
    return TensorSplit(*(tensor[kept.sort().values] for tensor in split.tensors))


def cut_ends(tokens: Tensor, fraction: float, parts: int = 10) -> tuple[Tensor, Tensor]:
    """Cut a row (L,) into parts, and give all their beginnings and all their ends."""
    pieces = tokens.tensor_split(parts)
    cuts = [round(len(piece) * (1 - fraction)) for piece in pieces]
    starts = [piece[:cut] for piece, cut in zip(pieces, cuts, strict=True)]
    ends = [piece[cut:] for piece, cut in zip(pieces, cuts, strict=True)]
    return torch.cat(starts), torch.cat(ends)
