"""Parts a body mask that covers several vertebrae at the discs between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from annotation.domain.geometry import Grid

Floats = NDArray[np.float64]

TALL: Final = 1.6
"""A body so many times as tall as expected is more than one."""
_PITCH: Final = 1.2
"""Body and disc together, as a multiple of the body."""
_USUAL: Final = 0.8
_RANGE: Final = (0.6, 1.05)
"""Expected height as a share of the depth, and the range outside of which neighbours mislead."""
_WINDOW: Final = 0.25
"""A disc lies within this share of a vertebra's pitch from where it is expected."""
_ALIKE: Final = 0.6
"""Parts whose cross-sections differ more are no neighbours: the dens on its body, a rib."""


@dataclass(frozen=True)
class Extent:
    """Height and depth of a body along its own axes, millimetres."""

    height_mm: float
    depth_mm: float


def extent_of(own: Floats, grid: Grid) -> Extent:
    """Return the extent of voxels given in own millimetres (down, back, right), (n, 3)."""
    low, high = np.percentile(own[:, :2], (2.0, 98.0), axis=0) if len(own) else np.zeros((2, 2))
    height, depth = high - low
    step = float(min(grid.spacing_mm))
    return Extent(float(height) + step, float(depth) + step)


def cuts_of(
    own: Floats,
    hu: NDArray[np.generic],
    sizes: tuple[Extent, Sequence[float]],
    grid: Grid,
) -> list[float]:
    """Return where a body mask is to be cut, millimetres down its own axis, from the top.

    Args:
        own: (n, 3) voxels in own millimetres (down, back, right).
        hu: (n,) Hounsfield units of these voxels.
        sizes: extent of this mask, and heights of the other bodies.
        grid: that the voxels lie on.
    """
    extent, others = sizes
    n = _how_many(extent, others)
    if n < 2:
        return []
    step = float(max(grid.spacing_mm))
    low = float(own[:, 0].min())
    row = np.rint((own[:, 0] - low) / step).astype(int)
    area = np.bincount(row).astype(np.float64)
    mean_hu = np.bincount(row, weights=hu.astype(np.float64)) / np.maximum(area, 1)
    cost = _cost(area, mean_hu, step)
    pitch = len(area) / n
    cuts = []
    for place in range(1, n):
        first = max(1, round((place - _WINDOW) * pitch))
        last = min(len(area) - 1, round((place + _WINDOW) * pitch) + 1)
        cuts.append(first + int(cost[first:last].argmin()))
    if not _are_alike(area, cuts):
        return []
    return [low + cut * step for cut in cuts]


def _how_many(extent: Extent, others: Sequence[float]) -> int:
    low, high = (share * extent.depth_mm for share in _RANGE)
    usual = float(np.median(others)) if len(others) else _USUAL * extent.depth_mm
    expected = float(np.clip(usual, low, high))
    if extent.height_mm <= TALL * expected:
        return 1
    return max(2, round(extent.height_mm / (_PITCH * expected)))


def _cost(area: Floats, mean_hu: Floats, step: float) -> Floats:
    """Return how little each plane looks like bone: narrow and darker than the end plates."""
    smooth = 1.0 / step
    narrow = gaussian_filter1d(area, smooth) / max(float(np.median(area)), 1.0)
    grey = gaussian_filter1d(mean_hu, smooth)
    dark, bright = np.percentile(grey, (10.0, 90.0))
    return np.asarray(narrow + (grey - dark) / (bright - dark + 50.0))


def _are_alike(area: Floats, cuts: Sequence[int]) -> bool:
    typical = [float(np.median(part)) for part in np.split(area, list(cuts))]
    return min(typical) >= _ALIKE * max(typical)
