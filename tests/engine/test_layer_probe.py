"""Own layers tried in a process of their own: only trusted ones, for a while, within limits."""

import os
import sys
import time
from pathlib import Path

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.engine.layer_probe import Case, LayerProbe
from nnstudio.graph.model import CustomLayer
from nnstudio.project.trust import Trust

BODY = """import os, subprocess, sys, time
import torch
from torch import nn


class Own(nn.Module):
    def forward(self, x):
        {}
        return x
"""
CASES = [Case({}, ((2, 3),)), Case({}, ((4, 3),))]


def own(body: str, *, trusted: bool = True) -> CustomLayer:
    layer = CustomLayer("own", "Own", BODY.format(body))
    if trusted:
        Trust().trust_layer(layer.source)
    return layer


def test_shapes_come_back_whatever_the_code_prints(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    body = f"print('{{}}'); sys.stdout.flush(); open({str(seen)!r}, 'w').write(str(os.getpid()))"
    found = LayerProbe(own(body), CASES).outcomes()
    assert [one.outputs for one in found] == [((2, 3),), ((4, 3),)]
    assert int(seen.read_text()) != os.getpid()


def test_an_untrusted_layer_is_not_started(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    layer = own(f"open({str(marker)!r}, 'w')", trusted=False)
    with pytest.raises(ProjectError, match="not trusted"):
        LayerProbe(layer, CASES)
    Trust().trust_layer(layer.source + " ")  # one character more is another text
    with pytest.raises(ProjectError, match="not trusted"):
        LayerProbe(layer, CASES)
    assert not marker.exists()


def test_a_loop_without_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    child = "child = subprocess.Popen(['sleep', '600'])"
    write = f"open({str(pid)!r}, 'w').write(str(child.pid))"
    probe = LayerProbe(own(f"{child}; {write}; time.sleep(600)"), CASES, seconds=60)
    end = time.monotonic() + 60
    while not (pid.exists() and pid.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    probe.cancel()
    with pytest.raises(ProjectError, match="it was cancelled"):
        probe.outcomes()
    assert _gone(int(pid.read_text()))


def test_it_is_ended_when_its_time_is_over() -> None:
    probe = LayerProbe(own("time.sleep(600)"), CASES, seconds=1)
    with pytest.raises(ProjectError, match="did not answer within 1 seconds"):
        probe.outcomes()
    assert probe.done


def test_a_process_that_ends_is_told() -> None:
    with pytest.raises(ProjectError, match="exit code 7"):
        LayerProbe(own("os._exit(7)"), CASES).outcomes()


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not limit it")
def test_memory_is_limited() -> None:
    found = LayerProbe(own("torch.ones(2**32, device='cpu')"), CASES, memory=2**28).outcomes()
    assert found[0].raised is not None
    assert "memory" in found[0].raised.text.lower()


def _gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
