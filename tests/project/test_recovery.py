"""Nothing older than a second is lost: kill -9, power cuts, flipped bits, full disks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.graph import edits
from nnstudio.graph.model import Project
from nnstudio.kit import files
from nnstudio.project import recovery, store
from nnstudio.project.format import dumps
from nnstudio.project.recording import Recording
from tests.project.documents import chain, small
from tests.project.power_cut import Disk, states


def renamed(doc: Project, number: int) -> Project:
    return edits.Rename("g", "n2", f"edit {number}").apply(doc)


def number_of(doc: Project) -> int:
    name = doc.graphs["g"].nodes["n2"].name
    return int(name.removeprefix("edit ")) if name else 0


def session(root: Path, *documents: Project, path: Path | None = None) -> Recording:
    """A session that noted these documents, each in a record of its own."""
    recording = Recording(documents[0], path, [root])
    for doc in documents:
        recording.note(doc, doc.name)
        assert recording.flush()
    return recording


def only(root: Path) -> recovery.Recovered:
    (one,) = recovery.found(root)
    return one


def test_what_was_noted_is_found_again(tmp_path: Path) -> None:
    recording = session(tmp_path, small(), renamed(small(), 1), path=tmp_path / "net.nns")
    assert recovery.found(tmp_path) == []  # it lives
    recording.close()
    one = only(tmp_path)
    assert one.project() == renamed(small(), 1)
    assert (one.name, one.path) == ("Größe 层", tmp_path / "net.nns")
    assert one.unsaved
    assert not one.damaged
    assert abs(one.time - time.time()) < 60
    assert one.picture is None


def test_the_window_may_store_a_picture(tmp_path: Path) -> None:
    recording = session(tmp_path, small())
    assert recording.picture is not None
    files.write_bytes(recording.picture, b"png")
    recording.close()
    found = only(tmp_path).picture
    assert found is not None
    assert found.read_bytes() == b"png"


def test_what_was_saved_is_not_offered_as_unsaved(tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    recording = session(tmp_path / "r", small())
    recording.saved(path, store.save(small(), path).sha256)
    assert recording.flush()
    recording.close()
    assert not only(tmp_path / "r").unsaved


def test_closing_deletes_only_when_told(tmp_path: Path) -> None:
    recording = session(tmp_path, small())
    folder = recording.folder
    assert folder is not None
    (folder / "runs").mkdir()
    recording.close(discard=True)
    assert [path.name for path in folder.iterdir()] == ["runs"]  # not ours to delete
    session(tmp_path, small()).close()
    recovery.discard(only(tmp_path))
    assert recovery.found(tmp_path) == []


def test_recovering_writes_nothing(tmp_path: Path) -> None:
    session(tmp_path, small(), renamed(small(), 1)).close()

    def picture() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in tmp_path.rglob("*")
            if path.is_file()
        }

    before = picture()
    for _ in range(2):  # a crash in between would find the same
        assert only(tmp_path).project() == renamed(small(), 1)
    assert picture() == before


def test_a_burst_of_edits_is_one_record_and_costs_the_caller_nothing(tmp_path: Path) -> None:
    doc = chain(2000)
    recording = session(tmp_path, doc)
    assert recording.folder is not None
    for number in range(50):
        recording.note(renamed(doc, number))
    assert recording.flush()
    data = (recording.folder / "0001.journal").read_bytes()
    recording.close()
    assert data.count(b"\n") <= 4
    assert len(data) < 3_000  # lines that differ, not the document
    assert number_of(only(tmp_path).project()) == 49


def test_a_long_journal_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.project.recording.JOURNAL_LIMIT", 500)
    recording = session(tmp_path, *(renamed(small(), n) for n in range(1, 9)))
    assert recording.folder is not None
    recording.close()
    names = {path.name for path in recording.folder.iterdir()}
    assert len([name for name in names if name.endswith(".nns")]) == 2
    assert number_of(only(tmp_path).project()) == 8


def test_every_byte_of_journal_and_snapshot_may_flip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.project.recording.GATHER_SECONDS", 0.0)
    doc = Project("x")
    true = [edits.SetProjectName(name).apply(doc) for name in "abc"]
    session(tmp_path, *true).close()
    folder = only(tmp_path).folder
    texts = {dumps(one) for one in true}
    for path in (folder / "0001.journal", folder / "0001.nns"):
        whole = path.read_bytes()
        for place in range(len(whole)):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << (place % 8)
            path.write_bytes(flipped)
            one = only(tmp_path)
            assert one.damaged, (path.name, place)
            assert one.text == "" or one.text in texts
        path.write_bytes(whole)
    assert only(tmp_path).text == dumps(true[-1])


def test_a_torn_end_is_no_damage(tmp_path: Path) -> None:
    session(tmp_path, small(), renamed(small(), 1), renamed(small(), 2)).close()
    path = only(tmp_path).folder / "0001.journal"
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(last, len(whole) - 1):
        path.write_bytes(whole[:end])
        one = only(tmp_path)
        assert (number_of(one.project()), one.damaged) == (1, False)
    path.write_bytes(whole[:-1])  # only the line end is missing
    assert (number_of(only(tmp_path).project()), only(tmp_path).damaged) == (2, False)


def test_the_older_generation_helps_when_the_newer_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.project.recording.JOURNAL_LIMIT", 1)
    session(tmp_path, renamed(small(), 1), renamed(small(), 2), renamed(small(), 3)).close()
    folder = only(tmp_path).folder
    newest = max(folder.glob("*.nns"))
    newest.write_bytes(newest.read_bytes()[:-9])
    one = only(tmp_path)
    assert one.damaged
    assert number_of(one.project()) == 2


def test_a_session_that_is_all_broken_is_still_listed(tmp_path: Path) -> None:
    session(tmp_path, small()).close()
    folder = only(tmp_path).folder
    for path in folder.glob("0*"):
        path.write_bytes(b"\xff" * 10)
    (folder / "about.json").write_bytes(b'{"path": 3}')
    one = only(tmp_path)
    assert one.damaged
    with pytest.raises(ProjectError):
        one.project()
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").write_text("")
    assert len(recovery.found(tmp_path)) == 1
    assert recovery.found(tmp_path / "nowhere") == []


def test_a_disk_that_refuses_moves_the_journal_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    recording = Recording(small(), None, [first, second])
    assert recording.flush()
    real = os.open

    def refuse(path: object, *args: int) -> int:
        if str(first) in str(path):
            raise OSError(28, "No space left on device")
        return real(path, *args)  # type: ignore[arg-type]

    monkeypatch.setattr("nnstudio.kit.files.os.open", refuse)
    recording.note(renamed(small(), 1))
    assert recording.flush()
    monkeypatch.undo()
    recording.close()
    assert number_of(only(second).project()) == 1
    assert number_of(only(first).project()) == 0  # nothing was deleted


def test_when_all_disks_refuse_it_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.project.recording.RETRY_SECONDS", 0.05)
    told: list[Exception] = []
    recording = Recording(small(), None, [tmp_path], told.append)
    assert recording.flush()

    def refuse(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("nnstudio.kit.files.os.open", refuse)
    recording.note(renamed(small(), 1))
    assert not recording.flush(0.5)
    monkeypatch.undo()
    assert recording.flush()
    recording.close()
    assert told
    assert 1 in {number_of(one.project()) for one in recovery.found(tmp_path)}


WRITER = """
import os, sys, time
from pathlib import Path
from nnstudio.project import recovery
from nnstudio.project.recording import Recording
from tests.project.test_recovery import number_of, renamed
from tests.project.documents import small

