"""Train DCGAN on handwritten digits to draw like. Drawn in NNStudio."""

from functools import partial
from pathlib import Path

import torch

from kit import command
from kit.data import images
from kit.loops import gan
from kit.loops.state import Report
from model import Discriminator, Generator

FILES = Path(__file__).parent / "files"


def main(argv: list[str] | None = None, report: Report | None = None) -> None:
    """Train from the seed, or go on from a checkpoint."""
    args = command.parse(argv, __doc__, epochs=12)
    with command.start(args, report) as run:
        data = images.read(args.data or FILES / "mnist5k.npz").to(run.device)
        roles = run.place(generator=Generator(), discriminator=Discriminator())
        gan.train(
            roles,
            data,
            generator_optimizer=partial(torch.optim.Adam, lr=0.0004, betas=(0.5, 0.999)),
            discriminator_optimizer=partial(torch.optim.Adam, lr=0.0004, betas=(0.5, 0.999)),
            epochs=args.epochs,
            steps=args.steps,
            seed=args.seed,
            resume=args.resume,
            report=run.report,
        )


if __name__ == "__main__":
    command.run(main)
