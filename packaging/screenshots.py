"""Take pictures of the real window, off screen.

.venv/bin/python packaging/screenshots.py                  the two of the README
.venv/bin/python packaging/screenshots.py --all -o FOLDER  every panel, state and dialog, dark and
                                                           light, at 100 % and 200 %
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "resources" / "screenshots"
SCALES = (1, 2)


def main() -> int:
    """Take them, each scale in a process of its own: Qt reads it once."""
    parser = argparse.ArgumentParser(description="Take pictures of the real window.")
    parser.add_argument("--all", action="store_true", help="every panel, state and dialog")
    parser.add_argument("-o", "--out", type=Path, help="the folder of the pictures")
    parser.add_argument("--only", default="", help="scenes whose name begins with this")
    parser.add_argument("--scale", type=int, choices=SCALES, help="only this scale")
    words = parser.parse_args()
    if words.all and words.out is None:
        parser.error("--all needs a folder: -o FOLDER")
    if not words.all:
        return take(words.out or README, 1, "readme")
    codes = [
        take(words.out / f"{100 * scale}", scale, words.only)
        for scale in ([words.scale] if words.scale else SCALES)
    ]
    return max(codes)


def take(folder: Path, scale: int, only: str) -> int:
    """Take the pictures of some scenes at one scale."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        "PYTHONPATH": str(ROOT),
    }
    scenes = Path(__file__).with_name("scenes.py")
    command = [sys.executable, str(scenes), str(folder.resolve()), only]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
