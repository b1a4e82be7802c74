"""Commands on documents: templates, layers, new, check, code. None of them needs torch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnstudio.cli.terminal import count, print_json, say, table
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.report import check_report
from nnstudio.core.paths import resource
from nnstudio.core.problems import Problem, WorldError
from nnstudio.kit import files
from nnstudio.project import store
from nnstudio.studio import templates as shipped

_SHELVES = {"quick": "train in a minute", "full": "full size", "drawn": "to draw and take home"}


def templates(args: argparse.Namespace) -> int:
    """List the templates."""
    found = [shipped.load(name) for name in (*shipped.names(), shipped.EMPTY)]
    if args.json:
        rows = [{"name": one.name, "title": one.title, "summary": one.teaches} for one in found]
        print_json(sorted(rows, key=lambda row: row["name"]))
        return 0
    for shelf, title in _SHELVES.items():
        lines = [(one.name, one.teaches) for one in found if one.shelf == shelf]
        if lines:
            print(f"{title}:\n{table(lines)}")
    return 0


def layers(args: argparse.Namespace) -> int:
    """List the layers."""
    from nnstudio.catalogue.describe import describe_layers

    rows = describe_layers()
    if args.json:
        print_json(rows)
    else:
        print(table([(row["name"], row["family"], row["summary"]) for row in rows]))
    return 0


def new(args: argparse.Namespace) -> int:
    """Start a project from a template; never writes over a file."""
    found = shipped.load(args.template)
    if args.out.exists():
        raise WorldError(Problem("world.exists", args={"path": args.out}))
    data = resource("templates", f"{args.template}.nns").read_bytes()
    files.write_bytes(args.out, data)
    if found.trains:
        say(f"wrote {args.out}; train it with: nnstudio train {_quoted(args.out)}")
    else:
        say(f"wrote {args.out}; see its code with: nnstudio code {_quoted(args.out)}")
    return 0


def check(args: argparse.Namespace) -> int:
    """Find the problems of a project."""
    analysis = analyse(store.load(args.file))
    report = check_report(analysis)
    if args.json:
        print_json(report)
    else:
        for problem in analysis.problems:
            print(f"{problem.severity}: {problem}")
        words = "no problems" if analysis.ok else "has problems"
        print(f"{args.file}: {words}, {count(report['parameters'])} parameters")
    return 0 if analysis.ok else 1


def code(args: argparse.Namespace) -> int:
    """Print the code of a project's networks, or write it to a file."""
    from nnstudio.compiler.source import source

    text = source(store.load(args.file))
    if args.out is None:
        sys.stdout.write(text)
    else:
        files.write_text(args.out, text)
        say(f"wrote {args.out}")
    return 0


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
