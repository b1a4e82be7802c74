"""The words that the command line understands."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio import __version__

TARGETS = ("python",)
"""What a project can be exported to."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="nnstudio",
        description="Draw a neural network, train it, take home the PyTorch code.",
    )
    top.add_argument("--version", action="version", version=f"NNStudio {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    window = commands.add_parser("open", help="open the window (also without any command)")
    window.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a project")
    _documents(commands)
    _runs(commands)
    _export(commands)
    test = commands.add_parser("selftest", help="try every part on this machine")
    test.add_argument("--json", action="store_true", help="print one JSON value")
    return top


Commands = argparse._SubParsersAction  # argparse gives this type no public name


def _documents(commands: Commands[argparse.ArgumentParser]) -> None:
    for name, words in (("templates", "list the templates"), ("layers", "list the layers")):
        command = commands.add_parser(name, help=words)
        command.add_argument("--json", action="store_true", help="print one JSON value")
    new = commands.add_parser("new", help="start a project from a template")
    new.add_argument("template", metavar="TEMPLATE", help="see `nnstudio templates`")
    new.add_argument("-o", "--out", metavar="FILE", type=Path, required=True)
    check = commands.add_parser("check", help="find the problems of a project")
    check.add_argument("file", metavar="FILE", type=Path)
    check.add_argument("--json", action="store_true", help="print one JSON value")
    code = commands.add_parser("code", help="print the PyTorch code of a project's networks")
    code.add_argument("file", metavar="FILE", type=Path)
    code.add_argument("-o", "--out", metavar="OUT", type=Path, help="write it to a file")
    trust = commands.add_parser("trust", help="read a project's own layers, and let them run here")
    trust.add_argument("file", metavar="FILE", type=Path)
    trust.add_argument("--yes", action="store_true", help="you have read them: do not ask")


def _runs(commands: Commands[argparse.ArgumentParser]) -> None:
    train = commands.add_parser("train", help="train a project")
    train.add_argument("file", metavar="FILE", type=Path)
    train.add_argument("--epochs", type=_count, metavar="N")
    train.add_argument("--steps", type=_count, metavar="N", help="end after so many updates")
    train.add_argument("--device", metavar="D", help="cpu, cuda, cuda:1, mps")
    train.add_argument("--seed", type=_seed, default=0, metavar="S")
    train.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a setting of the project, such as optimizer.lr=0.01",
    )
    train.add_argument("--run-dir", type=Path, metavar="DIR", help="where the run is kept")
    train.add_argument("--in", dest="home", choices=("thread", "process"), default="thread")
    resume = commands.add_parser("resume", help="go on with a run from its last checkpoint")
    resume.add_argument("run", metavar="RUN_DIR", type=Path)
    for command in (train, resume):
        command.add_argument("--json", action="store_true", help="print JSON lines")


def _export(commands: Commands[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="write code that trains without NNStudio")
    export.add_argument("source", metavar="FILE|RUN_DIR", type=Path)
    export.add_argument("--to", choices=TARGETS, required=True)
    export.add_argument("-o", "--out", metavar="OUT", type=Path, required=True)
    export.add_argument(
        "--verify", action="store_true", help="prove in a clean process that it is the same"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10**9:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 10^9")
    return number


def _seed(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to 2^32 - 1")
    return number
