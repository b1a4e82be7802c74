"""JSON that is read strictly: within limits, without doubled names, with a place for every refusal.

Nothing is built but dicts, lists, texts, numbers, booleans and None.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator
from typing import Any

from nnstudio.core.problems import Problem, ProjectError

SIZE_LIMIT = 5_000_000
DEPTH_LIMIT = 64
DIGIT_LIMIT = 19
"""Of a whole number: what has more does not fit into 64 bits."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]', re.DOTALL)


def read(data: bytes, size_limit: int = SIZE_LIMIT) -> Any:
    """Return the value that JSON in UTF-8 stands for.

    Raises:
        ProjectError: It is too large or too deep, no JSON, has a name twice in one object, a number
            that is not finite, or half a character. The place is `line:column`.
    """
    if len(data) > size_limit:
        raise _refuse("file.size", limit=size_limit)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise _refuse("file.encoding", _place_in(data, error.start)) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_int,
            parse_float=_float,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise _refuse("file.syntax", place, why=error.msg) from error
    except RecursionError as error:
        raise _refuse("file.depth", _deep_place(text), limit=DEPTH_LIMIT) from error
    except _FaultError as fault:
        raise _refuse(fault.code, fault.place(text), **fault.args_) from fault
    _check_depth(value, text)
    _check_characters(value, text)
    return value


def _refuse(code: str, where: str = "", **args: object) -> ProjectError:
    return ProjectError(Problem(code, where, args))


class _FaultError(Exception):
    """Something is wrong within the text; where, is looked for only now that it matters."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.code, self.args_ = code, args

    def place(self, text: str) -> str:
        if self.code == "file.duplicate":
            return _doubled_place(text)
        found = re.search(rf"(?<![\w.+-]){re.escape(self.args_['text'])}", text)
        return _place(text, found.start()) if found else ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _FaultError("file.duplicate", name=name)
    return made


def _int(text: str) -> int:
    if len(text.lstrip("-")) > DIGIT_LIMIT:
        raise _FaultError("file.number", text=text[:60])
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _FaultError("file.number", text=text[:60])
    return value


def _constant(text: str) -> float:
    raise _FaultError("file.number", text=text)


def _check_depth(value: Any, text: str) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise _refuse("file.depth", _deep_place(text), limit=DEPTH_LIMIT)
        level = [inner for outer in level for inner in _children(outer)]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [inner for inner in value if isinstance(inner, dict | list)]


def _check_characters(value: Any, text: str) -> None:
    # Only an escape can bring half a character in: the bytes themselves were valid UTF-8.
    found = re.search(r"\\u[dD][89a-fA-F]", text)
    if found:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise _refuse("file.text", _place(text, found.start())) from error


def _deep_place(text: str) -> str:
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > DEPTH_LIMIT:
                return _place(text, token.start())
        elif token[0] in "]}":
            depth -= 1
    return ""


def _doubled_place(text: str) -> str:
    for start, name, names in _names(text):
        if name in names:
            return _place(text, start)
        names.add(name)
    return ""


def _names(text: str) -> Iterator[tuple[int, str, set[str]]]:
    """Yield where each name of an object stands, the name, and the names seen in that object."""
    objects: list[set[str]] = []
    last: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            objects.append(set())
        elif token[0] in "]}" and objects:
            objects.pop()
        elif token[0] == ":" and last is not None and objects:
            yield last.start(), json.loads(last[0]), objects[-1]
        last = token if token[0][0] == '"' else None


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"{line}:{position - text.rfind(chr(10), 0, position)}"


def _place_in(data: bytes, position: int) -> str:
    line = data.count(b"\n", 0, position) + 1
    return f"{line}:{position - data.rfind(bytes([10]), 0, position)}"
