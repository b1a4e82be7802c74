"""Make the environment in `.venv` once, and find it again at every later start.

Standard library only, and ASCII only in what it prints: it runs before anything is installed, in
whatever terminal there is. A stamp in `.venv` holds a hash of all that decides what is installed;
while it fits, neither pip nor the network is used.
"""

import sys

# Before all else, in words that an old Python understands too; tomllib came with 3.11.
if sys.version_info < (3, 11):
    sys.exit(
        "NNStudio needs Python 3.11 or newer and this is Python %d.%d; install one from python.org."
        % sys.version_info[:2]
    )

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sysconfig
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import progress

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_SECONDS = 5


class MissingError(Exception):
    """A sentence for the user: what is missing here and what to do about it."""


@dataclass(frozen=True)
class Build:
    """Which build of PyTorch this machine gets, and what it costs."""

    words: str
    download: str
    disk_gb: int
    index: str | None = None


CPU = Build("the CPU build of PyTorch", "about 300 MB", 3)
CPU_INDEX = Build("the CPU build of PyTorch", "about 300 MB", 3, TORCH_CPU_INDEX)
CUDA = Build("PyTorch with CUDA for the NVIDIA card found here", "about 4 GB", 12)
CUDA_UNASKED = Build(
    "PyTorch with CUDA, which this machine cannot use: PyTorch's own index of CPU builds "
    f"({TORCH_CPU_INDEX}) could not be reached",
    "about 4 GB",
    12,
)


