"""``lamina.slices/1``: all sagittal slices of a volume, each encoded alone, in one blob.

Layout, little endian: magic (16 bytes), u32 length of the header, the header as UTF-8 JSON, then
the slices one after the other. The header holds `encoding`, `dims` (i, j, k) and `offsets`, k + 1
numbers counted from the end of the header, so that one slice is read without the others. A slice
is int16 Hounsfield units, rows along j (downwards) and columns along i (backwards):

* ``htj2k``: a reversible JPEG 2000 part 15 (ITU-T T.814) codestream;
* ``gzip``: a gzip member of the little-endian values.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from annotation.bridge.packing import MAGIC_BYTES, UnknownFormat, deflate, magic, refuse_other

NAME: Final = "lamina.slices/1"
PREVIEW_VOXEL_MM: Final = 4.0
_LENGTH: Final = struct.Struct("<I")
_MAX_HEADER_BYTES: Final = 1 << 20


class Encoding(StrEnum):
    """How one slice is compressed; both are lossless."""

    HTJ2K = "htj2k"
    GZIP = "gzip"


@dataclass(frozen=True)
class SliceIndex:
    """Where the slices of a pack lie.

    Attributes:
        encoding: of every slice.
        dims: (i, j, k) of the volume.
        begin: byte at which the first slice begins.
        offsets: k + 1 ascending numbers, counted from `begin`.
    """

    encoding: Encoding
    dims: tuple[int, int, int]
    begin: int
    offsets: tuple[int, ...]

    def span(self, k: int) -> tuple[int, int]:
        """Return (first byte, number of bytes) of slice k within the blob.

        Raises:
            IndexError: if there is no such slice.
        """
        if not 0 <= k < self.dims[2]:
            raise IndexError(f"there is no slice {k} among {self.dims[2]}")
        return self.begin + self.offsets[k], self.offsets[k + 1] - self.offsets[k]


def encode_slice(hu: NDArray[np.int16], encoding: Encoding) -> bytes:
    """Encode one slice, int16, shape (j, i)."""
    rows = np.ascontiguousarray(hu, dtype="<i2")
    if encoding is Encoding.GZIP:
        return deflate(rows.tobytes(), level=1)
    return bytes(imagecodecs.htj2k_encode(rows, reversible=True))


def pack_slices(
    hu: NDArray[np.int16],
    encoding: Encoding,
    out: BinaryIO,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write all slices of a canonical volume as one pack.

    Args:
        hu: int16, shape (k, j, i).
        encoding: of every slice.
        out: written from where it stands.
        progress: called with the share done, 0-1, after each slice.

    Raises:
        ValueError: if the array is not three-dimensional int16.
    """
    if hu.ndim != 3 or hu.dtype != np.int16:
        raise ValueError("slices are packed from a three-dimensional int16 array")
    slices: list[bytes] = []
    for done, plane in enumerate(hu, start=1):
        slices.append(encode_slice(plane, encoding))
        if progress is not None:
            progress(done / hu.shape[0])
    offsets = np.concatenate(([0], np.cumsum([len(content) for content in slices])))
    header = json.dumps(
        {
            "format": NAME,
            "encoding": encoding.value,
            "dims": list(hu.shape[::-1]),
            "offsets": offsets.tolist(),
        },
        separators=(",", ":"),
    ).encode()
    out.write(magic(NAME) + _LENGTH.pack(len(header)) + header)
    for content in slices:
        out.write(content)


def read_index(stream: BinaryIO) -> SliceIndex:
    """Read the header of a pack from the beginning of a stream.

    Raises:
        UnknownFormat: if it is not a whole ``lamina.slices/1`` header.
    """
    stream.seek(0)
    head = stream.read(MAGIC_BYTES + _LENGTH.size)
    refuse_other(head, NAME)
    if len(head) < MAGIC_BYTES + _LENGTH.size:
        raise UnknownFormat(f"{NAME}: the header is cut off")
    (length,) = _LENGTH.unpack_from(head, MAGIC_BYTES)
    if length > _MAX_HEADER_BYTES:
        raise UnknownFormat(f"{NAME}: a header of {length} bytes")
    try:
        header = json.loads(stream.read(length))
        index = SliceIndex(
            Encoding(header["encoding"]),
            tuple(header["dims"]),
            MAGIC_BYTES + _LENGTH.size + length,
            tuple(header["offsets"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownFormat(f"{NAME}: the header cannot be read") from error
    if len(index.offsets) != index.dims[2] + 1:
        raise UnknownFormat(f"{NAME}: {len(index.offsets)} offsets for {index.dims[2]} slices")
    return index


def read_slice(stream: BinaryIO, index: SliceIndex, k: int) -> bytes:
    """Return the encoded bytes of slice k, without reading the others.

    Raises:
        IndexError: if there is no such slice.
        UnknownFormat: if the blob ends before the slice does.
    """
    first, length = index.span(k)
    stream.seek(first)
    content = stream.read(length)
    if len(content) != length:
        raise UnknownFormat(f"{NAME}: slice {k} is cut off")
    return content


def decode_slice(content: bytes, index: SliceIndex) -> NDArray[np.int16]:
    """Return a slice as int16, shape (j, i); for tests and for readers on the server."""
    ni, nj, _ = index.dims
    if index.encoding is Encoding.HTJ2K:
        return np.asarray(imagecodecs.htj2k_decode(content), dtype=np.int16).reshape(nj, ni)
    plain = imagecodecs.gzip_decode(content, out=2 * ni * nj)
    return np.frombuffer(plain, "<i2").reshape(nj, ni).astype(np.int16)


def preview_factors(spacing_mm: tuple[float, float, float]) -> tuple[int, int, int]:
    """Return how many voxels along i, j, k make one preview voxel of at most 4 mm."""
    factors = [max(1, int(PREVIEW_VOXEL_MM / size + 1e-6)) for size in spacing_mm]
    return (factors[0], factors[1], factors[2])


def preview(hu: NDArray[np.int16], factors: tuple[int, int, int]) -> NDArray[np.int16]:
    """Return block means, int16, shape (k, j, i) of the preview.

    Preview voxel (0, 0, 0) covers the source voxels 0 .. factor-1 along each axis, so its centre
    lies (factor - 1) / 2 source voxels from theirs; blocks cut by the far border are the means of
    what is there.

    Args:
        hu: int16, shape (k, j, i).
        factors: voxels per block along i, j, k.
    """
    fi, fj, fk = factors
    nk, nj, ni = hu.shape
    rows, columns = np.arange(0, nj, fj), np.arange(0, ni, fi)
    small = np.empty((-(-nk // fk), rows.size, columns.size), np.int16)
    for out, k in zip(small, range(0, nk, fk), strict=True):
        slab = hu[k : k + fk]
        total = np.add.reduceat(slab.sum(axis=0, dtype=np.int64), rows, axis=0)
        total = np.add.reduceat(total, columns, axis=1)
        height = np.diff(rows, append=nj)[:, None]
        width = np.diff(columns, append=ni)[None, :]
        out[:] = np.rint(total / (slab.shape[0] * height * width))
    return small


def preview_bytes(small: NDArray[np.int16]) -> bytes:
    """Return a preview as the browser fetches it: a gzip member of little-endian int16."""
    return deflate(np.ascontiguousarray(small, dtype="<i2").tobytes())
