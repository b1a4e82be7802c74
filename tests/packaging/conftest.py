"""The installer's modules, which lie beside run.py and test.py and not in any package."""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """`environment`, `progress`, `run` and `test`, loaded afresh and forgotten afterwards."""
    monkeypatch.syspath_prepend(FOLDER)
    names = ("progress", "environment", "run")
    modules = {name: importlib.import_module(name) for name in names}
    modules["test"] = _load("test")  # by its path: Python has a package called test too
    yield SimpleNamespace(**modules)
    for name in names:
        sys.modules.pop(name)


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    del sys.modules[spec.name]
    return module
