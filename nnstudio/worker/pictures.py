"""Pictures as PNG files, with nothing but the standard library: what a network draws, to look at.

The format is that of the PNG specification (ISO/IEC 15948), 8 bits, without a filter.
"""

from __future__ import annotations

import struct
import zlib

import torch
from torch import Tensor

LARGEST = 1024
"""Pixels along a side; of a larger picture every second, third, … pixel is taken."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOURS = 0, 2


def png(picture: Tensor) -> bytes:
    """Return a picture as the content of a PNG file.

    Args:
        picture: uint8 of shape (H, W) or (H, W, 3).

    Raises:
        ValueError: It is of another type or shape.
    """
    if picture.dtype != torch.uint8 or (picture.dim() != 2 and picture.shape[2:] != (3,)):
        raise ValueError(f"no picture: {picture.dtype} of shape {tuple(picture.shape)}")
    every = -(-max(picture.shape[:2]) // LARGEST)
    small = picture.detach()[::every, ::every].contiguous().cpu()
    H, W = small.shape[:2]
    rows = small.reshape(H, -1)
    # Each line begins with the number of its filter: 0, none.
    lines = torch.cat([torch.zeros(H, 1, dtype=torch.uint8), rows], 1)
    kind = _GREY if picture.dim() == 2 else _COLOURS
    head = struct.pack(">IIBBBBB", W, H, 8, kind, 0, 0, 0)
    data = zlib.compress(lines.numpy().tobytes(), 6)
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
