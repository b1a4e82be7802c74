"""Files under an open window: not to be written, gone, exchanged, opened twice; nothing is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNode
from nnstudio.graph.model import Node
from nnstudio.project import store
from nnstudio.studio import templates
from nnstudio.ui.main_window import MainWindow
from tests.ui.conftest import (
    Asked,
    Made,
    asked,
    dressed,
    nothing_on_screen,
    open_window,
    swept_here,
    window,
)

__all__ = ["asked", "dressed", "nothing_on_screen", "open_window", "swept_here", "window"]

pytestmark = pytest.mark.gui


def edit(window: MainWindow) -> None:
    window.session.do(AddNode(window.view.graph, Node(new_id(), "ReLU"), (0.0, 0.0)))


def refusing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let nothing be written below a folder, as for somebody without the permission."""
    real: Callable[..., int] = os.open

    def denied(path: Any, flags: int, *more: Any, **words: Any) -> int:
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and Path(os.fsdecode(path)).is_relative_to(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags, *more, **words)

    monkeypatch.setattr(os, "open", denied)


def test_a_folder_that_must_not_be_written(
    window: MainWindow, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine" / "a.nns"
    path.parent.mkdir()
    store.save(templates.load("mlp-digits").project, path)
    assert window.open(path)
    before = path.read_bytes()
    edit(window)
    with monkeypatch.context() as patch:
        refusing(patch, path.parent)
        assert not window.files.save()
        assert "cannot be written: Permission denied" in asked.told[0]
        assert not window.session.is_saved
        edit(window)  # and editing goes on
    assert path.read_bytes() == before
    assert {one.name for one in path.parent.iterdir()} <= {"a.nns", ".a.nns.lock"}
    assert window.files.save()
    assert store.load(path) == window.session.project


def test_a_folder_that_vanished(window: MainWindow, asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "usb" / "a.nns"
    path.parent.mkdir()
    store.save(templates.load("mlp-digits").project, path)
    assert window.open(path)
    edit(window)
    shutil.rmtree(path.parent)
    asked.answers = ["keep"]
    assert not window.files.save()
    assert "took it away" in asked.questions[0]
    assert "cannot be written" in asked.told[0]
    assert not window.session.is_saved
    elsewhere = tmp_path / "b.nns"
    window.files._choose_save = lambda: elsewhere
    assert window.files.save_as()
    assert store.load(elsewhere) == window.session.project


def test_a_file_that_came_back_as_another_is_not_written_over(
    window: MainWindow, asked: Asked, tmp_path: Path
) -> None:
    path = tmp_path / "a.nns"
    store.save(templates.load("mlp-digits").project, path)
    assert window.open(path)
    edit(window)
    mine = window.session.project
    for content in (b"{", b"", b"\x00" * 100):  # not even a project any more
        path.write_bytes(content)
        asked.answers = ["reload"]
        window.files.look_outside()
        assert "nstudio" in asked.told[-1].casefold() or "file" in asked.told[-1]
        assert window.session.project is mine
        assert path.read_bytes() == content
    asked.answers = ["keep"]
    assert window.files.save()
    assert store.load(path) == mine


def test_two_windows_and_both_orders(open_window: Made, asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "a.nns"
    store.save(templates.load("mlp-digits").project, path)
    first, second = open_window(path), open_window(path)
    assert second.session.read_only
    edit(first)
    assert first.files.save()
    asked.answers = ["reload"]
    second.files.look_outside()
    assert second.session.project == first.session.project
    assert second.session.read_only
    edit(second)
    second.files._choose_save = lambda: None
    assert not second.files.save()
    assert store.load(path) == first.session.project
    asked.answers = ["discard"]
    first.close()
    assert second.session.read_only  # until it is opened again
    asked.answers = ["discard"]
    assert second.files.open(path)
    assert not second.session.read_only
