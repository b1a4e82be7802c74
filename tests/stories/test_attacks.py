"""What is wrong is told in a sentence with a place and a hint, and nothing is lost by it.

Everything goes through the command line, as scripts and people use it: its exit code says whose
fault it was, no traceback is ever shown, and the files that were there are there still.
"""

import errno
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from nnstudio.cli.main import main
from nnstudio.core.values import Args, Choice, Expression
from nnstudio.graph.model import Data, Project
from nnstudio.project import store
from tests.builder import GraphBuilder, project
from tests.project.hostile import MARKER, hostile_files

Cli = Callable[..., "Answer"]


@dataclass(frozen=True)
class Answer:
    """What the command line said."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> dict[str, Any]:
        return json.loads(self.out.splitlines()[-1])  # type: ignore[no-any-return]

    @property
    def problem(self) -> dict[str, Any]:
        """The first problem of a JSON answer, which must have a place and a hint."""
        last = self.last
        found = last["problem"] if "problem" in last else last["problems"][0]
        assert found["message"], found
        assert found["hint"], found
        assert "\n" not in found["message"]
        return found  # type: ignore[no-any-return]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process; it must not show a traceback."""

    def run(*words: object) -> Answer:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse
            code = int(str(ended.code))
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Answer(code, said.out, said.err)

    return run


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A sound project."""
    path = tmp_path / "digits.nns"
    assert main(["new", "mlp-digits", "-o", str(path)]) == 0
    return path


def refused(cli: Cli, file: Path, code: int = 1) -> dict[str, Any]:
    """A file that every command refuses in the same words, and leaves as it is."""
    before = file.read_bytes()
    checked = cli("check", file, "--json")
    assert checked.code == code
    problem = checked.problem
    for words in (["train", file], ["export", file, "--to", "python", "-o", file.parent / "home"]):
        answer = cli(*words)
        assert answer.code == code
        assert problem["message"] in answer.err
        assert problem["hint"] in answer.err
    assert file.read_bytes() == before
    assert {path.name for path in file.parent.iterdir()} == {file.name}
    return problem


def linear(*widths: object, **more: Any) -> Project:
    """A project of linear layers on the digits."""
    b = GraphBuilder("Net")
    x = b("Flatten", b.input("N", 1, 8, 8))
    for width in widths:
        x = b("Linear", x, out_features=width)
    b.output(b("Linear", x, out_features=10))
    data = Data(Choice("digits"), "classification", ((1, 8, 8),), (), tuple("0123456789"))
    loop = Choice("supervised", Args(loss=Choice("CrossEntropyLoss"), optimizer=Choice("Adam")))
    return replace(project(b, data=data, loop=loop), **more)


# ------------------------------------------------------------------------------- files


def changed(file: Path, old: str, new: str) -> Path:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return file


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.syntax"),
        (b"this is no JSON", "file.syntax"),
        (b'{"nnstudio": 1, "name": "cut', "file.syntax"),
        (Random(0).randbytes(4096), "file.encoding"),
        (b'{"nnstudio": 1, "name": "a", "name": "b"}', "file.duplicate"),
        (b'{"nnstudio": 1, "name": NaN}', "file.number"),
    ],
    ids=["empty", "words", "cut short", "random bytes", "a member twice", "NaN"],
)
def test_no_project(content: bytes, code: str, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "bad.nns"
    file.write_bytes(content)
    assert refused(cli, file)["code"] == code


@pytest.mark.parametrize("command", ["check", "code", "train", "resume"])
def test_missing_file(command: str, cli: Cli, tmp_path: Path) -> None:
    answer = cli(command, tmp_path / "nowhere.nns")
    assert answer.code == 3
    assert "nowhere.nns" in answer.err
    assert re.search(r"\(.+\)$", answer.err.strip())  # the hint


def test_a_template_cut_anywhere(cli: Cli, digits: Path, tmp_path: Path) -> None:
    whole, file = digits.read_bytes(), tmp_path / "cut.nns"
    for length in Random(1).sample(range(len(whole) - 2), 40):
        file.write_bytes(whole[:length])
        answer = cli("check", file, "--json")
        assert answer.code == 1
        assert answer.problem["where"] or not length


def test_a_cycle(cli: Cli, digits: Path) -> None:
    rows = re.findall(r'"(\w+)": \{"layer": "Linear".*?"in": \["(\w+)"\]', digits.read_text())
    (_, source), (last, _) = rows[0], rows[-1]
    changed(digits, f'"in": ["{source}"]', f'"in": ["{last}"]')
    problem = refused(cli, digits)
    assert problem["code"] == "graph.cycle"
    assert problem["where"].startswith("graphs/digit_mlp/nodes/")


def test_a_mismatched_shape(cli: Cli, tmp_path: Path) -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 1, 8, 8)
    a, c = (b("Linear", b("Flatten", x), out_features=width) for width in (10, 11))
    b.output(b("Add", a, c, name="sum"))
    file = tmp_path / "shape.nns"
    store.save(replace(linear(), graphs={"net": b.graph}), file)
    problem = refused(cli, file)
    assert problem["where"] == "net/n6"
    assert "10" in problem["message"]
    assert "11" in problem["message"]


def test_a_million_nodes(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "million.nns"
    nodes = ",".join(f'"n{n}":{{"layer":"ReLU"}}' for n in range(1_000_000))
    file.write_text(f'{{"nnstudio":1,"graphs":{{"g":{{"name":"","nodes":{{{nodes}}}}}}}}}')
    assert refused(cli, file)["code"] == "file.size"
    head = file.read_bytes()[:4_900_000].rpartition(b",")[0] + b"}}}}"
    file.write_bytes(head)
    assert refused(cli, file)["where"]


@pytest.mark.parametrize(
    ("widths", "words"),
    [
        ((10**15,), "at most"),
        ((10**6, 10**6), "weights"),
        ((Expression("9**9**9"),), "power"),
        ((Expression("2**63 * 2**63"),), "n3"),
    ],
    ids=["10^15 features", "10^12 weights", "9**9**9", "2**126"],
)
def test_sizes_that_nothing_holds(
    widths: tuple[object, ...], words: str, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "large.nns"
    store.save(linear(*widths), file)
    problem = refused(cli, file)
    assert problem["where"].startswith("net/n")
    assert words in problem["message"] + problem["where"]


def test_names_full_of_quotes(cli: Cli, tmp_path: Path) -> None:
    nasty = 'it\'s "q" \\ """ {x} %s </b> #; import os'
    b = GraphBuilder(nasty, id="net", note=nasty + "\n" + nasty)
    x = b("Flatten", b.input("N", 1, 8, 8, name=nasty), name=nasty, note=nasty)
    b.output(b("Linear", x, out_features=10, name=nasty), name=nasty)
    named = replace(linear(), name=nasty, note=nasty, graphs={"net": b.graph})
    file = tmp_path / "a \"b' \nc.nns"
    store.save(named, file)
    assert cli("check", file, "--json").last["ok"]
    assert cli("train", file, "--steps", "2").code == 0
    home = tmp_path / 'home\'s "x"'
    assert cli("export", file, "--to", "python", "-o", home).code == 0
    assert (home / "train.py").is_file()


