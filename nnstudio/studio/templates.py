"""The shipped templates: what each is called, teaches, reaches and costs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from nnstudio.core.paths import resource
from nnstudio.core.problems import Problem, UsageError
from nnstudio.graph.model import Project
from nnstudio.project import store

EMPTY = "empty"
"""The template of an empty canvas, which has data but no network yet."""

ORDER = (
    "mlp-digits", "lenet5-mnist", "resnet-mnist", "lstm-sunspots", "char-lstm", "dqn-cartpole",
    "moons", "inception-mnist", "rnn-sunspots", "char-gpt", "vit-mnist", "seq2seq-reverse",
    "text-encoder", "autoencoder-mnist", "denoising-mnist", "vae-mnist", "dcgan-mnist",
    "wgan-gp-mnist", "ddpm-mnist", "transfer-digits", "transfer-backbone", "siamese-mnist",
    "unet-shapes", "signal-conv1d", "capsnet-mnist", "ppo-cartpole",
    "lenet5", "alexnet", "vgg16", "googlenet", "resnet18", "resnet50", "densenet121",
    "mobilenet-v2", "unet", "gpt2", "bert-base", "vit-b16", "capsnet",
)  # fmt: skip
"""From the first network onwards; what is not named here follows by its name."""


Shelf = Literal["quick", "full", "drawn"]
"""`quick` trains at once; `full` is as large as it was published, and waits for data; `drawn` has
data, but no training loop yet."""


@dataclass(frozen=True, slots=True)
class Template:
    """A project to start from.

    Attributes:
        name: The name of its file.
        project: The document; opened without a file, so that the template stays as it is.
    """

    name: str
    project: Project

    @property
    def title(self) -> str:
        """What it is called."""
        return self.project.name

    @property
    def trains(self) -> bool:
        """Whether data and a loop are chosen, so that it trains at once."""
        return self.project.trains

    @property
    def shelf(self) -> Shelf:
        """Where it stands among the others, as its file says."""
        if self.trains:
            return "quick"
        return "full" if self.project.data.reader is None else "drawn"

    @property
    def teaches(self) -> str:
        """What one learns from it, in one sentence."""
        return self.project.note.partition("\n")[0]

    @property
    def reaches(self) -> str:
        """Its data, how good it becomes, and in what time; of a full-size one its size."""
        return " ".join(self.project.note.partition("\n\n")[2].partition("\n\n")[0].split())


def names() -> tuple[str, ...]:
    """Return the templates that can be chosen, the empty canvas not among them."""
    found = {path.stem for path in resource("templates").glob("*.nns")} - {EMPTY}
    first = [name for name in ORDER if name in found]
    return (*first, *sorted(found.difference(first)))


def load(name: str) -> Template:
    """Return a template.

    Raises:
        UsageError: There is none of that name.
        WorldError: It cannot be read.
    """
    if name != EMPTY and name not in names():
        near = get_close_matches(name, names(), n=5)
        known = ", ".join((*near, *(one for one in names() if one not in near), EMPTY))
        raise UsageError(Problem("usage.template", args={"name": name, "choices": known}))
    return Template(name, store.load(resource("templates", f"{name}.nns")))
