"""What a model proposes for one case; the same form for every pipeline and every store."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid


class CountedFrom(StrEnum):
    """What the level names were counted from."""

    C2 = "C2"
    T1_RIB = "T1_rib"
    L5_SACRUM = "L5_sacrum"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Suggestion:
    """What a classifier of slices says about one vertebra, and the slice that decided.

    Attributes:
        is_fractured: whether the rule suggests a fracture.
        score: 0-1, how fractured the deciding slice looks.
        slice_k: index of that sagittal slice along k of the volume, fractional.
        n_slices: how many slices of this vertebra were looked at.
        k_needed: how many of them the rule asks for; 1 is "any slice".
        slice_scores: 0-1, of all slices, highest first.
    """

    is_fractured: bool
    score: float
    slice_k: float
    n_slices: int
    k_needed: int
    slice_scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class VertebraProposal:
    """One vertebra as a model sees it.

    Attributes:
        number: the vertebra's number in this proposal's mask, 1-255.
        level: anatomical name.
        centroid_mm: centre of the body, LPS millimetres, shape (3,).
        six_points_mm: (3, 2, 3): position (anterior, middle, posterior), end (superior,
            inferior), LPS millimetres; None where none could be placed.
        confidence: 0-1, the detector's objectness.
        is_partial: the body is cut by the border of the volume.
        suggestion: of a system that classifies without measuring.
    """

    number: int
    level: str
    centroid_mm: NDArray[np.float64]
    six_points_mm: NDArray[np.float64] | None
    confidence: float
    is_partial: bool = False
    suggestion: Suggestion | None = None


@dataclass(frozen=True)
class StraightenedPicture:
    """The straightened mid-sagittal picture and the way back to patient space.

    Attributes:
        hu: (s, v) picture, int16: s runs down along the spine's curve, v backwards.
        step_mm: distance of neighbouring samples along s and v.
        curve_mm: (s, 3) curve points in LPS millimetres, one per row.
        normal_v: (s, 3) unit vectors of the v axis at each row.
        normal_u: (s, 3) unit vectors across the picture, to the patient's right.
        v_origin: index of the column that lies on the curve.
    """

    hu: NDArray[np.int16]
    step_mm: float
    curve_mm: NDArray[np.float64]
    normal_v: NDArray[np.float64]
    normal_u: NDArray[np.float64]
    v_origin: float


@dataclass(frozen=True)
class Proposal:
    """All that a pipeline says about one volume.

    Attributes:
        vertebrae: from cranial to caudal.
        mask: uint8, shape (k, j, i) of `grid`: vertebra numbers, 0 background.
        grid: the grid of the volume that was read.
        counted_from: what the level names rest on.
        straightened: kept for the reading screen, if the pipeline straightens.
        seconds: time spent per phase.
    """

    vertebrae: tuple[VertebraProposal, ...]
    mask: NDArray[np.uint8]
    grid: Grid
    counted_from: CountedFrom
    straightened: StraightenedPicture | None = None
    seconds: dict[str, float] = field(default_factory=dict)
