"""Watches the first step of a training script to the last bit; a script of its own.

`python -I probe.py FOLDER RESULT ARGV…` runs the `train.py` of a folder in a process in which
neither NNStudio nor Qt can be imported, and writes down what it saw. For that this file imports
nothing of ours. `worker.prove` watches the application's own copy by the same functions.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

BLOCKED = ("nnstudio", "PySide6", "shiboken6", "pyqtgraph")
_SAMPLES = 256


class Watch:
    """A report that notes the first step and then ends the run.

    Attributes:
        record: `outputs` of every module in the order of the step, `evaluated` the outputs of the
            networks in evaluation mode after it, `weights` after it, `metrics` of it. Each value is
            its digest and a few of its numbers.
    """

    def __init__(self) -> None:
        self.record: dict[str, Any] = {
            "outputs": [],
            "evaluated": [],
            "weights": {},
            "metrics": {},
        }
        self._handles: list[Any] = []
        self._inputs: dict[str, tuple[Any, dict[str, Any]]] = {}
        self._first = -1

    def __call__(self, state: Any, metrics: Mapping[str, Any], /) -> None:
        """Take the report of a loop.

        Raises:
            Exception: The kit's `Stop`, after the first step.
        """
        if self._first < 0:
            self._first = state.step
            self._hook(state.modules)
        elif state.step > self._first:
            self._close()
            self.record["metrics"] = {name: float(value).hex() for name, value in metrics.items()}
            self.record["weights"] = _weights(state.modules)
            self._evaluate(state.modules)
            raise sys.modules[type(state).__module__].Stop

    def _hook(self, modules: Mapping[str, nn.Module]) -> None:
        for role, root in modules.items():
            hook = root.register_forward_pre_hook(self._inputs_of(role), with_kwargs=True)
            self._handles.append(hook)
            for name, module in root.named_modules():
                path = f"{role}.{name}" if name else role
                self._handles.append(module.register_forward_hook(self._outputs_of(path)))

    def _inputs_of(self, role: str) -> Callable[..., None]:
        def keep(module: nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
            self._inputs.setdefault(role, (args, kwargs))

        return keep

    def _outputs_of(self, path: str) -> Callable[..., None]:
        def note(module: nn.Module, args: Any, output: Any) -> None:
            self.record["outputs"] += [[path, *digest(tensor)] for tensor in _tensors(output)]

        return note

    def _evaluate(self, modules: Mapping[str, nn.Module]) -> None:
        with torch.no_grad():
            for role, (args, kwargs) in self._inputs.items():
                output = modules[role].eval()(*args, **kwargs)
                self.record["evaluated"] += [[role, *digest(one)] for one in _tensors(output)]

    def _close(self) -> None:
        for handle in self._handles:
            handle.remove()


def observe(main: Callable[..., None], argv: Sequence[str]) -> dict[str, Any]:
    """Run a script's `main` for one step and return what was seen.

    Raises:
        ValueError: It made no step, so that there is nothing to compare.
    """
    watch = Watch()
    try:
        main(list(argv), report=watch)
    except Exception as error:
        if type(error).__name__ != "Stop" or not watch.record["weights"]:
            raise
    if not watch.record["outputs"] or not watch.record["weights"]:
        raise ValueError("the script made no step, so there is nothing to compare")
    return watch.record


def digest(tensor: Tensor) -> tuple[str, list[int], list[float]]:
    """Return the sha256 of a tensor's bits, its shape and a few of its numbers."""
    plain = tensor.detach().cpu().contiguous()
    bits = plain.reshape(-1).view(torch.uint8) if plain.numel() else torch.empty(0)
    flat = plain.reshape(-1)
    sample = flat[:: max(1, flat.numel() // _SAMPLES)][:_SAMPLES]
    whole = hashlib.sha256(bits.numpy().tobytes()).hexdigest()
    return whole, list(plain.shape), [float(value) for value in sample.double().tolist()]


def _weights(modules: Mapping[str, nn.Module]) -> dict[str, Any]:
    return {
        f"{role}.{name}": digest(value)
        for role, module in modules.items()
        for name, value in module.state_dict().items()
    }


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


class Blocker(importlib.abc.MetaPathFinder):
    """Keeps the application out of reach."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Refuse what an export must not need.

        Raises:
            ImportError: For the application and for Qt.
        """
        if fullname.partition(".")[0] in BLOCKED:
            raise ImportError(f"{fullname} is out of reach here", name=fullname)


def main() -> None:
    """Watch an exported folder where nothing of the application can be imported."""
    folder, result, *argv = sys.argv[1:]
    sys.meta_path.insert(0, Blocker())
    sys.path.insert(0, folder)
    train = importlib.import_module("train")
    record = observe(train.main, argv)
    inside = [name for name in sys.modules if name.partition(".")[0] in BLOCKED]
    if inside:
        raise ImportError(f"the export reached {inside[0]}")
    Path(result).write_text(json.dumps(record))


if __name__ == "__main__":
    main()
