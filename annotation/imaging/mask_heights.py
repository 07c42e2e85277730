"""Heights of vertebral bodies measured in a mask.

Posterior elements are left behind by looking where they are apart: at the midline, between the
pedicles, the canal separates the arch from the body. The height axis is the normal of the mean of
both end plates, found by robust lines (Theil-Sen). At 1 mm a mask gives G to about +-0.05, as much
as experts differ, so these heights may question a reader's and never replace them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.geometry import GeometryMismatch, Grid

SEARCH_MM: Final = 6.0
SLAB_MM: Final = 6.0
COLUMN_MM: Final = 1.0
STEP_MM: Final = 0.1
SMALLEST_DEPTH_MM: Final = 8.0
ROUNDS: Final = 4

_FRONT: Final = (0.02, 0.12, 90.0)
_MIDDLE: Final = (0.38, 0.62, 10.0)
_BACK: Final = (0.88, 0.98, 90.0)

Heights = tuple[float, float, float]
_Slice = NDArray[np.bool_]


def heights_of_mask(mask: NDArray[np.uint8], grid: Grid) -> dict[int, Heights | None]:
    """Return the anterior, middle and posterior height of each body, in millimetres.

    A vertebra whose body is too small or broken to be measured has None.

    Args:
        mask: vertebra numbers, shape (k, j, i) of the grid.
        grid: canonical P, I, R grid the mask lies on.

    Raises:
        GeometryMismatch: if mask and grid do not fit.
    """
    if mask.shape != grid.shape:
        raise GeometryMismatch(f"mask {mask.shape} does not fit grid {grid.shape}")
    boxes = enumerate(ndimage.find_objects(mask), start=1)
    return {
        number: body_heights(mask[box] == number, grid.spacing_mm)
        for number, box in boxes
        if box is not None
    }


def body_heights(bone: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> Heights | None:
    """Return the heights of one vertebra's body, None where it cannot be measured.

    Args:
        bone: the voxels of one vertebra, shape (k, j, i), P, I, R.
        spacing_mm: voxel size along i, j, k.
    """
    found = [_slice_heights(flat, spacing_mm) for flat in _slab(bone, spacing_mm)]
    known = [heights for heights in found if heights is not None]
    if not known:
        return None
    a, m, p = (float(value) for value in np.median(np.array(known), axis=0))
    return (a, m, p)


def _slab(bone: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> list[_Slice]:
    """Return the sagittal slices of the body around the midline, free of the arch."""
    filled = np.flatnonzero(bone.any(axis=(1, 2)))
    if not len(filled):
        return []
    counts = bone.sum(axis=(1, 2))
    mean = float(np.average(np.arange(len(bone)), weights=counts))
    reach = SEARCH_MM / spacing_mm[2]
    near = [int(k) for k in filled if abs(k - mean) <= max(reach, 0.5)]
    midline = max(near, key=lambda k: (_canal(bone[k], spacing_mm[0]), -abs(k - mean)))
    half = max(0, round(SLAB_MM / 2 / spacing_mm[2]))
    slab = bone[max(0, midline - half) : midline + half + 1]
    pieces, count = ndimage.label(slab)
    if count == 0:
        return []
    body = pieces == int(np.bincount(pieces.ravel())[1:].argmax()) + 1
    return [_largest(flat) for flat in body if flat.any()]


def _canal(flat: _Slice, column_mm: float) -> float:
    """Return the width of the gap between body and arch in a slice, 0 where they are one."""
    pieces, count = ndimage.label(flat)
    if count < 2:
        return 0.0
    sizes = np.bincount(pieces.ravel())[1:]
    body = int(sizes.argmax()) + 1
    columns = [np.flatnonzero((pieces == n).any(axis=0)) for n in range(1, count + 1)]
    behind = [
        own[0] - columns[body - 1][-1]
        for n, own in enumerate(columns, start=1)
        if n != body and sizes[n - 1] > 1
    ]
    return max(0.0, float(min(behind, default=0))) * column_mm


def _largest(flat: _Slice) -> _Slice:
    pieces, count = ndimage.label(flat)
    if count == 1:
        return flat
    return np.asarray(pieces == int(np.bincount(pieces.ravel())[1:].argmax()) + 1)


def _slice_heights(flat: _Slice, spacing_mm: tuple[float, float, float]) -> Heights | None:
    """Return heights along the axis that stands upright between both end plates."""
    picture = np.pad(flat, 1).astype(np.float32)
    rows, columns = np.nonzero(picture)
    places = np.stack([columns * spacing_mm[0], rows * spacing_mm[1]], axis=1)
    centre, angle = places.mean(axis=0), 0.0
    ends = _ends(picture, spacing_mm, places, centre, angle)
    for _ in range(ROUNDS):
        if ends is None:
            return None
        turn = (_slope(ends[0], ends[1]) + _slope(ends[0], ends[2])) / 2
        angle += float(np.arctan(turn))
        ends = _ends(picture, spacing_mm, places, centre, angle)
        if abs(turn) < 1e-3:
            break
    return None if ends is None else _three(ends[0], ends[2] - ends[1])


_Ends = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _ends(
    picture: NDArray[np.float32],
    spacing_mm: tuple[float, float, float],
    places: NDArray[np.float64],
    centre: NDArray[np.float64],
    angle: float,
) -> _Ends | None:
    """Return columns (0 front to 1 back) and their upper and lower end along a turned axis."""
    depth = np.array([np.cos(angle), np.sin(angle)])
    down = np.array([-np.sin(angle), np.cos(angle)])
    u, v = (places - centre) @ depth, (places - centre) @ down
    first, last = float(u.min()) - spacing_mm[0] / 2, float(u.max()) + spacing_mm[0] / 2
    if last - first < SMALLEST_DEPTH_MM:
        return None
    along = np.arange(first + COLUMN_MM / 2, last, COLUMN_MM)
    across = np.arange(float(v.min()) - 2, float(v.max()) + 2, STEP_MM)
    mm = centre + along[:, None, None] * depth + across[None, :, None] * down
    at = [mm[..., 1] / spacing_mm[1], mm[..., 0] / spacing_mm[0]]
    inside = ndimage.map_coordinates(picture, at, order=1) >= 0.5
    hit = inside.any(axis=1)
    upper = across[inside.argmax(axis=1)]
    lower = across[inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)] + STEP_MM
    share = (along - first) / (last - first)
    return share[hit] * (last - first), upper[hit], lower[hit]


def _slope(along: NDArray[np.float64], ends: NDArray[np.float64]) -> float:
    """Return the Theil-Sen slope of an end plate, its outermost tenths left out."""
    depth = float(along.max())
    inner = (along > 0.1 * depth) & (along < 0.9 * depth)
    x, y = along[inner], ends[inner]
    n, m = np.triu_indices(len(x), k=1)
    return float(np.median((y[m] - y[n]) / (x[m] - x[n]))) if len(n) else 0.0


def _three(along: NDArray[np.float64], heights: NDArray[np.float64]) -> Heights | None:
    share = along / float(along.max())
    found = []
    for first, last, percentile in (_FRONT, _MIDDLE, _BACK):
        part = heights[(share >= first) & (share <= last)]
        if not len(part):
            return None
        found.append(float(np.percentile(part, percentile)))
    return (found[0], found[1], found[2])
