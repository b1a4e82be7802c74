"""Lets a policy play whole episodes, to see how well it does."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..data.environment import Environment


@torch.no_grad()
def play(
    policy: Callable[[Tensor], Tensor],
    environment: Environment,
    *,
    episodes: int = 100,
    seed: int = 1_000_000,
    device: torch.device | str = "cpu",
) -> Tensor:
    """The return of each episode, shape (episodes,), float64 on the CPU.

    All episodes go side by side, so that the network sees them as one batch.

    Args:
        policy: Scores actions: observations (N, …) to (N, actions); the highest is taken.
        environment: The kind of world; it is left as it is, others like it are played.
        episodes: How many; episode k starts from `seed + k`.
        seed: Far from the seeds that runs are started with, so that no episode was trained on.
        device: Where the policy computes.
    """
    worlds = [environment.another() for _ in range(episodes)]
    seen = [world.reset(seed + number) for number, world in enumerate(worlds)]
    returns = torch.zeros(episodes, dtype=torch.float64)
    playing = list(range(episodes))
    while playing:
        scores = policy(torch.stack([seen[number] for number in playing]).to(device))
        rewards, going = [], []
        for number, action in zip(playing, scores.argmax(1).tolist(), strict=True):
            seen[number], reward, terminated, truncated = worlds[number].step(action)
            rewards.append(reward)
            if not (terminated or truncated):
                going.append(number)
        returns[playing] += torch.tensor(rewards, dtype=torch.float64)
        playing = going
    return returns
