"""What is chosen by name and has settings of its own: losses, optimizers, loops, readers."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.core.params import Param


@dataclass(frozen=True, slots=True)
class Choosable:
    """Something that a `Choice` of the document names.

    Attributes:
        name: The name in the document: torch's, or that of the function or file in the kit.
        title: The name on the screen.
        summary: One sentence that can stand as a tooltip.
        params: Its settings.
        code: How it is written: `nn.CrossEntropyLoss`, `torch.optim.AdamW`, `schedules.one_cycle`.
        imports: The lines that `code` needs.
        source: The paper, "Author & Author, year", or "".
        url: A page about it, or "".
        words: Other words that find it in a search.
        roles: For a loop: the networks that it trains.
        best: For a loop: the figure that tells the best epoch; "" when the last one is taken.
        best_mode: For a loop: `min` or `max` of that figure.
        files: For a reader: the names of the shipped files that it reads; () for the user's own.
        task: For a reader: `classification`, `regression`, `sequence`, `images`, `multilabel` or
            `environment`.
    """

    name: str
    title: str
    summary: str
    params: tuple[Param, ...] = ()
    code: str = ""
    imports: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    words: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    best: str = ""
    best_mode: str = "min"
    files: tuple[str, ...] = ()
    task: str = ""

    def param(self, name: str) -> Param:
        """Return the setting with this name; KeyError when there is none."""
        for param in self.params:
            if param.name == name:
                return param
        raise KeyError(name)
