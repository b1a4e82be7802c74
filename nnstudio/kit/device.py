"""Which devices this machine has, or why not, and how many threads a run takes."""

import os
import platform
import shutil
import warnings
from dataclasses import dataclass

import torch

TINY = 50_000  # below so many weights a second thread costs more than it brings


class DeviceError(RuntimeError):
    """A device was asked for that is not there; the message says why."""

    code = "device"

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Device:
    """A device, or the reason why it cannot be used.

    Attributes:
        name: What torch calls it, such as `cuda:0`.
        title: What people call it.
        memory: Bytes, or None where it is not known.
        reason: Why it cannot be used; empty when it can.
    """

    name: str
    title: str
    memory: int | None = None
    reason: str = ""

    @property
    def ready(self) -> bool:
        """Whether it can be used."""
        return not self.reason


def devices() -> list[Device]:
    """The CPU and every GPU; a kind that is missing is listed once with its reason."""
    cpu = Device("cpu", f"CPU, {cores()} cores", _main_memory())
    return [cpu, *_cuda_devices(), _mps_device()]


def choose(name: str = "auto") -> torch.device:
    """The device meant by a name.

    Args:
        name: cpu, cuda, cuda:1, mps, or auto for the first GPU that is ready, else the CPU.

    Raises:
        DeviceError: There is no such device; the message says why.
    """
    known = devices()
    if name == "auto":
        ready = [device for device in known[1:] if device.ready]
        return torch.device(ready[0].name if ready else "cpu")
    wanted = "cuda:0" if name == "cuda" else name
    for device in known:
        if device.name == wanted and device.ready:
            return torch.device(wanted)
    kind = wanted.partition(":")[0]
    reasons = [device.reason for device in known if device.name == kind and device.reason]
    here = ", ".join(device.name for device in known if device.ready)
    reason = reasons[0] if reasons else "there is no such device"
    raise DeviceError(f"{name!r} cannot be used: {reason}", f"here are: {here}")


def cores() -> int:
    """The cores that this process may use, which a container can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads(parameters: int, available: int | None = None) -> int:
    """How many threads a network of so many weights is computed with on the CPU.

    It follows from the sizes alone and never from a measurement, because the number of threads
    changes the last bits of the result.

    Args:
        parameters: Weights of all roles.
        available: Cores; None asks the machine.
    """
    if parameters < TINY:
        return 1
    return max(1, (cores() if available is None else available) - 1)


def make_deterministic() -> None:
    """Let a GPU give the same bits each time, at some cost in speed."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False


def _cuda_devices() -> list[Device]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")  # a broken driver is told by a warning only
        ready = torch.cuda.is_available()
    if not ready:
        words = [str(warning.message).splitlines()[0] for warning in caught]
        return [Device("cuda", "NVIDIA GPU", None, words[0] if words else _why_no_cuda())]
    found = []
    for number in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(number)
        found.append(Device(f"cuda:{number}", about.name, about.total_memory))
    return found


def _why_no_cuda() -> str:
    driver = shutil.which("nvidia-smi") is not None
    if torch.version.cuda is None and driver:
        return "there is an NVIDIA driver, but the installed PyTorch is the one for the CPU only"
    if torch.version.cuda is None:
        return "the installed PyTorch is the one for the CPU only, and no NVIDIA driver was found"
    return f"PyTorch is ready for CUDA {torch.version.cuda}, but no NVIDIA driver was found"


def _mps_device() -> Device:
    title = "Apple GPU"
    if torch.backends.mps.is_available():
        return Device("mps", title, torch.mps.recommended_max_memory())
    if platform.system() != "Darwin":
        return Device("mps", title, None, "this is not a Mac")
    if not torch.backends.mps.is_built():
        return Device("mps", title, None, "the installed PyTorch was built without it")
    return Device("mps", title, None, "it needs macOS 12.3 or later and an Apple GPU")


def _main_memory() -> int | None:
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names or "SC_PAGE_SIZE" not in names:
        return None  # Windows
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
