"""Colours of code: read in pieces as if at once, and only what changed is read again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnstudio
from nnstudio.ui import highlight
from nnstudio.ui.code_view import _differing

ROOM = Path(nnstudio.__file__).parent
FILES = sorted((ROOM / "kit").rglob("*.py")) + sorted((ROOM / "compiler").glob("*.py"))
TRICKY = '''x = "it's"  # it's """ no beginning
y = \'\'\'a text with """ and
def in_it(): pass  # still text
\'\'\'; z = r"\\\\" + """one line""" + \'""\'
class After: "doc"
w = """never ends
for x in y
'''


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pieces_are_coloured_like_the_whole(path: Path) -> None:
    text = path.read_text("utf-8")
    assert list(highlight.spans(text)) == list(highlight._lexed(text))


@pytest.mark.parametrize("text", [TRICKY, "", "\n", "x", "a\n\nb", "s = '\u2028'\ndef f(): ..."])
def test_quotes_within_quotes(text: str) -> None:
    assert list(highlight.spans(text)) == list(highlight._lexed(text))


def test_an_edit_reads_one_line(monkeypatch) -> None:
    read = []
    real = highlight._lexed
    monkeypatch.setattr(highlight, "_lexed", lambda text: (read.append(text), real(text))[1])
    rows = [f"        self.fc{n} = nn.Linear({n}, 8)  # row of this test\n" for n in range(1000)]
    list(highlight.spans("".join(rows)))
    assert len(read) == 1000
    read.clear()
    rows[500] = rows[500].replace("8", "9")
    found = list(highlight.spans("".join(rows)))
    assert read == [rows[500]]
    assert {line for line, _ in found} == set(range(1000))


LINES = st.lists(st.sampled_from(["a\n", "b\n", "cc\n", "\n", "d"]), max_size=8).map("".join)


@given(LINES, LINES)
def test_what_differs_makes_one_text_the_other(old: str, new: str) -> None:
    start, old_end, new_end = _differing(old, new)
    assert 0 <= start <= old_end <= len(old)
    assert start <= new_end
    assert old[:start] + new[start:new_end] + old[old_end:] == new
