"""What was typed → the command that does it → an exit code.

0  fine, also when a run was stopped by Ctrl+C
1  the project has problems or is no project; a run or a verification failed
2  wrong usage
3  the world failed: a file, the disk, a device
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from importlib import import_module

from nnstudio.cli.parser import parser
from nnstudio.cli.terminal import print_json, say
from nnstudio.core.problems import NNStudioError, Problem, WorldError
from nnstudio.project.format import SUFFIX

COMMANDS = {
    "open": "window",
    "templates": "documents",
    "layers": "documents",
    "new": "documents",
    "check": "documents",
    "code": "documents",
    "train": "training",
    "resume": "training",
    "export": "exporting",
    "trust": "trusting",
    "selftest": "selftest",
}
"""The module of each command: only that one is loaded, so that `check` never waits for torch."""


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = parser().parse_args(with_command(sys.argv[1:] if argv is None else argv))
    command = getattr(import_module(f"nnstudio.cli.{COMMANDS[args.command]}"), args.command)
    try:
        return int(command(args))
    except NNStudioError as error:
        return _refuse(error, args)
    except KeyboardInterrupt:  # a run takes the first one as the wish to stop well
        say("nnstudio: interrupted.")
        return 1
    except BrokenPipeError:  # `nnstudio layers | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        why = error.strerror or str(error)
        code = "world.write" if error.errno in _FULL else "world.file"
        problem = Problem(code, args={"path": error.filename or "", "why": why})
        return _refuse(WorldError(problem), args)


def with_command(argv: list[str]) -> list[str]:
    """Return what was typed with the command that is meant: none, or a file alone, opens it."""
    if not argv:
        return ["open"]
    named = argv[0] in COMMANDS or argv[0].startswith("-")
    alone = len(argv) == 1 and (argv[0].endswith(SUFFIX) or os.path.exists(argv[0]))  # noqa: PTH110
    return ["open", *argv] if alone and not named else argv


def _refuse(error: NNStudioError, args: argparse.Namespace) -> int:
    """Tell what is wrong in words, and in JSON where JSON was asked for."""
    for problem in error.problems:
        say(f"nnstudio: {problem}")
    if getattr(args, "json", False):
        found = [problem.as_json() for problem in error.problems]
        if args.command in ("train", "resume"):
            print_json({"event": "failed", "problem": found[0]})
        else:
            print_json({"ok": False, "problems": found})
    return error.exit_code
