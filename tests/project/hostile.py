"""A corpus of hostile project files: whatever they try, a marker file must never appear.

`hostile_files(folder)` writes them; the tests of the format, the compiler and the command line all
use the same ones. A file may be refused or opened as harmless data, but it may run nothing.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

MARKER = "MARKER"
"""The file, within the folder of the corpus, that hostile code would write."""


def payloads(marker: Path) -> dict[str, str]:
    """Texts that would write the marker if any of them were run, and texts that break things."""
    run = f"open({str(marker)!r}, 'w').close()"
    system = f"__import__('os').system('touch {marker}')"
    return {
        "import": system,
        "open": run,
        "close-call": f"64), {system}, (0",
        "close-string": f"x'); {run}; ('",
        "close-double": f'x"); {run}; ("',
        "newline": f"x\n    {run}\n",
        "return": f"x\r{run}",
        "docstring": f'"""\n{run}\n"""',
        "docstring-single": f"'''\n{run}\n'''",
        "f-string": "{" + system + "}",
        "default": f"a=({system})",
        "annotation": f"int = {system}",
        "decorator": f"@{system}\ndef f(): pass",
        "walrus": f"(a := {system})",
        "lambda": f"(lambda: {system})()",
        "comprehension": f"[{system} for _ in (1,)]",
        "class-escape": "().__class__.__base__.__subclasses__()",
        "format-escape": "{0.__class__.__init__.__globals__}",
        "power-bomb": "9**9**9**9",
        "long": "x" * 10_000,
        "backslash": "a\\",
        "comment": f"# type: ignore\n{run}",
        "path": "../../../../etc/passwd",
        "null": "a\0b",
        "right-to-left": "\u202e)(metsys.so",
        "line-separator": f"x\u2028{run}",
        "keyword": "import",
        "dunder": "__class__",
        "self": "self",
        "builtin": "print",
        "dotted": "os.system",
        "torch-load": "torch.load",
        "percent": "%s%s%n",
        "html": f"<img src='file://{marker}'><script>1</script>",
        "fullwidth": "ｏｐｅｎ",
        "empty": "",
    }


NODES: dict[str, Any] = {
    "x": {"layer": "Input", "name": "image", "args": {"shape": ["N", 1, 28, 28]}},
    "c": {"layer": "Conv2d", "args": {"out_channels": 6, "kernel_size": 5}, "in": ["x"]},
    "b": {"layer": "block:blk", "args": {"dim": 6}, "in": ["c"], "repeat": {"count": 2}},
    "m": {"layer": "custom:own", "in": ["b"], "note": "mine"},
    "k": {"layer": "Concatenate", "args": {"dim": 1}, "in": [["m", "b"]]},
    "f": {"layer": "Flatten", "in": ["k"]},
    "l": {"layer": "Linear", "args": {"out_features": 10}, "in": ["f"]},
    "s": {
        "layer": "Linear",
        "args": {"out_features": 10},
        "in": ["f"],
        "share": {"node": "l", "parameter": "weight"},
    },
    "e": {"layer": "Scale", "args": {"factor": 0.5}, "in": ["s"]},
    "a": {"layer": "Add", "in": ["l", "e"]},
    "y": {"layer": "Output", "name": "logits", "in": ["a"]},
}
"""A network with an input, a block, an own layer, a variadic input and shared weights."""


def document() -> dict[str, Any]:
    """A small project with one of everything, without a fault."""
    inner = {
        "bx": {"layer": "Input", "args": {"shape": ["N", "dim", "H", "W"]}},
        "bn": {
            "layer": "Conv2d",
            "args": {"out_channels": {"expr": "dim"}, "kernel_size": 1},
            "in": ["bx"],
        },
        "by": {"layer": "Output", "in": ["bn"]},
    }
    source = "class Own(nn.Module):\n    def forward(self, x):\n        return x\n"
    return {
        "nnstudio": 1,
        "name": "Net",
        "note": "A net.",
        "data": {"reader": {"use": "mnist"}, "task": "classification", "inputs": [[1, 28, 28]]},
        "loop": {
            "use": "supervised",
            "with": {
                "epochs": 1,
                "loss": {"use": "CrossEntropyLoss"},
                "optimizer": {"use": "AdamW", "with": {"lr": 0.01}},
            },
        },
        "graphs": {
            "g": {"name": "Net", "role": "model", "note": "Doc.", "nodes": copy.deepcopy(NODES)}
        },
        "blocks": {
            "blk": {
                "name": "Block",
                "params": [{"name": "dim", "kind": "int", "default": 6}],
                "nodes": inner,
            }
        },
        "custom": {"own": {"name": "Own", "source": source, "signature": "*S -> *S"}},
        "layout": {"g": {"x": [0, 0]}},
    }


PLACES: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "note": ("note",),
    "graph name": ("graphs", "g", "name"),
    "graph note": ("graphs", "g", "note"),
    "role": ("graphs", "g", "role"),
    "node name": ("graphs", "g", "nodes", "c", "name"),
    "node note": ("graphs", "g", "nodes", "c", "note"),
    "layer": ("graphs", "g", "nodes", "c", "layer"),
    "input name": ("graphs", "g", "nodes", "x", "name"),
    "argument": ("graphs", "g", "nodes", "c", "args", "out_channels"),
    "number argument": ("graphs", "g", "nodes", "e", "args", "factor"),
    "choice argument": ("graphs", "g", "nodes", "c", "args", "padding_mode"),
    "formula": ("graphs", "g", "nodes", "c", "args", "out_channels", "expr"),
    "repeat": ("graphs", "g", "nodes", "b", "repeat", "count", "expr"),
    "repeat mode": ("graphs", "g", "nodes", "b", "repeat", "mode"),
    "edge": ("graphs", "g", "nodes", "c", "in", "0"),
    "shape": ("graphs", "g", "nodes", "x", "args", "shape", "0"),
    "shared parameter": ("graphs", "g", "nodes", "s", "share", "parameter"),
    "shared node": ("graphs", "g", "nodes", "s", "share", "node"),
    "block name": ("blocks", "blk", "name"),
    "block parameter": ("blocks", "blk", "params", "0", "name"),
    "block kind": ("blocks", "blk", "params", "0", "kind"),
    "block default": ("blocks", "blk", "params", "0", "default"),
    "block help": ("blocks", "blk", "params", "0", "help"),
    "custom name": ("custom", "own", "name"),
    "custom source": ("custom", "own", "source"),
    "custom signature": ("custom", "own", "signature"),
    "loop": ("loop", "use"),
    "optimizer": ("loop", "with", "optimizer", "use"),
    "setting": ("loop", "with", "epochs"),
    "reader": ("data", "reader", "use"),
    "reader path": ("data", "reader", "with", "path"),
    "task": ("data", "task"),
    "class": ("data", "classes", "0"),
    "unknown member": ("graphs", "g", "nodes", "c", "strange"),
}
"""Where a text of a project can stand."""

KEYS: dict[str, tuple[str, ...]] = {
    "graph id": ("graphs", "g"),
    "node id": ("graphs", "g", "nodes", "c"),
    "block id": ("blocks", "blk"),
    "custom id": ("custom", "own"),
    "argument name": ("graphs", "g", "nodes", "c", "args", "out_channels"),
    "setting name": ("loop", "with", "epochs"),
    "layout id": ("layout", "g"),
    "member": ("note",),
}
"""Where a name of a member can be hostile."""

TYPES: tuple[Any, ...] = (None, True, 0, -1, 2**63, 1.5, "text", [], [[[]]], {}, {"expr": 3})
"""What may stand where something else belongs."""


def hostile_texts(marker: Path) -> Iterator[tuple[str, bytes]]:
    """Yield a label and the content of every hostile file."""
    for kind, payload in payloads(marker).items():
        for label, place in PLACES.items():
            yield f"{label} {kind}", _written(_set(document(), place, payload))
        for label, place in KEYS.items():
            yield f"{label} {kind}", _written(_renamed(document(), place, payload))
    for label, place in PLACES.items():
        for number, wrong in enumerate(TYPES):
            yield f"{label} type {number}", _written(_set(document(), place, wrong))
    yield from _malformed()
    yield from _structures()


def hostile_files(folder: Path, every: int = 1) -> list[Path]:
    """Write the corpus into a folder and return the files; hostile code would write `MARKER`.

    Args:
        folder: Is made when missing.
        every: Take every n-th file only, for tests that do more with each (5 leaves over 300).
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, (label, data) in enumerate(hostile_texts(folder / MARKER)):
        if number % every:
            continue
        path = folder / f"{number:04d}-{label.replace(' ', '-')}.nns"
        path.write_bytes(data)
        paths.append(path)
    return paths


