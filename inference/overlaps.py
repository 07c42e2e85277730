"""Overlap and surface distance of vertebrae in two masks, at 1 mm.

The VerSe challenge judges every vertebra of the truth at 1 mm (Sekuboyina et al. 2021,
doi:10.1016/j.media.2021.102166); other grids are sampled by the nearest voxel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.agreement.surfaces import MaskAgreement, compare_masks
from annotation.domain.geometry import Grid
from inference import judging

Labels = NDArray[np.uint8]
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Outlines:
    """A true and a proposed mask on one grid.

    Attributes:
        truth: VerSe labels, shape (k, j, i).
        found: vertebra numbers of the proposal, same shape.
        spacing_kji_mm: between voxels along the arrays' axes.
        boxes: where every value of `truth` and of `found` lies, in this order.
    """

    truth: Labels
    found: Labels
    spacing_kji_mm: tuple[float, float, float]
    boxes: tuple[list[Box | None], list[Box | None]]

    def compare(
        self, label: int, numbers: Sequence[int], *, with_surfaces: bool
    ) -> MaskAgreement | None:
        """Compare a true vertebra with proposed ones, None where the truth outlines none.

        Args:
            label: VerSe label in the truth.
            numbers: which proposed vertebrae stand for it.
            with_surfaces: at 1 mm and with distances; otherwise Dice alone on the own grid. A
                picture of one slice has no surface and gets no distance.
        """
        truth_box = _box_of(self.boxes[0], label)
        if truth_box is None:
            return None
        there = [_box_of(self.boxes[1], number) for number in numbers]
        box = _around([truth_box, *(one for one in there if one is not None)])
        true = self.truth[box] == label
        said = np.isin(self.found[box], list(numbers))
        if not with_surfaces or len(self.truth) == 1:
            return MaskAgreement(judging.dice(true, said))
        own = at_1mm(true, self.spacing_kji_mm)
        return compare_masks(own, at_1mm(said, self.spacing_kji_mm), (1.0, 1.0, 1.0))


def outlines(truth: Labels, found: Labels, grid: Grid) -> Outlines:
    """Return two masks ready for comparison.

    Raises:
        ValueError: if they do not lie on the grid.
    """
    if truth.shape != grid.shape or found.shape != grid.shape:
        raise ValueError(f"masks {truth.shape} and {found.shape} do not lie on {grid.shape}")
    di, dj, dk = grid.spacing_mm
    boxes = (ndimage.find_objects(truth), ndimage.find_objects(found))
    return Outlines(truth, found, (dk, dj, di), boxes)


def at_1mm(
    mask: NDArray[np.bool_], spacing_kji_mm: tuple[float, float, float]
) -> NDArray[np.bool_]:
    """Sample a mask at 1 mm by the nearest voxel; its outer borders stay where they are."""
    places = []
    for n, step in zip(mask.shape, spacing_kji_mm, strict=True):
        middles = np.arange(max(1, round(n * step))) + 0.5
        places.append(np.minimum((middles / step).astype(int), n - 1))
    return np.asarray(mask[np.ix_(*places)])


def _box_of(boxes: list[Box | None], value: int) -> Box | None:
    return boxes[value - 1] if 0 < value <= len(boxes) else None


def _around(boxes: Sequence[Box]) -> Box:
    k, j, i = (
        slice(min(box[axis].start for box in boxes), max(box[axis].stop for box in boxes))
        for axis in range(3)
    )
    return (k, j, i)
