"""Adversarial training: it learns, stops anywhere, goes on to the last bit, and shuns NaN."""

import math
import os
import random
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from nnstudio.kit.checkpoints import take, write
from nnstudio.kit.data import images
from nnstudio.kit.data.splits import Data, TensorSplit, batches
from nnstudio.kit.loops import gan, schedules
from nnstudio.kit.loops.guard import NonFiniteError, check
from nnstudio.kit.loops.state import Metrics, State, Stop

KIT = Path(gan.__file__).parents[1]
PICTURES = KIT.parents[1] / "resources" / "datasets" / "mnist5k.npz"
ADAM = partial(torch.optim.Adam, lr=0.003, betas=(0.5, 0.999))
BOTH = {"generator_optimizer": ADAM, "discriminator_optimizer": ADAM}
TOY = {**BOTH, "latent_dim": 3, "batch_size": 8, "epochs": 4}


class Sides(nn.Module):
    """A judge of points: which side of the line x = 2 they are on."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[:, 0] - 2, 2 - x[:, 0]], 1)


def cloud(count: int = 40) -> Data:
    """Points around (2, -1)."""
    draws = torch.Generator().manual_seed(0)
    x = torch.randn(count, 2, generator=draws) * torch.tensor([0.5, 0.2]) + torch.tensor([2.0, -1])
    split = TensorSplit(x, torch.zeros(count, dtype=torch.long))
    return images.Images(split, split, "images", judge=Sides())


def sketches(count: int = 40) -> Data:
    """Pictures of 4 × 4 pixels with a bright half."""
    x = -torch.ones(count, 1, 4, 4)
    x[::2, :, :2], x[1::2, :, 2:] = 1, 1
    split = TensorSplit(x, torch.zeros(count, dtype=torch.long))
    return Data(split, split, "images")


def points(seed: int = 0) -> dict[str, nn.Module]:
    torch.manual_seed(seed)
    return {
        "generator": nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 2)),
        "discriminator": nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1)),
    }


def pictures(seed: int = 0) -> dict[str, nn.Module]:
    """Small, with all that carries a state or draws numbers: batch norm, dropout."""
    torch.manual_seed(seed)
    return {
        "generator": nn.Sequential(
            nn.Linear(3, 16), nn.Unflatten(1, (4, 2, 2)), nn.BatchNorm2d(4), nn.ReLU(),
            nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Tanh(),
        ),
        "discriminator": nn.Sequential(
            nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Conv2d(4, 4, 1),
            nn.BatchNorm2d(4), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(16, 1),
        ),
    }  # fmt: skip


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
        if state.step > self.seen >= 0 or metrics:
            self.lines.append((state.step, {name: float(v) for name, v in metrics.items()}))
        if state.step != self.seen and state.step in self.save:
            write(take(state), self.folder / str(state.step))
        self.seen = state.step
        if state.step == self.stop:
            raise Stop


def test_the_points_drawn_come_to_lie_where_the_real_ones_are(tmp_path: Path) -> None:
    roles, diary = points(), Diary(tmp_path)
    state = gan.train(
        roles, cloud(256), report=diary, **{**TOY, "batch_size": 32, "epochs": 60}
    )  # fmt: skip
    with torch.no_grad():
        drawn = roles["generator"](torch.randn(1000, 3))
    assert (drawn.mean(0) - torch.tensor([2.0, -1.0])).norm() < 0.4
    assert (state.step, state.epoch, state.batch, state.done) == (480, 60, 0, True)
    first, last = diary.lines[8][1], diary.lines[-1][1]
    assert set(first) == {"eval/digits", "eval/confidence", "eval/inception_score"}
    assert first["eval/inception_score"] == pytest.approx(1, abs=0.2)  # all on one side
    assert last["eval/inception_score"] > first["eval/inception_score"]
    assert last["eval/digits"] == 2
    assert state.samples is None  # points are no pictures


def test_each_loss_teaches_its_own_network_alone() -> None:
    roles = pictures()
    game = gan.Game(roles["generator"], roles["discriminator"], smoothing=0.1)
    real = sketches().train[torch.arange(8)][0]
    drawn, doubt = game.discriminate(real, torch.randn(8, 3))
    assert all(weight.grad is None for weight in roles["generator"].parameters())
    kept = [weight.grad.clone() for weight in roles["discriminator"].parameters()]
    deceit = game.generate(drawn)
    assert all(weight.grad is not None for weight in roles["generator"].parameters())
    after = [weight.grad for weight in roles["discriminator"].parameters()]
    assert all(torch.equal(a, b) for a, b in zip(kept, after, strict=True))
    assert not doubt.requires_grad
    assert not deceit.requires_grad


def test_the_losses_are_those_of_goodfellow() -> None:
    """Against the formulas as they stand in the paper, with logits that saturate nothing."""
    logits = torch.tensor([[0.3], [-1.2], [2.0], [0.7]])
    game = gan.Game(nn.Identity(), nn.Identity(), smoothing=0.25)
    drawn = logits.flip(0).requires_grad_()
    real = logits.clone().requires_grad_()
    _, doubt = game.discriminate(real, drawn)
    p, q = logits.sigmoid(), drawn.detach().sigmoid()
    expected = -(0.75 * p.log() + 0.25 * (1 - p).log() + (1 - q).log()).mean()
    assert float(doubt) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_it_goes_on_to_the_last_bit(tmp_path: Path, seed: int) -> None:
    """Stopped at random steps; killed as well, where the last checkpoint is older."""
    settings = {**TOY, "schedule": schedules.linear, "label_smoothing": 0.1}
    whole = Diary(tmp_path / "whole")
    gan.train(pictures(), sketches(), report=whole, seed=seed, **settings)
    cuts = [*sorted(random.Random(seed).sample(range(1, 20), 3)), 5 * (seed + 1), 20]
    first = Diary(tmp_path, save=(0, *cuts))
    gan.train(pictures(), sketches(), report=first, seed=seed, **settings)
    assert first.lines == whole.lines
    for cut in (0, *cuts):
        torch.manual_seed(99)  # another process has drawn other numbers
        rest, checkpoint = Diary(tmp_path), tmp_path / str(cut)
        gan.train(
            pictures(seed=7), sketches(), report=rest, seed=1234, resume=checkpoint, **settings
        )  # fmt: skip
        steps = [step for step, metrics in whole.lines if metrics and step <= cut]
        assert rest.lines == whole.lines[len(steps) :]


def test_a_stop_leaves_the_loop_at_once_and_what_changes_is_heard(tmp_path: Path) -> None:
    diary = Diary(tmp_path, stop=7)
    with pytest.raises(Stop):
        gan.train(points(), cloud(), report=diary, **TOY)
    assert diary.lines[-1][0] == 7

    roles, seen = points(), []

    def freeze(state: State, metrics: Metrics) -> None:
        state.hyper["generator_lr"] = 0.0
        seen.append([{n: w.clone() for n, w in r.state_dict().items()} for r in roles.values()])

    gan.train(roles, cloud(), report=freeze, steps=4, **TOY)
    for role, frozen in ((0, True), (1, False)):
        same = [torch.equal(seen[0][role][n], seen[-1][role][n]) for n in seen[0][role]]
        assert all(same) is frozen


def test_a_grid_of_drawings_is_kept_to_be_shown(tmp_path: Path) -> None:
    state = gan.train(pictures(), sketches(), report=Diary(tmp_path), **TOY)
    assert state.samples is not None
    assert (state.samples.shape, state.samples.dtype) == ((32, 32), torch.uint8)
    sheet = torch.full((64, 3, 2, 5), 0.5)
    sheet[1], sheet[8] = 1, 0  # the second of the first row, the first of the second
    shown = gan.grid(sheet)
    assert shown is not None
    assert shown.shape == (16, 40, 3)
    assert shown[0, 4:11, 0].tolist() == [128, *[255] * 5, 128]
    assert shown[1:5, 0, 2].tolist() == [128, 0, 0, 128]


def test_a_limit_of_steps_is_not_another_plan(tmp_path: Path) -> None:
    whole, short = Diary(tmp_path), Diary(tmp_path)
    settings = {**TOY, "schedule": schedules.cosine}
    gan.train(points(), cloud(), report=whole, **settings)
    state = gan.train(points(), cloud(), report=short, steps=13, **settings)
    assert short.lines[:15] == whole.lines[:15]  # 13 steps and two ends of an epoch
    assert (state.step, state.batch, state.done) == (13, 3, True)
    assert gan.BEST in short.lines[-1][1]


def test_nothing_is_learned_from_what_is_not_finite(tmp_path: Path) -> None:
    data = sketches()
    assert isinstance(data.train, TensorSplit)
    data.train.tensors[0][13] = math.nan
    bad = next(
        number
        for number, index in enumerate(batches(data.train, 8, seed=0, epoch=0), 1)
        if 13 in index.tolist()
    )
    roles, before = pictures(), Diary(tmp_path)
    with pytest.raises(NonFiniteError) as caught:
        gan.train(roles, data, report=before, **TOY)
    assert (caught.value.step, caught.value.where) == (bad, "discriminator.0")
    assert before.lines[-1][0] == bad - 1 if bad > 1 else not before.lines
    for role in roles.values():
        assert all(torch.isfinite(weight).all() for weight in role.parameters())


def test_a_broken_generator_is_named(tmp_path: Path) -> None:
    roles = pictures()
    roles["generator"][4].weight.data[0, 0, 0, 0] = math.nan
    kept = [weight.clone() for weight in roles["discriminator"].parameters()]
    with pytest.raises(NonFiniteError) as caught:
        gan.train(roles, sketches(), report=Diary(tmp_path), **TOY)
    assert (caught.value.step, caught.value.where) == (1, "generator.4")
    after = roles["discriminator"].parameters()
    assert all(torch.equal(a, b) for a, b in zip(kept, after, strict=True))


def test_a_huge_learning_rate_is_told(tmp_path: Path) -> None:
    wild = partial(torch.optim.SGD, lr=1e30)
    with pytest.raises(NonFiniteError):
        gan.train(
            points(), cloud(), report=Diary(tmp_path),
            **{**TOY, "generator_optimizer": wild, "discriminator_optimizer": wild},
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
from kit.data import images
from kit.lines import JsonLines
from kit.loops import gan
from kit.show import Recorder

torch.set_num_threads(1)
always = lambda since, cost, *, epoch_ended: True


def run(folder, kill=-1, resume=None):
    torch.manual_seed(0)
    roles = {
        "generator": nn.Sequential(
            nn.Linear(4, 98), nn.Unflatten(1, (2, 7, 7)), nn.BatchNorm2d(2), nn.ReLU(),
            nn.Upsample(scale_factor=4), nn.Conv2d(2, 1, 3, 1, 1), nn.Tanh(),
        ),
        "discriminator": nn.Sequential(
            nn.Conv2d(1, 4, 4, 4), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Flatten(),
            nn.Linear(196, 1),
        ),
    }
    adam = partial(torch.optim.Adam, lr=4e-4, betas=(0.5, 0.999))
    with Recorder(JsonLines(sys.stderr), folder, due=always, period=0.0) as recorder:
        def report(state, metrics):
            recorder(state, metrics)
            if state.step == kill:
                os.kill(os.getpid(), signal.SIGKILL)
        gan.train(
            roles, images.read("files/mnist5k.npz"), generator_optimizer=adam,
            discriminator_optimizer=adam, latent_dim=4, batch_size=400, epochs=2,
            resume=resume, report=report,
        )
    with open(folder + ".txt", "w") as out:
        for name, value in sorted(recorder.state.record["metrics"].items()):
            print(name, repr(value), file=out)
        for role in roles.values():
            for weight in role.state_dict().values():
                print(weight.double().sum().item().hex(), file=out)
                print(weight.double().square().sum().item().hex(), file=out)


for arguments in (("whole",), ("cut", 13), ("cut", -1, "cut")):
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
    (tmp_path / "files").mkdir()
    for name in images.FILES:
        shutil.copy(PICTURES.with_name(name), tmp_path / "files" / name)
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
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_digits_are_drawn(seed: int) -> None:
    """The settings of the template."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    roles = {
        "generator": nn.Sequential(
            nn.Linear(64, 3136, bias=False), nn.Unflatten(1, (64, 7, 7)), nn.BatchNorm2d(64),
            nn.ReLU(), nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32),
            nn.ReLU(), nn.ConvTranspose2d(32, 1, 4, 2, 1), nn.Tanh(),
        ),
        "discriminator": nn.Sequential(
            nn.Conv2d(1, 32, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(3136, 1),
        ),
    }  # fmt: skip
    adam = partial(torch.optim.Adam, lr=0.001, betas=(0.5, 0.999))
    state = gan.train(
        roles, images.read(PICTURES), generator_optimizer=adam, discriminator_optimizer=adam,
        schedule=schedules.cosine, epochs=32, seed=seed,
    )  # fmt: skip
    said = gan.exhibit(state, images.read(PICTURES).judge, 64)
    assert float(said["eval/digits"]) == 10
    assert float(said["eval/confidence"]) >= 0.8
