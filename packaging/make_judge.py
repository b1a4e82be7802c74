"""Trains the judge of digits anew and writes `resources/datasets/digit_judge.safetensors`.

    .venv/bin/python packaging/make_judge.py

It takes about two minutes on one core. The judge learns from the training part of `mnist5k.npz`
alone (split seed 0), with pictures shifted and turned a little, and must reach 0.98 on the rest,
or nothing is written. Torch of another version may give other weights: put the sha256 that is
printed into `SHA256` in `nnstudio/kit/evaluate/judge.py` and into `SHA256SUMS` beside the file.
"""

import sys
from functools import partial
from pathlib import Path
from typing import cast

import safetensors.torch
import torch
from torch import nn

from nnstudio.kit import files
from nnstudio.kit.data import augment, mnist
from nnstudio.kit.evaluate import metrics
from nnstudio.kit.evaluate.judge import FILE, DigitJudge
from nnstudio.kit.loops import schedules, supervised
from nnstudio.kit.loops.state import Optimizer

DATASETS = Path(__file__).resolve().parent.parent / "resources" / "datasets"
ENOUGH = 0.98


def main(epochs: int = 30, seed: int = 0) -> int:
    """Train, check and write; the exit code tells whether the judge is good enough."""
    torch.set_num_threads(1)  # with another number the weights differ in the last digits
    torch.manual_seed(seed)
    data = mnist.read(DATASETS / mnist.FILES[0], split_seed=0, scale="unit")
    judge = DigitJudge()
    supervised.train(
        {"model": judge},
        data,
        loss=nn.CrossEntropyLoss(),
        optimizer=cast(Optimizer, partial(torch.optim.AdamW, lr=0.01, weight_decay=0.05)),
        schedule=schedules.one_cycle,
        metrics=(metrics.accuracy,),
        augment=partial(augment.shift_rotate, pixels=2, degrees=12),
        batch_size=64,
        epochs=epochs,
        seed=seed,
    )
    accuracy = float(
        supervised.evaluate(judge, data.val, nn.CrossEntropyLoss(), (metrics.accuracy,))[
            "val/accuracy"
        ]
    )
    print(f"{accuracy:.4f} of the pictures kept aside are told right")
    if accuracy < ENOUGH:
        return 1
    weights = safetensors.torch.save(judge.state_dict())
    files.write_bytes(DATASETS / FILE, weights)
    print(f"{files.sha256(weights)}  {FILE}  ({len(weights)} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