def mutants(count: int, seed: int = 0) -> Iterator[bytes]:
    """Yield copies of a valid file with a few bytes changed, cut, doubled or moved."""
    rng = Random(seed)
    whole = _written(document())
    tokens = (
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"1e999",
        b"-",
        b"\\u0000",
        b"\xff",
    )
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            at, size = rng.randrange(len(data)), rng.choice((1, 1, 2, 8, 64))
            kind = rng.randrange(5)
            if kind == 0:
                data[at : at + size] = b""
            elif kind == 1:
                data[at : at + size] = rng.randbytes(size)
            elif kind == 2:
                data[at:at] = rng.choice(tokens)
            elif kind == 3:
                data[at:at] = data[at : at + size]
            else:
                other = rng.randrange(len(data))
                data[at : at + size] = data[other : other + size]
        yield bytes(data)


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()


def _set(value: Any, place: tuple[str, ...], new: Any) -> Any:
    """Set a member, making what leads to it."""
    at = value
    for name, following in itertools.pairwise(place):
        if isinstance(at, list):
            at = at[int(name)]
            continue
        if not isinstance(at.get(name), dict | list):
            at[name] = [None] if following == "0" else {}
        at = at[name]
    at[int(place[-1]) if isinstance(at, list) else place[-1]] = new
    return value


