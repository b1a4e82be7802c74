"""Files of a session without a window: nothing is lost, nothing is overwritten unasked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio.core.names import new_id
from nnstudio.core.problems import NNStudioError, ProjectError, UsageError, WorldError
from nnstudio.graph.edits import AddNode
from nnstudio.graph.model import Node
from nnstudio.project import recovery, store
from nnstudio.project.lock import DocumentLock
from nnstudio.studio import templates
from nnstudio.studio.documents import Documents
from nnstudio.studio.recent import Recent
from nnstudio.studio.session import Session


@pytest.fixture
def documents() -> Iterator[Documents]:
    found = Documents(Session())
    yield found
    found.close(discard=True)


def edit(documents: Documents, layer: str = "ReLU") -> None:
    graph = next(iter(documents.session.project.graphs))
    documents.session.do(AddNode(graph, Node(new_id(), layer), (0.0, 0.0)))


def test_a_template_opens_without_a_file_and_saved(documents: Documents) -> None:
    documents.template("lenet5-mnist")
    session = documents.session
    assert session.path is None
    assert session.is_saved
    assert documents.title == "LeNet-5"
    assert documents.suggested == "LeNet-5.nns"


def test_every_template_says_what_it_teaches_and_reaches() -> None:
    for name in templates.names():
        found = templates.load(name)
        assert found.title
        assert found.teaches
        assert found.reaches
    assert templates.EMPTY not in templates.names()


def test_an_unknown_template_is_refused(documents: Documents) -> None:
    with pytest.raises(UsageError):
        documents.template("no-such")


def test_save_and_open_again(documents: Documents, tmp_path: Path) -> None:
    documents.template("mlp-digits")
    edit(documents)
    path = tmp_path / "mine.nns"
    documents.save(path)
    assert documents.session.is_saved
    assert documents.session.path == path
    assert store.load(path) == documents.session.project
    assert documents.recent.files() == (path,)
    other = Documents(Session())
    other.open(path)
    assert other.session.read_only, "the first window holds the file"
    with pytest.raises(ProjectError):
        other.save()
    with pytest.raises(WorldError):
        other.save(path)
    copy = tmp_path / "copy.nns"
    other.save(copy)
    assert not other.session.read_only
    assert other.session.path == copy
    other.close()


def test_a_saved_file_is_free_again_after_closing(tmp_path: Path) -> None:
    first = Documents(Session())
    first.template("mlp-digits")
    first.save(tmp_path / "a.nns")
    first.close()
    second = Documents(Session())
    second.open(tmp_path / "a.nns")
    assert not second.session.read_only
    second.close()


def test_saving_without_a_file_is_refused(documents: Documents) -> None:
    with pytest.raises(ProjectError):
        documents.save()


def test_save_as_lets_go_of_the_old_file(documents: Documents, tmp_path: Path) -> None:
    documents.template("mlp-digits")
    documents.save(tmp_path / "a.nns")
    documents.save(tmp_path / "b.nns")
    assert DocumentLock(tmp_path / "a.nns").acquire()
    assert not DocumentLock(tmp_path / "b.nns").acquire()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_no_permission_keeps_the_document(documents: Documents, tmp_path: Path) -> None:
    documents.template("mlp-digits")
    edit(documents)
    tmp_path.chmod(0o500)
    with pytest.raises(WorldError):
        documents.save(tmp_path / "a.nns")
    tmp_path.chmod(0o700)
    assert not documents.session.is_saved


def test_a_refusing_disk_keeps_the_document_and_frees_the_file(
    documents: Documents, tmp_path: Path
) -> None:
    documents.template("mlp-digits")
    edit(documents)
    target = tmp_path / "nowhere" / "a.nns"
    with pytest.raises(WorldError) as caught:
        documents.save(target)
    assert str(target) in str(caught.value)
    assert not documents.session.is_saved
    assert documents.session.path is None
    assert DocumentLock(target).acquire()


def test_a_file_that_cannot_be_opened_leaves_the_document(
    documents: Documents, tmp_path: Path
) -> None:
    documents.template("mlp-digits")
    project = documents.session.project
    foreign = tmp_path / "foreign.nns"
    foreign.write_text("<html>")
    for path in (foreign, tmp_path / "missing.nns", tmp_path):
        with pytest.raises(NNStudioError):
            documents.open(path)
    assert documents.session.project is project


def test_a_change_from_outside_is_seen_once(documents: Documents, tmp_path: Path) -> None:
    path = tmp_path / "a.nns"
    documents.template("mlp-digits")
    documents.save(path)
    assert not documents.changed_outside()
    other = templates.load("lenet5-mnist").project
    store.save(other, path)
    assert documents.changed_outside()
    documents.keep()
    assert not documents.changed_outside()
    path.unlink()
    assert documents.changed_outside(), "gone is another change"
    documents.keep()
    assert not documents.changed_outside()
    store.save(other, path)
    documents.reload()
    assert documents.session.project == other
    assert not documents.changed_outside()
    assert not documents.session.read_only, "the lock was held on to"


def test_nothing_is_journalled_before_the_first_edit(documents: Documents, home: Path) -> None:
    documents.template("mlp-digits")
    assert not list(home.glob("recovery/*"))
    edit(documents)
    documents.flush()
    assert list(home.glob("recovery/*"))


def test_closing_a_saved_document_leaves_nothing(home: Path, tmp_path: Path) -> None:
    documents = Documents(Session())
    documents.template("mlp-digits")
    edit(documents)
    documents.save(tmp_path / "a.nns")
    documents.close()
    assert recovery.found() == []


def test_unsaved_work_is_offered_and_kept_until_it_is_saved(tmp_path: Path) -> None:
    first = Documents(Session())
    first.template("mlp-digits")
    edit(first)
    wanted = first.session.project
    first.close()
    second = Documents(Session())
    offered = second.recovered()
    assert [one.project() for one in offered] == [wanted]
    second.recover(offered[0])
    assert second.session.project == wanted
    assert not second.session.is_saved
    second.flush()
    assert offered[0].folder.exists(), "a crash now loses nothing"
    second.save(tmp_path / "a.nns")
    assert not offered[0].folder.exists()
    second.close()
    assert recovery.found() == []


def test_recovered_work_knows_its_file(tmp_path: Path) -> None:
    first = Documents(Session())
    first.template("mlp-digits")
    first.save(tmp_path / "a.nns")
    edit(first)
    first.close()
    second = Documents(Session())
    second.recover(second.recovered()[0])
    assert second.session.path == tmp_path / "a.nns"
    assert not second.session.is_saved
    second.save()
    assert second.recovered() == []
    second.close()


def test_discarded_work_is_gone() -> None:
    first = Documents(Session())
    first.template("mlp-digits")
    edit(first)
    first.close(discard=True)
    assert recovery.found() == []


def test_runs_of_an_unsaved_document_lie_with_its_journal(documents: Documents, home: Path) -> None:
    documents.template("mlp-digits")
    assert documents.home().is_relative_to(home / "recovery")
    assert documents.home().parent.is_dir()


KILLED = """
import sys, time
from pathlib import Path
from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNode
from nnstudio.graph.model import Node
from nnstudio.studio.documents import Documents
from nnstudio.studio.session import Session
documents = Documents(Session())
documents.template("mlp-digits")
graph = next(iter(documents.session.project.graphs))
for number in range(10**6):
    node = Node(new_id(), "ReLU", name=f"n{number}")
    documents.session.do(AddNode(graph, node, (0.0, 0.0)))
    print(number, time.time(), flush=True)
    time.sleep(0.02)
