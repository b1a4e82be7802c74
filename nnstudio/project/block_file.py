"""A block as a file of its own: a document of blocks alone, and what there is to say of one.

    {
    "nnstudio": 1,
    "block": "basic_residual_block",
    "source": "He, Zhang, Ren & Sun, 2015",
    "url": "https://arxiv.org/abs/1512.03385",
    "words": ["resnet", "shortcut"],
    "blocks": { … },
    "layout": { … }
    }

The blocks that it uses come along. The ready ones of the catalogue and the user's own lie in such
files; they are read as strictly as any project, and opening one runs no code.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.core.limits import check_name, refuse
from nnstudio.graph.model import Graph, Project
from nnstudio.project import reading, strict_json
from nnstudio.project.migrations import VERSION, migrated
from nnstudio.project.reading import Members
from nnstudio.project.writing import Writer

SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class BlockFile:
    """A block that can be brought into any project.

    Attributes:
        block: The id of the block that is meant; the others are what it uses.
        project: The blocks, with the own layers that they use and their positions; no network.
        source: The paper, "Author & Author, year", or "".
        url: The paper's page, or "".
        words: Other words that find it in a search.
    """

    block: str
    project: Project
    source: str = ""
    url: str = ""
    words: tuple[str, ...] = ()

    @property
    def graph(self) -> Graph:
        """The block that is meant."""
        return self.project.blocks[self.block]

    @property
    def summary(self) -> str:
        """What it is, in one sentence: the first line of its note."""
        return self.graph.note.partition("\n")[0]


def loads(data: bytes) -> BlockFile:
    """Return the block that a file's content describes.

    Raises:
        ProjectError: It is no block, damaged, hostile or beyond the limits; the problem has a place
            and a hint.
    """
    members = Members(migrated(strict_json.read(data)), "")
    block = members.text("block", None)
    source, url = members.text("source"), members.text("url")
    words = members.list("words")
    if not all(isinstance(word, str) for word in words):
        raise refuse("file.type", "words", what="words", expected="a list of texts")
    for text in (source, url, *words):
        check_name(text, "words")
    project = reading.project(members.left)
    if project.graphs or project.extra:
        raise refuse("file.not_a_block", "graphs")
    if block not in project.blocks:
        raise refuse("graph.no_block", "block", block=block)
    return BlockFile(block, project, source, url, tuple(words))


def dumps(found: BlockFile) -> str:
    """Return the content of the file for a block.

    Raises:
        ProjectError: It would be too large to be opened again.
    """
    about = {"block": found.block, "source": found.source, "url": found.url, "words": found.words}
    kept = {name: value for name, value in about.items() if value}
    text = "\n".join(Writer().block_lines(kept, found.project, VERSION)) + "\n"
    limit = strict_json.SIZE_LIMIT
    if (size := len(text.encode())) > limit:
        raise refuse("file.too_large_to_save", size=size, limit=limit)
    return text
