"""Blocks that lie ready for any project: those of the catalogue, and the user's own.

A layer called `ready:bottleneck` or `mine:k3x8a1qz` is one of them. Placing it brings the block and
what it uses into the document, once; afterwards it is a block of the document like any other.

The user's own lie one to a file in the data folder, so that a damaged file costs one block and says
so in `problems`. They are read again when a file has changed, since every window is a process of
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from nnstudio.core import paths
from nnstudio.core.limits import check_name, refuse
from nnstudio.core.names import is_id, new_id
from nnstudio.core.problems import NNStudioError, Problem
from nnstudio.core.signal import Signal
from nnstudio.graph.dims import Shape
from nnstudio.graph.edits import Batch, BringBlock, fragment
from nnstudio.graph.model import Graph, Node, Project
from nnstudio.graph.topology import BLOCK, inputs_of
from nnstudio.kit import files
from nnstudio.project import block_file
from nnstudio.project.block_file import SUFFIX, BlockFile
from nnstudio.project.store import read_bytes, world_error
from nnstudio.project.strict_json import SIZE_LIMIT
from nnstudio.studio.adding import Added
from nnstudio.studio.fitting import Found

READY, MINE = "ready:", "mine:"

ORDER = (
    "conv_norm_relu", "basic_residual", "basic_residual_down", "bottleneck", "bottleneck_down",
    "inception", "dense_layer", "dense_block", "inverted_residual", "inverted_residual_down",
    "squeeze_excitation", "unet_down", "unet_up", "pre_norm_attention", "transformer_encoder",
    "transformer_decoder", "patch_embedding", "primary_capsules", "digit_capsules", "lstm_cell",
    "gru_cell", "reparameterization",
)  # fmt: skip
"""The ready blocks in the order of the palette; what is not named here follows by its name."""

MOST = 500
"""So many blocks of a library are shown; more are no library but a mistake."""


class Library:
    """The blocks that can be placed in any document.

    Attributes:
        changed: Emits when the user's own are other ones.
        problems: What is wrong with files of the user's own, each with its path.

    Args:
        folder: Where the user's own lie; `blocks` in the data folder by default.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.changed: Signal[[]] = Signal()
        self.folder = folder or paths.library_folder()
        self.problems: tuple[Problem, ...] = ()
        self._read: dict[Path, tuple[tuple[int, int], BlockFile | Problem]] = {}

    def found(self, project: Project | None = None) -> tuple[Found, ...]:
        """Return everything that lies ready, the user's own first.

        Args:
            project: Blocks that this document holds unchanged are left out: they are listed there.
        """
        blocks = project.blocks if project is not None else {}
        mine = sorted(self._mine(), key=lambda pair: pair[1].graph.name.casefold())
        own = (_found(MINE + key, one, "mine") for key, one in mine if not _is_in(blocks, one))
        shelf = ready().items()
        given = (_found(READY + key, one, "ready") for key, one in shelf if not _is_in(blocks, one))
        return (*own, *given)

    def takers(self, shape: Shape | None, project: Project | None = None) -> tuple[Found, ...]:
        """Return those whose first input has as many dims as a tensor; all for an unknown one."""
        return tuple(
            one
            for one in self.found(project)
            if (piece := self.piece(one.layer)) is not None and _takes(piece.graph, shape)
        )

    def piece(self, layer: str) -> BlockFile | None:
        """Return the block behind a layer of the library; None for any other layer."""
        if layer.startswith(READY):
            return ready().get(layer[len(READY) :])
        return dict(self._mine()).get(layer[len(MINE) :]) if layer.startswith(MINE) else None

    def title(self, layer: str) -> str:
        """Return what a layer of the library is called, or ""."""
        piece = self.piece(layer)
        return "" if piece is None else piece.graph.name

    def placed(self, project: Project, layer: str, make: Callable[[Project, str], Added]) -> Added:
        """Return the edit that adds a layer, a block of the library included.

        Args:
            project: The document.
            layer: Any layer; one of the library is brought along in the same step.
            make: Makes the edit for a layer that the document has.
        """
        piece = self.piece(layer)
        if piece is None:
            return make(project, layer)
        bring = BringBlock(piece.project, piece.block)
        made = make(bring.apply(project), bring.layer(project))
        return Added(Batch((bring, made.edit)), made.node)

    def save(self, project: Project, block_id: str) -> str:
        """Keep a block, with what it uses, and return its layer; one of its name is replaced.

        Raises:
            ProjectError: There is no such block, or it is too large for a file.
            WorldError: The file cannot be written.
        """
        block = project.blocks.get(block_id)
        if block is None:
            raise refuse("graph.no_block", block_id, block=block_id)
        use = Node(new_id(), BLOCK + block_id)
        around = replace(project, graphs={"use": Graph("use", "Use", {use.id: use})})
        piece = replace(fragment(around, "use", [use.id]), graphs={})
        kept = {key: places for key, places in piece.layout.items() if key in piece.blocks}
        known = {one.graph.name: (key, one) for key, one in self._mine()}
        key, old = known.get(block.name, (new_id({key for key, _ in self._mine()}), None))
        about = (old.source, old.url, old.words) if old is not None else ("", "", ())
        self._write(key, BlockFile(block_id, replace(piece, layout=kept), *about))
        return MINE + key

    def rename(self, layer: str, name: str) -> None:
        """Give one of the user's own another name; raises as `save`."""
        check_name(name, layer)
        piece = self._own(layer)
        blocks = {**piece.project.blocks, piece.block: replace(piece.graph, name=name)}
        self._write(
            layer[len(MINE) :], replace(piece, project=replace(piece.project, blocks=blocks))
        )

    def delete(self, layer: str) -> None:
        """Take one of the user's own out; documents that use it keep their copy.

        Raises:
            ProjectError: There is none.
            WorldError: The file cannot be removed.
        """
        self._own(layer)
        path = self._path(layer[len(MINE) :])
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise world_error("world.write", path, error) from error
        finally:
            self.changed.emit()

    def _own(self, layer: str) -> BlockFile:
        piece = self.piece(layer) if layer.startswith(MINE) else None
        if piece is None:
            raise refuse("graph.no_block", layer, block=layer)
        return piece

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _write(self, key: str, piece: BlockFile) -> None:
        path, text = self._path(key), block_file.dumps(piece)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            files.write_text(path, text)
        except OSError as error:
            raise world_error("world.write", path, error) from error
        finally:
            self._read.pop(path, None)
            self.changed.emit()

    def _mine(self) -> list[tuple[str, BlockFile]]:
        """Return the user's own by their ids; what cannot be read is told in `problems`."""
        found, wrong, read = [], [], {}
        for path in _listed(self.folder):
            stamp = _stamp(path)
            known = self._read.get(path)
            one = known[1] if known is not None and known[0] == stamp else _loaded(path)
            read[path] = (stamp, one)
            if isinstance(one, Problem):
                wrong.append(one)
            else:
                found.append((path.stem, one))
        self._read, self.problems = read, tuple(wrong)
        return found


