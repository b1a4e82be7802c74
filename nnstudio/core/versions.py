"""Versions that cannot work together, refused at start with a sentence."""

import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
# PYSIDE-3474: on Python 3.11 this release loses a reference to None at every void call and aborts
# after a few thousand of them. Python 3.12 made None immortal, so nothing is lost there.
BROKEN_PYSIDE = (6, 12)
FIRST_IMMORTAL_PYTHON = (3, 12)


def refusal(python: tuple[int, int] | None = None, pyside: str | None = None) -> str | None:
    """Return why NNStudio cannot start here, or None when it can.

    Args:
        python: Major and minor version; the running one by default.
        pyside: PySide6's version; the installed one by default, asked for only where it matters.
    """
    python = python or (sys.version_info.major, sys.version_info.minor)
    if python < OLDEST_PYTHON:
        return f"NNStudio needs Python 3.11 or newer; this is Python {python[0]}.{python[1]}."
    if python >= FIRST_IMMORTAL_PYTHON:
        return None
    pyside = pyside or _installed("PySide6-Essentials") or _installed("PySide6")
    if pyside is None or _numbers(pyside) < BROKEN_PYSIDE:
        return None
    return (
        f"PySide6 {pyside} aborts on Python {python[0]}.{python[1]} after a few thousand calls; "
        'install "PySide6-Essentials<6.12", or use Python 3.12 or newer.'
    )


def _installed(distribution: str) -> str | None:
    """The version of what is installed, by the name of its folder of metadata.

    `importlib.metadata` says the same, but a fifth of a short command's time goes into its import.
    """
    head, tail = f"{distribution.replace('-', '_')}-".casefold(), ".dist-info"
    for entry in sys.path:
        try:
            names = [path.name for path in Path(entry or ".").iterdir()]
        except OSError:  # a zip archive, or nothing at all
            continue
        for name in names:
            if name.casefold().startswith(head) and name.endswith(tail):
                return name[len(head) : -len(tail)]
    return None


def _numbers(version: str) -> tuple[int, int]:
    major, minor, *_ = (*version.split("."), "0")
    return int(major), int("".join(filter(str.isdigit, minor)) or 0)
