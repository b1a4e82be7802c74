"""Where things lie: the shipped resources, the package's own files and the user's folders."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.core.lazy_module import LazyModule

if TYPE_CHECKING:
    import platformdirs
else:  # only who keeps something asks where
    platformdirs = LazyModule("platformdirs")

# Tests and portable installations keep everything of the user's below this one folder.
HOME = "NNSTUDIO_HOME"
_PACKAGE = Path(__file__).resolve().parents[1]


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, as `resource("templates", "empty.nns")`.

    Works in a checkout, in an installed wheel and in a frozen build.

    Raises:
        FileNotFoundError: The resources are not where any of the three keeps them.
    """
    return resources_folder(_PACKAGE).joinpath(*parts)


def resources_folder(package: Path) -> Path:
    """Return the resources that belong to the package in this folder.

    A wheel and a frozen build carry them inside the package, a checkout beside it. Only a checkout
    is recognised by its pyproject.toml: a `resources` folder that happens to lie in site-packages
    is none of ours.
    """
    inside = package / "resources"
    if inside.is_dir():
        return inside
    beside = package.parent / "resources"
    if beside.is_dir() and ((package.parent / "pyproject.toml").is_file() or frozen()):
        return beside
    raise FileNotFoundError(
        f"NNStudio's resources are missing: neither {inside} nor {beside} is there; "
        "install NNStudio again."
    )


def package(*parts: str) -> Path:
    """Return the path of a file of the package itself, as `package("kit", "files.py")`."""
    return _PACKAGE.joinpath(*parts)


def frozen() -> bool:
    """Return whether this is a build that brings its own Python."""
    return bool(getattr(sys, "frozen", False))


def settings_folder() -> Path:
    """Return the folder of the application's settings and of what was trusted on this machine."""
    return _below("settings") or Path(platformdirs.user_config_path("nnstudio", appauthor=False))


def state_folder() -> Path:
    """Return the folder of what the application remembers: window layout, recent files, logs."""
    return _below("state") or Path(platformdirs.user_state_path("nnstudio", appauthor=False))


def recovery_folder() -> Path:
    """Return the folder of journals, recovery copies and the runs of unsaved projects."""
    recovery = platformdirs.user_data_path("nnstudio", appauthor=False) / "recovery"
    return _below("recovery") or Path(recovery)


def library_folder() -> Path:
    """Return the folder of the user's own blocks, which are kept across projects."""
    library = platformdirs.user_data_path("nnstudio", appauthor=False) / "blocks"
    return _below("blocks") or Path(library)


def documents_folder() -> Path:
    """Return the folder in which a new project is offered to be saved."""
    return _below("documents") or Path(platformdirs.user_documents_path()) / "NNStudio"


def _below(name: str) -> Path | None:
    home = os.environ.get(HOME)
    return Path(home, name) if home else None
