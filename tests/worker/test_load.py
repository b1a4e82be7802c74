"""A run folder's code is imported under a name of its own, and leaves nothing behind."""

import pickle
import sys
import traceback
from pathlib import Path

import pytest
import torch

from nnstudio.core.problems import WorldError
from nnstudio.kit.files import sha256_file
from nnstudio.worker.load import loaded

MODEL = """
from torch import Tensor, nn

import helper
import kit.deep.er
import kit.deep.er as er
from custom import Own
from kit import name
from kit.deep import er as again


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.own = Own()

    def forward(self, x: Tensor) -> Tensor:
        return self.own(x)


LOOKED_UP = (name.NAME, kit.deep.er.NAME, er.NAME, again.NAME, helper.NAME)


def fail() -> None:
    raise ValueError("here")
"""


def write(folder: Path, mark: str) -> Path:
    texts = {
        "model.py": MODEL,
        "custom.py": "from torch import nn\n\n\nclass Own(nn.Identity):\n    pass\n",
        "helper.py": f"NAME = 'helper {mark}'\n",
        "kit/__init__.py": "",
        "kit/name.py": f"NAME = 'name {mark}'\n",
        "kit/deep/__init__.py": "",
        "kit/deep/er.py": "from ..name import NAME as ABOVE\nfrom kit.name import NAME\n",
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_siblings_are_found_whatever_way_they_are_imported(tmp_path: Path) -> None:
    with loaded(write(tmp_path, "a"), "a") as package:
        names = package.module("model").LOOKED_UP
    assert names == ("name a", "name a", "name a", "name a", "helper a")
    assert "kit" not in sys.modules


def test_two_side_by_side(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", "one"), write(tmp_path / "two", "two")
    with loaded(one, "one") as first, loaded(two, "two") as second:
        a, b = first.module("model"), second.module("model")
        assert (a.LOOKED_UP[0], b.LOOKED_UP[0]) == ("name one", "name two")
        assert a.Net is not b.Net
        copied = pickle.loads(pickle.dumps(b.Net()))  # noqa: S301
        assert type(copied) is b.Net
        compiled = torch.compile(a.Net(), backend="eager")
        assert torch.equal(compiled(torch.ones(3)), torch.ones(3))
        with pytest.raises(WorldError, match="twice"), loaded(one, "one"):
            pass
    names = [name.partition(".")[0] for name in sys.modules]
    names += [getattr(finder, "package", "") for finder in sys.meta_path]
    assert not {"nnstudio_run_one", "nnstudio_run_two"} & set(names)


def test_lines_stay(tmp_path: Path) -> None:
    with loaded(write(tmp_path, "a"), "a") as package:
        try:
            package.module("model").fail()
        except ValueError as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
    assert frame.filename == str(tmp_path / "model.py")
    assert frame.lineno == MODEL.splitlines().index('    raise ValueError("here")') + 1
    assert frame.line == 'raise ValueError("here")'


def test_no_byte_code_is_kept(tmp_path: Path) -> None:
    with loaded(write(tmp_path, "a"), "a") as package:
        package.module("model")
    assert not list(tmp_path.rglob("__pycache__"))


def test_only_known_files_are_executed(tmp_path: Path) -> None:
    folder = write(tmp_path, "a")
    known = {p.relative_to(folder).as_posix(): sha256_file(p) for p in folder.rglob("*.py")}
    with loaded(folder, "a", known) as package:
        package.module("model")
    marker = tmp_path / "executed"
    evil = f"open({str(marker)!r}, 'w').close()\n"
    (folder / "kit" / "name.py").write_text(evil)
    with loaded(folder, "a", known) as package, pytest.raises(WorldError, match="not the file"):
        package.module("kit.name")
    (folder / "more.py").write_text(evil)
    with loaded(folder, "a", known) as package, pytest.raises(WorldError, match="not the file"):
        package.module("more")
    assert not marker.exists()