"""


def test_kill_loses_at_most_the_last_second() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            lines.append(child.stdout.readline())
        killed = time.time()
        child.send_signal(signal.SIGKILL)
        child.wait()
        lines += child.stdout.readlines()
    old = [int(line.split()[0]) for line in lines if line and float(line.split()[1]) < killed - 1]
    documents = Documents(Session())
    (offered,) = documents.recovered()
    names = {
        node.name for graph in offered.project().graphs.values() for node in graph.nodes.values()
    }
    assert {f"n{number}" for number in old} <= names
    documents.discard(offered)
    assert documents.recovered() == []
    documents.close()


def test_recent_files_are_those_that_exist(tmp_path: Path) -> None:
    recent = Recent(limit=2)
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.nns"
        path.touch()
        recent.add(path)
    assert [path.stem for path in recent.files()] == ["c", "b"]
    (tmp_path / "c.nns").unlink()
    assert [path.stem for path in recent.files()] == ["b"]
    recent.clear()
    assert recent.files() == ()


@pytest.mark.parametrize("text", ["", "nonsense", '{"a": 1}', '[1, null, "\\u0000"]', '[""]'])
def test_a_damaged_list_of_recent_files_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "recent.json"
    path.write_text(text)
    assert Recent(path=path).files() == ()
