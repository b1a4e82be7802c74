"""The cart and its pole: gymnasium's world to the last bit, and one that can be saved anywhere."""

import json
import math
import random
import warnings

import gymnasium
import pytest
import torch

from nnstudio.kit.checkpoints import flatten, unflatten
from nnstudio.kit.data import cartpole
from nnstudio.kit.evaluate.episodes import play


def leaning(observations: torch.Tensor) -> torch.Tensor:
    """Scores of a simple policy: push to the side that the pole falls to."""
    lean = observations[:, 2] + 0.5 * observations[:, 3]
    return torch.stack([-lean, lean], 1)


def test_it_is_gymnasiums_world() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = gymnasium.make("CartPole-v1")
    ours = cartpole.read()
    seen, _ = theirs.reset(seed=7)
    assert ours.reset(seed=7).tolist() == seen.tolist()
    choose = random.Random(0)
    for _ in range(300):
        action = choose.randrange(2)
        seen, reward, terminated, truncated, _ = theirs.step(action)
        step = ours.step(action)
        assert step[0].tolist() == seen.tolist()
        assert step[1:] == (reward, terminated, truncated)
        if terminated or truncated:
            assert ours.reset().tolist() == theirs.reset()[0].tolist()


@pytest.mark.parametrize("when", [0, 3, 17, 60])
def test_it_goes_on_from_a_saved_state_to_the_last_bit(when: int) -> None:
    def wander(world: cartpole.CartPole, steps: int, choose: random.Random) -> list[list[float]]:
        seen = []
        for _ in range(steps):
            observation, _, terminated, truncated = world.step(choose.randrange(2))
            seen.append(observation.tolist())
            if terminated or truncated:
                seen.append(world.reset().tolist())
        return seen

    world, choose = cartpole.read(), random.Random(1)
    world.reset(seed=3)
    wander(world, when, choose)
    tensors: dict[str, torch.Tensor] = {}
    text = json.dumps(flatten(world.state_dict(), tensors))  # as a checkpoint keeps it
    other = cartpole.read()
    other.load_state_dict(unflatten(json.loads(text), tensors))
    assert other.scene == world.scene
    assert other.elapsed == world.elapsed
    now = choose.getstate()
    expected = wander(world, 80, choose)
    choose.setstate(now)
    assert wander(other, 80, choose) == expected


def test_time_runs_out_without_an_end_of_the_world() -> None:
    world = cartpole.read(limit=5)
    ends = [world.step(number % 2)[2:] for number in range(5)]
    assert ends == [(False, False)] * 4 + [(False, True)]


def test_falling_ends_the_world_and_the_scene_shows_it() -> None:
    world = cartpole.read()
    world.reset(seed=0)
    terminated = False
    while not terminated:
        _, reward, terminated, truncated = world.step(1)
        assert reward == 1
        assert not truncated
    position, angle = world.scene
    assert abs(angle) > math.radians(12)
    assert abs(position) < 2.4


def test_episodes_are_played_side_by_side_and_leave_the_world_alone() -> None:
    world = cartpole.read(limit=120)
    world.reset(seed=5)
    before = world.state_dict()
    together = play(leaning, world, episodes=6, seed=11)
    assert world.state_dict() == before
    alone = torch.cat([play(leaning, world, episodes=1, seed=11 + k) for k in range(6)])
    assert together.tolist() == alone.tolist()
    assert together.tolist() == play(leaning, world, episodes=6, seed=11).tolist()
    assert together.mean() > 100  # this policy balances well
    assert play(lambda x: -leaning(x), world, episodes=6, seed=11).mean() < 20


def test_what_it_says_of_itself() -> None:
    world = cartpole.read().to("cpu")
    assert (world.observation_shape, world.actions, world.task) == ((4,), 2, cartpole.TASK)
    assert world.shapes == (tuple(world.observation.shape), ())
    assert len(world.classes) == world.actions
    assert world.observation.dtype == torch.float32
    assert cartpole.FILES == ()
