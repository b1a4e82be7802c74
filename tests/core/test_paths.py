"""Resources are found in a checkout, in an installed wheel and in a frozen build."""

import sys
from pathlib import Path

import pytest

import nnstudio
from nnstudio.core import paths


def _package(folder: Path) -> Path:
    package = folder / "nnstudio"
    package.mkdir(parents=True)
    return package


def test_this_checkout() -> None:
    assert paths.resource() == Path(nnstudio.__file__).parents[1] / "resources"
    assert paths.resource("templates", "x.nns").parent.name == "templates"
    assert paths.package("core", "paths.py") == Path(paths.__file__)


def test_checkout(tmp_path: Path) -> None:
    package = _package(tmp_path)
    (tmp_path / "resources").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert paths.resources_folder(package) == tmp_path / "resources"


def test_wheel(tmp_path: Path) -> None:
    package = _package(tmp_path / "site-packages")
    (package / "resources").mkdir()
    (package.parent / "resources").mkdir()  # somebody else's
    assert paths.resources_folder(package) == package / "resources"


@pytest.mark.parametrize("place", ["resources", "nnstudio/resources"])
def test_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    package = _package(tmp_path)
    (tmp_path / place).mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert paths.resources_folder(package) == tmp_path / place


def test_missing_says_so(tmp_path: Path) -> None:
    package = _package(tmp_path)
    (tmp_path / "resources").mkdir()  # beside the package, but this is no checkout
    with pytest.raises(FileNotFoundError, match="install NNStudio again"):
        paths.resources_folder(package)


def test_user_folders_lie_below_the_home(home: Path) -> None:
    folders = {
        paths.settings_folder(),
        paths.state_folder(),
        paths.recovery_folder(),
        paths.documents_folder(),
    }
    assert {folder.parent for folder in folders} == {home}
    assert len(folders) == 4


def test_user_folders_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.HOME)
    for folder in (paths.settings_folder(), paths.state_folder(), paths.recovery_folder()):
        assert folder.is_absolute()
        assert "nnstudio" in folder.parts
    assert paths.documents_folder().name == "NNStudio"
