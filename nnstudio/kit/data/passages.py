"""Passages of three books, to tell whether they are Psalms, Proverbs or Ecclesiastes."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from .reading import ReadError, read_text
from .splits import Data, TensorSplit, cut_ends

FILES = ("psalms.txt",)
SHA256 = "c93095cad213f66e12507c6895548b171da41eba6b3a6190039287797fa74666"
TASK = "classification"
CHAPTERS = {"Psalms": 150, "Proverbs": 31, "Ecclesiastes": 12}  # in the order of the file
OVERLAP = 4  # so many training passages begin within the length of one


def read(
    path: Path | str, *, length: int = 24, vocabulary: int = 2000, val_fraction: float = 0.2
) -> Data:
    """Read passages of words and the book that each is from.

    Each book is cut into ten parts and the end of each is kept for validation. Words are told
    apart when they are among the commonest of the training part; all others are one and the same
    unknown word. Two baselines are measured on the validation part: the share of the commonest
    book, as `baseline/commonest`, and the accuracy of a naive Bayes classifier, which counts words
    whatever their order, as `baseline/naive_bayes`.

    Args:
        path: A text in UTF-8 with the chapters of the three books, an empty line between two.
        length: Words in a passage (4 to 256).
        vocabulary: Words that are told apart, the unknown one included (100 to 20000).
        val_fraction: The part of each book that is kept for validation (0.05 to 0.9).

    Returns:
        Word numbers (N, length) and books (N,). Passages overlap in training, not in validation.

    Raises:
        ReadError: The file is missing, damaged, or holds something else.
    """
    books = _books(path)
    cuts = [cut_ends(torch.arange(len(words)), val_fraction) for words in books]
    learned = (words[n] for words, (start, _) in zip(books, cuts, strict=True) for n in start)
    known = ("·", *_commonest(learned, vocabulary - 1))  # the first is the unknown word
    number = {word: n for n, word in enumerate(known)}
    rows = [torch.tensor([number.get(word, 0) for word in words]) for words in books]
    starts = [row[start] for row, (start, _) in zip(rows, cuts, strict=True)]
    ends = [row[end] for row, (_, end) in zip(rows, cuts, strict=True)]
    if min(map(len, ends)) < length:
        raise ReadError(f"a book is too short for passages of {length} words", where=str(path))
    train = cut_passages(starts, length, max(1, length // OVERLAP))
    val = cut_passages(ends, length, length)
    baselines = {
        "baseline/commonest": float((val[1] == train[1].mode().values).float().mean()),
        "baseline/naive_bayes": naive_bayes(train, val, vocabulary),
    }
    parts = TensorSplit(*train), TensorSplit(*val)
    return Data(*parts, TASK, tuple(CHAPTERS), baselines=baselines, vocabulary=known)


def cut_passages(rows: list[Tensor], length: int, stride: int) -> tuple[Tensor, Tensor]:
    """Passages (N, length) of several rows (L,), and the number of the row each is from (N,)."""
    passages = [row.unfold(0, length, stride) for row in rows]
    origin = torch.arange(len(rows)).repeat_interleave(torch.tensor([len(p) for p in passages]))
    return torch.cat(passages), origin


def naive_bayes(train: tuple[Tensor, Tensor], val: tuple[Tensor, Tensor], vocabulary: int) -> float:
    """The accuracy on `val` of a classifier that counts the words of each class in `train`."""
    x, y = train
    classes = int(y.max()) + 1
    counts = torch.ones(classes, vocabulary, dtype=torch.float64)  # one of each, so none is 0
    counts.view(-1).index_add_(
        0, (y[:, None] * vocabulary + x).flatten(), counts.new_ones(x.numel())
    )
    words = (counts / counts.sum(1, keepdim=True)).log()  # (classes, vocabulary)
    scores = words[:, val[0]].sum(2).T + y.bincount().double().log()  # (N, classes)
    return float((scores.argmax(1) == val[1]).double().mean())


def _books(path: Path | str) -> list[list[str]]:
    """The words of each book, in small letters."""
    chapters = re.split(r"\n\s*\n", read_text(path, FILES[0], SHA256).strip().lower())
    if len(chapters) != sum(CHAPTERS.values()):
        raise ReadError(
            f"{len(chapters)} chapters are not those of the three books",
            where=str(path),
            hint="use the file psalms.txt that came along",
        )
    found, first = [], 0
    for count in CHAPTERS.values():
        found.append(re.findall(r"[a-z']+", "\n".join(chapters[first : first + count])))
        first += count
    return found


def _commonest(words: Iterable[str], count: int) -> list[str]:
    """The commonest words, ties in alphabetical order."""
    ranked = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    return [word for word, _ in ranked[:count]]
