"""CartPole: a pole on a cart, to be kept upright by pushing the cart left or right.

The physics is gymnasium's `CartPole-v1` (Barto, Sutton and Anderson, 1983). Each step that the
pole still stands earns 1; an episode is cut after 500 steps.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
from torch import Tensor

FILES = ()
TASK = "environment"


class CartPole:
    """A cart with a pole that can be saved in the middle of an episode and go on exactly.

    Args:
        limit: Steps after which an episode is cut.

    Attributes:
        observation_shape: Position and speed of the cart, angle and angular speed of the pole.
        actions: 0 pushes to the left, 1 to the right.
        elapsed: Steps of the episode under way.
    """

    task = TASK
    observation_shape: tuple[int, ...] = (4,)
    actions = 2
    classes = ("left", "right")
    features = ("position", "speed", "angle", "angular speed")
    shapes: tuple[tuple[int, ...], ...] = ((4,), ())

    def __init__(self, limit: int = 500):
        self.limit = limit
        self.elapsed = 0
        self.baselines: dict[str, float] = {}
        self.notes: tuple[str, ...] = ()
        self._physics: Any = CartPoleEnv()
        self.reset(seed=0)

    @property
    def observation(self) -> Tensor:
        """Position (m), speed (m/s), angle (rad) and angular speed (rad/s), shape (4,)."""
        return torch.from_numpy(self._physics.state.astype(np.float32))

    @property
    def scene(self) -> tuple[float, float]:
        """What a picture needs: the position of the cart (m) and the angle of the pole (rad)."""
        return float(self._physics.state[0]), float(self._physics.state[2])

    def reset(self, seed: int | None = None) -> Tensor:
        """Start an episode near the upright; a seed starts the random numbers anew."""
        self._physics.reset(seed=seed)
        self.elapsed = 0
        return self.observation

    def step(self, action: int) -> tuple[Tensor, float, bool, bool]:
        """Push the cart: observation, reward, terminated (it fell), truncated (time is up)."""
        _, reward, terminated, _, _ = self._physics.step(action)
        self.elapsed += 1
        truncated = self.elapsed >= self.limit and not terminated
        return self.observation, float(reward), bool(terminated), truncated

    def another(self) -> "CartPole":
        """A cart of the same kind, apart from this one."""
        return CartPole(self.limit)

    def to(self, device: torch.device | str) -> "CartPole":
        """The same world: it stays on the CPU, and a loop moves what is seen to its device."""
        return self

    def state_dict(self) -> dict[str, Any]:
        """Where cart and pole stand, the steps so far, and the random numbers to come."""
        return {
            "state": self._physics.state.tolist(),
            "elapsed": self.elapsed,
            "random": self._physics.np_random.bit_generator.state,
        }

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Go back to where `state_dict` was taken, to the last bit."""
        self._physics.reset()  # clears the note that the pole has fallen
        self._physics.state = np.array(state_dict["state"], dtype=np.float64)
        self._physics.np_random.bit_generator.state = state_dict["random"]
        self.elapsed = state_dict["elapsed"]


def read(path: Path | str | None = None, *, limit: int = 500) -> CartPole:
    """Set up a cart with a pole to balance.

    Args:
        path: Not needed: the world is computed.
        limit: Steps after which an episode is cut (1 to 100000).
    """
    return CartPole(limit)
