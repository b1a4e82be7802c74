"""Deep Q-learning: a network learns what each action is worth, from what it has tried.

After Mnih et al. (2015), with three changes that keep it from falling back later: the network
picks the action whose worth the target network tells (van Hasselt et al., 2016), rewards of
several steps are added up before the target network is asked, and the target follows slowly.
"""

import copy
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..checkpoints import begin
from ..data.environment import Environment
from ..evaluate.episodes import play
from ..show import show
from . import optimizers
from .guard import gradient_norm
from .schedules import constant
from .state import Optimizer, Report, Schedule, State, device_of

ROLES = ("q",)
BEST = "eval/return"
BEST_MODE = "max"


class Replay:
    """The last transitions, in the order they happened, as a ring of tensors.

    Args:
        capacity: How many are kept.
        shape: The shape of an observation.
        device: Where they lie.

    Attributes:
        count: Transitions ever added.
    """

    def __init__(self, capacity: int, shape: tuple[int, ...], device: torch.device):
        self.capacity, self.count = capacity, 0
        self.rows = {
            "observation": torch.zeros(capacity, *shape, device=device),
            "action": torch.zeros(capacity, dtype=torch.int64, device=device),
            "reward": torch.zeros(capacity, device=device),
            "next_observation": torch.zeros(capacity, *shape, device=device),
            "terminated": torch.zeros(capacity, device=device),
            "ended": torch.zeros(capacity, device=device),  # terminated or cut
        }

    def __len__(self) -> int:
        return min(self.count, self.capacity)

    def add(self, *transition: Tensor | float) -> None:
        """Add one transition, its parts in the order of `rows`; the oldest makes room."""
        place = self.count % self.capacity
        for row, value in zip(self.rows.values(), transition, strict=True):
            row[place] = value
        self.count += 1

    def sample(
        self, size: int, steps: int, gamma: float, choices: torch.Generator
    ) -> tuple[Tensor, ...]:
        """Random transitions, each seen `steps` steps ahead or to the end of its episode.

        Returns:
            Observation (N, …), action (N,), the discounted reward on the way (N,), the last
            observation (N, …), and the weight of what is to come from there (N,): the
            discount, or 0 where the world came to an end.
        """
        device = self.rows["reward"].device
        first = torch.randint(len(self) - steps + 1, (size,), generator=choices).to(device)
        ahead = torch.arange(steps, device=device)
        places = (self.count - len(self) + first[:, None] + ahead) % self.capacity  # (N, steps)
        going = (1 - self.rows["ended"][places]).cumprod(1)
        same = torch.cat([torch.ones_like(going[:, :1]), going[:, :-1]], 1)  # still its episode
        reward = (self.rows["reward"][places] * same * gamma**ahead).sum(1)
        length = same.sum(1)
        last = places.gather(1, length.long()[:, None] - 1).squeeze(1)
        weight = gamma**length * (1 - self.rows["terminated"][last])
        start = places[:, 0]
        observation, action = self.rows["observation"][start], self.rows["action"][start]
        return observation, action, reward, self.rows["next_observation"][last], weight

    def state_dict(self) -> dict[str, Any]:
        """The part that is filled."""
        return {"count": self.count, "rows": {n: t[: len(self)] for n, t in self.rows.items()}}

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Go back to what `state_dict` gave.

        Raises:
            RuntimeError: It comes from a ring of another size.
        """
        self.count = state_dict["count"]
        for name, rows in state_dict["rows"].items():
            if len(rows) != len(self):
                raise RuntimeError(f"{len(rows)} transitions, for a memory of {self.capacity}")
            self.rows[name][: len(rows)] = rows


class Player:
    """Acts in a world and remembers what followed.

    Args:
        q: Tells what each action is worth.
        environment: The world.
        past: Where the transitions go.

    Attributes:
        gained: The reward of the episode under way.
    """

    def __init__(self, q: nn.Module, environment: Environment, past: Replay):
        self.q, self.environment, self.past = q, environment, past
        self.gained = 0.0

    def warm_up(self, count: int, seed: int) -> None:
        """Start the world and act at random for so many steps; a resumed run has done so."""
        if self.past.count == 0:
            self.environment.reset(seed)
            choices = draws(seed, 0)
            for _ in range(count):
                self.act(1.0, choices)

    def act(self, chance: float, choices: torch.Generator) -> dict[str, float]:
        """Act once, at random with this chance, and tell the return of an episode that ended."""
        seen = self.environment.observation
        luck, pick = torch.rand(2, generator=choices).tolist()
        action = int(pick * self.environment.actions) if luck < chance else self.best(seen)
        after, reward, terminated, truncated = self.environment.step(action)
        self.past.add(seen, action, reward, after, terminated, terminated or truncated)
        self.gained += reward
        if not (terminated or truncated):
            return {}
        self.environment.reset()
        gained, self.gained = self.gained, 0.0
        return {"episode/return": gained}

    @torch.no_grad()
    def best(self, observation: Tensor) -> int:
        """The action that the network thinks most of."""
        place = self.past.rows["observation"].device
        return int(self.q.eval()(observation[None].to(place)).argmax(1))

    def state_dict(self) -> dict[str, Any]:
        """The transitions, and the reward so far."""
        return {"past": self.past.state_dict(), "gained": self.gained}

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Go back to what `state_dict` gave."""
        self.past.load_state_dict(state_dict["past"])
        self.gained = state_dict["gained"]


