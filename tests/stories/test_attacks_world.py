"""Bad data and a full disk: a sentence, and nothing is lost."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import Data
from nnstudio.project import store
from tests.builder import GraphBuilder, project
from tests.stories.attacking import Cli

GOOD = "a,b,y\n" + "".join(f"{n},{n * 2 % 7},{n / 2}\n" for n in range(20))


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a table, and a project that foretells its last column."""

    def write(content: str | bytes) -> Path:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "sizes.csv").write_bytes(data)
        b = GraphBuilder("Net")
        b.output(b("Linear", b.input("N", 2), out_features=1))
        reader = Choice("table", Args(path="sizes.csv", task="regression"))
        loop = Args(loss=Choice("MSELoss"), optimizer=Choice("Adam"), epochs=2)
        document = project(
            b,
            data=Data(reader, "regression", ((2,),), (1,)),
            loop=Choice("supervised", loop),
        )
        store.save(document, tmp_path / "table.nns")
        return tmp_path / "table.nns"

    return write


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.replace("5,3,2.5", "5,three,2.5"), "sizes.csv, line 7, column 'b'"),
        (GOOD.replace("5,3,2.5", "5,NaN,2.5"), "sizes.csv, line 7, column 'b'"),
        (GOOD.replace("5,3,2.5", "1e300,3,2.5"), "sizes.csv, line 7, column 'a'"),
        (GOOD.replace("5,3,2.5", "5,,2.5"), "sizes.csv, line 7, column 'b'"),
        (GOOD.replace("5,3,2.5", "5,3"), "sizes.csv, line 7"),
        (GOOD.replace("5,3,2.5", '5,"3,2.5'), "sizes.csv, line"),
        (GOOD.splitlines()[0], "sizes.csv"),
        ("", "sizes.csv: the file is empty"),
        (bytes(range(256)), "sizes.csv, line"),
    ],
    ids=["text", "NaN", "1e300", "a hole", "ragged", "quote", "only names", "empty", "bytes"],
)
def test_a_table(
    content: str | bytes, words: str, cli: Cli, table: Callable[[str | bytes], Path]
) -> None:
    file = table(content)
    before = (file.parent / "sizes.csv").read_bytes()
    answer = cli("train", file, "--json")
    assert answer.code == 1
    assert answer.problem["where"] == "data"
    assert words in answer.problem["message"]
    assert ".runs" not in answer.problem["message"]  # it is the user's file that is meant
    assert (file.parent / "sizes.csv").read_bytes() == before


def test_a_table_that_has_vanished(cli: Cli, table: Callable[[str], Path], tmp_path: Path) -> None:
    file, run = table(GOOD), tmp_path / "run"
    assert cli("train", file, "--run-dir", run).code == 0
    (tmp_path / "sizes.csv").unlink()
    answer = cli("train", file, "--json")
    assert answer.code == 3
    assert "sizes.csv" in answer.problem["message"]
    # The run has a copy, so it can still be taken home.
    assert cli("export", run, "--to", "python", "-o", tmp_path / "home").code == 0
    assert (tmp_path / "home" / "files" / "sizes.csv").read_text() == GOOD


def test_data_that_overflows_where_it_is_judged(cli: Cli, table: Callable[[str], Path]) -> None:
    """Line 7 is among the held back ones: training is fine, and the figure is never the best."""
    answer = cli("train", table(GOOD.replace("5,3,2.5", "1e30,3,2.5")), "--json")
    assert answer.code == 0
    assert answer.last["best"] == {}
    assert "val/loss is not finite" in answer.out


# ------------------------------------------------------------------------------- a full disk


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Let the disk take so many bytes more, by whatever is written as a file."""
    room: list[int] = []
    real = os.write

    def write(descriptor: int, data: Any) -> int:
        if room:
            room[0] -= len(data)
            if room[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    yield lambda size: room.__setitem__(slice(None), [size])
    room.clear()


def test_no_room_for_a_new_file(
    cli: Cli, digits: Path, tmp_path: Path, full_disk: Callable[[int], None]
) -> None:
    full_disk(100)
    for words in (["new", "lenet5-mnist", "-o", "new.nns"], ["code", digits, "-o", "model.py"]):
        command = [*words[:-1], tmp_path / words[-1]]
        answer = cli(*command)
        assert answer.code == 3
        assert f"{tmp_path / words[-1]} cannot be written: No space left" in answer.err
        assert "(free some space" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["digits.nns"]


def test_no_room_for_an_export(
    cli: Cli, digits: Path, tmp_path: Path, full_disk: Callable[[int], None]
) -> None:
    old = tmp_path / "home"
    assert cli("export", digits, "--to", "python", "-o", old).code == 0
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    full_disk(20_000)
    answer = cli("export", digits, "--to", "python", "-o", old)
    assert answer.code == 3
    assert "No space left" in answer.err
    assert "make room" in answer.err
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"digits.nns", "home"}


def test_no_room_for_a_run(cli: Cli, digits: Path, full_disk: Callable[[int], None]) -> None:
    full_disk(20_000)
    answer = cli("train", digits, "--json")
    assert answer.code == 3
    assert "No space left" in answer.problem["message"]


def test_no_room_for_a_checkpoint(
    cli: Cli, digits: Path, tmp_path: Path, full_disk: Callable[[int], None]
) -> None:
    """The run ends in words; when there is room again it goes on as if nothing had been."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert cli("train", digits, "--steps", "200", "--run-dir", whole).code == 0
    full_disk(10**9)
    record = {"steps": 200}
    assert cli("train", digits, "--steps", "100", "--run-dir", cut).code == 0
    argv = json.loads((cut / "run.json").read_text())
    argv["argv"] = [*argv["argv"], "--steps", str(record["steps"])]
    (cut / "run.json").write_text(json.dumps(argv))
    full_disk(1000)
    answer = cli("resume", cut, "--json")
    assert answer.code == 3
    assert "No space left" in answer.out
    assert answer.last["event"] == "stopped"
    assert answer.last["step"] == 100
    full_disk(10**9)
    assert cli("resume", cut, "--json").code == 0
    assert _figures(cut) == _figures(whole)


def _figures(run: Path) -> list[tuple[int, Any]]:
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [(line["step"], line["metrics"]) for line in lines if line["event"] == "metrics"]
