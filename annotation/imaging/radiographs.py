"""Lateral radiographs: one picture with its spacing, its turn and how its grey values came.

A radiograph lives in the same house as a CT: one sagittal slice, canonical, whose millimetres are
the detector's. What the file states decides, by name: PixelSpacing counts as calibrated where a
calibration type stands beside it or it differs from the imager's (PS3.3 10.7.1.3); where only the
detector is known the spacing is the detector's; else there is none. ViewPosition and
PatientOrientation (PS3.3 C.7.6.1.1.1) say what is seen and where the front lies; what they do not
say is noted, and nothing is turned silently.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final

import numpy as np
from pydicom.dataset import Dataset

from annotation.domain.frames import SpacingSource, frame_of_spacing
from annotation.domain.geometry import Grid
from annotation.imaging.frames import RADIOGRAPH_CLASSES, Frame, Source
from annotation.imaging.greys import read_grey
from annotation.imaging.pixels import refuse_syntax
from annotation.imaging.results import (
    Code,
    ImageRefused,
    Radiograph,
    SeriesResult,
    SliceRow,
    Stored,
)

LEFT, RIGHT = "left", "right"
LATERAL, UNKNOWN = "lateral", "unknown"
_LATERAL_VIEWS: Final = frozenset({"LL", "RL", "LLD", "RLD", "LAT", "LATERAL"})
_OTHER_VIEWS: Final = frozenset({"AP", "PA", "RLO", "LLO", "RAO", "LAO", "RPO", "LPO", "AXIAL"})
_ALONG: Final = {"A": (0, -1, 0), "P": (0, 1, 0), "H": (0, 0, 1), "F": (0, 0, -1)}
"""Unit vectors in LPS of the letters of PatientOrientation on a lateral picture."""
_AS_SHOWN: Final = ("P", "F")
_LATERAL_DEGREES: Final = (60.0, 120.0)
_CALIBRATIONS: Final = {
    "GEOMETRY": "spacing calibrated by geometry",
    "FIDUCIAL": "spacing calibrated with an object of known size",
}
_SPACING_MM: Final = (0.005, 10.0)
_MAGNIFICATION: Final = (1.0, 5.0)
_SAME_SHARE: Final = 1e-3
_CAPTURES: Final = frozenset({"SCREEN SAVE", "SCREEN_SAVE", "SCREENSAVE"})


def is_radiograph(frame: Frame) -> bool:
    """Tell whether a frame is a radiograph by its class."""
    return frame.sop_class in RADIOGRAPH_CLASSES


def read_radiograph(
    blank: SeriesResult, frame: Frame, files: Sequence[Source], max_bytes: int, front: str | None
) -> SeriesResult:
    """Return a radiograph with its picture.

    Args:
        blank: identity, allowed values and counts of the file.
        frame: the one picture.
        files: all files given.
        max_bytes: most bytes the picture may take.
        front: "left" or "right", where the importer says the front lies in pictures that do not
            say it themselves; None where nobody does.

    Raises:
        ImageRefused: if it is none, is not lateral or cannot be read.
    """
    _refuse_kind(frame, max_bytes)
    refuse_syntax(frame)
    modality = RADIOGRAPH_CLASSES[frame.sop_class]
    view, view_note = _view(frame.header)
    turn = _turn(frame.header, front)
    spacing = _spacing(frame.header)
    grey = read_grey(frame, files)
    grid = _grid(frame.header, spacing, turn.letters)
    about = Radiograph(
        view=view,
        front=turn.front,
        spacing_source=spacing.source,
        magnification=spacing.magnification,
        is_inverted=grey.is_inverted,
        value_scale=grey.scale,
        value_offset=grey.offset,
        windows=grey.windows,
    )
    notes = [view_note, turn.note, spacing.note, *grey.notes]
    return replace(
        blank,
        code=Code.ACCEPTED,
        reason=f"a radiograph ({modality}), {_words(spacing)}",
        stored=Stored(grey.values[None], grid),
        slices=(SliceRow(frame.sop_uid, frame.sop_class, 0, (0.0, 0.0, 0.0)),),
        identity=replace(blank.identity, sop_uids=(frame.sop_uid,)),
        allowed=replace(blank.allowed, modality=modality),
        notes=(*blank.notes, *(note for note in notes if note)),
        radiograph=about,
    )


def _refuse_kind(frame: Frame, max_bytes: int) -> None:
    header = frame.header
    if str(header.get("SamplesPerPixel", 1)) != "1":
        raise ImageRefused(Code.NOT_GREYSCALE, "a colour picture, not a radiograph")
    if "LOCALIZER" in frame.image_type:
        raise ImageRefused(Code.LOCALIZER, "an overview picture (localizer), not a radiograph")
    if _CAPTURES & set(frame.image_type):
        raise ImageRefused(Code.SECONDARY_CAPTURE, "a screen capture, not a radiograph")
    if str(header.get("BurnedInAnnotation", "")).upper() == "YES":
        raise ImageRefused(Code.BURNED_IN, "text is burned into the picture")
    n_pictures = int(header.get("NumberOfFrames") or 1)
    if n_pictures != 1:
        raise ImageRefused(Code.MULTI_FRAME, f"a film of {n_pictures} pictures, not a radiograph")
    if 2 * int(header.Rows) * int(header.Columns) > max_bytes:
        raise ImageRefused(Code.TOO_LARGE, f"the picture takes more than {max_bytes >> 20} MiB")


# --- what is seen, and where the front lies


def _view(header: Dataset) -> tuple[str, str]:
    """Return the view as stated and a note where it is not; refuse what is not lateral."""
    stated = str(header.get("ViewPosition", "")).strip().upper()
    letters = _letters(header)
    is_frontal = letters is not None and bool({"L", "R"} & set(letters))
    if stated in _OTHER_VIEWS or is_frontal or (not stated and _is_turned(header) is False):
        raise ImageRefused(Code.NOT_LATERAL, "not a lateral view; heights are measured on those")
    if stated in _LATERAL_VIEWS:
        return stated, ""
    if letters is not None or _is_turned(header):
        return LATERAL, ""
    return UNKNOWN, "the file does not say that the view is lateral"


def _letters(header: Dataset) -> tuple[str, str] | None:
    """Return the first letters of PatientOrientation, of the rows and of the columns."""
    value = header.get("PatientOrientation")
    if value is None or isinstance(value, str) or len(value) != 2:
        return None
    row, column = (str(part).strip().upper()[:1] for part in value)
    known = set("APHFLR")
    return (row, column) if row in known and column in known else None


def _is_turned(header: Dataset) -> bool | None:
    """Tell whether the tube stood at the patient's side; None where its angle is not stated."""
    degrees = _number(header.get("PositionerPrimaryAngle"))
    if degrees is None:
        return None
    return _LATERAL_DEGREES[0] <= abs(degrees) <= _LATERAL_DEGREES[1]


