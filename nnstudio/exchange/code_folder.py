"""The code of a project as files, in memory: what a run executes, and what the user takes home.

model.py    the networks; needs torch alone
custom.py   the user's own layers, verbatim, where there are any
train.py    the script; absent where no data or no training loop is chosen
kit/        the files of the kit that the script needs, byte for byte
files/      the data, up to 20 MB
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnstudio.catalogue import registry
from nnstudio.compiler import source
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.generated import Source
from nnstudio.compiler.source import Code
from nnstudio.core import paths
from nnstudio.core.problems import Problem, ProjectError, WorldError
from nnstudio.graph.model import Project
from nnstudio.kit import files

EMBEDDED = 20 * 2**20
"""The largest data file, in bytes, that is copied beside the code."""

KIT = "kit"


@dataclass(frozen=True)
class DataFile:
    """The file that a project trains on.

    Attributes:
        path: Where it lies on this machine.
        size: Bytes.
        sha256: Of its content; "" when it is embedded.
    """

    path: Path
    size: int
    sha256: str = ""

    @property
    def embedded(self) -> bool:
        """Whether it is copied beside the code."""
        return self.size <= EMBEDDED


@dataclass(frozen=True)
class CodeFolder:
    """The code of a project as files.

    Attributes:
        code: `model.py`, `train.py` ("" where nothing trains the network) and `custom.py`.
        kit: Content of the kit's files by path, as `kit/show.py`.
        roles: Role of the loop -> (id of its graph, name of its class).
        data: The files that are read; () when the data is made up or simulated.
    """

    code: Code
    kit: Mapping[str, bytes] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    data: tuple[DataFile, ...] = ()

    @property
    def finds_data(self) -> bool:
        """Whether the script finds its data by itself, or needs none."""
        named = "FILES" in self.code.train.text
        return not self.data or (named and self.data[0].embedded)

    def files(self) -> dict[str, bytes]:
        """Return the content of every file of code by its path."""
        code = self.code
        own = {"model.py": code.model.text, "train.py": code.train.text, "custom.py": code.custom}
        own = {name: text for name, text in own.items() if text}
        return {name: text.encode() for name, text in own.items()} | dict(self.kit)

    def hashes(self) -> dict[str, str]:
        """Return the sha256 of every file of code by its path."""
        return {name: files.sha256(data) for name, data in self.files().items()}

    def data_files(self) -> dict[str, bytes]:
        """Return the content of the data that is embedded by its path.

        Raises:
            WorldError: It has vanished.
        """
        return {f"files/{one.path.name}": _read(one.path) for one in self.data if one.embedded}


def write_code(project: Project, folder: Path | None = None, *, data: bool = True) -> CodeFolder:
    """Write the code of a project in memory.

    Args:
        project: One without errors.
        folder: Where its file lies; the user's own data may be named from there.
        data: Whether the data file is looked for.

    Raises:
        ProjectError: The project has problems.
        WorldError: The data file is missing.
    """
    code = source.code(analyse(project))
    kit = kit_files(code.train.text, code.model.text, code.custom)
    return CodeFolder(code, kit, _roles(project, code), _data(project, folder) if data else ())


def write_export(project: Project, folder: Path | None = None) -> CodeFolder:
    """Write what the user takes home: the network alone where nothing trains it."""
    if project.trains:
        return write_code(project, folder)
    analysis = analyse(project)
    faults = [problem for problem in analysis.problems if problem.severity == "error"]
    if faults:
        raise ProjectError(faults)
    model = source.checked_model(analysis)
    code = Code(model, Source(""), source.custom_source(analysis))
    return CodeFolder(code, kit_files(model.text, code.custom), _roles(project, code))


def _roles(project: Project, code: Code) -> dict[str, tuple[str, str]]:
    return {
        graph.role: (graph.id, code.model.classes[graph.id])
        for graph in project.graphs.values()
        if graph.role and graph.id in code.model.classes
    }


def kit_files(*sources: str) -> dict[str, bytes]:
    """Return the files of the kit that some sources need, by their path, byte for byte.

    Args:
        sources: Python files that lie beside the folder `kit/`.
    """
    found: dict[str, bytes] = {}
    wanted = [name for text in sources for name in imported(text, None) if name[0] == KIT]
    while wanted:
        name = wanted.pop()
        path = _kit_path(name)
        if path is None:  # a name inside a module, not a module
            continue
        key = path.relative_to(paths.package()).as_posix()
        if key in found:
            continue
        found[key] = path.read_bytes()
        package = name if path.name == "__init__.py" else name[:-1]
        wanted += [name[:length] for length in range(1, len(name))]
        wanted += imported(found[key].decode(), package)
    return dict(sorted(found.items()))


def _data(project: Project, folder: Path | None) -> tuple[DataFile, ...]:
    reader = project.data.reader
    if reader is None:
        return ()
    own = reader.args.get("path")
    found = [paths.resource("datasets", name) for name in registry.READERS[reader.name].files]
    if isinstance(own, str) and own:  # in the place of the first that came along
        found = [_own_file(folder or Path(), own), *found[1:]]
    return tuple(map(_data_file, found))


def _own_file(folder: Path, own: str) -> Path:
    """Return where the user's file lies; a run folder has a copy of what the run was trained on."""
    copy = folder / "files" / Path(own).name
    return copy if (folder / "run.json").is_file() and copy.is_file() else folder / own


def _data_file(path: Path) -> DataFile:
    try:
        size = path.stat().st_size
        return DataFile(path, size, "" if size <= EMBEDDED else files.sha256_file(path))
    except OSError as error:
        raise WorldError(Problem("export.data", "data", {"path": path})) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorldError(Problem("export.data", "data", {"path": path})) from error


def _kit_path(name: tuple[str, ...]) -> Path | None:
    """Return the file of a module of the kit, or None when there is none of this name."""
    place = paths.package(*name)
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def imported(text: str, package: tuple[str, ...] | None) -> Iterator[tuple[str, ...]]:
    """Yield the dotted names that a file imports; names out of a module count as modules.

    Args:
        text: The file.
        package: What relative imports start from; None passes over them.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = tuple(node.module.split(".")) if node.module else ()
            if node.level and package is None:
                continue
            if node.level and package is not None:
                module = package[: len(package) - node.level + 1] + module
            yield module
            yield from ((*module, alias.name) for alias in node.names)
