"""Agreement of two masks of one vertebra: Dice, surface distances, normalised surface Dice.

Surface voxels are those of the mask that have a face on the background or on the array's border.
HD95 is the larger of the two directed 95th percentiles; some programs pool both directions first.
An absent mask gives no distance and is counted as missed (Sekuboyina et al. 2021,
doi:10.1016/j.media.2021.102166, name the reason).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class MaskAgreement:
    """How two masks agree; distances in millimetres.

    Attributes:
        dice: None where both are empty, 0 where one is.
        hd95_mm: None where one is empty.
        assd_mm: mean over both surfaces together.
        nsd_1mm: share of both surfaces within 1 mm of the other.
        nsd_2mm: within 2 mm.
        missed: exactly one of the two is empty.
    """

    dice: float | None
    hd95_mm: float | None = None
    assd_mm: float | None = None
    nsd_1mm: float | None = None
    nsd_2mm: float | None = None
    missed: bool = False


def compare_masks(a: Mask, b: Mask, spacing_mm: tuple[float, float, float]) -> MaskAgreement:
    """Compare two masks on one grid.

    Args:
        a: shape (k, j, i).
        b: same shape.
        spacing_mm: between voxels along the array's axes k, j, i.

    Raises:
        ValueError: if the shapes differ.
    """
    if a.shape != b.shape or a.ndim != 3:
        raise ValueError(f"masks {a.shape} and {b.shape} do not lie on one grid")
    sizes = int(a.sum()), int(b.sum())
    if sum(sizes) == 0:
        return MaskAgreement(None)
    if np.array_equal(a, b):
        return MaskAgreement(1.0, 0.0, 0.0, 1.0, 1.0)
    if 0 in sizes:
        return MaskAgreement(0.0, missed=True)
    box = ndimage.find_objects((a | b).astype(np.uint8))[0]
    first, second = np.pad(a[box], 1), np.pad(b[box], 1)
    from_a, from_b = _distances(first, second, spacing_mm), _distances(second, first, spacing_mm)
    both = np.concatenate([from_a, from_b])
    return MaskAgreement(
        2 * int((a & b).sum()) / sum(sizes),
        float(max(np.percentile(from_a, 95), np.percentile(from_b, 95))),
        float(both.mean()),
        float((both <= 1).mean()),
        float((both <= 2).mean()),
    )


def compare_label_maps(
    first: NDArray[np.uint8], second: NDArray[np.uint8], spacing_mm: tuple[float, float, float]
) -> dict[int, MaskAgreement]:
    """Compare two maps of vertebra numbers on one grid; return how they agree by number.

    Args:
        first: shape (k, j, i), 0 is no vertebra.
        second: same shape.
        spacing_mm: between voxels along the array's axes k, j, i.
    """
    return {
        number: compare_masks(first[box] == number, second[box] == number, spacing_mm)
        for number, box in boxes_of((first, second)).items()
    }


def boxes_of(masks: Sequence[NDArray[np.uint8]]) -> dict[int, tuple[slice, ...]]:
    """Return for each number that any map of vertebra numbers holds the box around all of it."""
    found: dict[int, tuple[slice, ...]] = {}
    boxes = [ndimage.find_objects(mask, max_label=255) for mask in masks]
    for number, own in enumerate(zip(*boxes, strict=True), start=1):
        here = [box for box in own if box is not None]
        if here:
            found[number] = tuple(
                slice(min(one.start for one in axis), max(one.stop for one in axis))
                for axis in zip(*here, strict=True)
            )
    return found


def surface(mask: Mask) -> Mask:
    """Return the voxels of a mask that have a face outside it."""
    return np.asarray(mask & ~ndimage.binary_erosion(mask))


def _distances(mask: Mask, other: Mask, spacing_mm: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the distance of every surface voxel of one mask to the other's surface."""
    to_other = ndimage.distance_transform_edt(~surface(other), sampling=spacing_mm)
    return np.asarray(to_other[surface(mask)], dtype=np.float64)
