"""Readers give the data they promise, and say in words where a file is wrong."""

import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from nnstudio.kit import files
from nnstudio.kit.data import augment, digits, iris, mnist, sunspots, table, text
from nnstudio.kit.data.reading import ReadError
from nnstudio.kit.data.splits import Data, Split, cut_ends, random_split
from tests.kit.toys import DATASETS

READERS: dict[str, Any] = {
    "digits": digits, "iris": iris, "mnist": mnist, "sunspots": sunspots, "text": text,
}  # fmt: skip


def everything(split: Split) -> tuple[Tensor, ...]:
    return split[split.order()]


@pytest.mark.parametrize("name", READERS)
def test_embedded_files_are_those_of_the_table_of_sums(name: str) -> None:
    reader = READERS[name]
    sums = dict(
        reversed(line.split()) for line in (DATASETS / "SHA256SUMS").read_text().splitlines()
    )
    name = reader.FILES[0]
    assert sums[name] == files.sha256_file(DATASETS / name)
    assert sums[name] == reader.SHA256


@pytest.mark.parametrize(
    ("name", "shapes", "sizes", "classes"),
    [
        ("digits", ((1, 8, 8), ()), (1438, 359), 10),
        ("iris", ((4,), ()), (120, 30), 3),
        ("mnist", ((1, 28, 28), ()), (4000, 1000), 10),
        ("sunspots", ((12, 1), (1,)), (235, 62), 0),
        ("text", ((128,), (128,)), (2336, 259), 63),
    ],
)
def test_embedded_sets(name: str, shapes: Any, sizes: tuple[int, int], classes: int) -> None:
    reader = READERS[name]
    data: Data = reader.read(DATASETS / reader.FILES[0]).to("cpu")
    assert shapes == data.shapes
    assert (len(data.train), len(data.val)) == sizes
    assert len(data.classes) == classes
    assert data.task == reader.TASK
    for split in (data.train, data.val):
        *inputs, target = everything(split)
        assert all(torch.isfinite(x).all() for x in inputs)
        if classes:
            assert target.dtype == torch.int64
            assert int(target.min()) >= 0
            assert int(target.max()) < classes


