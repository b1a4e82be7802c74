"""The `.nns` format: a project as JSON that people can read, compare and merge.

    {
    "nnstudio": 1,
    "name": "LeNet-5",
    "data": {"reader": {"use": "mnist"}, "task": "classification", "inputs": [[1, 28, 28]]},
    "loop": {"use": "supervised", "with": {
     "epochs": 5,
     "optimizer": {"use": "AdamW", "with": {"lr": 0.01}}
    }},
    "graphs": {
    "k3x8a1qz": {
    "name": "LeNet5", "role": "model",
    "nodes": {
     "b7d0x2mu": {"layer": "Input", "args": {"shape": ["N", 1, 28, 28]}},
     "t5w9c4ha": {"layer": "Conv2d", "args": {"out_channels": 6}, "in": ["b7d0x2mu"]}
    }
    }
    },
    "layout": {
    "k3x8a1qz": {
     "b7d0x2mu": [0, 0]
    }
    }
    }

Opening runs no code and touches no path that stands in the file.
"""

from __future__ import annotations

from nnstudio.core.limits import refuse
from nnstudio.graph.model import Project
from nnstudio.project import reading, strict_json
from nnstudio.project.migrations import VERSION, migrated
from nnstudio.project.writing import Writer

SUFFIX = ".nns"


def loads(data: bytes | str) -> Project:
    """Return the project that a file's content describes.

    Raises:
        ProjectError: It is no project, damaged, hostile or beyond the limits; the problem has a
            place (`line:column`, or a path such as `graphs/g1/nodes/n2`) and a hint.
    """
    if isinstance(data, str):
        # A text from the clipboard may hold what no file can: halves of characters.
        data = data.encode("utf-8", "surrogatepass")
    return reading.project(migrated(strict_json.read(data)))


def dumps(project: Project, writer: Writer | None = None) -> str:
    """Return the content of the file for a project.

    Args:
        project: What is written.
        writer: One that wrote an earlier state of the document does it faster.

    Raises:
        ProjectError: It would be too large to be opened again.
    """
    text = "\n".join((writer or Writer()).lines(project, VERSION)) + "\n"
    limit = strict_json.SIZE_LIMIT
    if len(text) > limit // 4 and (size := len(text.encode())) > limit:
        raise refuse("file.too_large_to_save", size=size, limit=limit)
    return text
