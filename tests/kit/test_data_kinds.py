"""Readers that look at the embedded files in another way: pairs, pictures as targets, passages."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from nnstudio.kit.data import animals, mnist, pairs, passages, reconstruction
from nnstudio.kit.data.reading import ReadError
from nnstudio.kit.data.splits import Data, Split, batches
from tests.kit.toys import DATASETS

MNIST = DATASETS / "mnist5k.npz"
READERS: dict[str, Any] = {
    "animals": animals, "pairs": pairs, "passages": passages, "reconstruction": reconstruction,
}  # fmt: skip


def everything(split: Split) -> tuple[Tensor, ...]:
    return split[split.order()]


@pytest.mark.parametrize(
    ("name", "sample", "sizes", "classes"),
    [
        ("animals", ((1, 28, 28), ()), (300, 1200), 10),
        ("pairs", ((1, 28, 28), (1, 28, 28), (1,)), (4000, 1000), 1),
        ("passages", ((24,), ()), (8429, 526), 3),
        ("reconstruction", ((1, 28, 28), (1, 28, 28)), (4000, 1000), 0),
    ],
)
def test_shapes_and_classes(name: str, sample: Any, sizes: tuple[int, int], classes: int) -> None:
    reader = READERS[name]
    data: Data = reader.read(DATASETS / reader.FILES[0]).to("cpu")
    assert data.shapes == sample
    assert (len(data.train), len(data.val)) == sizes
    assert (len(data.classes), data.task) == (classes, reader.TASK)
    sums = dict(
        reversed(line.split()) for line in (DATASETS / "SHA256SUMS").read_text().splitlines()
    )
    assert sums[reader.FILES[0]] == reader.SHA256


@pytest.mark.parametrize("name", READERS)
def test_files_that_are_something_else(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.bin"
    for content in (b"", b"\xff\xfe\x00nonsense", b"PK\x03\x04half an archive", b"a,b\n1\n"):
        path.write_bytes(content)
        with pytest.raises(ReadError) as caught:
            READERS[name].read(path)
        assert str(path) in caught.value.where
    if name == "passages":
        return
    np.savez(path.with_suffix(".npz"), x=np.zeros((4, 2), np.uint8), y=np.zeros(4, np.int64))
    with pytest.raises(ReadError, match="do not fit") as caught:
        READERS[name].read(path.with_suffix(".npz"))
    assert caught.value.hint


# ------------------------------------------------------------------------------------------- pairs


def test_pairs_are_balanced_and_true() -> None:
    data = pairs.read(MNIST)
    split = data.train
    assert isinstance(split, pairs.PairSplit)
    order = split.order(torch.Generator().manual_seed(5))
    left, right, same = split[order]
    a, b = order // len(split), order % len(split)
    assert sorted(a.tolist()) == list(range(len(split)))  # each picture once on the left
    assert torch.equal(left, split.pictures[a])
    assert torch.equal(right, split.pictures[b])
    assert torch.equal(same.squeeze(1) == 1, split.classes[a] == split.classes[b])
    assert 0.45 < float(same.mean()) < 0.55
    classes = split.classes[b].bincount()  # on the right every class comes about as often
    assert int(classes.min()) > 0.7 * int(classes.max())


def test_each_epoch_has_its_own_pairs_and_validation_always_the_same() -> None:
    data = pairs.read(MNIST)
    first, again, second = (torch.cat(batches(data.train, 64, 7, epoch)) for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    assert len(set(first.tolist()) & set(second.tolist())) < 40
    assert torch.equal(data.val.order(), data.val.order())


def test_pairs_of_rare_classes() -> None:
    split = pairs.PairSplit(torch.rand(5, 1, 2, 2), torch.tensor([0, 1, 1, 1, 1]))
    seen = set()
    for seed in range(60):
        left, right, same = split[split.order(torch.Generator().manual_seed(seed))]
        assert left.shape == right.shape == (5, 1, 2, 2)
        seen |= set(same.flatten().tolist())
    assert seen == {0.0, 1.0}
    alone = pairs.PairSplit(torch.rand(3, 1, 2, 2), torch.tensor([4, 4, 4]))  # nothing else there
    assert float(alone[alone.order(torch.Generator().manual_seed(0))][2].mean()) == 1.0


# ---------------------------------------------------------------------------------- reconstruction


def test_clean_pictures_are_their_own_targets() -> None:
    data = reconstruction.read(MNIST)
    x, y = everything(data.val)
    assert torch.equal(x, y)
    assert (float(y.min()), float(y.max())) == (0.0, 1.0)
    mean = everything(data.train)[1].mean(0)
    measured = float((y - mean).square().mean())
    assert data.baselines == {"baseline/mean_picture": pytest.approx(measured)}


def test_noise_is_new_in_training_and_the_same_in_validation() -> None:
    data = reconstruction.read(MNIST, noise=0.5).to("cpu")
    index = torch.arange(200)
    torch.manual_seed(1)
    x, y = data.train[index]
    other, same = data.train[index]
    assert torch.equal(y, same)
    assert not torch.equal(x, other)
    torch.manual_seed(1)
    assert torch.equal(x, data.train[index][0])  # a run that is resumed draws the same
    assert float((x - y).std()) == pytest.approx(0.5, rel=0.02)
    assert torch.equal(data.val[index][0], data.val[index][0])
    noisy, clean = everything(data.val)
    measured = float((noisy - clean).square().mean())
    assert data.baselines["baseline/mse"] == pytest.approx(measured)


# ---------------------------------------------------------------------------------------- passages


def test_passages_are_of_their_books() -> None:
    path = DATASETS / "psalms.txt"
    data = passages.read(path)
    x, y = everything(data.val)
    assert data.classes == ("Psalms", "Proverbs", "Ecclesiastes")
    assert int(x.max()) < 2000
    assert 0 < float((x == 0).float().mean()) < 0.2  # words that training does not know
    text = path.read_text().lower()
    assert text.index("blessed is the man") < text.index("the proverbs of solomon")
    books = passages._books(path)
    assert books[0][:4] == ["blessed", "is", "the", "man"]
    assert books[1][:3] == ["the", "proverbs", "of"]
    assert books[2][:4] == ["the", "words", "of", "the"]
    assert data.baselines["baseline/commonest"] == pytest.approx(float((y == 0).float().mean()))
    assert 0.85 < data.baselines["baseline/naive_bayes"] < 0.92
    with pytest.raises(ReadError, match="too short"):
        passages.read(path, length=256, val_fraction=0.02)


def test_passages_do_not_overlap_in_validation() -> None:
    rows = [torch.arange(100), torch.arange(1000, 1050)]
    x, y = passages.cut_passages(rows, 10, 10)
    assert x.flatten().tolist() == [*range(100), *range(1000, 1050)]
    assert y.tolist() == [0] * 10 + [1] * 5


def test_naive_bayes_is_that_of_the_book() -> None:
    """Two classes with one typical word each; the third word is as frequent in both."""
    train = torch.tensor([[0, 2], [0, 2], [1, 2]]), torch.tensor([0, 0, 1])
    val = torch.tensor([[0, 0], [1, 1], [2, 2]]), torch.tensor([0, 1, 0])
    assert passages.naive_bayes(train, val, 3) == 1.0
    assert passages.naive_bayes(train, (val[0], torch.tensor([1, 1, 0])), 3) == pytest.approx(2 / 3)


# -------------------------------------------------------------------- halves of the digits


@pytest.mark.parametrize(("digits", "names"), [("0 to 4", "01234"), ("5 to 9", "56789")])
def test_half_of_the_digits(digits: Any, names: str) -> None:
    data = mnist.read(MNIST, digits=digits)
    x, y = everything(data.train)
    assert data.classes == tuple(names)
    assert sorted(set(y.tolist())) == [0, 1, 2, 3, 4]
    assert (len(data.train), len(data.val)) == (2000, 500)
    whole_x, whole_y = everything(mnist.read(MNIST, val_fraction=0.01).train)
    found = (whole_x.flatten(1) == x[0].flatten()).all(1).nonzero()
    if len(found):
        assert str(int(whole_y[found[0]])) == data.classes[int(y[0])]


@pytest.mark.parametrize("reader", [mnist, animals])
def test_few_pictures_of_each_class(reader: Any) -> None:
    path = DATASETS / reader.FILES[0]
    few, all_of_them = reader.read(path, per_class=5), reader.read(path)
    x, y = everything(few.train)
    assert y.bincount().tolist() == [5] * 10
    assert len(few.val) == len(all_of_them.val)
    known = {row.numpy().tobytes() for row in everything(all_of_them.train)[0]}
    assert all(row.numpy().tobytes() in known for row in x)
    assert len(reader.read(path, per_class=100_000 if reader is mnist else 1000).train) == len(
        all_of_them.train
    )
