"""The application's settings and the list of what is trusted."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from nnstudio.core.params import Param, check
from nnstudio.core.problems import ProjectError, UsageError, WorldError
from nnstudio.core.values import Args, Choice
from nnstudio.project.settings import SETTINGS, Settings
from nnstudio.project.trust import Trust, code_hashes, record_run, wrote


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.name)
def test_every_default_is_a_value_that_the_setting_takes(row: Param) -> None:
    assert check(row, row.default) is None
    assert row.help


def test_set_get_reset(path: Path) -> None:
    settings = Settings(path)
    told: list[str] = []
    settings.changed.connect(told.append)
    assert settings.get("theme") == "system"
    settings.set("theme", "dark")
    settings.set("threads", 4)
    assert Settings(path).get("theme") == "dark"
    settings.reset("theme")
    assert Settings(path).get("theme") == "system"
    assert Settings(path).get("threads") == 4
    assert told == ["theme", "threads", "theme"]


def test_refusals(path: Path) -> None:
    settings = Settings(path)
    with pytest.raises(ProjectError, match="cannot be 'pink'"):
        settings.set("theme", "pink")
    with pytest.raises(UsageError, match="no setting colour"):
        settings.get("colour")
    assert not path.exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"a":1,"a":1}', b"x" * 2_000_000])
def test_a_broken_file_is_put_aside_and_said_so(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.get("theme") == "system"
    assert [problem.code for problem in settings.problems] == ["settings.broken"]
    settings.set("theme", "dark")
    assert (path.parent / "settings.broken-1.json").read_bytes() == content
    assert not Settings(path).problems


def test_a_wrong_value_costs_only_itself(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"theme": 3, "language": "en", "threads": {"x": 1}}')
    settings = Settings(path)
    assert settings.get("theme") == "system"
    assert settings.get("language") == "en"
    assert len(settings.problems) == 2


def test_another_versions_settings_come_back(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"from_the_future": {"a": [1]}}')
    Settings(path).set("theme", "dark")
    assert json.loads(path.read_text()) == {"from_the_future": {"a": [1]}, "theme": "dark"}


def test_choices_and_lists_are_settings_too(path: Path) -> None:
    rows = [Param("o", "of", Choice("Adam"), "x", of="optimizers"), Param("k", "ints", (), "x")]
    Settings(path, rows).set("o", Choice("SGD", Args(lr=0.1)))
    Settings(path, rows).set("k", (1, 2))
    assert Settings(path, rows).get("o") == Choice("SGD", Args(lr=0.1))
    assert Settings(path, rows).get("k") == (1, 2)


def test_a_disk_that_refuses_is_told_and_the_value_holds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nnstudio.kit.files.os.write", full)
    with pytest.raises(WorldError):
        settings.set("theme", "dark")
    assert settings.get("theme") == "dark"


def test_one_changed_character_revokes_the_trust(path: Path) -> None:
    source = "class Mine:\n    pass\n"
    Trust(path).trust_layer(source)
    assert Trust(path).trusts_layer(source)
    for number in range(len(source)):
        other = source[:number] + "~" + source[number + 1 :]
        assert not Trust(path).trusts_layer(other)
    Trust(path).revoke_layer(source)
    assert not Trust(path).trusts_layer(source)


def test_runs_that_this_machine_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "kit" / "loops").mkdir(parents=True)
    (folder / "model.py").write_text("x = 1\n")
    (folder / "kit" / "loops" / "a.py").write_text("y = 1\n")
    (folder / "metrics.jsonl").write_text("{}")
    hashes = code_hashes(folder)
    assert sorted(hashes) == ["kit/loops/a.py", "model.py"]
    assert not wrote(hashes)
    record_run(hashes)
    assert wrote(code_hashes(folder))
    (folder / "metrics.jsonl").write_text("{}{}")
    assert wrote(code_hashes(folder))
    (folder / "sitecustomize.py").write_text("")
    assert not wrote(code_hashes(folder))
    assert not wrote({})


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"layers": []}', b'{"runs": 3}'])
def test_when_the_list_cannot_be_read_nothing_is_trusted(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    trust = Trust(path)
    assert not trust.trusts_layer("x")
    trust.trust_layer("x")
    assert trust.trusts_layer("x")


def test_two_windows_lose_nothing(path: Path) -> None:
    def add(prefix: str) -> None:
        for number in range(10):
            Trust(path).trust_layer(f"{prefix}{number}")

    threads = [threading.Thread(target=add, args=(prefix,)) for prefix in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(Trust(path).trusts_layer(f"{p}{n}") for p in "abc" for n in range(10))