@dataclass(frozen=True)
class Stamp:
    """What stands in an environment: the hash of its recipe and the extras it was given."""

    key: str
    extras: frozenset[str]

    @classmethod
    def read(cls, venv: Path) -> "Stamp | None":
        """Return the stamp of an environment, None where it was never finished."""
        try:
            data = json.loads((venv / "nnstudio.json").read_text(encoding="utf-8"))
            return cls(str(data["key"]), frozenset(data["extras"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, venv: Path) -> None:
        """Mark the environment as finished."""
        text = json.dumps({"key": self.key, "extras": sorted(self.extras)})
        (venv / "nnstudio.json").write_text(text + "\n", encoding="utf-8")


def ensure(extras: Collection[str] = (), root: Path = ROOT) -> Path:
    """Return the Python of the environment, which is made first when it is missing or stale.

    Raises:
        MissingError: Something is missing on this machine.
    """
    venv, key = root / ".venv", recipe_key(root)
    python = venv_python(venv)
    stamp = Stamp.read(venv)
    known = stamp.extras if stamp else frozenset()
    if stamp and stamp.key == key and python.is_file() and known.issuperset(extras):
        return python
    # What was once asked for stays: run.py after test.py must not take the tests' tools away.
    target = Stamp(key, known.union(extras))
    _install(root, venv, target)
    return python


def recipe_key(root: Path) -> str:
    """Return a hash of all that decides what is installed; a new version number does not."""
    with (root / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)
    project = table["project"]
    recipe = {
        "build": table["build-system"],
        "dependencies": project["dependencies"],
        "extras": project["optional-dependencies"],
        "scripts": project["scripts"],
        "constraints": (root / "packaging" / "constraints.txt").read_text(encoding="utf-8"),
        "python": list(sys.version_info[:2]),
        "machine": [sys.platform, platform.machine()],
        # An environment knows its own absolute path; a moved checkout needs a new one.
        "root": str(root),
    }
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def venv_python(venv: Path) -> Path:
    """Return where an environment keeps its Python on this system."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pinned(name: str, text: str) -> str:
    """Return the version that the constraints fix for a package."""
    for line in text.splitlines():
        package, _, version = line.partition(";")[0].strip().partition("==")
        if package.lower() == name.lower() and version:
            return version
    raise KeyError(name)


def _install(root: Path, venv: Path, target: Stamp) -> None:
    refuse_without_venv()
    constraints = (root / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    torch = "torch==" + pinned("torch", constraints)
    steps = progress.Steps(3)
    with steps.step("Making an environment in .venv"):
        python = _make_venv(venv)
    with steps.step("Choosing a build of PyTorch"):
        build = choose_build(lambda: _local_wheel(python, torch))
        refuse_without_space(root, build.disk_gb)
        progress.say(f"      takes {build.words}; {build.download} to download in all")
    extras = f"[{','.join(sorted(target.extras))}]" if target.extras else ""
    with steps.step("Installing"):
        if build.index:
            # That index serves torch alone; everything else comes from the usual one.
            pip(python, ["install", "--no-deps", "--index-url", build.index, torch])
        pip(python, ["install", "-c", str(CONSTRAINTS), "-e", f"{root}{extras}"])
    target.write(venv)


def _make_venv(venv: Path) -> Path:
    python = venv_python(venv)
    (venv / "nnstudio.json").unlink(missing_ok=True)
    if not _usable(venv):
        try:
            made = subprocess.run(
                [sys.executable, "-m", "venv", "--clear", str(venv)],
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise MissingError(f"The environment {venv} could not be made: {error}.") from error
        if made.returncode:
            words = (made.stdout + made.stderr).strip()
            raise MissingError(f"The environment {venv} could not be made: {words}")
    return python


def _usable(venv: Path) -> bool:
    """Whether this environment runs, is of our version of Python and stands where it was made."""
    question = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        made_here = str(venv) in (venv / "pyvenv.cfg").read_text(encoding="utf-8")
        command = [str(venv_python(venv)), "-c", question]
        return (
            made_here and subprocess.run(command, capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def refuse_without_venv() -> None:
    """Raise `MissingError` where Python came without the parts that make an environment."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    hint = "install Python from python.org"
    if sys.platform == "linux":
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        hint = f"on Debian and Ubuntu: sudo apt install python{version}-venv"
    raise MissingError(
        f"This Python has no venv module, which keeps NNStudio's packages apart; {hint}."
    )


def refuse_without_space(folder: Path, needed_gb: int) -> None:
    """Raise `MissingError` where the packages would not fit on the disk."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < needed_gb:
        raise MissingError(
            f"The disk of {folder} has {free:.1f} GB free and the installation needs {needed_gb}; "
            "make room, or move this folder to another disk."
        )


def choose_build(local_wheel: Callable[[], bool]) -> Build:
    """Return the build of PyTorch for this machine.

    Only on Linux is the package index's own build the one with CUDA. A wheel that pip finds
    without any index is taken as it is.
    """
    if sys.platform != "linux":
        return CPU
    if nvidia_driver():
        return CUDA
    if local_wheel():
        return CPU
    return CPU_INDEX if reachable(TORCH_CPU_INDEX + "/torch/") else CUDA_UNASKED


def nvidia_driver() -> bool:
    """Return whether an NVIDIA driver is loaded, without asking it anything."""
    places = ("/proc/driver/nvidia/version", "/dev/nvidia0", "/usr/lib/wsl/lib/nvidia-smi")
    return any(Path(place).exists() for place in places) or shutil.which("nvidia-smi") is not None


def reachable(url: str) -> bool:
    """Return whether an address answers soon; pip itself would try for minutes."""
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "nnstudio"})
    try:
        with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
            return True
    except (OSError, urllib.error.URLError):
        return False


def _local_wheel(python: Path, torch: str) -> bool:
    command = [*_pip(python), "install", "--dry-run", "--quiet", "--no-index", "--no-deps", torch]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pip(python: Path, arguments: Sequence[str]) -> None:
    """Run pip while showing what it is at.

    Raises:
        MissingError: pip failed; the sentence says why as far as its output tells.
    """
    command = [*_pip(python), *arguments, "--retries", "2", "--progress-bar", "off"]
    code, lines = progress.watch(command, pip_news)
    if code:
        reason = explain("\n".join(lines))
        if reason is None:
            progress.say("\n".join(lines[-12:]))
            reason = "pip could not install NNStudio's packages; its last words stand above."
        raise MissingError(reason)


def _pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def pip_news(line: str) -> str | None:
    """Return what a line of pip's output means for somebody who waits, None for the rest."""
    words = line.split()
    if not words:
        return None
    if words[0] == "Collecting" and len(words) > 1:
        return f"looking for {words[1]}"
    if words[0] == "Downloading" and len(words) > 1:
        return f"downloading {words[1].rpartition('/')[2]} {' '.join(words[2:])}".rstrip()
    if line.startswith("Installing collected packages"):
        return f"unpacking {line.count(',') + 1} packages"
    return None


_REASONS: Mapping[str, Sequence[str]] = {
    "The disk is full; make room and start again.": ("No space left on device", "Errno 28]"),
    "The package index refused the connection's certificate; behind a company's proxy, set "
    "PIP_CERT to its certificate file.": ("CERTIFICATE_VERIFY_FAILED", "SSLError"),
    "There is no network, or the package index cannot be reached; the first start needs it once "
    "(behind a proxy, set HTTPS_PROXY).": (
        "NewConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ProxyError",
        "Max retries exceeded",
        "Name or service not known",
        "Temporary failure in name resolution",
        "getaddrinfo failed",
        "Network is unreachable",
        "Connection refused",
    ),
    "The folder of the environment cannot be written; check its permissions.": (
        "Permission denied",
        "Read-only file system",
    ),
}


def explain(output: str) -> str | None:
    """Return the sentence for a failure of pip, None when its output tells nothing we know."""
    for sentence, signs in _REASONS.items():
        if any(sign in output for sign in signs):
            return sentence
    missing = "No matching distribution found for "
    if missing in output:
        name = output.partition(missing)[2].split("\n")[0].split(" (")[0]
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            f"There is no release of {name} for Python {version} on {sysconfig.get_platform()}; "
            "use Python 3.11, 3.12 or 3.13 of a 64-bit system."
        )
    return None
