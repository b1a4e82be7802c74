"""The modules that torch lacks do what their papers say."""

import ast
import math
from pathlib import Path

import pytest
import torch

from nnstudio.kit import modules
from nnstudio.kit.modules.margin_loss import MarginLoss
from nnstudio.kit.modules.positional_encoding import PositionalEncoding
from nnstudio.kit.modules.squash import Squash

FILES = sorted(p for p in Path(modules.__file__).parent.glob("*.py") if p.stem != "__init__")


def test_squash_keeps_the_direction_and_shrinks_the_length() -> None:
    x = torch.randn(3, 5, 8, dtype=torch.float64) * torch.tensor([0.01, 1, 100]).view(3, 1, 1)
    y, length = Squash()(x), x.norm(dim=-1)
    assert torch.allclose(y.norm(dim=-1), length**2 / (1 + length**2), atol=1e-4)
    assert torch.allclose(torch.cosine_similarity(x, y, dim=-1), torch.ones(3, 5).double())
    turned = Squash(1)(x.transpose(1, 2))
    assert torch.equal(turned.transpose(1, 2), y)


def test_squash_has_a_gradient_at_zero() -> None:
    x = torch.zeros(2, 4, requires_grad=True)
    Squash()(x).sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()


def test_the_margin_loss_is_that_of_the_paper() -> None:
    lengths = torch.tensor([[0.95, 0.05, 0.3], [0.2, 0.7, 0.1]])
    target = torch.tensor([0, 1])
    first = 0.5 * (0.3 - 0.1) ** 2  # the right capsule is long enough, the second short enough
    second = 0.5 * (0.2 - 0.1) ** 2 + (0.9 - 0.7) ** 2
    assert float(MarginLoss()(lengths, target)) == pytest.approx((first + second) / 2)
    assert float(MarginLoss(weight=0.0)(lengths, target)) == pytest.approx(0.04 / 2)
    assert float(MarginLoss(0.6, 0.4)(lengths, target)) == 0.0


@pytest.mark.parametrize("dim", [6, 7])
def test_positional_encoding_is_that_of_the_paper(dim: int) -> None:
    encoding = PositionalEncoding(dim, 50)
    added = encoding(torch.zeros(2, 20, dim))
    for place in (0, 1, 13):
        for n in range(dim):
            angle = place / 10000 ** (2 * (n // 2) / dim)
            expected = math.cos(angle) if n % 2 else math.sin(angle)
            assert float(added[1, place, n]) == pytest.approx(expected, abs=1e-5)
    assert not list(encoding.parameters())
    assert not encoding.state_dict()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_is_one_class_that_needs_only_torch(path: Path) -> None:
    """It is pasted into a model as it stands."""
    tree = ast.parse(path.read_text())
    kinds = [type(node) for node in tree.body[1:]]
    assert kinds.count(ast.ClassDef) == 1
    assert set(kinds) <= {ast.Import, ast.ImportFrom, ast.ClassDef}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert (node.module or "").partition(".")[0] == "torch"
        elif isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"math", "torch"}
