"""What a loop of reinforcement learning asks of a world."""

from typing import Any, Protocol

from torch import Tensor


class Environment(Protocol):
    """A world that a network acts in, one step at a time.

    Attributes:
        observation_shape: The shape of what is seen, without a batch.
        actions: How many actions there are; an action is a number from 0.
        observation: What is seen now, float32 on the CPU.
    """

    observation_shape: tuple[int, ...]
    actions: int

    @property
    def observation(self) -> Tensor:
        """What is seen now, of shape `observation_shape`."""

    def reset(self, seed: int | None = None) -> Tensor:
        """Start an episode; a seed starts the world's own random numbers anew."""

    def step(self, action: int) -> tuple[Tensor, float, bool, bool]:
        """Act, and see what follows: observation, reward, terminated, truncated.

        `terminated` means that the world came to an end, `truncated` that time ran out while
        more reward would have followed.
        """

    def another(self) -> "Environment":
        """A world of the same kind, apart from this one."""

    def state_dict(self) -> dict[str, Any]:
        """Where the world stands, with its random numbers."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Go back to where `state_dict` was taken."""
