"""Words about layers of the user's own."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # ---------------------------------------------------------------------- what its text says
    "own.syntax": ("{why} in line {line}", "mend that line"),
    "own.encoding": (
        "the text asks to be read as {encoding}, so that what runs would not be what is shown",
        "take the line out; Python reads UTF-8 by itself",
    ),
    "own.no_class": (
        "no class derives from nn.Module",
        "write class MyLayer(nn.Module): with a forward",
    ),
    "own.gone": (
        "the text of {layer} has no class of this name",
        "write it, or choose another class of the text",
    ),
    "own.params": (
        "the settings of {layer} are not what its constructor takes: {names}",
        "take those of its text",
    ),
    "own.no_forward": ("{name} has no forward", "write def forward(self, x): …"),
    "own.keyword": (
        "{name} can only be given by its name and has no default",
        "give it a default, or write it before the *",
    ),
    "own.many": (
        "*{name} cannot be set in a form",
        "name each argument, with a type and perhaps a default",
    ),
    "own.untyped": (
        "the parameter {name} has no type",
        "write it like {name}: int or {name}: float = 0.5",
    ),
    "own.type": ("the parameter {name} cannot be set in a form: {why}", "give it another type"),
    "own.ports": (
        "forward takes and returns other ports than {signature} declares",
        "declare {proposed}, or change forward",
    ),
    "own.twice": (
        "{name} is defined in the texts of {layer} and of {other}, which share one file",
        "rename one of the two",
    ),
    "own.future": (
        "from __future__ has to stand at the top of custom.py, where {layer} is not the first",
        "take the line out of its text",
    ),
    "own.used": (
        "{layer} is used at {places}",
        "take those nodes out first, or give them another layer",
    ),
    # ---------------------------------------------------------------------- what it does
    "own.differs": (
        "{layer} declares {declared} but gives {measured}",
        "{what}, or mend its forward",
    ),
    "own.raises": (
        "{layer} raises {type} in line {line}: {text}",
        "mend its text, or the settings here",
    ),
    "own.slow": (
        "{layer} did not answer within {seconds} seconds, so it was ended",
        "look for a loop without end",
    ),
    "own.ended": ("the process that tried {layer} ended: {how}", "look at what it does besides"),
    "own.no_module": ("{layer} is no nn.Module: {what}", "derive it from nn.Module"),
    "own.no_tensor": (
        "forward of {layer} returns {what}",
        "return a tensor, or a tuple of tensors",
    ),
    "own.unknown": (
        "an input of {layer} is declared by a formula, so that no size can be chosen for it",
        "connect its input, then try it at that node",
    ),
    "repair.measured": ("take the measured shape", ""),
    "repair.params": ("take the settings of its text", ""),
    "repair.ports": ("declare {signature}", ""),
}