@pytest.mark.parametrize("name", ["two\nlines", "a\rb", "null\0", "\u202eleft", "x" * 10_000])
def test_names_that_cannot_be_shown(name: str, cli: Cli, digits: Path) -> None:
    changed(digits, '"name": "Digits MLP"', f'"name": {json.dumps(name)}')
    assert refused(cli, digits)["where"] == "name"


def test_hostile_files(cli: Cli, tmp_path: Path) -> None:
    """What is opened is harmless: it is checked and taken home as code, and runs nothing."""
    paths = hostile_files(tmp_path / "hostile", every=5)
    assert len(paths) >= 300
    opened = 0
    for number, path in enumerate(paths):
        before = path.read_bytes()
        checked = cli("check", path, "--json")
        assert checked.code in (0, 1), path.name
        if checked.code == 1:
            assert checked.problem
        home = tmp_path / f"home{number}"
        answer = cli("export", path, "--to", "python", "-o", home)
        assert answer.code == checked.code, (path.name, answer.err)
        assert home.exists() is (answer.code == 0)
        assert path.read_bytes() == before
        opened += answer.code == 0
    assert opened >= 30
    assert not list(tmp_path.rglob(MARKER))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_hostile_files_are_trained(cli: Cli, tmp_path: Path) -> None:
    for path in hostile_files(tmp_path / "hostile"):
        path.write_bytes(path.read_bytes().replace(b"custom:own", b"ReLU"))  # that is not trusted
        if cli("check", path).code == 0:
            answer = cli("train", path, "--steps", "1", "--json")
            assert answer.code in (0, 1, 3), path.name
            assert answer.code == 0 or answer.problem
    assert not list(tmp_path.rglob(MARKER))


# ------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("optimizer.lr=1e9", 1),
        ("optimizer.lr=-1", 1),
        ("epochs=0", 1),
        ("optimizer.lr=NaN", 2),
        ("optimizer.lr=Infinity", 2),
        ("epochs=1e999", 2),
        ("optimizer.lr", 2),
    ],
)
def test_settings(word: str, code: int, cli: Cli, digits: Path) -> None:
    answer = cli("train", digits, "--set", word, "--json")
    assert answer.code == code
    assert answer.problem["where"] or "=" not in word
    assert not digits.with_suffix(".runs").exists()


def test_a_learning_rate_in_the_file(cli: Cli, digits: Path) -> None:
    changed(digits, '"lr": 0.005', '"lr": 1e9')
    problem = refused(cli, digits)
    assert problem["where"] == "loop.optimizer"
    assert "lr" in problem["message"]


def test_a_learning_rate_that_is_too_high(cli: Cli, digits: Path) -> None:
    """It is allowed and does harm: the step and the layer are named, the finite weights kept."""
    wild = [
        "--set",
        "optimizer=SGD",
        "--set",
        "optimizer.lr=900",
        "--set",
        "optimizer.momentum=0.9",
    ]
    answer = cli("train", digits, *wild, "--epochs", "9", "--json")
    assert answer.code == 1
    problem = answer.problem
    assert problem["code"] == "non_finite"
    assert re.match(r"step \d+", problem["message"])
    assert problem["where"].startswith("digit_mlp/")
    assert "learning rate" in problem["hint"]


@pytest.mark.parametrize("device", ["cuda:7", "mps:3", "warp", "''"])
def test_a_device_that_is_not_there(device: str, cli: Cli, digits: Path) -> None:
    answer = cli("train", digits, "--device", device, "--json")
    assert answer.code == 3
    assert answer.problem["where"] == "device"
    assert "cpu" in answer.problem["hint"]


# ------------------------------------------------------------------------------- data

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
