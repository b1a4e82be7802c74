"""A checkpoint gives back what was saved to the last bit, or says what is wrong with it."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nnstudio.kit import checkpoints
from nnstudio.kit.checkpoints import CheckpointError, Shelf, flatten, unflatten
from nnstudio.kit.loops import optimizers
from nnstudio.kit.loops.guard import NonFiniteError
from nnstudio.kit.loops.state import State
from tests.kit import toys


def small(step: int = 3) -> State:
    module = nn.Linear(2, 1)
    solver = optimizers.build(partial(torch.optim.Adam, lr=0.1), module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    solver.step()
    state = State({"model": module}, {"optimizer": solver}, hyper={"lr": 0.1}, total_steps=9)
    state.step = step
    return state


def bits(tensor: Tensor) -> bytes:
    return bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist())


def same(a: Any, b: Any) -> bool:
    """Equal in kind, order, dtype and bits."""
    if isinstance(a, Tensor):
        return (
            bits(a) == bits(b)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.stride() == b.stride()
        )
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


tensors = st.builds(
    lambda shape, dtype: torch.arange(int(torch.tensor(shape).prod())).reshape(shape).to(dtype),
    st.lists(st.integers(1, 3), max_size=4).map(tuple),
    st.sampled_from([torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.uint8]),
)
keys = st.text(max_size=8) | st.integers(-5, 5)
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | tensors
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(values)
def test_flatten_has_an_inverse(value: Any) -> None:
    aside: dict[str, Tensor] = {}
    text = json.dumps(flatten(value, aside))
    assert same(unflatten(json.loads(text), aside), value)


def test_nested_values_keep_what_json_would_lose() -> None:
    last = torch.randn(2, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    value = {
        "state": {0: {"step": torch.tensor(3.0)}, "0": 1},
        "$tensor": "a key",
        "a/b": torch.ones(2),
        "a": {"b": torch.zeros(2)},
        "betas": (0.9, 0.999),
        "infinite": float("inf"),
        "image": last,
    }
    aside: dict[str, Tensor] = {}
    back = unflatten(json.loads(json.dumps(flatten(value, aside))), aside)
    assert same(back, value)
    with pytest.raises(TypeError, match="a/0 is a set"):
        flatten({"a": [{1, 2}]}, {})


@pytest.mark.parametrize(
    "optimizer",
    [
        partial(torch.optim.AdamW, lr=0.01),
        partial(torch.optim.Adam, lr=0.01, amsgrad=True),
        partial(torch.optim.SGD, lr=0.01, momentum=0.9, nesterov=True),
        partial(torch.optim.RMSprop, lr=0.01, centered=True),
        partial(torch.optim.Adagrad, lr=0.01),
        partial(torch.optim.NAdam, lr=0.01),
        partial(torch.optim.RAdam, lr=0.01),
        partial(torch.optim.Adafactor, lr=0.01),
    ],
    ids=lambda o: o.func.__name__,
)
def test_optimizers_go_on_as_if_nothing_had_been(optimizer: Any, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(16, 1))
    model = model.to(memory_format=torch.channels_last)
    x = torch.randn(8, 3, 4, 4)

    def step(module: nn.Module, solver: torch.optim.Optimizer) -> None:
        module(x).square().sum().backward()
        solver.step()
        solver.zero_grad()

    solver = optimizers.build(optimizer, model.parameters())
    for _ in range(3):
        step(model, solver)
    state = State({"model": model}, {"optimizer": solver})
    checkpoints.write(checkpoints.take(state), tmp_path / "one")
    step(model, solver)

    other = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(16, 1))
    other = other.to(memory_format=torch.channels_last)
    theirs = optimizers.build(optimizer, other.parameters())
    checkpoints.restore(State({"model": other}, {"optimizer": theirs}), tmp_path / "one")
    step(other, theirs)
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two)


def test_every_flipped_byte_is_reported(tmp_path: Path) -> None:
    folder = checkpoints.write(checkpoints.take(small()), tmp_path / "step-00000003")
    good = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(good) == {"tensors.safetensors", "state.json", "SHA256SUMS"}
    # Every byte of the sums; of the larger files a stride that meets each bit position.
    for name, content in good.items():
        places = range(len(content)) if name == "SHA256SUMS" else range(0, len(content), 61)
        for place in places:
            damaged = bytearray(content)
            damaged[place] ^= 1 << place % 8
            (folder / name).write_bytes(damaged)
            with pytest.raises(CheckpointError, match=r"step-00000003.*(damaged|whole)"):
                checkpoints.load(folder)
        (folder / name).write_bytes(content)
    assert checkpoints.load(folder)["step"] == 3


def test_damage_is_blamed_on_the_right_file(tmp_path: Path) -> None:
    folder = checkpoints.write(checkpoints.take(small()), tmp_path / "a")
    path = folder / "tensors.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=r"tensors\.safetensors is damaged"):
        checkpoints.load(folder)


def test_foreign_and_missing(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        checkpoints.load(tmp_path / "nowhere")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "SHA256SUMS").write_text("nonsense")
    with pytest.raises(CheckpointError, match="is not a whole checkpoint"):
        checkpoints.load(foreign)
    folder = checkpoints.write(checkpoints.take(small()), tmp_path / "b")
    header = json.loads((folder / "state.json").read_text())
    newer = checkpoints.take(small())
    newer.header = {**header, "format": 99}
    with pytest.raises(CheckpointError, match="format that is not known"):
        checkpoints.load(checkpoints.write(newer, folder))
    newer.header = {**header, "state": {"objects": {"$tensor": "gone"}}}
    with pytest.raises(CheckpointError, match="do not belong together"):
        checkpoints.load(checkpoints.write(newer, folder))


def test_another_network_is_refused_in_words(tmp_path: Path) -> None:
    folder = checkpoints.write(checkpoints.take(small()), tmp_path / "a")
    wide = State({"model": nn.Linear(5, 1)}, {"optimizer": small().objects["optimizer"]})
    with pytest.raises(CheckpointError, match="does not fit 'model'"):
        checkpoints.restore(wide, folder)
    with pytest.raises(CheckpointError, match="holds model, optimizer, this run needs critic"):
        checkpoints.restore(State({"critic": nn.Linear(2, 1)}), folder)
    with pytest.raises(CheckpointError, match="holds no 'generator'"):
        checkpoints.load_weights(folder, nn.Linear(2, 1), "generator")
    with pytest.raises(CheckpointError, match="size mismatch"):
        checkpoints.load_weights(folder, nn.Linear(5, 1))
    bare = checkpoints.load_weights(folder, nn.Linear(2, 1))
    assert torch.equal(bare.weight, checkpoints.load(folder)["objects"]["model"]["weight"])


def test_a_weight_that_overflowed_is_never_saved() -> None:
    state = small()
    with torch.no_grad():
        state.modules["model"].weight[0, 0] = float("inf")
    with pytest.raises(NonFiniteError, match="step 3 in model: the update made its weight"):
        checkpoints.take(state)


def test_a_snapshot_does_not_follow_the_run(tmp_path: Path) -> None:
    state = small()
    snapshot = checkpoints.take(state)
    with torch.no_grad():
        state.modules["model"].weight.zero_()
    checkpoints.write(snapshot, tmp_path / "a")
    saved = checkpoints.load(tmp_path / "a")["objects"]["model"]["weight"]
    assert saved.abs().sum() > 0


def test_the_shelf_keeps_best_last_and_three_more(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    (tmp_path / ".step-00000001.abc.tmp").mkdir()  # of a process that was killed
    for step in range(1, 10):
        shelf.put([checkpoints.take(small(step))], 2 if step >= 2 else None)
        assert [path.name for path in shelf.collect(wait=True)] == [checkpoints.name_of(step)]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["index.json", *(checkpoints.name_of(n) for n in (2, 6, 7, 8, 9))]
    assert checkpoints.find(tmp_path).name == checkpoints.name_of(9)
    assert checkpoints.find(tmp_path, "best").name == checkpoints.name_of(2)
    (tmp_path / "index.json").write_text("{broken")
    assert checkpoints.find(tmp_path).name == checkpoints.name_of(9)
    assert checkpoints.read_header(tmp_path)["step"] == 9
    assert not shelf.busy


def test_a_full_disk_is_told_and_the_next_write_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path / "checkpoints")
    shelf.put([checkpoints.take(small(1))], None)
    shelf.collect(wait=True)

    def refuse(path: Any, contents: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.files, "write_folder", refuse)
    shelf.put([checkpoints.take(small(2))], None)
    with pytest.raises(OSError, match="No space"):
        shelf.collect(wait=True)
    monkeypatch.undo()
    assert checkpoints.find(tmp_path).name == checkpoints.name_of(1)
    shelf.put([checkpoints.take(small(3))], None)
    assert len(shelf.collect(wait=True)) == 1


def test_a_run_folder_is_a_place_to_resume_from(tmp_path: Path) -> None:
    toys.record(tmp_path / "run")
    by_run = checkpoints.load(tmp_path / "run")
    assert by_run["step"] == 30
    assert by_run["done"]
    shutil.copytree(tmp_path / "run" / "checkpoints" / "step-00000030", tmp_path / "alone")
    assert same(checkpoints.load(tmp_path / "alone")["objects"], by_run["objects"])


def test_a_snapshot_takes_the_place_of_one_that_nobody_needs() -> None:
    state = small()
    first = checkpoints.take(state)
    rooms = {tensor.data_ptr() for tensor in first.tensors.values()}
    with torch.no_grad():
        for weight in state.modules["model"].parameters():
            weight += 1
    wanted = checkpoints.take(state)
    second = checkpoints.take(state, instead_of=first)
    assert {tensor.data_ptr() for tensor in second.tensors.values()} == rooms
    assert same(second.tensors, wanted.tensors)
    assert second.header == wanted.header
