"""Trusting the user's own layers where there is no window: on a server, in a container."""

from __future__ import annotations

import argparse
import sys

from nnstudio.cli.terminal import say
from nnstudio.project import store
from nnstudio.project.trust import Trust


def trust(args: argparse.Namespace) -> int:
    """Show the own layers of a project that are not trusted yet, and ask whether they may run."""
    known = Trust()
    layers = store.load(args.file).custom.values()
    waiting = [layer for layer in layers if not known.trusts_layer(layer.source)]
    if not waiting:
        say(f"{args.file}: no layer waits to be trusted.")
        return 0
    for layer in waiting:  # a document holds no character that could steer a terminal
        print(f"# ---- {layer.name}\n{layer.source.rstrip()}\n")
    names = ", ".join(layer.name for layer in waiting)
    if not (args.yes or _agreed(f"{names}: this code will run as you. Trust it? [y/N] ")):
        say("nnstudio: nothing was trusted (read the code, then answer y, or give --yes)")
        return 1
    for layer in waiting:
        known.trust_layer(layer.source)
    say(f"trusted on this machine, to the letter: {names}")
    return 0


def _agreed(question: str) -> bool:
    """Ask; where nobody can answer, the answer is no."""
    if not sys.stdin.isatty():
        return False
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