@lru_cache(maxsize=1)
def ready() -> dict[str, BlockFile]:
    """Return the blocks of the catalogue by the names of their files, in their order."""
    there = {
        path.stem: path for path in sorted(paths.package("catalogue", "blocks").glob("*.json"))
    }
    names = [
        *(name for name in ORDER if name in there),
        *(name for name in there if name not in ORDER),
    ]
    return {name: block_file.loads(there[name].read_bytes()) for name in names}


def _found(layer: str, one: BlockFile, shelf: str) -> Found:
    words = ("block", *one.words)
    return Found(
        layer,
        one.graph.name,
        "block",
        one.summary,
        words,
        one.source,
        shelf,
        one.graph.params,
    )


def _is_in(blocks: Mapping[str, Graph], one: BlockFile) -> bool:
    held = blocks.get(one.block)
    return held is not None and repr(held) == repr(one.graph)


def _takes(block: Graph, shape: Shape | None) -> bool:
    inputs = inputs_of(block)
    if not inputs:
        return False
    wanted = block.nodes[inputs[0]].args.get("shape")
    return shape is None or not isinstance(wanted, tuple) or len(wanted) == len(shape)


def _listed(folder: Path) -> Sequence[Path]:
    def paths_in() -> Iterator[Path]:
        for path in folder.glob(f"*{SUFFIX}"):
            if is_id(path.stem):
                yield path

    try:
        return sorted(paths_in())[:MOST]
    except OSError:
        return ()


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return stat.st_mtime_ns, stat.st_size


def _loaded(path: Path) -> BlockFile | Problem:
    try:
        return block_file.loads(read_bytes(path, SIZE_LIMIT))
    except NNStudioError as error:
        return Problem(
            "library.file", str(path), {"file": path.name, "why": error.problems[0].message}
        )
