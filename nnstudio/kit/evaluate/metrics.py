"""Figures that judge a batch of outputs; each is a mean, so that batches can be averaged."""

import torch
from torch import Tensor
from torch.nn import functional as F


def accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The part of samples whose largest output is that of the right class.

    Args:
        output: Scores (N, C), or (N, C, …) for a class at each place.
        target: Class numbers (N,) or (N, …).
    """
    return (output.argmax(1) == target).float().mean()


def token_accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The part of tokens that are foretold, leaving out the padding, whose target is -100.

    Args:
        output: Scores (N, V, T).
        target: Token numbers (N, T).
    """
    real = target != -100
    return ((output.argmax(1) == target) & real).sum() / real.sum().clamp(min=1)


def top5_accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The part of samples whose class is among the five largest outputs.

    Args:
        output: Scores (N, C).
        target: Class numbers (N,).
    """
    best = output.topk(min(5, output.shape[1]), 1).indices  # (N, 5)
    return (best == target.unsqueeze(1)).any(1).float().mean()


def iou(output: Tensor, target: Tensor) -> Tensor:
    """How well the region of each class is met: the part that two regions share of both together.

    The mean over the classes that occur in a sample or in the answer to it, and over the samples
    (intersection over union; Jaccard, 1901).

    Args:
        output: Scores (N, C, …) for a class at each place.
        target: Class numbers (N, …).
    """
    shared, answered, real = _regions(output, target)
    union = answered + real - shared  # (N, C)
    there = union > 0
    return ((shared / union.clamp(min=1)).sum(1) / there.sum(1)).mean()


def dice(output: Tensor, target: Tensor) -> Tensor:
    """How well the region of each class is met: twice what two regions share, by their sizes.

    The mean over the classes that occur in a sample or in the answer to it, and over the samples
    (Dice, 1945).

    Args:
        output: Scores (N, C, …) for a class at each place.
        target: Class numbers (N, …).
    """
    shared, answered, real = _regions(output, target)
    sizes = answered + real  # (N, C)
    there = sizes > 0
    return ((2 * shared / sizes.clamp(min=1)).sum(1) / there.sum(1)).mean()


def multilabel_accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The part of labels that are right, where a score above 0 says yes.

    Args:
        output: Scores (N, L) before the sigmoid.
        target: 0 or 1 for each label (N, L).
    """
    return ((output > 0) == (target > 0.5)).float().mean()


def exact_match(output: Tensor, target: Tensor) -> Tensor:
    """The part of samples with every label right, where a score above 0 says yes.

    Args:
        output: Scores (N, L) before the sigmoid.
        target: 0 or 1 for each label (N, L).
    """
    return ((output > 0) == (target > 0.5)).flatten(1).all(1).float().mean()


def mse(output: Tensor, target: Tensor) -> Tensor:
    """The mean of the squared differences.

    Args:
        output: Numbers of any shape.
        target: Numbers of the same shape.
    """
    return F.mse_loss(output, target)


def mae(output: Tensor, target: Tensor) -> Tensor:
    """The mean of the absolute differences.

    Args:
        output: Numbers of any shape.
        target: Numbers of the same shape.
    """
    return F.l1_loss(output, target)


def nll(output: Tensor, target: Tensor) -> Tensor:
    """The negative logarithm of the chance given to the right class, in nats.

    Args:
        output: Scores (N, C), or (N, C, …) for a class at each place.
        target: Class numbers (N,) or (N, …).
    """
    return F.cross_entropy(output, target)


def _regions(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Places of each class in a sample (N, C): shared by answer and target, answered, real."""
    classes = torch.arange(output.shape[1], device=output.device).view(1, -1, 1)
    answered = output.argmax(1).flatten(1).unsqueeze(1) == classes  # (N, C, places)
    real = target.flatten(1).unsqueeze(1) == classes
    return (answered & real).sum(2), answered.sum(2), real.sum(2)
