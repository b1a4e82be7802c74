"""The folder to take home, before, while and after it is written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnstudio.core import paths
from nnstudio.core.names import snake_case
from nnstudio.exchange.code_folder import write_export
from nnstudio.exchange.python_folder import export, requirements
from nnstudio.exchange.readme import readme
from nnstudio.exchange.verify import Proof, verify
from nnstudio.graph.model import Project

FIRST = ("model.py", "train.py", "custom.py", "README.md", "requirements.txt")
"""What is read first stands first."""


@dataclass(frozen=True)
class Contents:
    """What an export would hold.

    Attributes:
        texts: Text of each file by its path, what is read first in front.
        sizes: Bytes of the data files that come along, by path.
        left_out: Data files that are too large to come along.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def contents(project: Project, folder: Path | None) -> Contents:
    """Return what an export would hold; nothing is written.

    Args:
        project: One without errors.
        folder: Where its file lies.

    Raises:
        ProjectError: The project has problems.
        WorldError: Its data file is missing.
    """
    code = write_export(project, folder)
    texts = {name: data.decode() for name, data in code.files().items()}
    texts["requirements.txt"] = requirements(code)
    texts["README.md"] = readme(project, code)
    order = [name for name in FIRST if name in texts]
    order += sorted(name for name in texts if name not in FIRST)
    sizes = {f"files/{one.path.name}": one.size for one in code.data if one.embedded}
    left_out = tuple(one.path.name for one in code.data if not one.embedded)
    return Contents({name: texts[name] for name in order}, sizes, left_out)


def suggested(project: Project, folder: Path | None) -> Path:
    """Return a folder to export to."""
    return (folder or paths.documents_folder()) / f"{snake_case(project.name) or 'network'}_pytorch"


def prove(project: Project, folder: Path | None, target: Path | None) -> Proof:
    """Compare an export with what is trained here; raises as `verify`.

    Args:
        project: What was exported.
        folder: Where its file lies.
        target: The exported folder; None to write one that vanishes afterwards.
    """
    if target is not None:
        return verify(project, target, folder=folder)
    with tempfile.TemporaryDirectory(prefix="nnstudio-export-") as room:
        made = export(project, Path(room, "export"), folder)
        return verify(project, made, folder=folder)
