"""What the tests of runs share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnstudio.studio.runs import RunBook
from tests.studio.documents import book, iris

Open = Callable[..., RunBook]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens books that are closed when the test ends."""
    books: list[RunBook] = []

    def make(document: Any = None, **more: Any) -> RunBook:
        books.append(book(document or iris(), tmp_path, **more))
        return books[-1]

    yield make
    for one in books:
        assert one.close(timeout=30)
