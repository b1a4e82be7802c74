"""The command that writes code to take home, and proves it."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.terminal import say
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.engine.folder import PROJECT
from nnstudio.exchange import python_folder, verify
from nnstudio.project import store


def export(args: argparse.Namespace) -> int:
    """Write the folder; with --verify, compare it with the application in a clean process."""
    run: Path | None = args.source if args.source.is_dir() else None
    if run is not None and not (run / PROJECT).is_file():
        raise ProjectError(Problem("run.none", args={"path": run}))
    file = run / PROJECT if run else args.source
    project = store.load(file)
    if args.verify and not project.trains:  # said before anything is written
        raise ProjectError(verify.no_step(project))
    python_folder.export(project, args.out, file.resolve().parent, run=run)
    if not project.trains:
        lacking = "data" if project.data.reader is None else "training loop"
        say(f"wrote {args.out}: the network alone, since no {lacking} is chosen")
    else:
        say(f"wrote {args.out}; try: cd {args.out} && python train.py")
    if not args.verify:
        return 0
    has_weights = run is not None and any(run.glob("checkpoints/step-*"))
    proof = verify.verify(
        project, args.out, folder=file.resolve().parent, resume=run if has_weights else None
    )
    if proof.problem is not None:
        raise ProjectError(proof.problem)
    say(f"verified: {proof.words} ({proof.seconds:.1f} s)")
    return 0
