"""What the picture says of a bone whose size no neighbour bears out.

A fractured bone, or a whole one among fractured ones, is of unusual size and rightly painted: then
soft tissue lies around it and bone within. A part that is missing leaves bone beside the label that
carries none; a label that spills covers soft tissue. Shares are compared with the median of the
neighbours', as ribs, contrast and thin bone concern these too. All is measured on a grid thinned to
about 2 mm.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.spine import CORE_MM, Part, Spine, thinning

GRID_MM: Final = 2.0
SMOOTH_MM: Final = 5.0
"""Means over this width, as single voxels of bone and of soft tissue overlap in noise."""
BONE_HU: Final = 150.0
SOFT_HU: Final = 100.0
"""Means above and below which nearly all is bone or soft tissue, also where bone is thin."""
RIM_MM: Final = 2.1
"""Beside a label partial volume looks like bone."""
AROUND_MM: Final = 15.0
ASIDE_MM: Final = 25.0
"""No further from a label, and from its middle to the sides, so that ribs count for little."""
MISSING: Final = 0.08
SPILT: Final = 0.08
JOINED: Final = 0.06
"""Each lies near the 90th percentile of clean bones, and below all but a few injected errors."""
MUCH_MISSING: Final = 0.2
MISSING_ON_END: Final = 0.15
"""Fractured bones stay below 0.1, what is cut off above or below leaves 0.2 and more."""
ONE_BONE: Final = 0.12
"""Halves of one bone meet on more of their surface than this, beyond what their neighbours do."""
TWO_BODIES: Final = 0.25
"""Between two bodies lies a disc: a slice that holds less than this share of the usual slice."""
SLICE_MM: Final = 2.5
REACH: Final = 3

_Share = Callable[[Spine, int], float]


def lacks_bone(spine: Spine, row: int) -> bool:
    """Tell whether bone lies beside a bone of `order` that carries no name, or another's."""
    return stands_out(spine, row, bone_beside) > MISSING or stands_out(spine, row, joined) > JOINED


def lacks_bone_on_end(spine: Spine, row: int) -> bool:
    """Tell whether bone goes on above or below a bone of `order`; ribs lie to the sides of it."""
    goes_on = stands_out(spine, row, bone_on_end) > MISSING_ON_END
    return goes_on or stands_out(spine, row, joined) > ONE_BONE


def lacks_much_bone(spine: Spine, row: int) -> bool:
    """Tell whether so much bone lies beside a bone of `order` that its size need not be far off."""
    return spine.hu is not None and stands_out(spine, row, bone_beside) > MUCH_MISSING


def holds_more(spine: Spine, row: int) -> bool:
    """Tell whether a bone of `order` covers soft tissue, two bodies with a gap, or meets others."""
    covers = stands_out(spine, row, soft_within) > SPILT or gap_within(spine, row) < TWO_BODIES
    return covers or stands_out(spine, row, joined) > JOINED


def stands_out(spine: Spine, row: int, share: _Share) -> float:
    """Return a share of one bone less the median of its neighbours'; as it is without any."""
    rows = range(max(0, row - REACH), min(len(spine.order), row + REACH + 1))
    around = [share(spine, other) for other in rows if other != row]
    return share(spine, row) - (float(np.median(around)) if around else 0.0)


def bone_beside(spine: Spine, row: int) -> float:
    """Return the volume of bone without a name around a bone over the volume of the bone itself."""
    own, found = _nameless(spine, row)
    return float(found.sum() / own.sum()) if own.any() else 0.0


def bone_on_end(spine: Spine, row: int) -> float:
    """Return the same for what lies in the rows above and below the bone's own voxels."""
    own, found = _nameless(spine, row)
    in_line = np.asarray(own.any(axis=1))[:, None, :]
    return float((found & in_line).sum() / own.sum()) if own.any() else 0.0


def _nameless(spine: Spine, row: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return a bone, and what around it is bone and carries no name, both thinned."""
    part = spine.order[row]
    seen, mask, hu = _around(spine, part)
    own = mask == part.number
    if not own.any():
        return own, own
    apart = ndimage.distance_transform_edt(mask == 0, sampling=seen)
    away = ndimage.distance_transform_edt(~own, sampling=seen)
    found = (apart > RIM_MM) & (away < AROUND_MM) & (away <= apart) & (hu > BONE_HU)
    return own, found & _beside_middle(own, seen[0])


def _beside_middle(own: NDArray[np.bool_], width_mm: float) -> NDArray[np.bool_]:
    columns = np.arange(own.shape[0])
    middle = float(np.average(columns, weights=own.sum(axis=(1, 2))))
    return np.asarray(np.abs(columns - middle) * width_mm < ASIDE_MM)[:, None, None]


def soft_within(spine: Spine, row: int) -> float:
    """Return the share of a bone whose mean is that of soft tissue."""
    part = spine.order[row]
    _, mask, hu = _around(spine, part)
    own = mask == part.number
    return float((hu[own] < SOFT_HU).mean()) if own.any() else 0.0


def joined(spine: Spine, row: int) -> float:
    """Return the share of a bone's surface that another bone's label continues."""
    part = spine.order[row]
    _, mask, _ = _around(spine, part)
    met = surface = 0
    for axis in range(3):
        turned = np.moveaxis(mask, axis, 0)
        for inner, outer in ((turned[:-1], turned[1:]), (turned[1:], turned[:-1])):
            beyond = outer[(inner == part.number) & (outer != part.number)]
            surface += beyond.size
            met += int((beyond > 0).sum())
    return met / max(1, surface)


def gap_within(spine: Spine, row: int) -> float:
    """Return how empty the emptiest inner slice of a bone's front is, against the usual slice."""
    part = spine.order[row]
    own = (part.points_mm - part.centre_mm) @ spine.frames[row].T
    heights = own[(np.abs(own[:, 0]) <= CORE_MM) & (own[:, 1] < 0), 2]
    if len(heights) < 2:
        return 1.0
    low, high = np.percentile(heights, (2, 98))
    counts, _ = np.histogram(heights, np.arange(low, high + SLICE_MM, SLICE_MM))
    inner = counts[len(counts) // 4 : -(len(counts) // 4) or None]
    return float(inner.min() / max(1.0, float(np.median(counts)))) if inner.size else 1.0


def _around(
    spine: Spine, part: Part
) -> tuple[tuple[float, ...], NDArray[np.uint8], NDArray[np.float32]]:
    """Return voxel sizes (k, j, i), mask and smoothed volume around a bone, thinned.

    Raises:
        ValueError: if the spine has no volume.
    """
    if spine.hu is None:
        raise ValueError("without a volume no picture can be asked")
    sizes = spine.grid.spacing_mm[::-1]
    steps = thinning(spine.grid, GRID_MM)
    axes = []
    for own, size, width in zip(part.box, spine.mask.shape, sizes, strict=True):
        reach = int(np.ceil(AROUND_MM / width)) + 1
        axes.append(slice(max(0, own.start - reach), min(size, own.stop + reach)))
    box = (axes[0], axes[1], axes[2])
    thin = tuple(slice(None, None, step) for step in steps)
    seen = tuple(size * step for size, step in zip(sizes, steps, strict=True))
    windows = [max(1, 2 * round(SMOOTH_MM / 2 / size - 0.5) + 1) for size in seen]
    hu = ndimage.uniform_filter(spine.hu[box][thin].astype(np.float32), windows)
    return seen, spine.mask[box][thin], hu
