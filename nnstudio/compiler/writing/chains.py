"""Rows of layers that nobody named: which become one `nn.Sequential`, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.compiler.writing.identifiers import plural
from nnstudio.compiler.writing.pieces import Ref
from nnstudio.compiler.writing.plan import Chain
from nnstudio.compiler.writing.scope import Scope
from nnstudio.core.names import snake_case


def find_chains(scope: Scope) -> list[Chain]:
    """Return the chains of a graph in the order in which they run."""
    rows = [list(row) for row in _rows(scope)]
    pieces = [piece for row in rows for piece in _pieces(scope, row) if _is_worth_it(scope, piece)]
    return [Chain(tuple(piece), _meaning(scope, piece)) for piece in pieces]


def _rows(scope: Scope) -> Iterator[list[str]]:
    """Yield the longest rows of layers that can stand in an `nn.Sequential`."""
    seen: set[str] = set()
    for node in scope.order:
        if node in seen or not _can_chain(scope, node):
            continue
        row = [node]
        while True:
            users = scope.users.get(Ref(row[-1]), [])
            if len(users) != 1 or not _can_chain(scope, users[0].node):
                break
            row.append(users[0].node)
        seen.update(row)
        yield row


def _can_chain(scope: Scope, node: str) -> bool:
    item = scope.nodes[node]
    if scope.form(node) not in ("module", "either"):
        return False
    if item.name or item.repeat is not None or item.share is not None or node in scope.owners:
        return False
    code = scope.code(node)
    if code.call or code.unpack or scope.output_count(node) != 1:
        return False
    return len(list(scope.sources(node))) == 1


def _pieces(scope: Scope, row: list[str]) -> Iterator[list[str]]:
    """Cut a row where tensors are only reshaped, and between layers and blocks."""
    piece: list[str] = []
    for node in row:
        if scope.trait(node) == "tensor" and scope.code(node).function:
            yield piece
            piece = []
            continue
        if piece and bool(scope.block(piece[-1])) != bool(scope.block(node)):
            yield piece
            piece = []
        piece.append(node)
    yield piece


def _is_worth_it(scope: Scope, piece: list[str]) -> bool:
    if len(piece) >= 2 and scope.block(piece[0]):
        return True
    return len(piece) >= 3 and sum(map(scope.keeps_state, piece)) >= 2


def _meaning(scope: Scope, piece: list[str]) -> str:
    """Name a chain after what it holds and where it stands."""
    blocks = {scope.block(node) for node in piece}
    if all(blocks):
        names = {snake_case(scope.book.analysis.graphs[block].graph.name) for block in blocks}
        return plural(names.pop()) if len(names) == 1 and "" not in names else "blocks"
    layers = [scope.nodes[node].layer for node in piece]
    if any(layer.startswith(("ConvTranspose", "Upsample", "PixelShuffle")) for layer in layers):
        return "decoder"
    if any(layer.startswith("Conv") for layer in layers):
        if scope.graph.params:
            return "conv" if sum(layer.startswith("Conv") for layer in layers) == 1 else "convs"
        return "stem" if _leads_to_block(scope, piece[-1]) else "features"
    if any(layer == "Linear" for layer in layers):
        return _linear_meaning(scope, piece)
    return "embedding" if layers[0] == "Embedding" else "body"


def _leads_to_block(scope: Scope, node: str) -> bool:
    users = scope.users.get(Ref(node), [])
    return bool(users) and all(scope.block(use.node) for use in users)


def _linear_meaning(scope: Scope, piece: list[str]) -> str:
    """Tell a classifier, behind features and before the output, from any other linear row."""
    users = scope.users.get(Ref(piece[-1]), [])
    ends = any(scope.form(use.node) == "output" for use in users)
    first = scope.position[piece[0]]
    behind = any(
        scope.nodes[node].layer.startswith("Conv") or scope.block(node)
        for node in scope.order[:first]
    )
    if not (ends and behind and not scope.graph.params):
        return "mlp"
    task = scope.book.analysis.project.data.task
    return "classifier" if task in ("classification", "multilabel", "") else "head"
