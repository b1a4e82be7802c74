"""Start NNStudio from a checkout: `python3 packaging/run.py`.

The first start makes an environment in `.venv`; later ones use neither pip nor the network. It
opens the window; where there is no display it says so and trains the starter project in the
terminal. With arguments it is the command line: `python3 packaging/run.py check digits.nns`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import environment
import progress

STARTER = "mlp-digits"


def main(argv: Sequence[str]) -> int:
    """Make the environment where it is missing, then start NNStudio in it."""
    try:
        python = environment.ensure()
    except environment.MissingError as missing:
        print(missing, file=sys.stderr)
        return 3
    if argv or has_display(os.environ, sys.platform):
        return nnstudio(python, argv or ["open"])
    progress.say("There is no display to open a window on; the starter project is trained here.")
    return starter(python)


def has_display(variables: dict[str, str] | os._Environ[str], system: str) -> bool:
    """Tell whether a window can be opened: always on Windows and macOS, else where one is named."""
    if system in ("win32", "cygwin", "darwin"):
        return True
    chosen = variables.get("QT_QPA_PLATFORM", "")
    named = variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY")
    return bool(named) or chosen.startswith(("offscreen", "vnc", "minimal"))


def nnstudio(python: Path, arguments: Sequence[str]) -> int:
    """Run NNStudio's command line and return its exit code.

    Ctrl+C reaches the child by itself; it keeps a checkpoint and ends, which is waited for.
    """
    with subprocess.Popen([str(python), "-m", "nnstudio", *arguments]) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def starter(python: Path) -> int:
    """Train the starter project in the terminal and export it."""
    folder = projects_folder(os.environ, Path.home(), environment.ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"The folder {folder} cannot be made: {error}.", file=sys.stderr)
        return 3
    project = folder / f"{STARTER}.nns"
    run = project.with_suffix(".runs") / time.strftime("%Y-%m-%d-%H%M%S")
    export = free_name(folder, f"{STARTER}-export")
    commands = [
        ["train", str(project), "--run-dir", str(run)],
        ["export", str(run), "--to", "python", "-o", str(export)],
    ]
    if not project.exists():
        commands.insert(0, ["new", STARTER, "-o", str(project)])
    for command in commands:
        progress.say("nnstudio " + " ".join(command))
        code = nnstudio(python, command)
        if code:
            return code
    progress.say(f"\nThe project is {project}\nIts run is    {run}\nIts code is   {export}")
    progress.say(f"Try: cd {export} && {python} train.py --epochs 1")
    return 0


def projects_folder(variables: dict[str, str] | os._Environ[str], home: Path, root: Path) -> Path:
    """Return where the starter project is kept: with the user's documents, else in the checkout."""
    if "NNSTUDIO_HOME" in variables:
        return Path(variables["NNSTUDIO_HOME"], "documents")
    documents = home / "Documents"
    return (documents if documents.is_dir() else root) / "NNStudio"


def free_name(folder: Path, stem: str) -> Path:
    """Return the first of `stem`, `stem-2`, ... that is not taken: an export never overwrites."""
    path, number = folder / stem, 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}"
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
