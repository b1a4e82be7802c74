"""A lazy module is loaded at the first thing that is asked of it, and not before."""

import subprocess
import sys

import pytest

from nnstudio.core.lazy_module import LazyModule

ASKING = """
import sys
from nnstudio.core.lazy_module import LazyModule
late = LazyModule("colorsys")
before = "colorsys" in sys.modules
late.rgb_to_hsv(1, 0, 0)
print(before, "colorsys" in sys.modules)
"""


def test_loaded_when_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKING], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_what_is_not_there() -> None:
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        _ = LazyModule("colorsys").nothing_of_this_name
    with pytest.raises(ModuleNotFoundError):
        _ = LazyModule("no_module_of_this_name").anything
