"""Deep Q-learning: it learns, stops anywhere, goes on to the last bit, and shuns NaN."""

import math
import os
import random
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nnstudio.kit.checkpoints import take, write
from nnstudio.kit.data import cartpole
from nnstudio.kit.loops import dqn, schedules
from nnstudio.kit.loops.guard import NonFiniteError, check
from nnstudio.kit.loops.state import Metrics, State, Stop

KIT = Path(dqn.__file__).parents[1]
ADAM = partial(torch.optim.Adam, lr=0.003)
SMALL = {"warmup": 50, "batch_size": 16, "memory": 120, "epsilon_steps": 60}
SMALL |= {"steps_per_epoch": 20, "evaluation_episodes": 3, "epochs": 4}


class Corridor:
    """Six places in a row; the last one is worth 1, every step on the way costs a tenth.

    Args:
        bad_step: The step at which it shows NaN, counted from 1; None never does.
    """

    observation_shape: tuple[int, ...] = (6,)
    actions = 2

    def __init__(self, bad_step: int | None = None):
        self.place = self.count = 0
        self.bad_step = bad_step

    @property
    def observation(self) -> Tensor:
        seen = torch.zeros(6)
        seen[self.place] = math.nan if self.count == self.bad_step else 1.0
        return seen

    def reset(self, seed: int | None = None) -> Tensor:
        self.place = 0
        return self.observation

    def step(self, action: int) -> tuple[Tensor, float, bool, bool]:
        self.count += 1
        self.place = max(0, self.place + (1 if action else -1))
        done = self.place == 5
        return self.observation, 1.0 if done else -0.1, done, self.count % 50 == 0 and not done

    def another(self) -> "Corridor":
        return Corridor()

    def state_dict(self) -> dict[str, Any]:
        return {"place": self.place, "count": self.count}

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        self.place, self.count = state_dict["place"], state_dict["count"]


def network(inputs: int = 4, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(inputs, 24), nn.ReLU(), nn.Linear(24, 2))


class Diary:
    """A report that writes everything down, saves after some steps, and stops after one.

    Args:
        folder: Where checkpoints go.
        save: Steps after which the state is saved.
        stop: The step after which the run ends.
    """

    def __init__(self, folder: Path, save: tuple[int, ...] = (), stop: int | None = None):
        self.folder, self.save, self.stop = folder, save, stop
        self.lines: list[tuple[int, dict[str, float]]] = []
        self.seen = -1

    def __call__(self, state: State, metrics: Metrics, /) -> None:
        check(state)
        if metrics:
            self.lines.append((state.step, {name: float(v) for name, v in metrics.items()}))
        if state.step != self.seen and state.step in self.save:
            write(take(state), self.folder / str(state.step))
        self.seen = state.step
        if state.step == self.stop:
            raise Stop


def test_it_finds_the_way_out() -> None:
    returns: list[float] = []

    def report(state: State, metrics: Metrics) -> None:
        returns.extend(float(metrics[name]) for name in metrics if name == dqn.BEST)

    state = dqn.train(
        {"q": network(6)}, Corridor(), optimizer=ADAM, warmup=200, batch_size=32,
        epsilon_steps=200, steps_per_epoch=200, evaluation_episodes=2, epochs=2,
        target_rate=0.05, report=report,
    )  # fmt: skip
    assert returns[-1] == pytest.approx(0.6)  # four steps at a tenth, then 1: nothing is better
    assert (state.step, state.epoch, state.batch, state.done) == (400, 2, 0, True)


