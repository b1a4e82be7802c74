"""Imports the code of a run folder as a private package, so that many can live side by side.

In its folder the code says `from kit.loops import supervised` and `from model import LeNet5`, as
any script does. Two runs in one process would then share the names `model` and `kit`. So the folder
is imported as the package `nnstudio_run_<id>`: while a file is compiled, imports of its siblings
are turned into relative ones in the syntax tree. Line numbers stay, classes can be pickled,
`torch.compile` works, and no text is ever executed that does not lie there as a file.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import linecache
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType

from nnstudio.core.problems import Problem, WorldError
from nnstudio.kit.files import sha256

PREFIX = "nnstudio_run_"


class RunPackage:
    """The imported code of one run folder; `with loaded(…)` makes one and takes it away again.

    Args:
        folder: Holds `model.py`, `train.py`, `kit/` and perhaps `custom.py`.
        run_id: Makes the name of the package; letters, digits and underscores.
        hashes: The sha256 that each file must have, by its path in the folder; None takes any file.
    """

    def __init__(self, folder: Path, run_id: str, hashes: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.name = PREFIX + run_id
        self._finder = _Finder(self.name, self.folder, hashes)

    def module(self, name: str) -> ModuleType:
        """Import a module of the folder, as `module("kit.show")`.

        Raises:
            WorldError: A file is not the one that was written, or cannot be read.
        """
        return importlib.import_module(f"{self.name}.{name}")

    def install(self) -> None:
        """Make the package known to Python.

        Raises:
            WorldError: A package of this name is already there: the run is loaded twice.
        """
        if self.name in sys.modules:
            raise WorldError(Problem("run.loaded", args={"path": self.folder}))
        package = ModuleType(self.name, "The code of a run.")
        package.__path__ = [str(self.folder)]
        package.__spec__ = importlib.machinery.ModuleSpec(self.name, None, is_package=True)
        sys.meta_path.insert(0, self._finder)
        sys.modules[self.name] = package

    def remove(self) -> None:
        """Forget the package and all its modules."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        inside = self.name + "."
        for name in [name for name in sys.modules if name == self.name or name.startswith(inside)]:
            del sys.modules[name]
        root = str(self.folder)
        for path in [path for path in linecache.cache if path.startswith(root)]:
            del linecache.cache[path]


@contextmanager
def loaded(
    folder: Path, run_id: str, hashes: Mapping[str, str] | None = None
) -> Iterator[RunPackage]:
    """Import a run folder's code for the time of a `with` block; see `RunPackage`."""
    package = RunPackage(folder, run_id, hashes)
    package.install()
    try:
        yield package
    finally:
        package.remove()


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of one run."""

    def __init__(self, package: str, folder: Path, hashes: Mapping[str, str] | None) -> None:
        self.package, self.folder, self.hashes = package, folder, hashes
        # A file that nobody wrote here takes no other module's name away.
        files = hashes if hashes is not None else _files(folder)
        self.siblings = frozenset(name.partition("/")[0].removesuffix(".py") for name in files)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(self.package + "."):
            return None
        place = self.folder.joinpath(*fullname.removeprefix(self.package + ".").split("."))
        is_package = (place / "__init__.py").is_file()
        file = place / "__init__.py" if is_package else place.with_suffix(".py")
        if not file.is_file():
            return None
        loader = _Loader(self, fullname, file, is_package=is_package)
        spec = importlib.machinery.ModuleSpec(
            fullname, loader, origin=str(file), is_package=is_package
        )
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [str(place)]
        return spec


class _Loader(importlib.abc.ExecutionLoader):
    """Compiles one file of a run; nothing is read from or written to a cache of byte code."""

    def __init__(self, finder: _Finder, name: str, file: Path, *, is_package: bool) -> None:
        self.finder, self.name, self.file = finder, name, file
        self.is_a_package = is_package

    def get_filename(self, fullname: str) -> str:
        return str(self.file)

    def is_package(self, fullname: str) -> bool:
        return self.is_a_package

    def get_source(self, fullname: str) -> str:
        """Return the text, after its hash was compared.

        Raises:
            WorldError: The file cannot be read, or is not the one that was written.
        """
        place = self.file.relative_to(self.finder.folder).as_posix()
        try:
            data = self.file.read_bytes()
        except OSError as error:
            args = {"path": self.file, "why": error.strerror or str(error)}
            raise WorldError(Problem("run.unreadable", args=args)) from error
        hashes = self.finder.hashes
        if hashes is not None and hashes.get(place) != sha256(data):
            raise WorldError(Problem("run.changed", args={"path": self.file}))
        return data.decode("utf-8")

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_source(fullname), filename=str(self.file))
        depth = fullname.count(".") - self.finder.package.count(".") + self.is_a_package
        tree = ast.fix_missing_locations(_Siblings(self.finder.siblings, depth).visit(tree))
        return compile(tree, str(self.file), "exec", dont_inherit=True)


class _Siblings(ast.NodeTransformer):
    """Turns imports of files beside the run's `train.py` into relative ones.

    Args:
        siblings: The names that are meant.
        depth: How many dots lead from the module to the folder.
    """

    def __init__(self, siblings: frozenset[str], depth: int) -> None:
        self.siblings, self.depth = siblings, depth

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        if node.level == 0 and node.module and node.module.split(".")[0] in self.siblings:
            node.level = self.depth
        return node

    def visit_Import(self, node: ast.Import) -> ast.stmt | list[ast.stmt]:
        ours = [name for name in node.names if name.name.split(".")[0] in self.siblings]
        if not ours:
            return node
        others = [name for name in node.names if name not in ours]
        made: list[ast.stmt] = [ast.Import(names=others)] if others else []
        for name in ours:
            made += self._relative(name)
        return [ast.copy_location(statement, node) for statement in made]

    def _relative(self, name: ast.alias) -> list[ast.stmt]:
        """`import kit.show as s` binds the module, `import kit.show` binds `kit` and loads both."""
        parent, _, last = name.name.rpartition(".")
        if name.asname or not parent:
            alias = ast.alias(name=last, asname=name.asname)
            return [ast.ImportFrom(module=parent or None, names=[alias], level=self.depth)]
        hidden = ast.alias(name=last, asname=f"_{last}")
        top = ast.alias(name=name.name.split(".")[0])
        return [
            ast.ImportFrom(module=parent, names=[hidden], level=self.depth),
            ast.ImportFrom(module=None, names=[top], level=self.depth),
        ]


def _files(folder: Path) -> Iterator[str]:
    """Yield the files of code that lie in a folder and one level below."""
    for path in (*folder.glob("*.py"), *folder.glob("*/__init__.py")):
        yield path.relative_to(folder).as_posix()
