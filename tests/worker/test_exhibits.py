"""What a run shows besides its figures."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from nnstudio.worker.exhibits import KEPT, Exhibits
from nnstudio.worker.pictures import LARGEST, png


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_png_is_read_by_others(shape: tuple[int, ...], tmp_path: Path) -> None:
    picture = torch.randint(0, 256, shape, dtype=torch.uint8)
    path = tmp_path / "a.png"
    path.write_bytes(png(picture))
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), picture.numpy())


def test_png_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(torch.zeros(LARGEST * 3 + 1, 10, dtype=torch.uint8)))
    with Image.open(path) as image:
        assert max(image.size) <= LARGEST
    with pytest.raises(ValueError, match="no picture"):
        png(torch.zeros(3, 3))


class World:
    scene = (0.5, 0.25)


def state(**more: Any) -> Any:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    base = {"step": 0, "hyper": {"lr": 0.5}, "device": torch.device("cpu"), "samples": None}
    return SimpleNamespace(**(base | {"objects": {"optimizer": optimizer}} | more))


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Callable[[Any], None], list[dict[str, Any]], list[float]]:
    told: list[dict[str, Any]] = []
    clock = [1.0]
    exhibits = Exhibits(told.append, tmp_path, lambda: clock[0])
    return exhibits.look, told, clock


def test_at_most_four_times_a_second(watched: Any) -> None:
    look, told, clock = watched
    now = state(objects={"environment": World()})
    for step in range(1000):
        now.step, clock[0] = step, 1.0 + step * 0.001
        look(now)
    scenes = [line for line in told if line["event"] == "scene"]
    assert len(scenes) == 4
    assert all(len(line["frames"]) <= 12 for line in scenes)
    assert scenes[-1]["frames"][0] == [0.5, 0.25]


def test_vitals(watched: Any) -> None:
    look, told, _ = watched
    look(state())
    assert told[0]["rates"] == {"lr": 0.5}
    assert told[0]["hyper"] == {"lr": 0.5}
    assert told[0]["trail"] == {"lr": []}, "no step has taken it"
    assert told[0]["memory"] > 1e6


def test_the_last_step_is_told_however_soon_it_comes(watched: Any) -> None:
    look, told, clock = watched
    now = state()
    look(now)
    for step in (1, 2, 3):
        now.step, clock[0] = step, clock[0] + 0.01
        now.objects["optimizer"].param_groups[0]["lr"] = 0.5 / step
        look(now, last=step == 3)
    assert [line["step"] for line in told] == [0, 3]
    assert told[-1]["trail"] == {"lr": [[1, 0.5], [2, 0.25], [3, 0.5 / 3]]}


def test_drawings_are_kept_and_thinned_out(watched: Any, tmp_path: Path) -> None:
    look, told, clock = watched
    for step in range(2 * KEPT + 20):
        clock[0] += 1.0
        look(state(step=step, samples=torch.zeros(4, 4, dtype=torch.uint8)))
    paths = [line["path"] for line in told if line["event"] == "samples"]
    assert len(paths) == 2 * KEPT + 20
    assert (tmp_path / paths[0]).exists()
    assert (tmp_path / paths[-1]).exists()
    assert KEPT < len(list((tmp_path / "samples").iterdir())) <= 2 * KEPT
