"""Train LeNet-5 on handwritten digits of 28 × 28 pixels. Drawn in NNStudio."""

from functools import partial
from pathlib import Path

import torch
from torch import nn

from kit import command
from kit.data import augment, mnist
from kit.evaluate import metrics
from kit.loops import schedules, supervised
from kit.loops.state import Report
from model import LeNet5

FILES = Path(__file__).parent / "files"


def main(argv: list[str] | None = None, report: Report | None = None) -> None:
    """Train from the seed, or go on from a checkpoint."""
    args = command.parse(argv, __doc__, epochs=5)
    with command.start(args, report) as run:
        data = mnist.read(args.data or FILES / "mnist5k.npz").to(run.device)
        roles = run.place(model=LeNet5())
        supervised.train(
            roles,
            data,
            loss=nn.CrossEntropyLoss(label_smoothing=0.1),
            optimizer=partial(torch.optim.AdamW, lr=0.005),
            schedule=schedules.one_cycle,
            metrics=(metrics.accuracy,),
            augment=partial(augment.shift_rotate, pixels=1, degrees=5),
            batch_size=32,
            epochs=args.epochs,
            steps=args.steps,
            seed=args.seed,
            resume=args.resume,
            report=run.report,
        )


if __name__ == "__main__":
    command.run(main)
