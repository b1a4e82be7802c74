"""Train DQN on CartPole. Drawn in NNStudio."""

from functools import partial

import torch

from kit import command
from kit.data import cartpole
from kit.loops import dqn, schedules
from kit.loops.state import Report
from model import QNetwork


def main(argv: list[str] | None = None, report: Report | None = None) -> None:
    """Train from the seed, or go on from a checkpoint."""
    args = command.parse(argv, __doc__, epochs=20)
    with command.start(args, report) as run:
        environment = cartpole.read(limit=200).to(run.device)
        roles = run.place(q=QNetwork())
        dqn.train(
            roles,
            environment,
            optimizer=partial(torch.optim.AdamW, lr=0.0005),
            schedule=partial(schedules.cosine, end=0.1),
            epochs=args.epochs,
            steps=args.steps,
            seed=args.seed,
            resume=args.resume,
            report=run.report,
        )


if __name__ == "__main__":
    command.run(main)
