"""A text as a row of characters, to be foretold one after the other."""

from pathlib import Path

import torch
from torch import Tensor

from .reading import ReadError, read_text
from .splits import Data, WindowSplit, cut_ends

FILES = ("psalms.txt",)
SHA256 = "c93095cad213f66e12507c6895548b171da41eba6b3a6190039287797fa74666"
TASK = "sequence"


def read(path: Path | str, *, length: int = 128, val_fraction: float = 0.1) -> Data:
    """Read a text; its vocabulary is the characters that occur in it.

    The text is cut into ten parts and the end of each is kept for validation, since the end of
    the whole may be about something else. The bigram model, which knows only the character
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
    train, val = cut_ends(tokens, val_fraction)
    if min(len(train), len(val)) < length + 1:
        raise ReadError(
            f"a text of {len(tokens)} characters is too short for samples of {length}",
            where=str(path),
            hint="choose a longer text or shorter samples",
        )
    return Data(
        WindowSplit(train, length),
        WindowSplit(val, length),
        TASK,
        tuple(characters),
        baselines={"baseline/bigram": bigram_error(train, val, len(characters))},
    )


def bigram_error(train: Tensor, val: Tensor, size: int) -> float:
    """Nats a character of `val` by the frequencies of pairs in `train`, plus one each."""
    if size * size > 4_000_000:  # the table of pairs would not be worth its memory
        seen = torch.bincount(train, minlength=size).double() + 1
        return float(-(seen / seen.sum()).log()[val].mean())
    pairs = torch.bincount(train[:-1] * size + train[1:], minlength=size * size)
    table = pairs.view(size, size).double() + 1
    table = (table / table.sum(1, keepdim=True)).log()
    return float(-table[val[:-1], val[1:]].mean())
