"""A whole script of one's own for a network: `python -m tests.bench.by_hand MODEL TENSORS`.

Only torch is imported, so that the memory it takes is that of such a script and no more.
"""

from __future__ import annotations

import runpy
import sys

import torch
from torch.nn import functional as F

from tests.bench.rivals import Work, in_memory


def main() -> None:
    code, tensors, name, loss, rate, batch, epochs = sys.argv[1:]
    parts = torch.load(tensors)
    compare = F.mse_loss if loss == "mse" else _cross_entropy
    work = Work(
        tuple(parts["train"]), tuple(parts["val"]), compare, float(rate), int(batch), int(epochs)
    )
    torch.set_num_threads(1)
    in_memory(runpy.run_path(code)[name](), work)


def _cross_entropy(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(output.reshape(-1, output.shape[-1]), target.reshape(-1))


main()
