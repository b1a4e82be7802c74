"""Generative adversarial training: one network draws, another tells drawn from real.

After Goodfellow et al. (2014), with the generator's loss that does not saturate; the settings of
Radford et al. (2016) make it work for pictures.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..checkpoints import begin
from ..data.splits import Data, batch_count, batches
from ..evaluate.judge import verdict
from ..show import show
from . import optimizers
from .guard import gradient_norm
from .schedules import constant
from .state import Optimizer, Report, Schedule, State

ROLES = ("generator", "discriminator")
BEST = "eval/inception_score"
BEST_MODE = "max"
JUDGED = 500  # pictures in each evaluation
SHOWN = 8  # pictures along each side of the grid that is shown


def train(
    roles: dict[str, nn.Module],
    data: Data,
    *,
    generator_optimizer: Optimizer,
    discriminator_optimizer: Optimizer,
    schedule: Schedule = constant,
    latent_dim: int = 64,
    label_smoothing: float = 0.0,
    batch_size: int = 32,
    epochs: int = 32,
    steps: int | None = None,
    seed: int = 0,
    resume: Path | str | None = None,
    report: Report = show,
) -> State:
    """Let two networks compete; each step updates the discriminator, then the generator.

    Args:
        roles: "generator", from noise (N, latent_dim) to samples like those of the data, and
            "discriminator", from samples to one number each, high for real ones.
        data: The samples, on the device of the networks. When it has a `judge` (samples to
            scores of classes), what is drawn is judged after each epoch.
        generator_optimizer: Changes the generator.
        discriminator_optimizer: Changes the discriminator.
        schedule: Multiplies both learning rates in the course of the run.
        latent_dim: Random numbers that the generator makes a sample of (1 to 65536).
        label_smoothing: How far the discriminator is asked to doubt what is real (0 to 0.5).
        batch_size: Real samples in a step, and as many drawn ones (1 to 65536).
        epochs: Passes over the training data (1 to 100000).
        steps: End after so many batches. A shorter run keeps the schedule of the whole one, so
            its first steps are the same (> 0).
        seed: Rules the order of the data and the noise.
        resume: A checkpoint to go on from.
        report: Watches the run.

    Returns:
        The state at the end.
    """
    builders = {"generator": generator_optimizer, "discriminator": discriminator_optimizer}
    solvers = {r: optimizers.build(builders[r], roles[r].parameters()) for r in ROLES}
    game = Game(roles["generator"], roles["discriminator"], label_smoothing)
    per_epoch = batch_count(data.train, batch_size)
    horizon = max(epochs * per_epoch, steps or 0)

    def discriminate(step: int, index: Tensor) -> tuple[Tensor, Tensor]:
        """What the generator draws in a step, and the discriminator's loss with its gradient."""
        latent = noise(state.seed, step, len(index), latent_dim).to(state.device)
        return game.discriminate(data.train[index][0], latent)

    def replay(step: int) -> Tensor:
        epoch, batch = divmod(step - 1, per_epoch)
        index = batches(data.train, batch_size, state.seed, epoch)[batch]
        return game.generate(discriminate(step, index)[0])

    state = State(
        roles, {f"{role}_optimizer": solver for role, solver in solvers.items()},
        hyper={f"{r}_lr": optimizers.learning_rate(solvers[r]) for r in ROLES},
        total_steps=steps or horizon, seed=seed, best=BEST, best_mode=BEST_MODE, replay=replay,
    )  # fmt: skip
    begin(state, resume, report)
    while not state.done:
        game.train()
        order = batches(data.train, batch_size, state.seed, state.epoch)
        for index in order[state.batch :][: state.total_steps - state.step]:
            set_rates(state, solvers, schedule(state.step / horizon))
            drawn, doubt = discriminate(state.step + 1, index)
            norms = [learn(state, "discriminator", solvers["discriminator"], doubt)]
            deceit = game.generate(drawn)
            norms += [learn(state, "generator", solvers["generator"], deceit)]
            state.step, state.batch = state.step + 1, state.batch + 1
            report(state, losses(deceit, doubt, norms))

        figures = exhibit(state, getattr(data, "judge", None), latent_dim)
        if state.batch == per_epoch:
            state.epoch, state.batch = state.epoch + 1, 0
        state.done = state.step >= state.total_steps
        report(state, {**figures, **data.baselines})
    return state