def test_the_split_follows_from_its_own_seed() -> None:
    path = DATASETS / "digits.npz"
    one, same, other = (everything(digits.read(path, split_seed=s).val)[0] for s in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    train, val = random_split((torch.arange(10),), 0.3, 5)
    together = torch.cat([everything(train)[0], everything(val)[0]])
    assert sorted(together.tolist()) == list(range(10))
    assert [len(part) for part in random_split((torch.arange(2),), 0.01, 0)] == [1, 1]


def test_scales_of_mnist() -> None:
    path = DATASETS / "mnist5k.npz"
    ranges = {}
    for scale in ("unit", "symmetric", "standard"):
        x = everything(mnist.read(path, scale=scale).train)[0]  # type: ignore[arg-type]
        ranges[scale] = (float(x.min()), float(x.max()), float(x.mean()), float(x.std()))
    assert list(ranges["unit"][:2]) == [0, 1]
    assert ranges["symmetric"][:2] == (-1.0, 1.0)
    assert ranges["standard"][2:] == pytest.approx((0.0, 1.0), abs=0.05)


def test_sunspots_are_split_in_time_and_have_baselines() -> None:
    data = sunspots.read(DATASETS / "sunspots.csv")
    x, y = everything(data.val)
    mean, deviation = data.scales["sunspots"]
    last = torch.tensor([2.9, 7.5, 15.2])  # the years 2008, 2007, 2006
    assert torch.allclose(y[-3:, 0].flip(0) * deviation + mean, last, atol=0.01)
    assert torch.equal(x[1:, -1], y[:-1])  # each target is the last value of the next window
    train_x, train_y = everything(data.train)
    assert torch.equal(train_y[-1], x[0, -1])  # time goes on where training ends
    persistence = (x[:, -1] - y).square().mean()
    assert data.baselines["baseline/mse"] == pytest.approx(float(persistence), rel=1e-5)
    assert data.baselines["baseline/ar9"] < 0.4 * data.baselines["baseline/mse"]
    assert train_x.shape == (235, 12, 1)
    with pytest.raises(ReadError, match="too few for windows of 250"):
        sunspots.read(DATASETS / "sunspots.csv", window=250)


def test_a_linear_series_is_foretold_by_the_linear_model() -> None:
    values = torch.zeros(60, dtype=torch.float64)
    values[:2] = torch.tensor([1.0, 0.5])
    for n in range(2, 60):
        values[n] = 1.6 * values[n - 1] - 0.9 * values[n - 2] + 0.1
    assert sunspots.linear_error(values, 2, 40) < 1e-15


def test_text_and_its_bigram() -> None:
    data = text.read(DATASETS / "psalms.txt")
    x, y = everything(data.val)
    assert torch.equal(x[:, 1:], y[:, :-1])
    assert "".join(data.classes[n] for n in everything(data.train)[0][0][:9].tolist())
    assert 2.2 < data.baselines["baseline/bigram"] < 2.4
    alternating = torch.arange(1000) % 2
    assert text.bigram_error(alternating, alternating, 2) < 0.01
    wide = text.bigram_error(alternating, alternating, 3000)  # without a table of pairs
    assert wide == pytest.approx(-math.log(501 / 4000))
    train, val = cut_ends(torch.arange(1000), 0.1)
    assert (len(train), len(val), val[:11].tolist()) == (900, 100, [*range(90, 100), 190])


@pytest.mark.parametrize("name", READERS)
def test_a_flipped_bit_is_reported(name: str, tmp_path: Path) -> None:
    reader = READERS[name]
    content = bytearray((DATASETS / reader.FILES[0]).read_bytes())
    content[len(content) // 2] ^= 4
    path = tmp_path / reader.FILES[0]
    path.write_bytes(content)
    with pytest.raises(ReadError, match="damaged: its sha256") as caught:
        reader.read(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


@pytest.mark.parametrize("name", READERS)
def test_files_that_are_something_else(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.bin"
    for content in (b"", b"\xff\xfe\x00nonsense", b"PK\x03\x04half an archive", b"a,b\n1\n"):
        path.write_bytes(content)
        with pytest.raises(ReadError) as caught:
            READERS[name].read(path)
        assert str(path) in caught.value.where
    with pytest.raises(ReadError, match="No such file"):
        READERS[name].read(tmp_path / "absent")


def write(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


GOOD = "age,height,kind\n1,2.5,cat\n2,3.5,dog\n3,1e1,cat\n4,5,dog\n5,6,cat\n"


def test_a_table(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", GOOD)
    data = table.read(path)
    assert (data.task, data.classes, data.features) == (
        "classification", ("cat", "dog"), ("age", "height"),
    )  # fmt: skip
    x, y = everything(data.train)
    assert x.shape == (4, 2)
    assert x.mean(0).tolist() == pytest.approx([0, 0], abs=1e-6)
    assert y.dtype == torch.int64
    assert set(data.baselines) == {"baseline/accuracy"}
    mean, deviation = data.scales["age"]
    known = [round(float(v) * deviation + mean) for v in x[:, 0]]
    assert set(known) <= {1, 2, 3, 4, 5}

    data = table.read(path, target="height", task="regression", columns="age")
    x, y = everything(data.train)
    assert (x.shape, y.shape, data.features) == ((4, 1), (4, 1), ("age",))
    assert set(data.scales) == {"age", "height"}
    assert set(data.baselines) == {"baseline/mse"}


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_and_line_ends(mark: str, tmp_path: Path) -> None:
    content = GOOD.replace(",", mark).replace("\n", "\r\n")
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert table.read(path).features == ("age", "height")


def test_classes_that_are_numbers_are_sorted_as_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "x,y\n1,10\n2,9\n3,10\n4,9\n")
    assert table.read(path).classes == ("9", "10")


@pytest.mark.parametrize(
    ("content", "where", "message", "settings"),
    [
        ("", "a.csv", "the file is empty", {}),
        ("\n \n", "a.csv", "the file is empty", {}),
        ("a,b\n", "a.csv", "too few", {}),
        (GOOD.replace("3.5", "x"), "a.csv, line 3, column 'height'", "'x' is not a number", {}),
        (GOOD.replace("3.5", ""), "a.csv, line 3, column 'height'", "the cell is empty", {}),
        (GOOD.replace("3.5", "nan"), "a.csv, line 3, column 'height'", "not a number", {}),
        (GOOD.replace("cat\n2", "\n2"), "a.csv, line 2, column 'kind'", "the cell is empty", {}),
        (GOOD.replace("3.5,dog", "3.5"), "a.csv, line 3", "2 cells where the first line has 3", {}),
        (GOOD.replace("4,5,dog", "4,5,dog,1"), "a.csv, line 5", "4 cells", {}),
        (GOOD.replace("dog", "cat"), "a.csv, column 'kind'", "same class, 'cat'", {}),
        (GOOD.replace("height", "age"), "a.csv, line 1", "two columns are called 'age'", {}),
        (GOOD, "a.csv, line 1", "no column 'size'", {"target": "size"}),
        (GOOD, "a.csv, line 1", "no column 'size'", {"columns": "age, size"}),
        (GOOD, "a.csv, line 1", "no column is left", {"columns": "kind"}),
        (GOOD, "a.csv, line 2, column 'kind'", "not a number", {"task": "regression"}),
        ('a,b\n1,2\n"3,4\n', "a.csv, line", "", {}),
    ],
)
def test_faults_in_a_table(
    content: str, where: str, message: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", content)
    with pytest.raises(ReadError) as caught:
        table.read(path, **settings)
    assert caught.value.where.removeprefix(f"{tmp_path}/").startswith(where)
    assert message in str(caught.value)
    assert caught.value.hint


def test_a_table_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("größe,b\n1,2\n".encode("latin-1"))
    with pytest.raises(ReadError, match="line 1: byte 0xf6 is no text in UTF-8"):
        table.read(path)


cells = st.text("019.,;\t\"'x-\n\r é", max_size=6)


@settings(deadline=None, max_examples=200)
@given(rows=st.lists(st.lists(cells, max_size=4), max_size=8), mark=st.sampled_from(",;\t"))
def test_any_text_gives_data_or_one_error(
    rows: list[list[str]], mark: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text("\n".join(mark.join(row) for row in rows), encoding="utf-8")
    with contextlib.suppress(ReadError):
        data = table.read(path)
        assert all(torch.isfinite(x).all() for x in everything(data.train))


@pytest.mark.parametrize(
    "change", [augment.flip, augment.shift_rotate, lambda x: augment.shift_rotate(x, pixels=0)]
)
def test_augmentation_draws_from_the_seed_and_keeps_the_shape(
    change: Callable[[Tensor], Tensor],
) -> None:
    x = torch.rand(16, 2, 9, 12)
    torch.manual_seed(4)
    one = change(x)
    torch.manual_seed(4)
    assert torch.equal(one, change(x))
    assert one.shape == x.shape
    assert not torch.equal(one, change(x))
    assert 0 <= float(one.min()) <= float(one.max()) <= 1


def test_what_an_augmentation_does() -> None:
    x = torch.zeros(300, 1, 15, 15)
    x[:, 0, 7, 7] = 1.0
    assert torch.allclose(augment.shift_rotate(x, pixels=0, degrees=0), x, atol=1e-5)
    turned = augment.shift_rotate(x, pixels=0, degrees=90)
    assert torch.allclose(turned[:, 0, 7, 7], torch.ones(300), atol=1e-3)
    assert not torch.allclose(turned, x, atol=0.05)
    moved = augment.shift_rotate(x, pixels=3, degrees=0)
    places = torch.arange(15.0) - 7
    across = (moved.sum(2)[:, 0] * places).sum(1)
    assert float(across.abs().max()) <= 3.01
    assert float(across.std()) == pytest.approx(3 / 3**0.5, rel=0.15)  # evenly up to 3 pixels
    wide = torch.rand(200, 1, 2, 3)
    flipped = augment.flip(wide)
    mirrored = (flipped == wide.flip(3)).flatten(1).all(1)
    assert ((flipped == wide).flatten(1).all(1) ^ mirrored).all()
    assert 60 < int(mirrored.sum()) < 140