@pytest.mark.parametrize("steps_ahead", [1, 3])
def test_rewards_on_the_way_are_added_up_to_the_end_of_the_episode(steps_ahead: int) -> None:
    """Against a slow account of the same transitions, with the ring gone round."""
    past, gamma, kept = dqn.Replay(40, (1,), torch.device("cpu")), 0.9, []
    choose = random.Random(2)
    for number in range(100):
        terminated, cut = choose.random() < 0.1, choose.random() < 0.1
        reward = choose.random()
        row = (float(number), number % 2, reward, number + 0.5, terminated, terminated or cut)
        past.add(*row)
        kept = [*kept, row][-40:]
    batch = past.sample(500, steps_ahead, gamma, torch.Generator().manual_seed(0))
    started = set()
    for observation, action, reward, last, weight in zip(*batch, strict=True):
        at = next(k for k, row in enumerate(kept) if row[0] == float(observation))
        started.add(at)
        total, length = 0.0, 0
        for row in kept[at : at + steps_ahead]:
            total, length = total + gamma**length * row[2], length + 1
            if row[5]:
                break
        assert int(action) == kept[at][1]
        assert float(reward) == pytest.approx(total, rel=1e-5)
        assert float(last) == row[3]
        assert float(weight) == pytest.approx(0.0 if row[4] else gamma**length, rel=1e-5)
    assert started == set(range(40 - steps_ahead + 1))


@pytest.mark.parametrize("seed", range(3))
def test_it_goes_on_to_the_last_bit(tmp_path: Path, seed: int) -> None:
    """Stopped at random steps; killed as well, where the last checkpoint is older."""
    whole = Diary(tmp_path / "whole")
    settings = {**SMALL, "optimizer": ADAM, "schedule": schedules.linear, "seed": seed}
    dqn.train({"q": network()}, cartpole.read(), report=whole, **settings)
    cuts = [*sorted(random.Random(seed).sample(range(1, 80), 3)), 20 * (seed + 1), 80]
    first = Diary(tmp_path, save=(0, *cuts))
    dqn.train({"q": network()}, cartpole.read(), report=first, **settings)
    assert first.lines == whole.lines
    for cut in (0, *cuts):
        torch.manual_seed(99)  # another process has drawn other numbers
        rest = Diary(tmp_path)
        dqn.train(
            {"q": network(seed=7)}, cartpole.read(), report=rest, resume=tmp_path / str(cut),
            **{**settings, "seed": 1234},
        )  # fmt: skip
        done = [line for line in whole.lines if line[0] < cut or "train/loss" in line[1]]
        at = sum(step <= cut for step, _ in done)
        assert rest.lines == whole.lines[at:]


def test_a_stop_leaves_the_loop_at_once_and_what_changes_is_heard(tmp_path: Path) -> None:
    diary = Diary(tmp_path, stop=7)
    with pytest.raises(Stop):
        dqn.train({"q": network()}, cartpole.read(), optimizer=ADAM, report=diary, **SMALL)
    assert [step for step, _ in diary.lines] == list(range(1, 8))

    q = network()
    seen: list[list[Tensor]] = []

    def freeze(state: State, metrics: Metrics) -> None:
        state.hyper["lr"] = 0.0
        seen.append([weight.detach().clone() for weight in q.parameters()])

    dqn.train({"q": q}, cartpole.read(), optimizer=ADAM, report=freeze, steps=5, **SMALL)
    assert all(torch.equal(a, b) for a, b in zip(seen[0], seen[-1], strict=True))


def test_a_limit_of_steps_is_not_another_plan(tmp_path: Path) -> None:
    whole, short = Diary(tmp_path), Diary(tmp_path)
    settings = {**SMALL, "optimizer": ADAM, "schedule": schedules.cosine}
    dqn.train({"q": network()}, cartpole.read(), report=whole, **settings)
    state = dqn.train({"q": network()}, cartpole.read(), report=short, steps=33, **settings)
    assert [s for s in short.lines if "train/loss" in s[1]] == [
        s for s in whole.lines if "train/loss" in s[1]
    ][:33]
    assert (state.step, state.batch, state.done) == (33, 13, True)
    assert dqn.BEST in short.lines[-1][1]


