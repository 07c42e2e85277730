"""``lamina.runs/1``: a whole label map as run lengths, in one gzip member.

Little endian: magic (16 bytes), u32 ni, u32 nj, u32 nk, u32 n_runs, n_runs x u32 length,
n_runs x u8 value. Runs follow the flat C order of the array (k, j, i), that is the flat index
``i + ni * (j + nj * k)``; neighbouring runs differ in value; lengths sum to ni * nj * nk.
"""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.bridge.packing import (
    MAGIC_BYTES,
    MAX_VOXELS,
    UnknownFormat,
    deflate,
    inflate,
    magic,
    refuse_other,
)

NAME: Final = "lamina.runs/1"
_HEADER: Final = struct.Struct("<4I")
_MAX_RUNS: Final = 1 << 26


def encode_runs(labels: NDArray[np.uint8]) -> bytes:
    """Encode a label map.

    Args:
        labels: uint8, shape (k, j, i).

    Raises:
        ValueError: if the array is not three-dimensional uint8 or is empty.
    """
    if labels.dtype != np.uint8 or labels.ndim != 3 or labels.size == 0:
        raise ValueError("a label map is a three-dimensional array of bytes")
    flat = np.ascontiguousarray(labels).reshape(-1)
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(starts, append=flat.size).astype("<u4")
    nk, nj, ni = labels.shape
    head = magic(NAME) + _HEADER.pack(ni, nj, nk, lengths.size)
    return deflate(head + lengths.tobytes() + flat[starts].tobytes())


def decode_runs(content: bytes) -> NDArray[np.uint8]:
    """Decode a label map; returns uint8, shape (k, j, i), writable.

    Raises:
        UnknownFormat: if the bytes are not a whole, consistent ``lamina.runs/1``.
    """
    plain = inflate(content, MAGIC_BYTES + _HEADER.size + 5 * _MAX_RUNS)
    refuse_other(plain, NAME)
    if len(plain) < MAGIC_BYTES + _HEADER.size:
        raise UnknownFormat(f"{NAME}: the header is cut off")
    ni, nj, nk, n_runs = _HEADER.unpack_from(plain, MAGIC_BYTES)
    body = MAGIC_BYTES + _HEADER.size
    if len(plain) != body + 5 * n_runs:
        raise UnknownFormat(f"{NAME}: {n_runs} runs do not fill {len(plain)} bytes")
    n_voxels = ni * nj * nk
    lengths = np.frombuffer(plain, "<u4", n_runs, body)
    values = np.frombuffer(plain, np.uint8, n_runs, body + 4 * n_runs)
    if not 0 < n_voxels <= MAX_VOXELS or int(lengths.sum(dtype=np.uint64)) != n_voxels:
        raise UnknownFormat(f"{NAME}: the runs do not fill {ni} x {nj} x {nk} voxels")
    return np.repeat(values, lengths).reshape(nk, nj, ni)
