"""Grey values of a radiograph: what the file's tables make of its pixels, bone bright, in 16 bits.

The modality's table or rescale is applied, then a VOI table where there is one (PS3.3 C.11); a
stated window is only a way to look and changes no value. What was stored with dark bone
(MONOCHROME1) is inverted. Each step is undone by one line: stored = value * scale + offset.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.pixels.processing import apply_modality_lut, apply_voi

from annotation.imaging.frames import Frame, Source
from annotation.imaging.pixels import SliceReader, where_padded
from annotation.imaging.results import Code, ImageRefused, Window

_LOW: Final = -32768
_HIGH: Final = 32767
_PICTURE_PERCENT: Final = (1.0, 99.0)
_BONE_PERCENT: Final = (50.0, 99.8)
_Apply = Callable[[NDArray[Any], Dataset], NDArray[Any]]
_MODALITY_TABLE: Final[_Apply] = apply_modality_lut
_VOI_TABLE: Final[_Apply] = apply_voi
_Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grey:
    """The picture and how it came.

    Attributes:
        values: int16, shape (rows, columns), bone bright.
        scale: negative where the picture was inverted; see the module.
        offset: see the module.
        is_inverted: stored with dark bone.
        windows: by name, in stored values: "stated" where the file has one, "picture", "bone".
        notes: sentences on what was done.
    """

    values: NDArray[np.int16]
    scale: float
    offset: float
    is_inverted: bool
    windows: dict[str, Window]
    notes: tuple[str, ...]


def read_grey(frame: Frame, files: Sequence[Source]) -> Grey:
    """Return the picture of a radiograph.

    Raises:
        ImageRefused: PIXELS_UNREADABLE or UNSUPPORTED_TRANSFER_SYNTAX.
    """
    raw, header = SliceReader(list(files)).read_stored(frame, 1)
    values, has_table = _through_tables(raw, header)
    padded = where_padded(raw, header)
    seen = values if padded is None or padded.all() else values[~padded]
    is_inverted = str(header.get("PhotometricInterpretation", "")) == "MONOCHROME1"
    scale, offset = _fitting(seen, is_inverted=is_inverted)
    stored = np.rint(values * scale + offset)
    if padded is not None:
        stored[padded] = np.rint(seen * scale + offset).min()
    stated = None if has_table else _stated_window(header)
    windows = {
        "picture": _between(seen * scale + offset, _PICTURE_PERCENT),
        "bone": _between(seen * scale + offset, _BONE_PERCENT),
    }
    if stated is not None:
        moved = Window(stated.center * scale + offset, stated.width * abs(scale))
        windows = {"stated": moved, **windows}
    notes = {
        "stored with dark bone (MONOCHROME1); inverted, so that bone is bright": is_inverted,
        "the file's table of grey values was applied": has_table,
    }
    return Grey(
        values=stored.clip(_LOW, _HIGH).astype(np.int16),
        scale=scale,
        offset=offset,
        is_inverted=is_inverted,
        windows=windows,
        notes=tuple(note for note, holds in notes.items() if holds),
    )


def _through_tables(raw: NDArray[Any], header: Dataset) -> tuple[_Values, bool]:
    """Return the values after the file's tables, and whether a VOI table was among them."""
    has_table = bool(header.get("VOILUTSequence"))
    try:
        values = np.asarray(_MODALITY_TABLE(raw, header), dtype=np.float64)
        if has_table:
            whole = np.rint(values).astype(np.int64)
            values = np.asarray(_VOI_TABLE(whole, header), dtype=np.float64)
    except Exception as error:
        raise ImageRefused(Code.PIXELS_UNREADABLE, "a table of grey values is damaged") from error
    if not np.isfinite(values).all():
        raise ImageRefused(Code.PIXELS_UNREADABLE, "grey values that are no numbers")
    return values, has_table


def _fitting(seen: _Values, *, is_inverted: bool) -> tuple[float, float]:
    """Return scale and offset that bring values into 16 bits, whole ones without rounding."""
    low, high = float(seen.min()), float(seen.max())
    is_whole = bool((seen == np.rint(seen)).all()) and high - low <= _HIGH - _LOW
    scale = 1.0 if is_whole else (_HIGH - _LOW) / max(high - low, 1e-9)
    if is_whole and not is_inverted and low >= _LOW and high <= _HIGH:
        return scale, 0.0
    scale = -scale if is_inverted else scale
    darkest, brightest = sorted((low * scale, high * scale))
    return scale, (0.0 if brightest - darkest <= _HIGH else _LOW) - darkest


def _stated_window(header: Dataset) -> Window | None:
    center, width = (_first(header.get(key)) for key in ("WindowCenter", "WindowWidth"))
    if center is None or width is None or width < 1:
        return None
    return Window(center, width)


def _first(value: Any) -> float | None:
    if isinstance(value, MultiValue):
        value = value[0] if len(value) else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _between(seen: _Values, percent: tuple[float, float]) -> Window:
    low, high = (float(value) for value in np.percentile(seen, percent))
    return Window((low + high) / 2, max(high - low, 1.0))