def test_nothing_is_learned_from_what_is_not_finite(tmp_path: Path) -> None:
    world, q = Corridor(bad_step=90), network(6)
    diary = Diary(tmp_path)
    with pytest.raises(NonFiniteError) as caught:
        dqn.train({"q": q}, world, optimizer=ADAM, report=diary, **{**SMALL, "memory": 12})
    assert all(torch.isfinite(weight).all() for weight in q.parameters())
    assert caught.value.step == diary.lines[-1][0] + 1
    assert 40 <= caught.value.step <= 60  # 50 steps of warm-up come first
    assert caught.value.where == "q.0"


def test_a_huge_learning_rate_is_told(tmp_path: Path) -> None:
    q = network(6)
    with pytest.raises(NonFiniteError):
        dqn.train(
            {"q": q}, Corridor(), optimizer=partial(torch.optim.SGD, lr=1e30), clip=None,
            report=Diary(tmp_path), **SMALL,
        )  # fmt: skip


def test_a_checkpoint_with_a_larger_memory_is_refused(tmp_path: Path) -> None:
    settings = {**SMALL, "optimizer": ADAM, "steps": 10}
    dqn.train(
        {"q": network()}, cartpole.read(), report=Diary(tmp_path, save=(10,)), **settings
    )  # fmt: skip
    with pytest.raises(ValueError, match="60 transitions, for a memory of 30"):
        dqn.train(
            {"q": network()}, cartpole.read(), report=Diary(tmp_path), resume=tmp_path / "10",
            **{**settings, "memory": 30},
        )  # fmt: skip


SCRIPT = """
import os, signal, sys

class Out:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"nnstudio", "PySide6", "pyqtgraph"}:
            raise ImportError(f"{name} is out of reach")

sys.meta_path.insert(0, Out())
from functools import partial
import torch
from torch import nn
from kit.data import cartpole
from kit.lines import JsonLines
from kit.loops import dqn
from kit.show import Recorder

torch.set_num_threads(1)
always = lambda since, cost, *, epoch_ended: True


def run(folder, kill=-1, resume=None):
    torch.manual_seed(0)
    q = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
    with Recorder(JsonLines(sys.stderr), folder, due=always, period=0.0) as recorder:
        def report(state, metrics):
            recorder(state, metrics)
            if state.step == kill:
                os.kill(os.getpid(), signal.SIGKILL)
        dqn.train(
            {"q": q}, cartpole.read(), optimizer=partial(torch.optim.Adam, lr=0.003), warmup=50,
            batch_size=16, steps_per_epoch=20, evaluation_episodes=3, epochs=3,
            resume=resume, report=report,
        )
    with open(folder + ".txt", "w") as out:
        for name, value in sorted(recorder.state.record["metrics"].items()):
            print(name, repr(value), file=out)
        for weight in q.parameters():
            print(weight.double().sum().item().hex(), file=out)
            print(weight.double().square().sum().item().hex(), file=out)


for arguments in (("whole",), ("cut", 37), ("cut", -1, "cut")):
    child = os.fork()  # a process of its own, without another three seconds of imports
    if not child:
        run(*arguments)
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_alone_and_killed(tmp_path: Path) -> None:
    """The kit runs where nothing of ours is, and a kill -9 costs it nothing but time."""
    shutil.copytree(KIT, tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)

    done = subprocess.run(
        [sys.executable, "-P", str(script)], cwd=tmp_path, text=True, capture_output=True,
        timeout=100, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.split() == ["0", str(int(signal.SIGKILL)), "0"], done.stderr
    whole = (tmp_path / "whole.txt").read_text()
    assert (tmp_path / "cut.txt").read_text() == whole != ""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(3))
def test_the_pole_is_balanced(seed: int) -> None:
    """The settings of the template."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    q = nn.Sequential(nn.Linear(4, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 2))
    best: list[float] = []

    def report(state: State, metrics: Metrics) -> None:
        best.extend(float(metrics[name]) for name in metrics if name == dqn.BEST)

    dqn.train(
        {"q": q}, cartpole.read(), optimizer=partial(torch.optim.Adam, lr=0.001),
        schedule=schedules.linear, seed=seed, report=report,
    )  # fmt: skip
    assert max(best) >= 195
