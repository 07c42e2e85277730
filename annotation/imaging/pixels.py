"""Pixels of a slice as Hounsfield units.

Compressed pixels are decoded by pydicom through gdcm, pyjpegls or pylibjpeg, whichever is there;
12-bit lossy JPEG has no decoder with a free licence and is refused by name.
"""

import hashlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, JPEGExtended12Bit

from annotation.imaging.frames import Frame, Source, opened
from annotation.imaging.results import Code, ImageRefused, Place
from annotation.imaging.stacking import AIR_HU

_INT16: Final = (-32768, 32767)


def refuse_scale(frame: Frame) -> None:
    """Refuse a slice whose values are not Hounsfield units.

    Raises:
        ImageRefused: NOT_HU.
    """
    if frame.slope is None or frame.intercept is None or frame.slope == 0:
        raise ImageRefused(Code.NOT_HU, "the slices have no rescale to Hounsfield units")
    if frame.scale_type not in ("", "HU", "US"):
        raise ImageRefused(Code.NOT_HU, "the values are stated not to be Hounsfield units")


def refuse_syntax(frame: Frame) -> None:
    """Refuse a transfer syntax that no installed decoder reads.

    Raises:
        ImageRefused: UNSUPPORTED_TRANSFER_SYNTAX.
    """
    syntax = _syntax(frame.header)
    try:
        is_known = not syntax.is_compressed or get_decoder(syntax).is_available
    except (NotImplementedError, ValueError):  # pydicom has no decoder for it
        is_known = False
    if not is_known:
        raise ImageRefused(
            Code.UNSUPPORTED_TRANSFER_SYNTAX,
            f"pixels compressed in a way that cannot be read here ({syntax.name})"
            if syntax.name != syntax
            else "pixels compressed in a way that cannot be read here",
        )


def refuse_frame_count(frame: Frame) -> None:
    """Refuse a file whose number of pictures is not that of the frames it places.

    Raises:
        ImageRefused: NOT_A_VOLUME.
    """
    n_stated = int(frame.header.get("NumberOfFrames") or 1)
    n_given = len(frame.header.get("PerFrameFunctionalGroupsSequence") or "1")
    if n_stated != n_given:
        raise ImageRefused(
            Code.NOT_A_VOLUME, f"a file holds {n_stated} pictures and places {n_given} of them"
        )


class SliceReader:
    """Reads slices of one series; keeps the file read last, for the frames of one file.

    Args:
        sources: all files given, indexed by `Frame.source`.
    """

    def __init__(self, sources: list[Source]) -> None:
        self._sources = sources
        self._last: tuple[int, Dataset, NDArray[Any]] | None = None

    def read_hu(self, frame: Frame, place: int) -> NDArray[np.int16]:
        """Return one slice, int16, shape (rows, columns).

        Args:
            frame: which.
            place: its number in the stack from 1, for the message.

        Raises:
            ImageRefused: PIXELS_UNREADABLE, UNSUPPORTED_TRANSFER_SYNTAX or NOT_HU, and the slice.
        """
        raw, header = self.read_stored(frame, place)
        values = raw * np.float64(frame.slope or 1) + np.float64(frame.intercept or 0)
        values = np.rint(values)
        padding = where_padded(raw, header)
        if padding is not None:
            values[padding] = AIR_HU
        if values.min() < _INT16[0] or values.max() > _INT16[1]:
            raise ImageRefused(
                Code.NOT_HU, "values lie outside of what a CT can hold", Place(f"slice {place}")
            )
        return values.astype(np.int16)

    def read_stored(self, frame: Frame, place: int) -> tuple[NDArray[Any], Dataset]:
        """Return one picture as stored, shape (rows, columns), and its whole header.

        Raises:
            ImageRefused: PIXELS_UNREADABLE or UNSUPPORTED_TRANSFER_SYNTAX, and the slice.
        """
        if self._last is None or self._last[0] != frame.source:
            self._last = None
            dataset, pixels = self._decoded(frame, place)
            self._last = (frame.source, dataset, pixels)
        _, dataset, pixels = self._last
        index = max(frame.number - 1, 0)
        shape = (int(dataset.Rows), int(dataset.Columns))
        picture = pixels[index] if pixels.ndim == 3 and index < len(pixels) else pixels
        if picture.shape != shape:
            raise ImageRefused(
                Code.PIXELS_UNREADABLE, "a slice has no picture of its own", Place(f"slice {place}")
            )
        return picture, dataset

    def _decoded(self, frame: Frame, place: int) -> tuple[Dataset, NDArray[Any]]:
        try:
            with opened(self._sources[frame.source]) as stream:
                dataset = dcmread(stream, force=True)
            if "TransferSyntaxUID" not in dataset.file_meta:
                dataset.file_meta.TransferSyntaxUID = _syntax(dataset)
            return dataset, _without_spare_bits(dataset.pixel_array, dataset)
        except Exception as error:
            where = Place(f"slice {place}")
            if _syntax(frame.header) == JPEGExtended12Bit:
                raise ImageRefused(
                    Code.UNSUPPORTED_TRANSFER_SYNTAX, "12-bit lossy JPEG cannot be read here", where
                ) from error
            raise ImageRefused(
                Code.PIXELS_UNREADABLE, "the pixels of a slice are damaged or cut off", where
            ) from error


def pixel_digest(source: Source) -> bytes:
    """Return the SHA-256 of a file's undecoded pixels: do two files hold one picture?"""
    try:
        with opened(source) as stream:
            pixels = dcmread(stream, force=True).get("PixelData", b"")
        return hashlib.sha256(pixels).digest()
    except Exception as error:
        raise ImageRefused(Code.UNREADABLE, "a repeated file cannot be read") from error


def _syntax(header: Dataset) -> UID:
    meta = getattr(header, "file_meta", None)
    stated = meta.get("TransferSyntaxUID") if meta is not None else None
    if stated:
        return UID(str(stated))
    is_implicit, _ = header.original_encoding
    return UID("1.2.840.10008.1.2" if is_implicit or is_implicit is None else "1.2.840.10008.1.2.1")


def _without_spare_bits(pixels: NDArray[Any], header: Dataset) -> NDArray[Any]:
    """Return values of BitsStored bits; overlays of old scanners hide in the bits above."""
    stored, allocated = int(header.BitsStored), int(header.BitsAllocated)
    is_plain = int(header.get("HighBit", stored - 1)) == stored - 1
    if stored >= allocated or pixels.dtype.kind not in "iu" or not is_plain:
        return pixels
    values = pixels.astype(np.int32) & ((1 << stored) - 1)
    if header.get("PixelRepresentation", 0) == 1:
        values = np.where(values >> (stored - 1), values - (1 << stored), values)
    return values


def where_padded(raw: NDArray[Any], header: Dataset) -> NDArray[np.bool_] | None:
    """Return where the scanner filled in, compared modulo 2**16 since the VR is often wrong."""
    limits = [header.get(key) for key in ("PixelPaddingValue", "PixelPaddingRangeLimit")]
    if not isinstance(limits[0], int):
        return None
    wrap = 1 << int(header.BitsAllocated)
    if not isinstance(limits[1], int):
        return np.asarray(raw.astype(np.int64) % wrap == limits[0] % wrap)
    return np.asarray((raw >= min(limits)) & (raw <= max(limits)))
