"""The judge of digits: it is good, it is the one that was made, and its figures mean something."""

import hashlib
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from nnstudio.kit.data import images, mnist
from nnstudio.kit.data.reading import ReadError
from nnstudio.kit.evaluate import judge

DATASETS = Path(__file__).parents[2] / "resources" / "datasets"
PICTURES = DATASETS / "mnist5k.npz"
WEIGHTS = DATASETS / judge.FILE


class Plain(nn.Module):
    """A judge that reads its scores off the picture."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


def test_it_tells_the_pictures_that_it_never_saw() -> None:
    data = mnist.read(PICTURES)
    x, y = data.val[torch.arange(len(data.val))]
    scores = judge.load(WEIGHTS)(x)
    assert float((scores.argmax(1) == y).float().mean()) >= 0.98
    said = judge.verdict(judge.load(WEIGHTS), x)
    assert float(said["eval/digits"]) == 10
    assert float(said["eval/confidence"]) > 0.97
    assert float(said["eval/inception_score"]) > 9


def test_its_weights_are_the_ones_that_were_made() -> None:
    sums = dict(
        reversed(line.split()) for line in (DATASETS / "SHA256SUMS").read_text().splitlines()
    )
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() == judge.SHA256 == sums[judge.FILE]


@pytest.mark.parametrize("place", [0, 9, 5000, -1])
def test_a_flipped_bit_is_told(tmp_path: Path, place: int) -> None:
    weights = bytearray(WEIGHTS.read_bytes())
    weights[place] ^= 1
    path = tmp_path / judge.FILE
    path.write_bytes(weights)
    with pytest.raises(ReadError, match="damaged"):
        judge.load(path)


def test_foreign_weights_are_told(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ReadError, match="weights of the judge"):
        judge.load(path)


def test_black_can_be_any_value() -> None:
    x = torch.rand(4, 1, 28, 28)
    plain, symmetric = judge.load(WEIGHTS), judge.load(WEIGHTS, black=-1.0)
    torch.testing.assert_close(plain(x), symmetric(x * 2 - 1), atol=1e-4, rtol=1e-4)
    assert not any(weight.requires_grad for weight in plain.parameters())


def test_a_collapsed_generator_has_confidence_but_no_score() -> None:
    spread = 20 * torch.eye(10)[torch.arange(500) % 10]
    said = {name: float(value) for name, value in judge.verdict(Plain(), spread).items()}
    assert said["eval/digits"] == 10
    assert said["eval/inception_score"] == pytest.approx(10, abs=0.01)
    one = judge.verdict(Plain(), 20 * torch.eye(10)[torch.zeros(500, dtype=torch.long)])
    assert float(one["eval/digits"]) == 1
    assert float(one["eval/confidence"]) == pytest.approx(1)
    assert float(one["eval/inception_score"]) == pytest.approx(1)
    unclear = judge.verdict(Plain(), torch.zeros(500, 10))
    assert float(unclear["eval/inception_score"]) == pytest.approx(1)


def test_the_reader_brings_the_judge_along() -> None:
    data = images.read(PICTURES).to("cpu")
    assert data.judge is not None
    assert data.shapes == ((1, 28, 28), ())
    assert (len(data.train), len(data.val), data.task) == (4000, 1000, "images")
    x, y = data.val[torch.arange(100)]
    assert (float(x.min()), float(x.max())) == (-1, 1)
    assert float((data.judge(x).argmax(1) == y).float().mean()) > 0.95
    same = mnist.read(PICTURES, scale="symmetric").val[torch.arange(100)]
    torch.testing.assert_close(x, same[0])  # no picture that the judge saw
    assert data.notes == ()


def test_pictures_without_a_judge_can_be_drawn_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "mnist5k.npz").write_bytes(PICTURES.read_bytes())
    data = images.read(tmp_path / "mnist5k.npz").to("cpu")
    assert data.judge is None
    assert "not judged" in data.notes[0]
