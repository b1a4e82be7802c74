"""What is taken home is whole, runs alone and holds nothing more than it needs."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio.core import paths
from nnstudio.core.problems import ProjectError, WorldError
from nnstudio.exchange import code_folder
from nnstudio.exchange.code_folder import kit_files, write_code
from nnstudio.exchange.python_folder import export
from tests.exchange.projects import OWN, digits


def test_the_kit_comes_byte_for_byte_and_only_as_far_as_needed() -> None:
    files = kit_files("from kit.loops import supervised\nfrom kit.data import mnist\n")
    assert {"kit/__init__.py", "kit/loops/supervised.py", "kit/data/mnist.py"} <= files.keys()
    assert "kit/data/cartpole.py" not in files
    for name, data in files.items():
        assert data == paths.package(*name.split("/")).read_bytes()


def test_no_import_of_the_kit_is_left_open() -> None:
    """Everything that any file of the kit imports comes along, whatever the start."""
    kit = paths.package("kit")
    modules = [
        ".".join(path.relative_to(kit.parent).with_suffix("").parts)
        for path in sorted(kit.rglob("*.py"))
        if path.name != "__init__.py"
    ]
    for module in modules:
        files = kit_files(f"import {module}\n")
        for name, data in files.items():
            package = name.split("/")[:-1]
            for node in ast.walk(ast.parse(data)):
                if isinstance(node, ast.ImportFrom) and node.level:
                    base = package[: len(package) - node.level + 1]
                    parts = [*base, *(node.module or "").split(".")] if node.module else base
                    found = {"/".join(parts) + ".py", "/".join(parts) + "/__init__.py"}
                    assert found & files.keys(), (name, ast.unparse(node))


def test_an_export_trains_alone(tmp_path: Path) -> None:
    target = export(digits(OWN), tmp_path / "out")
    names = {path.name for path in target.iterdir()}
    assert names == {
        "model.py", "train.py", "custom.py", "kit", "files", "requirements.txt", "README.md",
    }  # fmt: skip
    assert (target / "custom.py").read_text().strip() == OWN.strip()
    command = [sys.executable, "-I", "-c", ALONE, str(target), "--steps", "2", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events][-1] == "finished"
    requirements = (target / "requirements.txt").read_text()
    assert "torch>=2.10" in requirements or "torch<3,>=2.10" in requirements
    assert "PySide6" not in requirements


ALONE = """
import sys, importlib.abc
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in ("nnstudio", "PySide6", "pyqtgraph"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocker())
folder = sys.argv.pop(1)
sys.path.insert(0, folder)
import train
train.main(sys.argv[1:])
"""


def test_it_writes_over_an_export_and_over_nothing_else(tmp_path: Path) -> None:
    target = export(digits(), tmp_path / "out")
    first = (target / "model.py").read_bytes()
    (target / "model.py").write_text("changed")
    assert (export(digits(), target) / "model.py").read_bytes() == first
    (target / "runs").mkdir()  # what was trained there
    with pytest.raises(WorldError, match="already there"):
        export(digits(), target)
    with pytest.raises(WorldError, match="already there"):
        export(digits(), paths.package("kit"))


def test_problems_are_told(tmp_path: Path) -> None:
    from dataclasses import replace

    from nnstudio.core.values import Choice
    from nnstudio.graph.model import Data

    faulty = replace(digits(), loop=Choice("nothing"))
    for project in (faulty, replace(faulty, data=Data())):
        with pytest.raises(ProjectError):
            export(project, tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_the_readme_shows_names_as_plain_text() -> None:
    from dataclasses import replace

    from nnstudio.exchange.readme import readme

    project = replace(digits(), name="<script>alert(1)</script> [x](http://y) `rm`\n# head")
    text = readme(project, write_code(project))
    assert "\\<script\\>" in text
    assert "\\[x\\]" in text
    assert "\n# head" not in text


def test_large_data_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_folder, "EMBEDDED", 1000)
    folder = write_code(digits())
    (data,) = folder.data
    assert not data.embedded
    assert len(data.sha256) == 64
    assert folder.data_files() == {}
