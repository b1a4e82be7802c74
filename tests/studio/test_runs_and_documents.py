"""Whose runs a window shows when another document takes the place of the one before."""

from pathlib import Path

from nnstudio.project.store import save
from tests.studio.conftest import Open
from tests.studio.documents import finish, iris, pump_until


def test_another_document_has_other_runs(opened: Open, tmp_path: Path) -> None:
    """Found in a window: what was drawn anew showed the curves of what was there before."""
    runs = opened(saved=False)
    session = runs._session
    first = finish(runs, runs.start())
    assert first.folder is not None
    assert runs.list.chosen is not None
    session.show(iris(width=16))
    assert runs.settle()
    assert runs.live is None
    assert runs.list.entries == ()
    assert runs.list.chosen is None, "it would go on with the weights of another network"
    assert runs.list.home is None
    # And a file that is opened then does not take them in.
    other = tmp_path / "other.nns"
    save(iris(), other)
    session.show(iris(), other)
    assert runs.settle()
    assert runs.list.entries == ()
    assert first.folder.is_dir()


def test_a_run_of_the_document_before_is_followed_to_its_end(opened: Open, tmp_path: Path) -> None:
    runs = opened(iris(epochs=100_000))
    session, path = runs._session, runs._session.path
    live = runs.start()
    pump_until(runs, lambda: live.step > 2)
    runs.stop()
    session.show(iris())
    assert runs.live is None
    assert not runs.busy
    assert runs.active
    pump_until(runs, lambda: live.gone)
    assert live.status == "stopped"
    assert runs.settle()
    assert not runs.active
    session.show(iris(epochs=100_000), path)
    assert runs.settle()
    assert [entry.folder for entry in runs.list.entries] == [live.folder]


def test_a_run_that_was_left_is_found_again_in_its_document(opened: Open) -> None:
    runs = opened(iris(epochs=100_000), home="process")
    session, path = runs._session, runs._session.path
    live = runs.start()
    pump_until(runs, lambda: live.step > 2)
    session.show(iris())
    assert runs.live is None
    session.show(iris(epochs=100_000), path)
    pump_until(runs, lambda: runs.live is live)
    runs.stop()
    pump_until(runs, lambda: live.gone)


def test_a_document_that_is_read_again_keeps_its_runs(opened: Open) -> None:
    runs = opened()
    live = finish(runs, runs.start())
    runs._session.show(iris(width=16), runs._session.path)
    assert runs.settle()
    assert runs.live is live
    assert len(runs.list.entries) == 1
