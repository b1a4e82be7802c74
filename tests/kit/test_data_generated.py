"""Data that is drawn from a seed: what it promises, and that it is the same each time."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from nnstudio.kit.data import moons, sequences, shapes, signals
from nnstudio.kit.data.splits import Data, Split

READERS: dict[str, Any] = {
    "moons": moons, "sequences": sequences, "shapes": shapes, "signals": signals,
}  # fmt: skip


def everything(split: Split) -> tuple[Tensor, ...]:
    return split[split.order()]


@pytest.mark.parametrize(
    ("name", "sample", "sizes", "classes"),
    [
        ("moons", ((2,), ()), (800, 200), 2),
        ("sequences", ((12,), (12,), (12,)), (4500, 500), 27),
        ("shapes", ((1, 32, 32), (32, 32)), (960, 240), 4),
        ("signals", ((1, 40), ()), (4000, 1000), 10),
    ],
)
def test_shapes_and_classes(name: str, sample: Any, sizes: tuple[int, int], classes: int) -> None:
    reader = READERS[name]
    data: Data = reader.read().to("cpu")
    assert data.shapes == sample
    assert (len(data.train), len(data.val)) == sizes
    assert (len(data.classes), data.task, reader.FILES) == (classes, reader.TASK, ())
    for split in (data.train, data.val):
        *inputs, target = everything(split)
        assert all(torch.isfinite(x).all() for x in inputs)
        assert target.dtype == torch.int64
        assert 0 <= int(target.min()) <= int(target.max()) < classes


@pytest.mark.parametrize("name", READERS)
def test_a_seed_is_all_that_decides(name: str) -> None:
    before = torch.random.get_rng_state()
    one, same, other = (READERS[name].read(samples=50, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(before, torch.random.get_rng_state())  # a run's own draws stay its own
    for a, b, c in zip(*(everything(d.train) for d in (one, same, other)), strict=True):
        assert torch.equal(a, b)
        assert a.shape == c.shape
    assert not torch.equal(everything(one.train)[0], everything(other.train)[0])
    train, val = everything(one.train)[0], everything(one.val)[0]
    assert not any(torch.equal(row, other) for row in train for other in val)


def test_points_of_the_moons_lie_on_their_half_circles() -> None:
    x, y = everything(moons.read(noise=0.0).train)
    centre = torch.where(y[:, None] == 0, torch.tensor([0.0, 0.0]), torch.tensor([1.0, 0.5]))
    assert torch.allclose((x - centre).norm(dim=1), torch.ones(len(x)), atol=1e-5)
    above = (x - centre)[:, 1] >= -1e-6
    assert torch.equal(above, y == 0)
    assert y.bincount().tolist() == [400, 400]


def test_no_line_separates_the_moons() -> None:
    """The best linear answer, by least squares, leaves a tenth of the points wrong."""
    x, y = everything(moons.read().train)
    a = torch.cat([x, torch.ones(len(x), 1)], 1)
    weights = torch.linalg.lstsq(a, (2.0 * y - 1)[:, None]).solution
    right = ((a @ weights).squeeze(1) > 0) == (y == 1)
    assert 0.8 < float(right.float().mean()) < 0.92


@pytest.mark.parametrize("task", ["reverse", "sort", "copy"])
def test_what_is_written_for_a_sequence(task: Any) -> None:
    data = sequences.read(task=task, samples=40, length=7, letters=5)
    source, before, answer = everything(data.train)
    for row, given, wanted in zip(source.tolist(), before.tolist(), answer.tolist(), strict=True):
        assert wanted == {"reverse": row[::-1], "sort": sorted(row), "copy": row}[task]
        assert given == [sequences.START, *wanted[:-1]]
    assert set(source.flatten().tolist()) == {1, 2, 3, 4, 5}
    assert "".join(data.classes[n] for n in range(1, 6)) == "abcde"


def test_a_picture_holds_what_its_map_says() -> None:
    data = shapes.read(noise=0.0, most=1, samples=400)
    x, y = everything(data.train)
    shown = y.flatten(1).amax(1)  # one shape in each picture
    assert set(shown.tolist()) == {1, 2, 3}
    assert float(x[:, 0][y == 0].max()) <= 0.3
    assert float(x[:, 0][y > 0].min()) >= 0.5
    for kind in (1, 2, 3):
        areas, boxes = [], []
        for picture in y[shown == kind]:
            rows, columns = (picture > 0).nonzero(as_tuple=True)
            inside = rows.min() > 0 and columns.min() > 0 and max(rows.max(), columns.max()) < 31
            if inside:  # not cut off by an edge
                areas.append(len(rows))
                height = int(rows.max() - rows.min()) + 1
                boxes.append(height * (int(columns.max() - columns.min()) + 1))
        filled = sum(areas) / sum(boxes)
        wanted = {1: math.pi / 4, 2: 1.0, 3: 0.5}[kind]
        assert filled == pytest.approx(wanted, abs=0.06)


def test_a_signal_is_its_shape_stretched_and_moved() -> None:
    """Without noise the shape stands out of a straight line, and everywhere in the signal."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(200) % 10
    x = signals.drawn(y, 0.0, generator)
    assert x.shape == (200, signals.LENGTH)
    peaks = {label: x[y == label].abs().argmax(1) for label in (0, 4)}
    assert all(len(found.unique()) > 5 for found in peaks.values())
    flat = x[:, 1:] - x[:, :-1]
    assert float(flat.median(1).values.abs().max()) < 0.05  # most of it is a gentle slope
    loud = signals.drawn(y, 0.25, torch.Generator().manual_seed(0))
    assert float((loud - x).std()) > 0.05


def test_neighbours_on_a_straight_line() -> None:
    row = torch.tensor([[0.0, 2.0, 6.0]])
    found = signals._at(row, torch.tensor([[0.0, 0.25, 0.5, 0.75, 1.0]]))
    assert found.tolist() == [[0.0, 1.0, 2.0, 4.0, 6.0]]
