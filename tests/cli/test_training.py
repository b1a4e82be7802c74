"""train, resume, export: their JSON lines, their exit codes, and what a bad wish gets."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnstudio.cli.main import main

KEYS = {
    "run_started": {"run_dir", "device", "seed", "threads", "parameters"},
    "metrics": {"step", "epoch", "seconds", "metrics"},
    "epoch": {"step", "epoch", "metrics"},
    "checkpoint": {"path", "step"},
    "note": {"message"},
    "finished": {"metrics", "best"},
    "stopped": {"metrics", "best"},
    "failed": {"problem"},
}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    target = tmp_path / "digits.nns"
    assert main(["new", "mlp-digits", "-o", str(target)]) == 0
    return target


DRAWN = ("ddpm-mnist", "ppo-cartpole", "transfer-backbone", "vae-mnist", "wgan-gp-mnist")


@pytest.mark.parametrize("name", DRAWN)
def test_a_project_without_a_loop_says_so(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / f"{name}.nns"
    assert main(["new", name, "-o", str(target)]) == 0
    assert main(["check", str(target)]) == 0
    assert "no training loop is chosen" in capsys.readouterr().out
    assert main(["train", str(target)]) == 1
    said = capsys.readouterr().err
    assert "no training loop is chosen" in said
    assert "supervised" in said
    assert not target.with_suffix(".runs").exists()
    assert main(["train", str(target), "--set", "epochs=3"]) == 2
    assert main(["code", str(target)]) == 0
    assert "(nn.Module):" in capsys.readouterr().out
    home = tmp_path / "home"
    argv = ["export", str(target), "--to", "python", "-o", str(home)]
    assert main([*argv, "--verify"]) == 1
    assert "no training loop to do so" in capsys.readouterr().err
    assert main(argv) == 0
    assert {path.name for path in home.iterdir()} == {"model.py", "README.md", "requirements.txt"}
    words = " ".join((home / "README.md").read_text().split())
    assert "No training loop was chosen" in words


def test_json_lines(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["train", str(file), "--epochs", "1", "--seed", "3", "--json"]) == 0
    events = lines(capsys.readouterr().out)
    assert {event["event"] for event in events} >= {"run_started", "metrics", "epoch", "finished"}
    for event in events:
        assert KEYS[event["event"]] <= set(event)
    assert events[0]["event"] == "run_started"
    assert events[0]["seed"] == 3
    assert events[0]["parameters"] == 17_226
    assert events[-1]["event"] == "finished"
    steps = [event["step"] for event in events if event["event"] == "metrics"]
    assert steps == list(range(1, len(steps) + 1))
    assert {"val/loss", "val/accuracy", "train/loss"} <= set(events[-1]["metrics"])
    assert events[-1]["best"]["val/loss"] > 0
    run = Path(events[0]["run_dir"])
    assert run.parent == file.with_suffix(".runs")
    names = {path.name for path in run.iterdir()}
    wanted = {"project.nns", "model.py", "train.py", "kit", "files", "metrics.jsonl", "run.json"}
    assert wanted | {"checkpoints"} <= names


def test_same_seed_same_losses(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    losses = []
    for seed in ("0", "0", "1"):
        assert main(["train", str(file), "--steps", "4", "--seed", seed, "--json"]) == 0
        events = lines(capsys.readouterr().out)
        losses.append([e["metrics"]["train/loss"] for e in events if e["event"] == "metrics"])
    assert losses[0] == losses[1] != losses[2]
    assert len(losses[0]) == 4


def test_settings(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "optimizer=SGD", "--set", "optimizer.lr=0.5", "--set", "epochs=1"]
    assert main(["train", str(file), "--steps", "1", *words, "--json"]) == 0
    run = Path(lines(capsys.readouterr().out)[0]["run_dir"])
    script = (run / "train.py").read_text()
    assert "partial(torch.optim.SGD, lr=0.5" in script
    assert "epochs=1)" in script


@pytest.mark.parametrize(
    "word", ["nope=1", "optimizer.nope=1", "data.nope=1", "epochs", "=1", "epochs.deep=1"]
)
def test_unknown_setting(word: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(file), "--set", word]) == 2
    words = capsys.readouterr().err
    assert "nnstudio: " in words
    assert "Traceback" not in words
    assert not file.with_suffix(".runs").exists()


@pytest.mark.parametrize(
    "word", ["optimizer.lr=-1", "optimizer.lr=1e9", "epochs=0", "epochs=many", "optimizer=Nope"]
)
def test_setting_out_of_range(word: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(file), "--set", word]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert not file.with_suffix(".runs").exists()


def test_huge_learning_rate_fails_in_words(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--set",
        "schedule=constant",
        "--set",
        "optimizer=SGD",
        "--set",
        "optimizer.lr=900",
        "--json",
    ]
    assert main(["train", str(file), *words]) == 1
    problem = lines(capsys.readouterr().out)[-1]["problem"]
    assert problem["code"] == "non_finite"
    assert "step" in problem["message"]
    assert "learning rate" in problem["hint"]
    assert problem["where"].startswith("digit_mlp/")


def test_missing_device(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(file), "--device", "cuda:7", "--json"]) == 3
    problem = lines(capsys.readouterr().out)[-1]["problem"]
    assert "cuda" in problem["message"].casefold()


def test_run_dir_is_not_written_over(file: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("all my work")
    assert main(["train", str(file), "--run-dir", str(mine)]) == 3
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]


def test_export_refuses_a_folder_of_others(file: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    words = ["export", str(file), "--to", "python", "-o", str(tmp_path / "photos")]
    assert main(words) == 3
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"cat"


def test_export_of_a_run_brings_its_weights(file: Path, tmp_path: Path) -> None:
    run, target = tmp_path / "run", tmp_path / "export"
    assert main(["train", str(file), "--steps", "3", "--run-dir", str(run)]) == 0
    assert main(["export", str(run), "--to", "python", "-o", str(target), "--verify"]) == 0
    assert list(target.glob("checkpoints/step-*/tensors.safetensors"))


@pytest.fixture
def started(file: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A long training in a process of its own, interrupted as a terminal does it."""
    run = tmp_path / "run"
    command = [sys.executable, "-m", "nnstudio", "train", str(file), "--epochs", "2000"]
    with subprocess.Popen(
        [*command, "--run-dir", str(run), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        yield child, run
        child.kill()


def test_ctrl_c_leaves_a_checkpoint(
    started: tuple[subprocess.Popen[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    child, run = started
    assert child.stdout is not None
    for line in child.stdout:
        if '"metrics"' in line:
            break
    time.sleep(0.2)
    os.kill(child.pid, signal.SIGINT)
    rest = child.stdout.read()  # not communicate(), which would miss what is buffered here
    assert child.stderr is not None
    errors = child.stderr.read()
    assert child.wait(60) == 0, errors
    events = lines(rest)  # no line is torn, and none is missing
    last = events[-1]
    assert last["event"] == "stopped"
    steps = [event["step"] for event in events if event["event"] == "metrics"]
    assert steps == list(range(steps[0], last["step"] + 1))
    assert list(run.glob("checkpoints/step-*"))
    assert "Traceback" not in errors
    kept = last["step"]
    capsys.readouterr()
    record = json.loads((run / "run.json").read_text())
    record["argv"] = [*record["argv"], "--steps", str(kept + 2)]
    (run / "run.json").write_text(json.dumps(record))
    assert main(["resume", str(run), "--json"]) == 0
    events = lines(capsys.readouterr().out)
    assert [e["step"] for e in events if e["event"] == "metrics"] == [kept + 1, kept + 2]
