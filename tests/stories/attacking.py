"""What all attacks share: a command line that answers, and what a good answer is."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from nnstudio.cli.main import main
from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import Data, Project
from tests.builder import GraphBuilder, project

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
