"""A training script runs alone, without NNStudio and without a window."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import nnstudio.kit
from nnstudio.kit import checkpoints, command
from nnstudio.kit.checkpoints import CheckpointError
from nnstudio.kit.data.reading import ReadError
from nnstudio.kit.device import DeviceError
from nnstudio.kit.loops.guard import NonFiniteError
from tests.kit import toys

EXAMPLE = Path(__file__).parent / "example_run"
KIT = Path(nnstudio.kit.__file__).parent

# Stands in for a machine without NNStudio: Python reads it before anything else.
BLOCKED = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"nnstudio", "PySide6", "shiboken6", "pyqtgraph"}:
            raise ModuleNotFoundError(f"{name} is out of reach")

sys.meta_path.insert(0, Absent())
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as an export lays it out, with the kit copied byte for byte."""
    folder = tmp_path_factory.mktemp("export") / "LeNet 5"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(KIT, folder / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "files").mkdir()
    shutil.copy(toys.DATASETS / "mnist5k.npz", folder / "files")
    (folder / "absent").mkdir()
    (folder / "absent" / "sitecustomize.py").write_text(BLOCKED)
    return folder


def python(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder / "absent")}
    return subprocess.Popen(
        [sys.executable, "train.py", *words], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(folder: Path, *words: str, code: int = 0) -> list[dict[str, Any]]:
    process = python(folder, *words)
    out, err = process.communicate(timeout=100)
    assert process.returncode == code, err
    return [json.loads(line) for line in out.splitlines()]


def test_alone_and_again_to_the_last_bit(example: Path) -> None:
    whole = run(example, "--json", "--steps", "20", "--out", "whole")
    assert whole[0]["event"] == "run_started"
    assert whole[-1]["event"] == "finished"
    assert [e["step"] for e in whole if e["event"] == "metrics"] == list(range(1, 21))
    half = run(example, "--json", "--steps", "11", "--out", "half")
    rest = run(example, "--json", "--steps", "20", "--resume", "half")
    assert rest[0]["run_dir"] == "half"
    assert rest[0]["step"] == 11
    rows = [row for row in toys.figures(half + rest) if row[0] == "metrics"]
    assert rows == [row for row in toys.figures(whole) if row[0] == "metrics"]
    assert toys.figures(rest)[-1] == toys.figures(whole)[-1]


def test_the_words_for_people_and_the_next_free_folder(example: Path) -> None:
    (example / "runs" / "1").mkdir(parents=True)
    process = python(example, "--steps", "2", "--seed", "5")
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert "61,706 parameters on " in out
    assert f"run folder: runs{os.sep}2" in out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a child alone")
def test_the_interrupt_key_saves_and_ends_well(example: Path) -> None:
    process = python(example, "--json", "--epochs", "100", "--out", "interrupted")
    seen = []
    with process:
        for line in process.stdout or ():
            seen.append(json.loads(line))
            if seen[-1]["event"] == "metrics" and seen[-1]["step"] == 5:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert seen[-1]["event"] == "stopped"
    steps = [event["step"] for event in seen if event["event"] == "metrics"]
    assert steps == list(range(1, seen[-1]["step"] + 1))
    assert checkpoints.read_header(example / "interrupted")["step"] == seen[-1]["step"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NonFiniteError(1, "model", "m"), 1),
        (ReadError("empty"), 3),
        (CheckpointError("gone"), 3),
        (DeviceError("none"), 3),
        (OSError(28, "full"), 3),
    ],
)
def test_exit_codes(error: Exception, code: int) -> None:
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        command.run(main)
    assert caught.value.code == code


def test_a_fault_in_the_code_shows_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        command.run(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    assert command.run(lambda: None) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("words", [["--epochs", "0"], ["--seed", "-1"], ["--sede", "0"], ["x"]])
def test_wrong_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.parse(words, epochs=1)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_bad_file_fails_in_words(example: Path) -> None:
    (example / "mine.npz").write_bytes(b"nonsense")
    failed = run(example, "--json", "--data", "mine.npz", "--out", "b", code=3)
    assert [event["event"] for event in failed] == ["failed"]
    assert failed[-1]["problem"]["where"] == "mine.npz"
    assert failed[-1]["problem"]["hint"]


def test_a_run_that_is_not_finite_exits_with_1(example: Path) -> None:
    script = (example / "train.py").read_text()
    (example / "wild.py").write_text(script.replace("lr=0.005", "lr=1e30"))
    environment = {**os.environ, "PYTHONPATH": str(example / "absent")}
    ended = subprocess.run(
        [sys.executable, "wild.py", "--json", "--out", "wild"], cwd=example, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    assert ended.stderr == ""
    last = json.loads(ended.stdout.splitlines()[-1])
    assert last["problem"]["code"] == "non_finite"
    assert last["problem"]["where"].startswith("model.")


def test_the_application_passes_its_own_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[str] = []
    args = command.parse([], epochs=3, threads=1)
    threads = torch.get_num_threads()
    before = signal.getsignal(signal.SIGINT)
    report = seen.append
    with command.start(args, report) as started:  # type: ignore[arg-type]
        assert started.report is report
        assert signal.getsignal(signal.SIGINT) is before
        roles = started.place(model=nn.Linear(2, 2))
        assert list(roles) == ["model"]
    assert torch.get_num_threads() == threads
    assert list(tmp_path.iterdir()) == []


def test_a_report_of_its_own_hears_of_a_missing_device() -> None:
    with (
        pytest.raises(DeviceError),
        command.start(command.parse(["--device", "tpu"], epochs=1), lambda *_: None),
    ):
        pytest.fail("started without a device")


def test_the_seed_rules_all_generators() -> None:
    import random

    import numpy as np

    draws = []
    for _ in range(2):
        command.seed_everything(2**40 + 3)
        draws.append((random.random(), float(np.random.rand()), float(torch.rand(()))))
    assert draws[0] == draws[1]


def test_threads_of_a_checkpoint_are_taken_over(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    toys.record(tmp_path, steps=3)
    args = command.parse(["--resume", str(tmp_path), "--device", "cpu"], epochs=1)
    with command.start(args, lambda *_: None) as started:
        assert started.threads == 1
    args = command.parse(["--threads", "2", "--device", "cpu"], epochs=1)
    with command.start(args, lambda *_: None) as started:
        started.place(model=nn.Linear(2, 2))
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 1


def test_nothing_of_the_kit_imports_nnstudio(example: Path) -> None:
    """Every file can be imported where only torch, numpy and safetensors are."""
    names = [
        ".".join(path.relative_to(KIT.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in KIT.rglob("*.py")
    ]
    code = f"{BLOCKED}\nfor name in {names!r}:\n    __import__(name)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=example, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