root = Path(sys.argv[1])
found = recovery.found(root)
doc, number = small(), 0
if found:  # go on from what an earlier crash left
    doc = max((one.project() for one in found), key=number_of)
    number = number_of(doc)
recording = Recording(doc, None, [root])
recording.flush()
for one in found:
    recovery.discard(one)
while True:
    number += 1
    doc = renamed(doc, number)
    recording.note(doc, "rename")
    os.write(1, b"%d %r\\n" % (number, time.time()))
    time.sleep(0.003)
"""


def killed_again_and_again(root: Path, kills: int) -> None:
    rng = Random(str(root))
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(rng.uniform(0.2, 1.6))
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        end = time.time()
        process.wait()
        process.stdout.close()
        lines = (first + rest).decode().rpartition("\n")[0].splitlines()
        edits_done = [(int(number), float(at)) for number, at in map(str.split, lines)]
        old_enough = [number for number, at in edits_done if at < end - 1.0]
        found = recovery.found(root)
        assert found
        assert not any(one.damaged for one in found)
        survived = max(number_of(one.project()) for one in found)
        assert survived <= edits_done[-1][0]
        assert survived >= max(old_enough, default=0)


def side_by_side(folder: Path, lanes: int, kills: int) -> None:
    with ThreadPoolExecutor(lanes) as pool:
        roots = [folder / str(lane) for lane in range(lanes)]
        list(pool.map(killed_again_and_again, roots, [kills] * lanes))


def test_kill_9_loses_nothing_older_than_a_second(tmp_path: Path) -> None:
    side_by_side(tmp_path, 3, 5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kill_9_two_hundred_times(tmp_path: Path) -> None:
    side_by_side(tmp_path, 4, 50)


def left_behind(root: Path, place: Path, contents: dict[str, bytes]) -> Path:
    """Put what a cut left into a fresh folder, at the same places below `root`."""
    for path, data in contents.items():
        target = place / Path(path).relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return place


def test_a_power_cut_leaves_the_old_file_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(tmp_path)
    monkeypatch.setattr("nnstudio.kit.files.os", disk)
    path = tmp_path / "net.nns"
    for number in (1, 2):
        store.save(renamed(small(), number), path)
        disk.acknowledge(str(number))
    monkeypatch.undo()
    whole = {dumps(renamed(small(), number)).encode(): number for number in (1, 2)}
    count = 0
    for acknowledged, contents in states(disk):
        count += 1
        at_least = int(acknowledged[-1]) if acknowledged else 0
        data = contents.get(str(path))
        assert whole.get(data or b"", 0) >= at_least
        assert data is None or data in whole
    assert count > 20


def test_a_power_cut_loses_no_record_that_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.project.recording.JOURNAL_LIMIT", 900)
    monkeypatch.setattr("nnstudio.project.recording.GATHER_SECONDS", 0.0)
    disk, root = Disk(tmp_path), tmp_path / "r"
    monkeypatch.setattr("nnstudio.kit.files.os", disk)
    recording = Recording(renamed(small(), 0), None, [root])
    for number in range(1, 7):
        recording.note(renamed(small(), number))
        assert recording.flush()
        disk.acknowledge(str(number))
    recording.close()
    monkeypatch.undo()
    seen: dict[tuple[str, ...], int] = {}
    for acknowledged, contents in states(disk):
        key = (*acknowledged[-1:], *map(str, sorted(contents.items())))
        if key in seen:
            continue
        place = left_behind(root, tmp_path / f"cut{len(seen)}", contents)
        found = recovery.found(place)
        seen[key] = max((number_of(o.project()) for o in found if o.text), default=-1)
        at_least = int(acknowledged[-1]) if acknowledged else -1
        assert seen[key] >= at_least
    assert len(seen) > 30