def _renamed(value: Any, place: tuple[str, ...], new: str) -> Any:
    at = value
    for name in place[:-1]:
        at = at[name]
    at[new] = at.pop(place[-1])
    return value


def _malformed() -> Iterator[tuple[str, bytes]]:
    whole = _written(document())
    yield from {
        "no content": b"",
        "only spaces": b" \n\t ",
        "a list": b"[]",
        "a number": b"1",
        "another program's": b'{"nodes": []}',
        "newer": b'{"nnstudio": 99}',
        "older": b'{"nnstudio": -5}',
        "version text": b'{"nnstudio": "1"}',
        "version bool": b'{"nnstudio": true}',
        "deep lists": b'{"nnstudio": 1, "x": ' + b"[" * 200_000,
        "deep objects": b'{"nnstudio": 1, "x": ' + b'{"a":' * 100_000,
        "65 deep": b'{"nnstudio": 1, "x": ' + b"[" * 65 + b"]" * 65 + b"}",
        "doubled member": b'{"nnstudio": 1, "name": "a", "name": "b"}',
        "doubled node": b'{"nnstudio": 1, "graphs": {"g": {"nodes": {"a": {}, "a": {}}}}}',
        "not a number": b'{"nnstudio": 1, "x": NaN}',
        "infinity": b'{"nnstudio": 1, "x": -Infinity}',
        "overflow": b'{"nnstudio": 1, "x": 1e999}',
        "huge whole number": b'{"nnstudio": 1, "x": ' + b"9" * 100_000 + b"}",
        "half a character": b'{"nnstudio": 1, "name": "\\ud800"}',
        "half a character in a name": b'{"nnstudio": 1, "\\udfff": 1}',
        "not UTF-8": b'{"nnstudio": 1, "name": "\xff\xfe"}',
        "UTF-16": whole.decode().encode("utf-16"),
        "null byte": whole.replace(b"Net", b"N\\u0000t"),
        "raw null byte": whole.replace(b"Net", b"N\0t"),
        "cut short": whole[: len(whole) // 2],
        "trailing": whole + b"{}",
        "six million bytes": b" " * 6_000_000 + whole,
        "pickle": b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system",
        "zip": b"PK\x03\x04" + b"\0" * 100,
    }.items()


def _structures() -> Iterator[tuple[str, bytes]]:
    """Well-typed files with an impossible structure."""

    def changed(label: str, change: Callable[[dict[str, Any]], object]) -> tuple[str, bytes]:
        value = copy.deepcopy(document())
        change(value)
        return label, _written(value)

    def nodes(value: dict[str, Any]) -> dict[str, Any]:
        return value["graphs"]["g"]["nodes"]  # type: ignore[no-any-return]

    many = {f"n{n}": {"layer": "ReLU"} for n in range(60_000)}
    yield changed("circle", lambda v: nodes(v)["c"].update({"in": ["l"]}))
    yield changed("self edge", lambda v: nodes(v)["c"].update({"in": ["c"]}))
    yield changed("edge from nowhere", lambda v: nodes(v)["c"].update({"in": ["nobody"]}))
    yield changed("output far away", lambda v: nodes(v)["c"].update({"in": ["x.999"]}))
    yield changed("share itself", lambda v: nodes(v)["l"].update(share={"node": "l"}))
    yield changed("share circle", lambda v: nodes(v)["l"].update(share={"node": "s"}))
    yield changed(
        "block in itself",
        lambda v: v["blocks"]["blk"]["nodes"]["bn"].update(layer="block:blk", args={}),
    )
    yield changed("too many nodes", lambda v: v["graphs"]["g"].update(nodes=many))
    yield changed("id of graph and block", lambda v: v["blocks"].update(g=v["blocks"]["blk"]))
    yield changed("deep value", lambda v: nodes(v)["c"]["args"].update(a=[[[[[[[[[[1]]]]]]]]]]))
    yield changed("long list", lambda v: nodes(v)["c"]["args"].update(a=[0] * 50_000))
    yield changed("position", lambda v: v["layout"]["g"].update(x=[1e300, 0]))
    yield changed(
        "parameter twice",
        lambda v: v["blocks"]["blk"]["params"].append({"name": "dim", "kind": "int"}),
    )
    powers = {f"p{n}": {"layer": "ReLU", "repeat": {"count": 2**40}} for n in range(9)}
    yield changed("endless repeats", lambda v: nodes(v).update(powers))
    doubling = {
        f"d{n}": {
            "name": f"D{n}",
            "nodes": {f"d{n}{c}": {"layer": f"block:d{n + 1}"} for c in "ab"},
        }
        for n in range(40)
    }
    yield changed("blocks that double", lambda v: v["blocks"].update(doubling))
