"""The environment is made once, refuses in one sentence, and is found again without pip."""

import json
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING = "ERROR: No matching distribution found for torch==2.13.0"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "packaging" / "constraints.txt", tmp_path / "packaging")
    return tmp_path


@pytest.fixture
def pips(
    installer: SimpleNamespace, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> list[list[str]]:
    """What pip was asked; instead of a real environment there is an empty file as its Python."""
    asked: list[list[str]] = []

    def make(venv: Path) -> Path:
        python: Path = installer.environment.venv_python(venv)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        return python

    monkeypatch.setattr(installer.environment, "_make_venv", make)
    monkeypatch.setattr(installer.environment, "_local_wheel", lambda python, torch: True)
    monkeypatch.setattr(installer.environment, "pip", lambda python, words: asked.append(words))
    monkeypatch.setattr(installer.environment, "refuse_without_space", lambda *_: None)
    return asked


def test_second_start_asks_pip_nothing(
    installer: SimpleNamespace, checkout: Path, pips: list[list[str]]
) -> None:
    first = installer.environment.ensure(root=checkout)
    assert len(pips) == 1
    assert pips[0][-1] == str(checkout)
    assert installer.environment.ensure(root=checkout) == first
    assert len(pips) == 1


def test_extras_are_added_and_stay(
    installer: SimpleNamespace, checkout: Path, pips: list[list[str]]
) -> None:
    installer.environment.ensure(root=checkout)
    installer.environment.ensure({"dev"}, root=checkout)
    installer.environment.ensure(root=checkout)
    assert [words[-1] for words in pips] == [str(checkout), f"{checkout}[dev]"]


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("packaging/constraints.txt", "torch==", "# torch==", True),
        ("pyproject.toml", '"numpy>=2.0"', '"numpy>=2.1"', True),
        ("pyproject.toml", "line-length = 100", "line-length = 99", False),
    ],
)
def test_what_makes_it_stale(
    installer: SimpleNamespace, checkout: Path, file: str, old: str, new: str, again: bool
) -> None:
    before = installer.environment.recipe_key(checkout)
    path = checkout / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert (installer.environment.recipe_key(checkout) != before) == again


def test_interrupted_installation_is_repeated(
    installer: SimpleNamespace,
    checkout: Path,
    pips: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise installer.environment.MissingError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(installer.environment, "pip", fail)
        with pytest.raises(installer.environment.MissingError):
            installer.environment.ensure(root=checkout)
    installer.environment.ensure(root=checkout)
    assert len(pips) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', '{"key": "x", "extras": 3}'])
def test_damaged_stamp_counts_as_none(
    installer: SimpleNamespace, tmp_path: Path, text: str
) -> None:
    (tmp_path / "nnstudio.json").write_text(text, encoding="utf-8")
    assert installer.environment.Stamp.read(tmp_path) is None


def test_torch_comes_alone_from_its_own_index(
    installer: SimpleNamespace,
    checkout: Path,
    pips: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build = installer.environment.CPU_INDEX
    monkeypatch.setattr(installer.environment, "choose_build", lambda _: build)
    installer.environment.ensure(root=checkout)
    torch, rest = pips
    assert "--no-deps" in torch
    assert torch[-2:] == [installer.environment.TORCH_CPU_INDEX, "torch==2.13.0"]
    assert installer.environment.TORCH_CPU_INDEX not in rest


@pytest.mark.parametrize(
    ("system", "driver", "wheel", "index", "expected"),
    [
        ("linux", True, False, True, "CUDA"),
        ("linux", False, True, True, "CPU"),
        ("linux", False, False, True, "CPU_INDEX"),
        ("linux", False, False, False, "CUDA_UNASKED"),
        ("darwin", False, False, False, "CPU"),
        ("win32", True, False, True, "CPU"),
    ],
)
def test_build_of_torch(
    installer: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    driver: bool,
    wheel: bool,
    index: bool,
    expected: str,
) -> None:
    environment = installer.environment
    monkeypatch.setattr(environment.sys, "platform", system)
    monkeypatch.setattr(environment, "nvidia_driver", lambda: driver)
    monkeypatch.setattr(environment, "reachable", lambda _: index)
    assert environment.choose_build(lambda: wheel) is getattr(environment, expected)


def test_unreachable_index_is_not_fatal(installer: SimpleNamespace) -> None:
    assert not installer.environment.reachable("http://127.0.0.1:9/torch/")


def test_full_disk_is_said(installer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**11, 10**11, 2 * 10**9))
    with pytest.raises(installer.environment.MissingError, match=r"2\.0 GB free .* needs 3"):
        installer.environment.refuse_without_space(Path(), 3)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_missing_venv_is_said(
    installer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    find = installer.environment.importlib.util.find_spec
    monkeypatch.setattr(
        installer.environment.importlib.util,
        "find_spec",
        lambda name: None if name == module else find(name),
    )
    with pytest.raises(installer.environment.MissingError, match="no venv module"):
        installer.environment.refuse_without_venv()


@pytest.mark.parametrize(
    ("output", "word"),
    [
        (f"NewConnectionError(...)\n{MISSING}", "network"),
        ("[Errno -3] Temporary failure in name resolution", "network"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("SSLError(SSLCertVerificationError('CERTIFICATE_VERIFY_FAILED'", "certificate"),
        ("ERROR: Could not install packages: [Errno 13] Permission denied: '/x'", "permissions"),
        (f"{MISSING} (from x)\nother", "torch==2.13.0"),
    ],
)
def test_pip_failures_become_a_sentence(installer: SimpleNamespace, output: str, word: str) -> None:
    sentence = installer.environment.explain(output)
    assert word in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_unknown_failure_shows_pips_words(
    installer: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert installer.environment.explain("something else") is None
    monkeypatch.setattr(installer.progress, "watch", lambda *_: (1, ["ERROR: odd", "thing"]))
    with pytest.raises(installer.environment.MissingError, match="last words"):
        installer.environment.pip(Path("python"), ["install"])
    assert "ERROR: odd\nthing" in capsys.readouterr().out


def test_news_of_pip(installer: SimpleNamespace) -> None:
    news = installer.environment.pip_news
    assert news("Collecting torch==2.13.0") == "looking for torch==2.13.0"
    line = "  Downloading https://x.org/p/torch-2.13.0.whl.metadata (30 kB)"
    assert news(line) == "downloading torch-2.13.0.whl.metadata (30 kB)"
    assert news("Installing collected packages: a, b, c") == "unpacking 3 packages"
    assert news("Requirement already satisfied: x") is None
    assert news("") is None


def test_pins(installer: SimpleNamespace) -> None:
    text = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    assert installer.environment.pinned("torch", text) == "2.13.0"
    assert installer.environment.pinned("pyside6-essentials", text) == "6.11.3"
    with pytest.raises(KeyError):
        installer.environment.pinned("nvidia-cublas", text)


def test_everything_installed_here_is_pinned() -> None:
    text = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in text.splitlines()}
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        capture_output=True,
        check=True,
    )
    names = {row["name"].lower().replace("_", "-") for row in json.loads(listed.stdout)}
    assert names - pinned - {"pip", "nnstudio", "wheel"} == set()


def test_moved_or_foreign_environment_is_made_anew(
    installer: SimpleNamespace, tmp_path: Path
) -> None:
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    usable = installer.environment._usable
    assert not usable(venv)  # it has no pip
    packages = next(venv.rglob("site-packages"))
    (packages / "pip.py").touch()
    assert usable(venv)
    moved = tmp_path / "moved"
    venv.rename(moved)
    assert not usable(moved)
    assert not usable(tmp_path / "nothing")
