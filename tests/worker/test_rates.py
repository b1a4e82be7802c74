"""The learning rates of a run: every change, and no more than a curve needs."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnstudio.worker.rates import MOST, Rates


def solver(rate: float) -> Any:
    return SimpleNamespace(param_groups=[{"lr": rate}])


def followed(values: list[float], rates: Rates | None = None) -> tuple[Rates, dict[str, Any]]:
    rates, objects = rates or Rates(), {"optimizer": solver(0.0), "buffer": object()}
    for step, value in enumerate(values, 1):
        objects["optimizer"].param_groups = [{"lr": value}]  # as a resume does
        rates.note(step, objects)
    return rates, objects


def test_a_rate_that_stays_is_told_once() -> None:
    rates, _ = followed([0.1] * 500)
    assert rates.take() == {"lr": [[1, 0.1]]}
    assert rates.latest == {"lr": 0.1}
    assert rates.take() == {"lr": []}


def test_a_fall_is_drawn_as_one() -> None:
    rates, _ = followed([0.1] * 300 + [0.01] * 300)
    assert rates.take()["lr"] == [[1, 0.1], [300, 0.1], [301, 0.01]]


def test_a_fall_just_after_a_telling_is_drawn_as_one_too() -> None:
    rates, objects = followed([0.1] * 50)
    rates.take()
    objects["optimizer"].param_groups = [{"lr": 0.01}]
    rates.note(51, objects)
    assert rates.take()["lr"] == [[50, 0.1], [51, 0.01]]


@pytest.mark.parametrize("steps", [10, 900, 5000])
def test_a_schedule_keeps_its_shape(steps: int) -> None:
    values = list(0.1 * np.sin(np.linspace(0.1, 3.0, steps)))
    rates, _ = followed(values)
    rows = np.array(rates.take()["lr"])
    assert len(rows) <= MOST
    assert (np.diff(rows[:, 0]) > 0).all()
    assert tuple(rows[0]) == (1, values[0])
    assert steps - rows[-1, 0] <= steps / 16
    last = [[steps, rates.latest["lr"]]]  # told beside them
    rows = np.concatenate([rows, last])
    drawn = np.interp(np.arange(1, steps + 1), rows[:, 0], rows[:, 1])
    assert np.abs(drawn - values).max() < 0.003


def test_a_fall_in_the_middle_of_a_schedule_stays_one() -> None:
    values = [0.1 + step / 10_000 for step in range(1000)] + [
        0.01 + step / 1e5 for step in range(1000)
    ]
    rates, _ = followed(values)
    rows = rates.take()["lr"]
    assert len(rows) <= MOST
    assert [1000, values[999]] in rows
    assert [1001, values[1000]] in rows


def test_rates_that_jump_at_every_step_are_bounded_too() -> None:
    rates, _ = followed([0.1, 0.01] * 500)
    assert len(rates.take()["lr"]) <= MOST


def test_before_the_first_step_nothing_was_taken() -> None:
    rates, objects = Rates(), {"optimizer": solver(0.1)}
    rates.note(0, objects)
    assert rates.take() == {"lr": []}


def test_each_optimizer_has_its_name() -> None:
    rates = Rates()
    objects = {"generator_optimizer": solver(0.1), "discriminator_optimizer": solver(0.2)}
    rates.note(1, objects)
    assert rates.take() == {"generator_lr": [[1, 0.1]], "discriminator_lr": [[1, 0.2]]}
