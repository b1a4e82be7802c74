"""What is wrong is told in a sentence with a place and a hint, and nothing is lost by it.

Everything goes through the command line, as scripts and people use it: its exit code says whose
fault it was, no traceback is ever shown, and the files that were there are there still.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from nnstudio.core.values import Expression
from nnstudio.project import store
from tests.builder import GraphBuilder
from tests.project.hostile import MARKER, hostile_files
from tests.stories.attacking import Cli, changed, linear, refused


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
        missing = answer.code == 3 and "is missing" in answer.err  # the data that it names
        assert answer.code == checked.code or missing, (path.name, answer.err)
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
    wild = ["optimizer=SGD", "optimizer.lr=900", "schedule=constant"]
    words = [word for setting in wild for word in ("--set", setting)]
    answer = cli("train", digits, *words, "--epochs", "9", "--json")
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
