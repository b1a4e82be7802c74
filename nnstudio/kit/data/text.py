"""A text as a row of characters, to be foretold one after the other."""

from pathlib import Path

import torch
from torch import Tensor

from .reading import ReadError, read_text
from .splits import Data, WindowSplit

FILES = ("psalms.txt",)
SHA256 = "c93095cad213f66e12507c6895548b171da41eba6b3a6190039287797fa74666"
TASK = "sequence"


def read(path: Path | str, *, length: int = 128, val_fraction: float = 0.1) -> Data:
    """Read a text; its vocabulary is the characters that occur in it.

    The end of the text is kept for validation. The bigram model, which knows only the character
    before, is measured there in nats a character as `baseline/bigram`.

    Args:
        path: A text in UTF-8; the one that came along holds the Psalms, Proverbs and
            Ecclesiastes of the King James Bible.
        length: Characters in a sample (2 to 4096).
        val_fraction: The part of the text that is kept for validation (0.01 to 0.9).

    Returns:
        Character numbers (N, length) and the same one character later (N, length); `classes`
        are the characters.

    Raises:
        ReadError: The file is missing, is no text, or is too short.
    """
    text = read_text(path, FILES[0], SHA256)
    characters = sorted(set(text))
    number = {character: n for n, character in enumerate(characters)}
    tokens = torch.tensor([number[character] for character in text], dtype=torch.int64)
    cut = round(len(tokens) * (1 - val_fraction))
    if min(cut, len(tokens) - cut) < length + 1:
        raise ReadError(
            f"a text of {len(tokens)} characters is too short for samples of {length}",
            where=str(path),
            hint="choose a longer text or shorter samples",
        )
    return Data(
        WindowSplit(tokens[:cut], length),
        WindowSplit(tokens[cut:], length),
        TASK,
        tuple(characters),
        baselines={"baseline/bigram": bigram_error(tokens, cut, len(characters))},
    )


def bigram_error(tokens: Tensor, cut: int, size: int) -> float:
    """Nats a character after `cut` of pair frequencies counted before it, plus one each."""
    pairs = tokens[:-1] * size + tokens[1:]
    if size * size > 4_000_000:  # the table of pairs would not be worth its memory
        seen = torch.bincount(tokens[:cut], minlength=size).double() + 1
        return float(-(seen / seen.sum()).log()[tokens[cut:]].mean())
    seen = torch.bincount(pairs[: cut - 1], minlength=size * size).double() + 1
    table = seen.view(size, size)
    table = (table / table.sum(1, keepdim=True)).log()
    return float(-table.view(-1)[pairs[cut - 1 :]].mean())
