"""The guards of conftest.py can fail: each is tripped once, in a pytest of its own."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

LEAKS = """
import socket, subprocess, sys, threading, time, urllib.request, warnings

def test_thread():
    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()

def test_process():
    global kept  # or its collection would warn first
    kept = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"])

def test_connect():
    with socket.socket() as one:
        one.connect(("192.0.2.1", 80))

def test_lookup():
    urllib.request.urlopen("http://example.org")

def test_warning():
    warnings.warn("old")

def test_end_of_process():
    kept.kill()
    kept.wait()

def test_short_thread():
    threading.Thread(target=time.sleep, args=(0.1,)).start()

def test_own_home():
    import os
    assert os.environ["NNSTUDIO_HOME"]
"""
OPTIONS = ["-q", "-p", "no:cacheprovider", "-W", "error"]


def test_guards_can_fail(pytester: pytest.Pytester) -> None:
    conftest = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(conftest.replace("GRACE_SECONDS = 3.0", "GRACE_SECONDS = 0.3"))
    pytester.makepyfile(LEAKS)
    result = pytester.runpytest_subprocess(*OPTIONS)
    # The leaks pass and are caught at their end; the others fail inside.
    result.assert_outcomes(passed=5, failed=3, errors=2)
    result.stdout.fnmatch_lines(["*left behind: *Thread*", "*left behind: *"])
    result.stdout.fnmatch_lines(["*a test reached for the network*192.0.2.1*"])
    result.stdout.fnmatch_lines(["*a test looked up the address of 'example.org'*"])
