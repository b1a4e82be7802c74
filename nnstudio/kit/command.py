"""The command line of a training script, and what every script does before and after a run."""

import argparse
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import numpy as np
import torch
from torch import nn

from . import device as devices
from .checkpoints import CheckpointError, find, read_header
from .data.reading import ReadError
from .lines import JsonLines, Lines
from .loops.guard import NonFiniteError
from .loops.state import Report
from .show import Recorder


def parse(
    argv: list[str] | None = None,
    description: str | None = None,
    *,
    epochs: int,
    steps: int | None = None,
    threads: int | None = None,
) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: The words after the name of the script; None takes those of this process.
        description: The first lines of `--help`.
        epochs: Passes over the training data when nothing is said.
        steps: Steps to end after when nothing is said; None sets no limit.
        threads: Threads when nothing is said; None derives them from the size of the network.
    """
    parser = argparse.ArgumentParser(description=description)
    add = parser.add_argument
    add("--epochs", type=_positive, default=epochs, help="passes over the data (%(default)s)")
    add("--steps", type=_positive, default=steps, help="end after so many steps")
    add("--seed", type=_seed, default=0, help="start of all random draws (%(default)s)")
    add("--threads", type=_positive, default=threads, help="threads on the CPU")
    add("--device", default="auto", help="cpu, cuda, cuda:1, mps or auto (%(default)s)")
    add("--deterministic", action="store_true", help="the same bits each time on a GPU, slower")
    add("--data", type=Path, help="a data file in the place of the one that came along")
    add("--resume", type=Path, help="a checkpoint or run folder to go on from, with its seed")
    add("--json", action="store_true", help="print one JSON object a line")
    add("--out", type=Path, help="the run folder (the next free runs/N)")
    return parser.parse_args(argv)


@dataclass
class Run:
    """What a script needs from `start`.

    Attributes:
        device: Where the data and the networks go.
        report: Watches the run.
        threads: Threads that were asked for; None derives them from the networks.
    """

    device: torch.device
    report: Report
    threads: int | None = None

    def place(self, **roles: nn.Module) -> dict[str, nn.Module]:
        """Bring the networks to the device, by role, and set the threads that suit their size."""
        parameters = sum(p.numel() for module in roles.values() for p in module.parameters())
        torch.set_num_threads(self.threads or devices.threads(parameters))
        return {role: module.to(self.device) for role, module in roles.items()}


@contextmanager
def start(args: argparse.Namespace, report: Report | None = None) -> Iterator[Run]:
    """Seed, device and report of a run; leaving it writes the last checkpoint.

    The order in a script is seed, data, networks, device: it decides about the first weights.

    Args:
        args: From `parse`.
        report: Watches the run in the place of one that prints and saves.

    Raises:
        DeviceError: The device is not there.
        CheckpointError: The checkpoint to go on from is missing or damaged.
    """
    with ExitStack() as stack:
        stack.callback(torch.set_num_threads, torch.get_num_threads())
        if report is None:
            emit = JsonLines() if args.json else Lines()
            recorder = stack.enter_context(Recorder(emit, _folder(args)))
            stack.enter_context(_stop_on_interrupt(recorder))
            report = recorder
        torch.set_num_threads(1)  # while the networks are built; `place` sets the right number
        if args.deterministic:
            devices.make_deterministic()
        seed_everything(args.seed)
        threads = args.threads
        if args.resume is not None and threads is None:
            threads = read_header(args.resume)["threads"]
        yield Run(devices.choose(args.device), report, threads)


def seed_everything(seed: int) -> None:
    """Start every random generator at the same place."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def run(main: Callable[[], None]) -> None:
    """Run a script and end the process with its exit code.

    0 is fine, also after Ctrl+C; 1 a run that failed; 2 a wrong command line; 3 a file, the
    disk or a device. A fault in the code shows its traceback as usual.
    """
    try:
        main()
    except NonFiniteError:
        sys.exit(1)  # the report has said it in words
    except (ReadError, CheckpointError, devices.DeviceError, OSError):
        sys.exit(3)


@contextmanager
def _stop_on_interrupt(recorder: Recorder) -> Iterator[None]:
    """Let Ctrl+C end the run after its step, and a second one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        recorder.request_stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _folder(args: argparse.Namespace) -> Path:
    """The run folder: the one asked for, the one to go on in, or the next free number."""
    if args.out is not None:
        return Path(args.out)
    if args.resume is not None:
        return find(args.resume).parent.parent
    number = 1
    while Path("runs", str(number)).exists():
        number += 1
    return Path("runs", str(number))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not above 0")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(f"{value} is not between 0 and 2**63 - 1")
    return value
