"""What a phantom is: a CT-like volume and the exact truth about it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Volume
from inference.phantoms.section import Section


@dataclass(frozen=True)
class PhantomVertebra:
    """The truth about one vertebra whose body lies in view, at least in part.

    Attributes:
        level: anatomical name.
        centroid_mm: centre of the body (mean of the six points), LPS millimetres, shape (3,).
        six_points_mm: (3, 2, 3): position (anterior, middle, posterior), end (superior,
            inferior), LPS millimetres; points of a cut body may lie outside the volume. The first
            cervical vertebra has no body: its points span the room between its arches.
        heights_mm: anterior, middle, posterior.
        g: min(heights) / max(heights).
        grade: 0-3, measured from the six points with the default convention.
        shape: measured from the six points; a `Shape` value.
        is_partial: the body is cut by, or within 2 mm of, the border of the volume.
        has_foreign: metal or cement lies in this vertebra, or a cage beside it.
        material: which: of "screws", "cages" and "cement".
        signs: of "osteophytes", "schmorl", "scheuermann" and "fused".
        section: its geometry, for truth slice by slice; None where no geometry is known.
    """

    level: str
    centroid_mm: NDArray[np.float64]
    six_points_mm: NDArray[np.float64]
    heights_mm: NDArray[np.float64]
    g: float
    grade: int
    shape: str
    is_partial: bool
    has_foreign: bool
    material: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    section: Section | None = None

    def heights_at(self, column: float) -> NDArray[np.float64] | None:
        """Return anterior, middle and posterior height (mm) in a sagittal slice of the volume.

        Args:
            column: index k of the slice on the phantom's grid; whole or between two slices.

        Returns:
            Shape (3,), exact from geometry; None where the slice misses or only grazes the body,
            for C1, and where nothing but six points is known.
        """
        return None if self.section is None else self.section.heights_at(column)


@dataclass(frozen=True)
class Phantom:
    """A synthetic CT with its truth.

    Attributes:
        seed: what it was drawn from.
        volume: int16 HU on a canonical P, I, R grid.
        mask: uint8, shape (k, j, i), VerSe labels C1-L6 and T13; ribs, sacrum, pelvis, skull,
            foreign material and vertebrae without any body in view are 0.
        body_mask: as `mask`, vertebral bodies only.
        vertebrae: from cranial to caudal.
        shows: which of "C2", "T1_rib", "L5_sacrum" lie in view to count levels from.
    """

    seed: int
    volume: Volume
    mask: NDArray[np.uint8]
    body_mask: NDArray[np.uint8]
    vertebrae: tuple[PhantomVertebra, ...]
    shows: frozenset[str]
