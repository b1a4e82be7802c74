"""run.py and test.py: what they start, what they say, how they end."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

REFUSAL = "There is no network."
OLD_PYTHON = """
import sys
sys.version_info = (3, 9, 1)
import environment
"""


def _refuse(installer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise installer.environment.MissingError(REFUSAL)

    monkeypatch.setattr(installer.environment, "ensure", refuse)


@pytest.mark.parametrize("script", ["run", "test"])
def test_refusal_is_one_sentence(
    installer: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str,
) -> None:
    _refuse(installer, monkeypatch)
    assert getattr(installer, script).main([]) == 3
    assert capsys.readouterr() == ("", REFUSAL + "\n")


def test_old_python_is_refused_in_one_sentence(installer: SimpleNamespace) -> None:
    folder = Path(installer.environment.__file__).parent
    code, said = installer.progress.watch(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})" + OLD_PYTHON],
        lambda line: None,
    )
    assert code == 1
    assert len(said) == 1
    assert said[0].startswith("NNStudio needs Python 3.11 or newer and this is Python 3.9")


def test_arguments_go_to_the_command_line(
    installer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer.environment, "ensure", lambda: Path(sys.executable))
    assert installer.run.main(["--no-such-option"]) == 2


def test_starter_makes_trains_and_exports(
    installer: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(installer.run, "nnstudio", lambda _, words: commands.append(words) or 0)
    folder = home / "documents"
    assert installer.run.starter(Path("python")) == 0
    assert [words[0] for words in commands] == ["new", "train", "export"]
    assert commands[0] == ["new", "mlp-digits", "-o", str(folder / "mlp-digits.nns")]
    assert commands[1][1] == commands[0][-1]
    assert commands[2][1] == commands[1][-1], "the run that was trained is exported"
    (folder / "mlp-digits.nns").touch()
    (folder / "mlp-digits-export").mkdir()
    assert installer.run.starter(Path("python")) == 0
    assert [words[0] for words in commands[3:]] == ["train", "export"], "a project is kept"
    assert commands[-1][-1] == str(folder / "mlp-digits-export-2")
    assert str(folder) in capsys.readouterr().out


def test_starter_stops_at_the_first_failure(
    installer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(installer.run, "nnstudio", lambda _, words: commands.append(words) or 1)
    assert installer.run.starter(Path("python")) == 1
    assert len(commands) == 1


@pytest.mark.parametrize(
    ("variables", "system", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_display(
    installer: SimpleNamespace, variables: dict[str, str], system: str, expected: bool
) -> None:
    assert installer.run.has_display(variables, system) is expected


@pytest.mark.parametrize("display", [True, False])
def test_without_arguments_it_opens_the_window_or_trains(
    installer: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    display: bool,
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(installer.environment, "ensure", lambda: Path(sys.executable))
    monkeypatch.setattr(installer.run, "has_display", lambda *_: display)
    monkeypatch.setattr(installer.run, "nnstudio", lambda _, words: commands.append(words) or 0)
    assert installer.run.main([]) == 0
    assert [words[0] for words in commands] == (["open"] if display else ["new", "train", "export"])
    assert ("no display" in capsys.readouterr().out) is not display


def test_projects_folder(installer: SimpleNamespace, tmp_path: Path) -> None:
    folder = installer.run.projects_folder
    assert folder({}, tmp_path, Path("checkout")) == Path("checkout/NNStudio")
    (tmp_path / "Documents").mkdir()
    assert folder({}, tmp_path, Path("checkout")) == tmp_path / "Documents" / "NNStudio"
    assert folder({"NNSTUDIO_HOME": "x"}, tmp_path, Path()) == Path("x/documents")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tests/graph", "-k", "undo"], ["tests/graph", "-k", "undo"]),
        (["--slow"], ["-m", "slow"]),
        (["--bench", "-x"], ["-m", "bench", "-rP", "-x"]),
        (["--slow", "--bench"], ["-m", "slow or bench", "-rP"]),
    ],
)
def test_selection(installer: SimpleNamespace, words: list[str], expected: list[str]) -> None:
    assert installer.test.selection(words) == expected


def test_everything_takes_all_cores(installer: SimpleNamespace) -> None:
    words = installer.test.selection([])
    assert words[0] == "-n"
    assert int(words[1]) >= 1


@pytest.mark.parametrize("failing", ["ruff", "importlinter", "mypy", "pytest", "none"])
def test_one_failure_fails_all(
    installer: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    failing: str,
) -> None:
    environment, module = installer.environment, installer.test
    monkeypatch.setattr(environment, "ensure", lambda extras: Path(sys.executable))
    real = module.check

    def check(name: str, command: list[str], shown: bool = False) -> object:
        code = int(any(failing in word for word in command))
        return real(name, [sys.executable, "-c", f"print('said'); raise SystemExit({code})"], shown)

    monkeypatch.setattr(module, "check", check)
    assert module.main([]) == int(failing != "none")
    summary = capfd.readouterr().out
    assert ("FAILED" in summary) == (failing != "none")
    assert ("All is well" in summary) == (failing == "none")


def test_tool_that_cannot_start_fails(installer: SimpleNamespace, tmp_path: Path) -> None:
    outcome = installer.test.check("tool", [str(tmp_path / "nothing")])
    assert outcome.code
    assert outcome.output


def test_silence_is_broken(installer: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    words = "import time; print('Downloading x (1 MB)'); time.sleep(0.5); print('end')"
    code, lines = installer.progress.watch(
        [sys.executable, "-c", words], installer.environment.pip_news, quiet=0.1
    )
    assert (code, lines) == (0, ["Downloading x (1 MB)", "end"])
    said = capsys.readouterr().out
    assert "downloading x (1 MB)\n" in said
    assert "downloading x (1 MB) (0 s)\n" in said


def test_only_ascii_is_printed(installer: SimpleNamespace) -> None:
    folder = Path(installer.environment.__file__).parent
    for path in folder.glob("*.py"):
        path.read_text(encoding="ascii")
