"""Opens data files, and says in words what is wrong with one."""

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .. import files


class ReadError(ValueError):
    """A data file cannot be read.

    Args:
        message: What is wrong.
        where: The file, and the line and column where they are known.
        hint: What can be done.
    """

    code = "data"

    def __init__(self, message: str, *, where: str = "", hint: str = ""):
        super().__init__(f"{where}: {message}" if where else message)
        self.where, self.hint = where, hint


def read_bytes(path: Path | str, name: str = "", sha256: str = "") -> bytes:
    """The content of a file; one that came along is checked against its sum.

    Args:
        path: The file.
        name: The name of the file that came along.
        sha256: The sum of that file.

    Raises:
        ReadError: The file is missing, cannot be opened, or is damaged.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(
            error.strerror or str(error), where=str(path), hint="choose the file again"
        ) from error
    if path.name == name and files.sha256(data) != sha256:
        raise ReadError(
            "the file is damaged: its sha256 is not the one it was made with",
            where=str(path),
            hint="copy it again from where it came from",
        )
    return data


def read_text(path: Path | str, name: str = "", sha256: str = "") -> str:
    """The content of a text file in UTF-8, with line feeds as line ends.

    Raises:
        ReadError: As `read_bytes`, or the file is no text in UTF-8.
    """
    data = read_bytes(path, name, sha256)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ReadError(
            f"byte {data[error.start]:#04x} is no text in UTF-8",
            where=f"{path}, line {line}",
            hint="save the file as UTF-8",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_arrays(
    path: Path | str, names: tuple[str, ...], name: str = "", sha256: str = ""
) -> tuple[Tensor, ...]:
    """Arrays of an `.npz` file as tensors; nothing in it is executed.

    Args:
        path: The file.
        names: The arrays that it must hold, all with the same first dimension.
        name: The name of the file that came along.
        sha256: The sum of that file.

    Raises:
        ReadError: As `read_bytes`, or the file holds something else.
    """
    data = read_bytes(path, name, sha256)
    try:
        with zipfile.ZipFile(io.BytesIO(data)), np.load(io.BytesIO(data)) as archive:
            arrays = [np.asarray(archive[key]) for key in names]
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise ReadError(
            f"it is no .npz file with the arrays {', '.join(names)}", where=str(path),
            hint="write it by numpy.savez_compressed(path, x=…, y=…)",
        ) from error  # fmt: skip
    lengths = {len(array) if array.ndim else 0 for array in arrays}
    if len(lengths) != 1 or min(lengths) < 2:
        raise ReadError("its arrays must have the same length, 2 or more", where=str(path))
    return tuple(torch.from_numpy(array) for array in arrays)
