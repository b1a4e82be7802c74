"""Growing series against plain numpy: exact extremes, anchored pieces, debiased means."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.studio.series import Series
from nnstudio.studio.smoothing import BLOCK, Smoother, span_for


def series(values: np.ndarray, first: int = 1) -> Series:
    made = Series()
    made.extend(range(first, first + len(values)), values)
    return made


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=count).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_extremes_are_exact_for_any_range(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 5000))
    values = noise(count, count)
    made = Series()
    place = 0
    while place < count:  # filled in pieces of any size, asked in between
        more = min(count - place, data.draw(st.integers(1, 900)))
        made.extend(range(place, place + more), values[place : place + more])
        place += more
        made.extremes(0, place)
    start = data.draw(st.integers(0, count - 1))
    end = data.draw(st.integers(start + 1, count))
    assert made.extremes(start, end) == (values[start:end].min(), values[start:end].max())


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20000), st.integers(1, 700), st.data())
def test_pieces_hold_exactly_what_lies_in_them(count: int, most: int, data: st.DataObject) -> None:
    values = noise(count, most)
    made = series(values)
    start = data.draw(st.integers(0, count - 1))
    end = data.draw(st.integers(start + 1, count))
    bins = made.bins(start, end, most)
    assert len(bins.low) <= most + 2
    assert bins.first[0] == start
    assert bins.last[-1] == end - 1
    assert (bins.first[1:] == bins.last[:-1] + 1).all()
    for first, last, low, high in zip(bins.first, bins.last, bins.low, bins.high, strict=True):
        part = values[first : last + 1]
        assert (low, high) == (part.min(), part.max())


def test_a_full_piece_never_changes() -> None:
    values = noise(40_000)
    made = series(values[:30_000])
    before = made.bins(0, 30_000, 300)
    made.extend(range(30_001, 40_001), values[30_000:])
    after = made.bins(0, 40_000, 400)
    assert after.stride == before.stride
    whole = len(before.low) - 1
    assert np.array_equal(before.low[:whole], after.low[:whole])
    assert np.array_equal(before.high[:whole], after.high[:whole])


def test_one_spike_in_a_million_is_kept() -> None:
    values = np.zeros(1_000_000, np.float32)
    values[777_777] = 50
    bins = series(values).bins(0, len(values), 320)
    assert bins.high.max() == 50


def test_what_is_no_number_is_passed_over() -> None:
    values = noise(1000)
    values[100:300] = np.nan
    values[5] = np.inf
    made = series(values)
    assert made.extremes(0, 1000) == (np.nanmin(values), np.inf)
    bins = made.bins(0, 1000, 20)
    assert np.isnan(bins.low).sum() >= 1
    smooth = made.smooth(16)
    assert np.isfinite(smooth).all()


def test_cut_forgets_and_goes_on() -> None:
    values = noise(10_000)
    made = series(values)
    made.bins(0, 10_000, 100)
    made.smooth(64)
    made.cut(5_003)
    assert len(made) == 5_003
    made.extend(range(5_004, 10_001), values[5_003:])
    fresh = series(values)
    assert np.array_equal(made.bins(0, 10_000, 100).high, fresh.bins(0, 10_000, 100).high)
    assert np.array_equal(made.smooth(64), fresh.smooth(64))


def slow_smooth(values: np.ndarray, span: float) -> np.ndarray:
    mean, shown, beta = 0.0, [], 1 - 1 / span
    for number, value in enumerate(values.tolist(), 1):
        mean = beta * mean + (1 - beta) * value
        shown.append(mean / (1 - beta**number))
    return np.array(shown)


@pytest.mark.parametrize("span", [2, 8, 100, 5000])
@pytest.mark.parametrize("piece", [1, 7, BLOCK, 5000])
def test_smoothing_is_that_of_the_definition(span: float, piece: int) -> None:
    values = noise(3000) + 5
    smoother = Smoother(span)
    parts = [smoother.extend(values[n : n + piece]) for n in range(0, len(values), piece)]
    assert np.allclose(np.concatenate(parts), slow_smooth(values, span), atol=1e-5)


def test_smoothing_begins_at_the_first_value() -> None:
    assert Smoother(1000).extend(np.array([7.0], np.float32))[0] == pytest.approx(7.0)
    assert np.array_equal(Smoother(1).extend(noise(5)), noise(5))


def test_span_changes_only_when_the_count_doubles() -> None:
    spans = [span_for(count) for count in range(1, 70_000)]
    assert sum(a != b for a, b in itertools.pairwise(spans)) <= 11
    assert span_for(10) == 1
    assert 1000 <= span_for(64_000) <= 2000
    assert np.isfinite(series(noise(2_000)).smooth()).all()


def test_positions_by_step() -> None:
    made = Series("val/loss")
    for step in (10, 20, 30):
        made.append(step, step / 10)
    assert made.between(10, 20) == (0, 2)
    assert made.between(11, 19) == (1, 1)
    assert made.at([15]) == 1.5
    assert made.last == 3.0
