"""Headers of a CT: one `Frame` per slice, whether it came as a file or as part of a multi-frame.

Only headers are read here. What pydicom warns or logs quotes values of the file, so it is kept
silent; what it raises is turned into a refusal in our own words.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from annotation.imaging.results import Code, ImageRefused

Source = Path | BinaryIO
CT_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
    }
)
"""CT, Enhanced CT and Legacy Converted Enhanced CT Image Storage."""
RADIOGRAPH_CLASSES: Final = {
    "1.2.840.10008.5.1.4.1.1.1": "CR",
    "1.2.840.10008.5.1.4.1.1.1.1": "DX",
    "1.2.840.10008.5.1.4.1.1.12.1": "XA",
    "1.2.840.10008.5.1.4.1.1.12.2": "RF",
}
"""Computed radiography, digital X-ray for presentation, angiography and fluoroscopy."""
_FOR_PROCESSING: Final = "1.2.840.10008.5.1.4.1.1.1.1.1"
_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_DIRECTORY: Final = "1.2.840.10008.1.3.10"
_MOST_DEFLATED_BYTES: Final = 4 << 20
_NEEDED: Final = (
    "SOPInstanceUID",
    "PatientID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "BurnedInAnnotation",
    "NumberOfFrames",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
)
_PICTURES: Final = (b"\x89PNG", b"II*\0", b"MM\0*", b"\xff\xd8\xff")
_META_BYTES: Final = 4096
_PER_FRAME: Final = "PerFrameFunctionalGroupsSequence"
_SHARED: Final = "SharedFunctionalGroupsSequence"

config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


class NotListed(Exception):
    """A file that belongs to the medium, not to the images: a DICOMDIR."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One slice before its pixels are read.

    Attributes:
        source: index of the file among those given.
        number: frame within the file, from 1; 0 for a single-frame file.
        header: the file's header without pixels; shared by the frames of one file.
        position_mm: LPS of the first pixel, or None.
        orientation: row and column cosines, six numbers, or None.
        spacing_mm: distance of rows, distance of columns, or None.
        slope: and `intercept`, `scale_type`: to Hounsfield units; None where absent.
        image_type: the values of ImageType or FrameType.
        kernel: reconstruction kernel, for splitting only.
        moment: acquisition number, temporal position, content time; for splitting only.
    """

    source: int
    number: int
    header: Dataset
    position_mm: NDArray[np.float64] | None
    orientation: NDArray[np.float64] | None
    spacing_mm: NDArray[np.float64] | None
    slope: float | None
    intercept: float | None
    scale_type: str
    image_type: tuple[str, ...]
    kernel: str
    moment: tuple[str, str, str]

    @property
    def sop_uid(self) -> str:
        """SOPInstanceUID of the file."""
        return str(self.header.get("SOPInstanceUID", ""))

    @property
    def sop_class(self) -> str:
        """SOPClassUID of the file."""
        return str(self.header.get("SOPClassUID", ""))


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Yield the file as a stream at its beginning; closes only what was a path."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        source.seek(0)
        yield source


@contextmanager
def silenced() -> Iterator[None]:
    """Keep pydicom's warnings, which quote values of the file, from being shown.

    Numbers that a damaged file makes overflow are judged by what comes out, not by a warning.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def read_frames(source: Source, index: int) -> list[Frame]:
    """Read the header of one file.

    Args:
        source: path or stream.
        index: the file's place among those given.

    Returns:
        One frame, or all frames of a multi-frame image.

    Raises:
        ImageRefused: if it is no DICOM image, or neither a CT nor a radiograph.
        NotListed: if it is a DICOMDIR.
    """
    header = _read_header(source)
    try:
        _refuse_other_classes(header)
        for keyword in _NEEDED:
            header.get(keyword)  # decodes it once and for all; a damaged value is found here
        if _PER_FRAME in header:
            shared = header[_SHARED].value[0] if header.get(_SHARED) else Dataset()
            groups = enumerate(header[_PER_FRAME].value, start=1)
            return [_frame(index, n, header, [group, shared, header]) for n, group in groups]
        return [_frame(index, 0, header, [header])]
    except (ImageRefused, NotListed):
        raise
    except Exception as error:
        raise ImageRefused(Code.UNREADABLE, "the header of the file is damaged") from error


def _read_header(source: Source) -> Dataset:
    try:
        with opened(source) as stream:
            _refuse_pictures(stream)
            _refuse_deflated_bomb(stream)
            return dcmread(stream, stop_before_pixels=True, force=True)
    except ImageRefused:
        raise
    except Exception as error:
        raise ImageRefused(Code.UNREADABLE, "the file cannot be read as DICOM") from error