class Game:
    """The two losses, each of which leaves a gradient in its own network alone.

    Args:
        generator: Draws samples of noise.
        discriminator: Gives a high number to what looks real.
        smoothing: How far the discriminator is asked to doubt what is real.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module, smoothing: float = 0.0):
        self.generator, self.discriminator = generator, discriminator
        self.smoothing = smoothing

    def train(self) -> None:
        """Switch both networks to training."""
        self.generator.train()
        self.discriminator.train()

    def discriminate(self, real: Tensor, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Draw as many samples as there are real ones, and tell them apart.

        Returns:
            The samples, still tied to the generator, and the loss of the discriminator.
        """
        drawn: Tensor = self.generator(latent)
        for_real = self.discriminator(real)
        for_drawn = self.discriminator(drawn.detach())
        wanted = torch.full_like(for_real, 1 - self.smoothing)
        loss = F.binary_cross_entropy_with_logits(for_real, wanted) + F.softplus(for_drawn).mean()
        loss.backward()
        return drawn, loss.detach()

    def generate(self, drawn: Tensor) -> Tensor:
        """The loss of the generator: how clearly its samples are told from real ones."""
        loss = F.softplus(-self.discriminator(drawn)).mean()
        # Only the generator learns from it, which also saves half of the work.
        loss.backward(inputs=[p for p in self.generator.parameters() if p.requires_grad])
        return loss.detach()


def set_rates(state: State, solvers: Mapping[str, torch.optim.Optimizer], factor: float) -> None:
    """Set the learning rate of each role to its own times a factor."""
    for role, solver in solvers.items():
        optimizers.set_learning_rate(solver, state.hyper[f"{role}_lr"] * factor)


def learn(state: State, role: str, solver: torch.optim.Optimizer, loss: Tensor) -> Tensor:
    """Update a role from its gradient, and give the norm of that."""
    norm = gradient_norm(state.modules[role].parameters())
    state.update(solver, loss, norm)
    optimizers.clear_gradients(solver)
    return norm


def losses(generator: Tensor, discriminator: Tensor, norms: list[Tensor]) -> dict[str, Tensor]:
    """The figures of a step; the norm is that of both gradients together."""
    return {
        "train/generator_loss": generator,
        "train/discriminator_loss": discriminator,
        "train/grad_norm": torch.linalg.vector_norm(torch.stack(norms)),
    }


def noise(seed: int, step: int, count: int, latent_dim: int) -> Tensor:
    """What a step's samples are drawn from, shape (count, latent_dim).

    It follows from seed and step alone, so that a resumed run needs no memory of it. Step 0 is
    the noise of every evaluation: the same each time, so that one sees the drawings change.
    """
    generator = torch.Generator().manual_seed((seed * 1_000_003 + step) % 2**63)
    return torch.randn(count, latent_dim, generator=generator)


@torch.no_grad()
def exhibit(state: State, judge: nn.Module | None, latent_dim: int) -> dict[str, Tensor]:
    """Draw from the noise of every evaluation: a grid to look at, and the judge's verdict."""
    generator = state.modules["generator"].eval()
    drawn = generator(noise(state.seed, 0, JUDGED, latent_dim).to(state.device))
    state.samples = grid(drawn[: SHOWN * SHOWN])
    return {} if judge is None else verdict(judge, drawn)


def grid(pictures: Tensor) -> Tensor | None:
    """Pictures side by side as one, uint8 of shape (H, W) or (H, W, 3); None if they are none.

    Args:
        pictures: SHOWN × SHOWN of them, (N, C, H, W), from 0 or from -1 to 1.
    """
    if pictures.dim() != 4 or pictures.shape[1] not in (1, 3):
        return None
    black = -1.0 if bool((pictures < 0).any()) else 0.0
    levels = ((pictures - black) / (1 - black)).clamp(0, 1) * 255
    _, C, H, W = pictures.shape
    rows = levels.round().to(torch.uint8).reshape(SHOWN, SHOWN, C, H, W)
    sheet = rows.permute(0, 3, 1, 4, 2).reshape(SHOWN * H, SHOWN * W, C)
    return sheet.squeeze(2) if C == 1 else sheet
