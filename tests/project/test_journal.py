"""The journal's format: from one state of a text to the next, proven by checksums."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.core.problems import ProjectError
from nnstudio.project import journal
from nnstudio.project.format import dumps
from tests.graph.random_edits import edit as random_edit
from tests.graph.random_edits import start


@given(st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_hunks_lead_from_any_text_to_any_other(seed: int) -> None:
    rng = Random(seed)
    old = [rng.choice("abcdefghij}") for _ in range(rng.randrange(12))]
    new = [rng.choice("abcdefghij}") for _ in range(rng.randrange(12))]
    if rng.random() < 0.5:
        new = [*old]
        for _ in range(rng.randrange(4)):
            new[rng.randrange(len(new) + 1) : rng.randrange(len(new) + 1)] = [rng.choice("axyz")]
    assert journal.patched(old, list(journal.hunks(old, new))) == new
    assert list(journal.hunks(old, old)) == []


def test_any_edits_are_replayed() -> None:
    rng, doc = Random(5), start()
    snapshot = dumps(doc)
    text, data = snapshot, journal.head(snapshot)
    for _ in range(200):
        try:
            doc = random_edit(rng, doc).apply(doc)
        except ProjectError:
            continue
        new = dumps(doc)
        data += journal.record(text.split("\n"), new.split("\n"), new, 1.0, "x")
        text = new
    found = journal.replay(snapshot, data)
    assert found is not None
    assert (found.text, found.damaged) == (text, False)
    assert journal.replay(snapshot + " ", data) is None
