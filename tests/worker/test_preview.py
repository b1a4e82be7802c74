"""What is shown of data: every reader's samples are told in words, numbers or pictures."""

from typing import Any

import pytest

from nnstudio.catalogue.registry import READERS
from nnstudio.core.paths import resource
from nnstudio.studio import templates
from nnstudio.studio.samples import CLASS_TASKS
from nnstudio.worker import preview

WITH_DATA = [n for n in templates.names() if templates.load(n).project.data.reader is not None]
SHIPPED = sorted(name for name, reader in READERS.items() if name != "table")


def answer(reader: str, count: int = 6, **args: Any) -> dict[str, Any]:
    files = READERS[reader].files
    path = str(resource("datasets", files[0])) if files else None
    return preview.answer({"reader": reader, "path": path, "args": args, "count": count})


@pytest.mark.parametrize("name", SHIPPED)
def test_every_reader_can_be_looked_at(name: str) -> None:
    found = answer(name)
    assert found["task"] == READERS[name].task
    if found["task"] == "environment":
        return
    assert len(found["samples"]) == 6
    kinds = {sample["kind"] for sample in found["samples"]}
    assert len(kinds) == 1
    for sample in found["samples"]:
        if sample["kind"] == "picture":
            pixels = len(bytes.fromhex(sample["pixels"]))
            assert pixels == sample["width"] * sample["height"]


def test_pictures_that_belong_together_stand_side_by_side() -> None:
    two = answer("pairs", 40)
    assert {(one["width"], one["height"]) for one in two["samples"]} == {(56, 28)}
    assert {one["label"] for one in two["samples"]} == {"same", "not same"}
    mapped = answer("shapes", side=24)
    assert {(one["width"], one["height"]) for one in mapped["samples"]} == {(48, 24)}
    noisy, clean = answer("reconstruction", noise=0.5), answer("reconstruction")
    assert {one["width"] for one in noisy["samples"]} == {56}
    assert {one["width"] for one in clean["samples"]} == {28}


def test_tokens_are_written_as_words_or_characters() -> None:
    words = answer("passages", 20)
    assert {one["kind"] for one in words["samples"]} == {"text"}
    assert {one["label"] for one in words["samples"]} == {"Psalms", "Proverbs", "Ecclesiastes"}
    assert all(" " in one["text"] for one in words["samples"])
    letters = answer("sequences", length=5)
    assert all(len(one["text"]) == 5 and one["text"].isalpha() for one in letters["samples"])


@pytest.mark.parametrize("name", WITH_DATA)
def test_a_template_knows_its_data(name: str) -> None:
    """What its file says of the data, so that it can be checked unopened, is what is read."""
    data = templates.load(name).project.data
    assert data.reader is not None
    found = answer(data.reader.name, 1, **dict(data.reader.args))
    assert data.task == found["task"]
    assert data.inputs == tuple(map(tuple, found["inputs"]))
    assert data.target == tuple(found["target"])
    assert data.classes == (found["classes"] if data.task in CLASS_TASKS else ())


def test_a_wrong_setting_is_told() -> None:
    found = answer("animals", val_fraction="much")
    assert found["error"]["hint"] == "change the settings"
