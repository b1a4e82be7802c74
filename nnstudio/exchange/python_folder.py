"""The folder that the user takes home: code that runs alone, its data, and how to run it."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

from nnstudio.core.problems import Problem, WorldError
from nnstudio.exchange.code_folder import CodeFolder, imported, write_export
from nnstudio.exchange.readme import readme
from nnstudio.graph.model import Project
from nnstudio.kit import files

# Names of distributions where they differ from what is imported.
_DISTRIBUTIONS = {"PIL": "Pillow"}
_OURS = {
    "model.py",
    "train.py",
    "custom.py",
    "kit",
    "files",
    "checkpoints",
    "requirements.txt",
    "README.md",
}


def export(
    project: Project, target: Path, folder: Path | None = None, *, run: Path | None = None
) -> Path:
    """Write the folder that the user takes home.

    Args:
        project: One without errors; without data or loop its networks go alone.
        target: The folder; made new, or written over when an export lies there already.
        folder: Where the project's file lies.
        run: A run of the project whose best and last checkpoint come along.

    Raises:
        ProjectError: The project has problems.
        WorldError: There is something else at `target`, or the disk refused.
    """
    code = write_export(project, folder)
    if target.exists() and not _replaceable(target):
        raise WorldError(Problem("export.exists", args={"path": target}))
    contents = code.files() | code.data_files()
    contents["requirements.txt"] = requirements(code).encode()
    contents["README.md"] = readme(project, code).encode()
    try:
        if run is not None:
            contents |= _checkpoints(run / "checkpoints")
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_folder(target, contents)
    except OSError as error:
        args = {"why": f"{error.strerror} ({target})"}
        raise WorldError(Problem("run.disk", args=args)) from error
    return target


def requirements(code: CodeFolder) -> str:
    """Return the `requirements.txt` of some code: what it imports, as our own package pins it."""
    known = {
        re.split(r"[^\w.-]", line, maxsplit=1)[0].lower(): line.partition(";")[0].strip()
        for line in metadata.requires("nnstudio") or ()
    }
    used = {"torch"} | {
        _DISTRIBUTIONS.get(name[0], name[0])
        for text in code.files().values()
        for name in imported(text.decode(), None)
    }
    return "".join(f"{known[name.lower()]}\n" for name in sorted(used) if name.lower() in known)


def _checkpoints(shelf: Path) -> dict[str, bytes]:
    """Return the files of the best and the last checkpoint, and the index that names them."""
    index = shelf / "index.json"
    if not index.is_file():
        return {}
    named = {str(name) for name in json.loads(index.read_bytes()).values() if name}
    found = [path for name in sorted(named) for path in sorted((shelf / name).iterdir())]
    return {
        f"checkpoints/{path.relative_to(shelf).as_posix()}": path.read_bytes()
        for path in [index, *found]
    }


def _replaceable(target: Path) -> bool:
    """Whether a folder holds nothing but an export: runs that were made in it are left alone."""
    return target.is_dir() and {path.name for path in target.iterdir()} <= _OURS
