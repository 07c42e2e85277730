"""What reading an image yields: accepted with voxels, or refused with a code, a reason and a place.

`Identity` and `Allowed` are two separate things on purpose. What names a person, an institution or
a moment stands in `Identity` and goes to the restricted schema only; what may be shown stands in
`Allowed`, whose every value passed an allow-list. Codes, reasons and places are made of our own
words and of numbers, never of text out of a file.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.domain.frames import Frame, SpacingSource, has_mm
from annotation.domain.geometry import GeometryMismatch, Grid


class Code(StrEnum):
    """Why an image is accepted or refused, in one word."""

    ACCEPTED = "ACCEPTED"
    TILT_CORRECTED = "TILT_CORRECTED"
    NOT_AN_IMAGE = "NOT_AN_IMAGE"
    UNREADABLE = "UNREADABLE"
    NOT_CT = "NOT_CT"
    SECONDARY_CAPTURE = "SECONDARY_CAPTURE"
    NOT_GREYSCALE = "NOT_GREYSCALE"
    LOCALIZER = "LOCALIZER"
    PROJECTION = "PROJECTION"
    BURNED_IN = "BURNED_IN"
    TOO_FEW_SLICES = "TOO_FEW_SLICES"
    NOT_A_VOLUME = "NOT_A_VOLUME"
    DUPLICATE_SOP = "DUPLICATE_SOP"
    DUPLICATE_POSITION = "DUPLICATE_POSITION"
    SPACING_VARIES = "SPACING_VARIES"
    NOT_COLLINEAR = "NOT_COLLINEAR"
    BAD_ORIENTATION = "BAD_ORIENTATION"
    NO_POSITION = "NO_POSITION"
    NO_SPACING = "NO_SPACING"
    NOT_HU = "NOT_HU"
    UNSUPPORTED_TRANSFER_SYNTAX = "UNSUPPORTED_TRANSFER_SYNTAX"
    PIXELS_UNREADABLE = "PIXELS_UNREADABLE"
    TOO_LARGE = "TOO_LARGE"
    FOUR_DIMENSIONAL = "FOUR_DIMENSIONAL"
    NOT_THREE_DIMENSIONAL = "NOT_THREE_DIMENSIONAL"
    SHEARED = "SHEARED"
    NOT_LABELS = "NOT_LABELS"
    UNMAPPED_LABELS = "UNMAPPED_LABELS"
    OTHER_GRID = "OTHER_GRID"
    MULTI_FRAME = "MULTI_FRAME"
    NOT_LATERAL = "NOT_LATERAL"


@dataclass(frozen=True)
class Place:
    """Where in a series something is wrong.

    Attributes:
        text: in words.
        positions_mm: of all slices along the normal, sorted; None where it does not apply.
        gaps: indices n of the steps from slice n to n + 1 (from 0) that are wrong.
    """

    text: str = ""
    positions_mm: tuple[float, ...] | None = None
    gaps: tuple[int, ...] | None = None


class ImageRefused(ValueError):
    """One image is refused; carries what a person needs to know and nothing out of the file."""

    def __init__(self, code: Code, reason: str, place: Place | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.place = place or Place()


@dataclass(frozen=True, eq=False)
class Stored:
    """Voxels on the grid they came on, in any orientation.

    Attributes:
        voxels: shape (k, j, i) of `grid`; for DICOM k counts slices, j rows, i columns, for NIfTI
            i, j, k are the file's first, second and third axis.
        grid: LPS.
    """

    voxels: NDArray[np.generic]
    grid: Grid

    def __post_init__(self) -> None:
        if self.voxels.shape != self.grid.shape:
            raise GeometryMismatch(f"array {self.voxels.shape} does not fit {self.grid.shape}")


@dataclass(frozen=True)
class SliceRow:
    """One slice of a DICOM series, in stored order.

    Attributes:
        sop_instance_uid: of the instance; identity.
        sop_class_uid: of the instance.
        frame: number of the frame in a multi-frame instance, from 1; 0 for a single frame.
        position_mm: LPS of the first voxel of the slice.
    """

    sop_instance_uid: str = field(repr=False)
    sop_class_uid: str
    frame: int
    position_mm: tuple[float, float, float]


@dataclass(frozen=True, repr=False)
class Identity:
    """What names a patient, a study or a moment; for the restricted schema only.

    It has no `repr` of its values, so that a log line or a traceback cannot show them.
    """

    patient_id: str = ""
    patient_name: str = ""
    birth_date: str = ""
    study_uid: str = ""
    series_uid: str = ""
    frame_of_reference_uid: str = ""
    accession_number: str = ""
    study_date: str = ""
    sop_uids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowed:
    """What may be shown and released; each value passed the allow-list of `allow.py`.

    Attributes:
        sex: F, M, O or None.
        age_years: whole years, 90 where older than 89.
        age_top_coded: the age was over 89.
        manufacturer: one of the known makers.
        model: known words only.
        kernel: reconstruction kernel.
        kvp: tube voltage.
        contrast: True or False where the file says so, else None.
        slice_thickness_mm: as stated; never used for geometry.
        modality: CT, or of a radiograph CR, DX, RF or XA.
    """

    sex: str | None = None
    age_years: int | None = None
    age_top_coded: bool = False
    manufacturer: str | None = None
    model: str | None = None
    kernel: str | None = None
    kvp: float | None = None
    contrast: bool | None = None
    slice_thickness_mm: float | None = None
    modality: str = "CT"


@dataclass(frozen=True)
class Window:
    """Grey values to look through: the middle one and how many there are."""

    center: float
    width: float


@dataclass(frozen=True)
class Radiograph:
    """What is known of a radiograph beside its picture.

    Attributes:
        view: ViewPosition where it names a lateral view, else "lateral" or "unknown".
        front: whether the file stated where the front lies, the importer said it, or it is
            "unknown" and taken as left.
        spacing_source: where the spacing comes from; None of it makes bone millimetres of a shadow.
        magnification: the stated factor by which the detector's spacing was divided, or None.
        is_inverted: stored with dark bone.
        value_scale: stored value = value of the file * `value_scale` + `value_offset`.
        value_offset: see `value_scale`.
        windows: by name, in stored values: "stated" where the file has one, "picture", "bone".
    """

    view: str
    front: str
    spacing_source: SpacingSource
    magnification: float | None
    is_inverted: bool
    value_scale: float
    value_offset: float
    windows: dict[str, Window]

    def as_record(self) -> dict[str, Any]:
        """Return what is kept with the volume; format ``lamina.radiograph/1``."""
        return {"format": "lamina.radiograph/1", **asdict(self)}


@dataclass(frozen=True)
class Removed:
    """How many filled-in values of the files stay behind: private, dates and times, others."""

    values: int = 0
    private: int = 0
    dates: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(
            self.values + other.values, self.private + other.private, self.dates + other.dates
        )


@dataclass(frozen=True, eq=False)
class SeriesResult:
    """One series, or one file, as the import screen and the intake service see it.

    Attributes:
        name: neutral ("Series 1").
        code: see `Code`.
        reason: one sentence.
        place: where it is wrong; see `Place`.
        n_slices: slices, frames or files that belong to it.
        stored: int16 Hounsfield units in stored order; None where refused.
        original_grid: the sheared grid of a tilt-corrected series, for mapping back to its slices.
        tilt_degrees: gantry tilt found in the geometry.
        notes: remarks on an accepted image.
        slices: one row per slice, in stored order.
        identity: for the restricted schema only.
        allowed: what may be shown.
        removed: what stays behind.
        radiograph: what is known of it where it is a radiograph.
    """

    name: str
    code: Code
    reason: str
    place: Place = field(default_factory=Place)
    n_slices: int = 0
    stored: Stored | None = None
    original_grid: Grid | None = None
    tilt_degrees: float | None = None
    notes: tuple[str, ...] = ()
    slices: tuple[SliceRow, ...] = ()
    identity: Identity = field(default_factory=Identity)
    allowed: Allowed = field(default_factory=Allowed)
    removed: Removed = field(default_factory=Removed)
    radiograph: Radiograph | None = None

    @property
    def is_accepted(self) -> bool:
        """Tell whether there are voxels."""
        return self.stored is not None

    @property
    def spacing_mm(self) -> tuple[float, float, float] | None:
        """Voxel size along i, j, k as stored; None where refused or where nothing states it."""
        return (
            self.stored.grid.spacing_mm
            if self.stored is not None and has_mm(self.stored.grid.frame)
            else None
        )

    @property
    def frame(self) -> Frame | None:
        """What the image's millimetres are; None where refused."""
        return None if self.stored is None else self.stored.grid.frame
