"""Run folders of real projects, and which of them may be executed."""

import json
from pathlib import Path

import pytest

from nnstudio.core.problems import ProjectError, WorldError
from nnstudio.engine import events, folder, runner
from nnstudio.engine.runs import Run
from nnstudio.kit.files import sha256_file
from nnstudio.project import trust
from nnstudio.project.store import load
from tests.engine.conftest import PATIENCE, figures
from tests.exchange.projects import OWN, digits

FOUR = folder.Settings(steps=4, device="cpu")


def finish(prepared: folder.Prepared) -> Run:
    run = runner.launch(prepared)
    assert run.wait(PATIENCE)
    assert run.join(PATIENCE)
    return run


def test_a_run_of_a_project(tmp_path: Path) -> None:
    runs = folder.runs_folder(tmp_path / "digits.nns")
    assert runs == tmp_path / "digits.runs"
    made = folder.make(digits(), runs, FOUR)
    names = {path.name for path in made.folder.iterdir()}
    assert names == {"project.nns", "model.py", "train.py", "kit", "files", "run.json"}
    assert load(made.folder / "project.nns") == digits()
    record = events.read_record(made.folder)
    assert record.code == trust.code_hashes(made.folder)
    run = finish(made)
    assert isinstance(run.last, events.Finished), run.last
    told = [event for event in run.events() if isinstance(event, events.Telemetry)]
    assert "small_net/n4#1/n2" in told[0].nodes
    assert events.read_record(made.folder).threads == 1


def test_a_run_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    whole = finish(folder.make(digits(), tmp_path, folder.Settings(steps=6, device="cpu")))
    made = folder.make(digits(), tmp_path, FOUR)
    assert isinstance(finish(made).last, events.Finished)
    record = events.read_record(made.folder)
    argv = tuple("6" if word == "4" else word for word in record.argv)
    again = folder.reopen(made.folder)
    assert again.notes == ()
    assert again.argv[-2:] == ("--resume", str(made.folder.resolve()))
    longer = folder.Prepared(made.folder, argv + again.argv[-2:], again.hashes)
    assert isinstance(finish(longer).last, events.Finished)
    steps = [line for line in figures(made.folder) if line[0] == "metrics"]
    assert steps == [line for line in figures(whole.folder) if line[0] == "metrics"]


def test_code_from_elsewhere_is_written_anew(tmp_path: Path) -> None:
    made = folder.make(digits(), tmp_path, FOUR)
    marker = tmp_path / "executed"
    evil = f"open({str(marker)!r}, 'w').close()\n"
    for name in ("model.py", "kit/__init__.py"):
        (made.folder / name).write_text(evil)
    (made.folder / "torch.py").write_text(evil)
    # Even a record that fits: only this machine's own list counts.
    record = json.loads((made.folder / "run.json").read_text())
    record["segments"][-1]["code"] = {
        path.relative_to(made.folder).as_posix(): sha256_file(path)
        for path in made.folder.rglob("*.py")
    }
    (made.folder / "run.json").write_text(json.dumps(record))
    again = folder.reopen(made.folder)
    assert any("written anew" in note for note in again.notes)
    assert again.hashes == made.hashes
    run = finish(again)
    assert isinstance(run.last, events.Finished), run.last
    assert not marker.exists()
    assert len(events.read_record(made.folder).segments) == 2


def test_own_layers_run_only_when_trusted(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="not trusted"):
        folder.make(digits(OWN), tmp_path, FOUR)
    trust.Trust().trust_layer(OWN)
    made = folder.make(digits(OWN), tmp_path, FOUR)
    assert isinstance(finish(made).last, events.Finished)
    with pytest.raises(ProjectError, match="not trusted"):
        folder.make(digits(OWN + "\n"), tmp_path, FOUR)


def test_what_is_no_run_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot be read"):
        folder.reopen(tmp_path)
    (tmp_path / "run.json").write_text('{"id": "../x"}')
    with pytest.raises(WorldError, match="cannot be read"):
        folder.reopen(tmp_path)


def test_settings_become_words() -> None:
    settings = folder.Settings(seed=3, threads=2, epochs=5)
    assert settings.argv() == (
        "--seed", "3", "--device", "auto", "--threads", "2", "--epochs", "5",
    )  # fmt: skip