@dataclass(frozen=True)
class _Turn:
    letters: tuple[str, str]
    front: str
    note: str


def _turn(header: Dataset, front: str | None) -> _Turn:
    """Return where rows and columns run; `front` is "stated", "said" or "unknown"."""
    stated = _letters(header)
    if stated is not None and {_axis(letter) for letter in stated} == {1, 2}:
        turned = f"turned so that the front lies left and the head up (stored {'/'.join(stated)})"
        return _Turn(stated, "stated", "" if stated == _AS_SHOWN else turned)
    if front is not None:
        letters = ("A", "F") if front == RIGHT else _AS_SHOWN
        mirrored = ", mirrored" if front == RIGHT else ""
        return _Turn(letters, "said", f"the importer says that the front lies {front}{mirrored}")
    note = "the file does not say where the front lies; shown as stored, the front taken as left"
    return _Turn(_AS_SHOWN, UNKNOWN, note)


def _axis(letter: str) -> int:
    return {"L": 0, "R": 0, "A": 1, "P": 1, "H": 2, "F": 2}[letter]


# --- spacing


@dataclass(frozen=True)
class _Spacing:
    row_mm: float
    column_mm: float
    source: SpacingSource
    note: str = ""
    magnification: float | None = None


def _spacing(header: Dataset) -> _Spacing:
    pixel, imager = (_pair(header.get(key)) for key in ("PixelSpacing", "ImagerPixelSpacing"))
    kind = str(header.get("PixelSpacingCalibrationType", "")).strip().upper()
    if pixel and (kind in _CALIBRATIONS or (imager and not _same(pixel, imager))):
        how = {"GEOMETRY": "by geometry", "FIDUCIAL": "with an object of known size"}.get(kind)
        return _Spacing(
            *pixel, SpacingSource.CALIBRATED, f"spacing calibrated {how}" if how else ""
        )
    found = imager or pixel
    if found is None:
        return _Spacing(1.0, 1.0, SpacingSource.UNKNOWN, "no spacing is stated: ratios only")
    factor = _number(header.get("EstimatedRadiographicMagnificationFactor"))
    if factor is None or not _MAGNIFICATION[0] < factor <= _MAGNIFICATION[1]:
        return _Spacing(*found, SpacingSource.IMAGER)
    row, column = (size / factor for size in found)
    note = f"the detector's spacing was divided by the stated magnification {factor:.3g}"
    return _Spacing(row, column, SpacingSource.IMAGER, note, factor)


def _pair(value: Any) -> tuple[float, float] | None:
    if value is None or isinstance(value, (str, bytes)) or len(value) != 2:
        return None
    row, column = (_number(part) for part in value)
    low, high = _SPACING_MM
    if row is None or column is None or not (low <= row <= high and low <= column <= high):
        return None
    return (row, column)


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(abs(one - other) <= _SAME_SHARE * other for one, other in zip(a, b, strict=True))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _words(spacing: _Spacing) -> str:
    if spacing.source is SpacingSource.UNKNOWN:
        return "spacing unknown"
    return f"{spacing.source.value} {spacing.row_mm:.3f} mm"


def _grid(header: Dataset, spacing: _Spacing, letters: tuple[str, str]) -> Grid:
    affine = np.eye(4)
    affine[:3, 0] = np.multiply(_ALONG[letters[0]], spacing.column_mm)
    affine[:3, 1] = np.multiply(_ALONG[letters[1]], spacing.row_mm)
    affine[:3, 2] = (-1, 0, 0)  # one slice, one thick: a shadow has no depth
    dims = (int(header.Columns), int(header.Rows), 1)
    return Grid(dims, affine, frame_of_spacing(spacing.source))
