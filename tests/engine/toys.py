"""Small run folders: a network of four layers on points in a plane, and some that misbehave."""

import shutil
from pathlib import Path

from nnstudio.core import paths
from nnstudio.engine.events import RunRecord, Segment, record_bytes
from nnstudio.kit.files import sha256_file

MODEL = '''
import os
import time

import torch
from torch import Tensor, nn


class Slow(nn.Module):
    """Sleeps in its forward pass."""

    def forward(self, x: Tensor) -> Tensor:
        time.sleep({sleep})
        return x


class Trouble(nn.Module):
    """Misbehaves at its n-th training step."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += self.training
        if self.training and self.calls == {at}:
            {trouble}
        return x


class Net(nn.Module):
    """A network."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), {slow})
        self.dropout = nn.Dropout(0.1)
        self.trouble = Trouble()
        self.head = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(self.body(x))
        x = self.trouble(x)
        return self.head(x)
'''

TRAIN = '''
from functools import partial

import torch
from torch import nn

from kit import command
from kit.data.splits import Data, TensorSplit
from kit.loops import supervised
from kit.loops.state import Report
from model import Net


def main(argv: list[str] | None = None, report: Report | None = None) -> None:
    """Train."""
    args = command.parse(argv, __doc__, epochs=3)
    with command.start(args, report) as run:
        draw = torch.Generator().manual_seed(1)
        x = torch.randn(96, 2, generator=draw)
        y = (x[:, 0] * x[:, 1] > 0).long()
        data = Data(TensorSplit(x[:64], y[:64]), TensorSplit(x[64:], y[64:]), "classification")
        roles = run.place(model=Net())
        supervised.train(
            roles,
            data.to(run.device),
            loss=nn.CrossEntropyLoss(),
            optimizer=partial(torch.optim.Adam, lr=0.01),
            batch_size=8,
            epochs=args.epochs,
            steps=args.steps,
            seed=args.seed,
            resume=args.resume,
            report=run.report,
        )


if __name__ == "__main__":
    command.run(main)
'''

KEYS = {
    "roles": {"model": ["g", "Net"]},
    "classes": {
        "Net": {
            "body": ["sequence", [["n_first", ""], ["n_tanh", ""], ["n_slow", ""]]],
            "dropout": ["node", [["n_dropout", ""]]],
            "trouble": ["node", [["n_trouble", ""]]],
            "head": ["node", [["n_head", ""]]],
        }
    },
    "shared": {},
}


def make(
    folder: Path,
    run_id: str = "toy",
    *,
    slow: str = "nn.Identity()",
    sleep: float = 0.0,
    at: int = 0,
    trouble: str = "pass",
    old: str = "",
    new: str = "",
) -> Path:
    """Write a run folder.

    Args:
        folder: Where; made.
        run_id: Names its package.
        slow: The third module of the body.
        sleep: Seconds that a `Slow` takes.
        at: The call of `Trouble` that misbehaves.
        trouble: What it then does.
        old: Text of model.py that is replaced.
        new: By this.
    """
    folder.mkdir(parents=True)
    shutil.copytree(
        paths.package("kit"), folder / "kit", ignore=shutil.ignore_patterns("__pycache__")
    )
    text = MODEL.format(sleep=sleep, at=at, trouble=trouble, slow=slow)
    (folder / "model.py").write_text(text.replace(old, new) if old else text)
    (folder / "train.py").write_text(TRAIN)
    lines = {
        str(number): "g/n_trouble"
        for number, line in enumerate((folder / "model.py").read_text().splitlines(), 1)
        if "self.trouble(x)" in line
    }
    record = RunRecord(
        run_id, segments=(Segment(hashes(folder)),), keys=KEYS, lines={"model.py": lines}
    )
    (folder / "run.json").write_bytes(record_bytes(record))
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every file of code."""
    return {p.relative_to(folder).as_posix(): sha256_file(p) for p in folder.rglob("*.py")}
