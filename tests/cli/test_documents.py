"""templates, layers, new, check, code: what they print, and what they never import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio.cli.main import COMMANDS, main
from nnstudio.core.paths import resource

TEMPLATES = sorted(path.stem for path in resource("templates").glob("*.nns"))


def out(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    target = tmp_path / "digits.nns"
    assert main(["new", "mlp-digits", "-o", str(target)]) == 0
    return target


def test_templates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "--json"]) == 0
    rows = out(capsys)
    assert [row["name"] for row in rows] == TEMPLATES
    assert all(row["title"] and row["summary"] for row in rows)
    assert main(["templates"]) == 0
    words = capsys.readouterr().out
    assert all(name in words for name in TEMPLATES)


def test_layers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "--json"]) == 0
    rows = {row["name"]: row for row in out(capsys)}
    assert {"Linear", "Conv2d", "LSTM", "MultiheadAttention"} <= set(rows)
    assert rows["Linear"]["family"] == "linear"
    assert any(param["name"] == "out_features" for param in rows["Linear"]["params"])


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_checked(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "new.nns"
    assert main(["new", name, "-o", str(target)]) == 0
    code = main(["check", str(target), "--json"])
    report = out(capsys)
    assert set(report) == {"ok", "problems", "parameters", "flops", "nodes"}
    assert report["ok"] is (code == 0)
    assert report["ok"] or name == "empty"
    for node in report["nodes"].values():
        assert set(node) == {"layer", "name", "output_shapes"}


def test_check_names_place_and_hint(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = file.read_text().replace('"out_features": 10', '"out_features": 7')
    file.write_text(broken)
    assert main(["check", str(file), "--json"]) == 1
    (problem,) = out(capsys)["problems"]
    assert set(problem) == {"where", "code", "message", "hint", "severity"}
    assert "/" in problem["where"]
    assert "10" in problem["message"]
    assert problem["hint"]
    assert main(["check", str(file)]) == 1
    assert problem["message"] in capsys.readouterr().out


def test_code(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", str(file)]) == 0
    text = capsys.readouterr().out
    assert "class DigitMLP(nn.Module):" in text
    assert main(["code", str(file), "-o", str(tmp_path / "model.py")]) == 0
    assert (tmp_path / "model.py").read_text() == text


def test_new_never_writes_over(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_bytes()
    assert main(["new", "lenet5-mnist", "-o", str(file)]) == 3
    assert file.read_bytes() == before
    assert "already there" in capsys.readouterr().err


def test_unknown_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "nope", "-o", str(tmp_path / "x.nns")]) == 2
    assert "mlp-digits" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nope"], ["check"], ["check", "a", "--nope"], ["train"]])
def test_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_help_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    words = capsys.readouterr().out
    assert all(command in words for command in COMMANDS)
    assert "evaluate" not in words
    assert "onnx" not in words


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", 1),
        (b"no json", 1),
        (b'{"nnstudio": 1, ', 1),
        (bytes(range(256)) * 40, 1),
        (b'{"nnstudio": 1, "nnstudio": 1}', 1),
        (b'{"nnstudio": 1, "name": NaN}', 1),
        (b"[" * 100_000, 1),
        (b'{"nnstudio": 999}', 1),
    ],
    ids=["empty", "words", "truncated", "bytes", "twice", "nan", "deep", "future"],
)
def test_no_project(
    content: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.nns"
    file.write_bytes(content)
    for command in (["check"], ["code"], ["train"]):
        assert main([*command, str(file)]) == code
        words = capsys.readouterr().err
        assert words.startswith("nnstudio: ")
        assert "Traceback" not in words
        assert "(" in words  # a hint
    assert file.read_bytes() == content


def test_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["check"], ["code"], ["train"], ["resume"]):
        assert main([*command, str(tmp_path / "none.nns")]) == 3
    assert main(["export", str(tmp_path / "none.nns"), "--to", "python", "-o", "x"]) == 3
    assert "none.nns" in capsys.readouterr().err


IMPORTS = """
import sys
from nnstudio.cli.main import main
main(sys.argv[1:])
print(sorted({"torch", "PySide6", "numpy", "networkx"} & set(sys.modules)), file=sys.stderr)
"""

# What a network without problems, without layers of its own and without a folder of its own needs
# none of: half of what a check once took.
SPARED = """
import sys
from nnstudio.cli.main import main
main(sys.argv[1:])
spared = ("graph.edits", "graph.editing", "catalogue.own_class", "compiler.writing")
found = {f"nnstudio.{name}" for name in spared} | {"platformdirs", "importlib.metadata"}
print(sorted(found & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [["check", "FILE"], ["code", "FILE"], ["layers"], ["templates"], ["new", "empty", "-o", "NEW"]],
    ids=lambda words: words[0],
)
def test_imports_no_torch(words: list[str], file: Path, tmp_path: Path) -> None:
    places = {"FILE": str(file), "NEW": str(tmp_path / "new.nns")}
    filled = [places.get(word, word) for word in words]
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, *filled], capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_check_loads_only_what_it_needs(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPARED, "check", str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"
