"""The own axes of each vertebra in a mask: where its body is, and which way is along the spine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.geometry import Grid
from inference.phases.sampling import spacing_jik

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Mask = NDArray[np.uint8]

APART_MM: Final = 1e3
"""Distance between planes that makes a distance transform work within each plane alone."""
_COARSE_MM: Final = 1.6
_WIDE: Final = 0.7
_STEEPEST: Final = np.cos(np.deg2rad(60.0))
_NO_BODY: Final = 0.45
_DOWN: Final = np.array([1.0, 0.0, 0.0])
_BACK: Final = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Frame:
    """The axes of one vertebra.

    Attributes:
        centre: near the middle of the body, grid millimetres (j, i, k), shape (3,).
        axes: (3, 3), rows are unit vectors (j, i, k): down along the spine, back, right.
    """

    centre: Floats
    axes: Floats

    def own(self, points: Floats) -> Floats:
        """Return (down, back, right) millimetres from the centre of grid millimetres (..., 3)."""
        return np.asarray((points - self.centre) @ self.axes.T)


def frames_of(mask: Mask, grid: Grid) -> dict[int, Frame]:
    """Return the frame of each vertebra that has a body, from cranial to caudal.

    A number whose widest disc is less than half as wide as usual is a piece without a body and has
    no frame.
    """
    seen = {number: _heart(piece, low, grid) for number, piece, low in pieces(mask)}
    if not seen:
        return {}
    usual = float(np.median([radius for _, radius in seen.values()]))
    hearts = {n: place for n, (place, radius) in seen.items() if radius >= _NO_BODY * usual}
    order = sorted(hearts, key=lambda number: float(hearts[number][0]))
    down = _along(np.array([hearts[number] for number in order]))
    return {
        number: Frame(hearts[number], _axes(way)) for number, way in zip(order, down, strict=True)
    }


def pieces(mask: Mask) -> Iterator[tuple[int, Flags, tuple[int, int, int]]]:
    """Yield number, cut-out (k, j, i) and its first voxel for each number of a mask."""
    for place, box in enumerate(ndimage.find_objects(mask)):
        if box is not None:
            low = (box[0].start, box[1].start, box[2].start)
            yield place + 1, mask[box] == place + 1, low


def voxels_mm(piece: Flags, low: tuple[int, int, int], grid: Grid) -> Floats:
    """Return the grid millimetres (n, 3) of the voxels of a cut-out, in C order."""
    index = np.argwhere(piece) + low
    return np.asarray(index[:, [1, 2, 0]] * spacing_jik(grid))  # (k, j, i) -> (j, i, k)


def _heart(piece: Flags, low: tuple[int, int, int], grid: Grid) -> tuple[Floats, float]:
    """Return the middle of the widest part of a vertebra's axial planes, and its radius."""
    i, j, k = grid.spacing_mm
    stride = [max(1, round(_COARSE_MM / step)) for step in (k, j, i)]
    coarse = np.pad(piece[:: stride[0], :: stride[1], :: stride[2]], 1)
    sampling = (k * stride[0], APART_MM, i * stride[2])
    depth = ndimage.distance_transform_edt(coarse, sampling=sampling)
    radius = float(depth.max())
    wide = np.argwhere(depth >= _WIDE * radius).mean(axis=0) - 1
    index = (wide * stride + low)[[1, 2, 0]]  # (k, j, i) -> (j, i, k)
    return np.asarray(index * spacing_jik(grid)), radius


def _along(centres: Floats) -> Floats:
    """Return unit vectors down a row of centres, (n, 3)."""
    if len(centres) < 2:
        return np.tile(_DOWN, (len(centres), 1))
    steps = np.diff(centres, axis=0)
    steps /= np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-6)
    middle = (steps[1:] + steps[:-1]) / 2
    first, last = steps[0], steps[-1]
    if len(steps) > 1:  # the end of a bow is steeper than the chord to its neighbour
        first, last = 1.5 * steps[0] - 0.5 * steps[1], 1.5 * steps[-1] - 0.5 * steps[-2]
    way = np.concatenate([first[None], middle, last[None]])
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    way[way @ _DOWN < _STEEPEST] = _DOWN
    return np.asarray(way)


def _axes(down: Floats) -> Floats:
    back = _BACK - (_BACK @ down) * down
    back /= np.linalg.norm(back)
    right = np.cross(down, back)
    return np.stack([down, back, right if right[2] > 0 else -right])
