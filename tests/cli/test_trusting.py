"""`nnstudio trust`: own layers are shown, and run only where somebody has said so."""

import io
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.graph.edits import SetSetting
from nnstudio.graph.model import CustomLayer
from nnstudio.project import store
from nnstudio.project.trust import Trust
from nnstudio.studio import templates
from nnstudio.studio.own_layer import custom
from tests.builder import GraphBuilder, project

TEXT = '''"""A layer that came with a file."""

from torch import Tensor, nn


class Twice(nn.Module):
    """Doubles."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x
'''


class Answers(io.StringIO):
    """A keyboard with somebody at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    layer = custom.rewritten(CustomLayer("c1", "", "", "*S dim -> *S dim"), source=TEXT)
    b = GraphBuilder("Net", id="net")
    x = b("custom:c1", b.input("N", 1, 8, 8))
    b.output(b("Linear", b("Flatten", x), out_features=10))
    digits = templates.load("mlp-digits").project
    drawn = project(b, custom=[layer], data=digits.data, loop=digits.loop)
    target = tmp_path / "own.nns"
    store.save(SetSetting("epochs", 1).apply(drawn), target)
    return target


def test_a_run_says_what_to_do_and_does_it_then(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(file), "--steps", "2"]) == 1
    assert "nnstudio trust" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Answers("y\n"))
    assert main(["trust", str(file)]) == 0
    assert "class Twice(nn.Module):" in capsys.readouterr().out
    assert main(["train", str(file), "--steps", "2"]) == 0
    assert main(["trust", str(file)]) == 0
    assert "no layer waits" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "yess\n"])
def test_anything_but_yes_trusts_nothing(
    answer: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Answers(answer))
    assert main(["trust", str(file)]) == 1
    assert not Trust().trusts_layer(store.load(file).custom["c1"].source)


def test_without_a_keyboard_only_the_word_counts(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["trust", str(file)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert main(["trust", str(file), "--yes"]) == 0
    assert Trust().trusts_layer(store.load(file).custom["c1"].source)