def train(
    roles: dict[str, nn.Module],
    environment: Environment,
    *,
    optimizer: Optimizer,
    schedule: Schedule = constant,
    gamma: float = 0.99,
    look_ahead: int = 5,
    double: bool = True,
    target_rate: float = 0.005,
    memory: int = 50000,
    warmup: int = 1000,
    epsilon: float = 0.1,
    epsilon_steps: int = 10000,
    batch_size: int = 128,
    clip: float | None = 10.0,
    steps_per_epoch: int = 1000,
    evaluation_episodes: int = 100,
    epochs: int = 20,
    steps: int | None = None,
    seed: int = 0,
    resume: Path | str | None = None,
    report: Report = show,
) -> State:
    """Learn to act by trying: each step is one action in the world and one update.

    Args:
        roles: The network as "q": an observation to the worth of each action.
        environment: The world to act in.
        optimizer: Changes the weights after each batch.
        schedule: Multiplies the learning rate in the course of the run.
        gamma: What a reward one step later is worth (0 to 1).
        look_ahead: Rewards that are added up before the target network tells the rest
            (1 to 100).
        double: Let the network itself pick the action that the target network values; it
            takes away most of the optimism of plain Q-learning.
        target_rate: How far the target network follows in each step (0 to 1).
        memory: Transitions that are kept to learn from (100 to 10000000).
        warmup: Random actions before the first update (1 to 1000000).
        epsilon: The part of random actions once the run is under way (0 to 1).
        epsilon_steps: Steps in which that part falls from 1 (1 to 100000000).
        batch_size: Transitions in an update (1 to 65536).
        clip: Shortens a longer gradient to this norm (> 0).
        steps_per_epoch: Steps between two evaluations (1 to 1000000).
        evaluation_episodes: Episodes played without random actions in each evaluation; they
            start the same way each time (1 to 10000).
        epochs: Evaluations, and so the length of the run (1 to 100000).
        steps: End after so many steps. A shorter run keeps the schedule of the whole one, so
            its first steps are the same (> 0).
        seed: Rules the world and all random choices.
        resume: A checkpoint to go on from.
        report: Watches the run.

    Returns:
        The state at the end.
    """
    q, device = roles["q"], device_of(roles)
    target = copy.deepcopy(q).requires_grad_(False).eval()
    parameters = list(q.parameters())
    solver = optimizers.build(optimizer, parameters)
    player = Player(q, environment, Replay(memory, environment.observation_shape, device))
    horizon = max(epochs * steps_per_epoch, steps or 0)

    def backward(step: int) -> Tensor:
        """The loss of a step's batch, with its gradient left in the parameters."""
        batch = player.past.sample(batch_size, look_ahead, gamma, draws(state.seed, step, 1))
        value = loss(q.train(), target, batch, double)
        value.backward()
        return value.detach()

    state = State(
        roles,
        {"target": target, "optimizer": solver, "player": player, "environment": environment},
        hyper={"lr": optimizers.learning_rate(solver), "epsilon": epsilon},
        total_steps=steps or horizon, seed=seed, best=BEST, best_mode=BEST_MODE, replay=backward,
    )  # fmt: skip
    begin(state, resume, report)
    player.warm_up(max(warmup, look_ahead), state.seed)
    while not state.done:
        for _ in range(min(steps_per_epoch - state.batch, state.total_steps - state.step)):
            optimizers.set_learning_rate(solver, state.hyper["lr"] * schedule(state.step / horizon))
            chance = falling(state.hyper["epsilon"], state.step / epsilon_steps)
            episode = player.act(chance, draws(state.seed, state.step + 1))
            value = backward(state.step + 1)
            norm = gradient_norm(parameters, clip)
            state.update(solver, value, norm)
            optimizers.clear_gradients(solver)
            follow(target, parameters, target_rate)
            state.step, state.batch = state.step + 1, state.batch + 1
            report(state, {"train/loss": value, "train/grad_norm": norm, **episode})
        returns = play(q.eval(), environment, episodes=evaluation_episodes, device=device)
        if state.batch == steps_per_epoch:
            state.epoch, state.batch = state.epoch + 1, 0
        state.done = state.step >= state.total_steps
        report(state, {"eval/return": returns.mean()})
    return state


def draws(seed: int, step: int, purpose: int = 0) -> torch.Generator:
    """The random choices of a step, for acting (0) or for picking a batch (1).

    They follow from seed and step alone, so that a resumed run needs no memory of them.
    """
    return torch.Generator().manual_seed((seed * 1_000_003 + 2 * step + purpose) % 2**63)


def loss(q: nn.Module, target: nn.Module, batch: tuple[Tensor, ...], double: bool) -> Tensor:
    """How far the network is from what was gained and is still to come, by Huber's loss.

    Args:
        q: The network that learns.
        target: Tells what the last observation is worth.
        batch: What `Replay.sample` gives.
        double: The network itself picks the action there.
    """
    observation, action, reward, last, weight = batch
    with torch.no_grad():
        worth = target(last)  # (N, actions)
        picked = (q(last) if double else worth).argmax(1, keepdim=True)
        goal = reward + weight * worth.gather(1, picked).squeeze(1)
    return F.smooth_l1_loss(q(observation).gather(1, action[:, None]).squeeze(1), goal)


@torch.no_grad()
def follow(target: nn.Module, parameters: list[nn.Parameter], rate: float) -> None:
    """Move the weights of the target network a little towards those that learn."""
    for slow, fast in zip(target.parameters(), parameters, strict=True):
        slow.lerp_(fast, rate)


def falling(end: float, progress: float) -> float:
    """A chance that falls from 1 to `end` while the progress goes from 0 to 1."""
    return end + (1 - end) * max(0.0, 1 - progress)