def _refuse_pictures(stream: BinaryIO) -> None:
    begin = stream.read(132)
    stream.seek(0)
    if begin.startswith(_PICTURES) and begin[128:] != b"DICM":  # a file may be both
        raise ImageRefused(
            Code.NOT_AN_IMAGE,
            "a plain picture (PNG, TIFF or JPEG) states no patient, spacing or view; "
            "a radiograph is taken in as DICOM",
        )


def _refuse_deflated_bomb(stream: BinaryIO) -> None:
    """Refuse a large deflated file: pydicom inflates it whole, however much comes out."""
    is_deflated = DeflatedExplicitVRLittleEndian.encode() in stream.read(_META_BYTES)
    n_bytes = stream.seek(0, 2)
    stream.seek(0)
    if is_deflated and n_bytes > _MOST_DEFLATED_BYTES:
        raise ImageRefused(Code.TOO_LARGE, "a deflated file of more than 4 MiB")


def _refuse_other_classes(header: Dataset) -> None:
    kind = str(header.get("SOPClassUID", ""))
    if kind == _DIRECTORY or "DirectoryRecordSequence" in header:
        raise NotListed
    if not kind:
        raise ImageRefused(Code.NOT_AN_IMAGE, "the file is no DICOM image")
    if kind == _CAPTURE or kind.startswith(f"{_CAPTURE}."):
        raise ImageRefused(Code.SECONDARY_CAPTURE, "a screen capture, not a CT")
    if kind == _FOR_PROCESSING:
        raise ImageRefused(Code.NOT_CT, "a radiograph's raw data, not the picture for reading")
    if kind not in CT_CLASSES and kind not in RADIOGRAPH_CLASSES:
        modality = str(header.get("Modality", "")).upper()
        known = {"MR": "an MR", "SEG": "a mask", "MG": "a mammogram"}
        what = known.get(modality, "an object of another kind")
        raise ImageRefused(Code.NOT_CT, f"{what}, not a CT")


def _frame(index: int, number: int, header: Dataset, groups: list[Dataset]) -> Frame:
    return Frame(
        source=index,
        number=number,
        header=header,
        position_mm=_numbers(groups, "PlanePositionSequence", "ImagePositionPatient", 3),
        orientation=_numbers(groups, "PlaneOrientationSequence", "ImageOrientationPatient", 6),
        spacing_mm=_numbers(groups, "PixelMeasuresSequence", "PixelSpacing", 2),
        slope=_number(groups, "RescaleSlope"),
        intercept=_number(groups, "RescaleIntercept"),
        scale_type=str(_find(groups, "PixelValueTransformationSequence", "RescaleType") or ""),
        image_type=_image_type(groups),
        kernel=str(_find(groups, "CTReconstructionSequence", "ConvolutionKernel") or ""),
        moment=(
            str(_find(groups, "", "AcquisitionNumber") or ""),
            str(
                _find(groups, "FrameContentSequence", "TemporalPositionIndex")
                or _find(groups, "", "TemporalPositionIdentifier")
                or ""
            ),
            str(_find(groups, "", "ContentTime") or ""),
        ),
    )


def _find(groups: list[Dataset], sequence: str, keyword: str) -> Any:
    """Return a value of the first group that has it, within `sequence` or directly."""
    for group in groups:
        inner = group.get(sequence) if sequence else None
        for place in [*(inner or []), group]:
            if keyword in place and not place[keyword].is_empty:
                return place[keyword].value
    return None


def _numbers(
    groups: list[Dataset], sequence: str, keyword: str, n: int
) -> NDArray[np.float64] | None:
    value = _find(groups, sequence, keyword)
    if value is None or isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):
        return None
    numbers = np.array([float(part) for part in value], dtype=np.float64)
    return numbers if numbers.shape == (n,) and np.isfinite(numbers).all() else None


def _number(groups: list[Dataset], keyword: str) -> float | None:
    value = _find(groups, "PixelValueTransformationSequence", keyword)
    return float(value) if value is not None and isfinite(float(value)) else None


def _image_type(groups: list[Dataset]) -> tuple[str, ...]:
    """Return the values of FrameType and ImageType together: either may say LOCALIZER."""
    found = [
        _find(groups, "CTImageFrameTypeSequence", "FrameType"),
        _find(groups, "", "ImageType"),
    ]
    parts = [
        part
        for value in found
        if value is not None
        for part in ([value] if isinstance(value, str) else value)
    ]
    return tuple(str(part).strip().upper() for part in parts)
