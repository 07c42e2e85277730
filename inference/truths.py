"""A volume with its truth, whatever it comes from: the one form that judging knows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import height_ratio, heights_mm
from annotation.domain.geometry import Volume
from inference.phantoms.phantom import Phantom

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrueVertebra:
    """One vertebra of the truth.

    Attributes:
        level: anatomical name.
        centroid_mm: centre of the body, LPS millimetres, shape (3,).
        six_points_mm: (3, 2, 3) LPS millimetres; None where only the centre is known.
        grade: 0-3; None where nobody graded it.
        shape: of the deformity, empty where nobody says.
        is_partial: cut by the border; neither asked for nor false when found.
        has_foreign: metal or cement lies in it.
    """

    level: str
    centroid_mm: Floats
    six_points_mm: Floats | None = None
    grade: int | None = None
    shape: str = ""
    is_partial: bool = False
    has_foreign: bool = False

    @property
    def heights_mm(self) -> Floats | None:
        """Anterior, middle, posterior; None without six points."""
        return None if self.six_points_mm is None else heights_mm(self.six_points_mm)

    @property
    def g(self) -> float | None:
        """Height ratio; None without six points."""
        heights = self.heights_mm
        return None if heights is None else height_ratio(heights)


@dataclass(frozen=True)
class Truth:
    """One case.

    Attributes:
        name: of the case.
        patient: whose it is; cases of one patient are never taken for independent.
        volume: on a canonical P, I, R grid.
        mask: VerSe labels, shape (k, j, i); None where nobody outlined it.
        vertebrae: from cranial to caudal.
        shows: which of "C2", "T1_rib", "L5_sacrum" lie in view; None where nobody says.
        are_levels_known: whether the levels are more than an order from cranial to caudal.
        body_mask: as `mask`, of bodies alone; None where nobody parted them from their arches.
    """

    name: str
    patient: str
    volume: Volume
    mask: NDArray[np.uint8] | None
    vertebrae: tuple[TrueVertebra, ...]
    shows: frozenset[str] | None = None
    are_levels_known: bool = True
    body_mask: NDArray[np.uint8] | None = None


def truth_of(phantom: Phantom) -> Truth:
    """Return the truth of a phantom; every phantom is a patient of its own."""
    vertebrae = tuple(
        TrueVertebra(
            level=one.level,
            centroid_mm=one.centroid_mm,
            six_points_mm=one.six_points_mm,
            grade=one.grade,
            shape=str(one.shape),
            is_partial=one.is_partial,
            has_foreign=one.has_foreign,
        )
        for one in phantom.vertebrae
    )
    name = f"phantom {phantom.seed}"
    return Truth(
        name,
        name,
        phantom.volume,
        phantom.mask,
        vertebrae,
        phantom.shows,
        body_mask=phantom.body_mask,
    )
