"""Soft tissue on a coarse grid: simple shapes, smooth noise, and the way to the fine grid."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from annotation.domain.geometry import Grid
from inference.phantoms.distance import Canvas, Capsule, Field

Vector = NDArray[np.float64]


@dataclass
class Soft:
    """Soft tissue on a coarse grid.

    Attributes:
        canvas: supplies the coarse grid and its boxes.
        hu: Hounsfield units, shape of the coarse grid.
        step_mm: largest spacing of the coarse grid.
    """

    canvas: Canvas
    hu: Field
    step_mm: float

    def ball(self, centre: Vector, radii: tuple[float, float, float], hu: float) -> None:
        """Paint an ellipsoid with half axes along x, y, z."""
        reach = np.asarray(radii, dtype=np.float64)
        box = self.canvas.box(centre - reach, centre + reach)
        if box is None:
            return
        x, y, z = self.canvas.axes(box)
        c, r = centre.astype(np.float32), reach.astype(np.float32)
        rho = np.sqrt(
            ((x - c[0]) / r[0]) ** 2 + ((y - c[1]) / r[1]) ** 2 + ((z - c[2]) / r[2]) ** 2
        )
        self._mix(box, (rho - 1) * np.float32(reach.min()), hu)

    def rod(self, a: Vector, b: Vector, radius: float, hu: float) -> None:
        """Paint a rod with round ends."""
        found = self.canvas.capsule_distance(Capsule(a, b, radius, radius, 0))
        if found is not None:
            self._mix(found[0], found[1], hu)

    def tube(self, points: Vector, radius: float, hu: float) -> None:
        """Paint rods along points, shape (n, 3)."""
        for a, b in itertools.pairwise(points):
            self.rod(a, b, radius, hu)

    def _mix(self, box: tuple[slice, slice, slice], distance: Field, hu: float) -> None:
        alpha = np.clip(np.float32(0.5) - distance * np.float32(1 / self.step_mm), 0, 1)
        part = self.hu[box]
        part += alpha * (np.float32(hu) - part)


def coarse_grid(grid: Grid, step_mm: float) -> Grid:
    """Return a grid of at least this spacing that covers another one."""
    spacing = np.array(grid.spacing_mm)
    steps = np.maximum(spacing, step_mm)
    span = (np.array(grid.dims) - 1) * spacing
    dims = np.ceil(span / steps).astype(int) + 2
    affine = grid.affine_lps.copy()
    affine[:3, :3] = affine[:3, :3] / spacing * steps
    return Grid((int(dims[0]), int(dims[1]), int(dims[2])), affine)


def to_fine(hu: Field, coarse: Grid, fine: Grid) -> Field:
    """Interpolate linearly along each axis; both grids share origin and directions."""
    out = hu
    for axis, n in ((1, 1), (2, 0), (0, 2)):
        step = coarse.spacing_mm[n] / fine.spacing_mm[n]
        out = _stretch(out, axis, np.arange(fine.dims[n]) / step)
    return np.ascontiguousarray(out, dtype=np.float32)


def lumps(rng: np.random.Generator, shape: tuple[int, int, int], step: int) -> Field:
    """Return smooth noise of standard deviation about one, drawn every `step` voxels."""
    small = tuple(n // step + 3 for n in shape)
    noise = gaussian_filter(rng.standard_normal(small, dtype=np.float32), 0.6)
    noise /= max(float(noise.std()), 1e-6)
    for axis, n in enumerate(shape):
        noise = _stretch(noise, axis, np.arange(n) / step)
    return np.ascontiguousarray(noise, dtype=np.float32)


def _stretch(values: Field, axis: int, place: NDArray[np.float64]) -> Field:
    """Sample one axis linearly at fractional places, by one matrix product."""
    n = values.shape[axis]
    low = np.minimum(place.astype(int), n - 2)
    share = (place - low).astype(np.float32)
    rows = np.arange(len(low))
    weights = np.zeros((len(low), n), np.float32)
    weights[rows, low] = 1 - share
    weights[rows, low + 1] += share
    if axis == 2:
        return np.asarray(values @ weights.T)
    if axis == 1:
        return np.asarray(np.matmul(weights, values))
    flat = np.ascontiguousarray(values).reshape(n, -1)
    return np.asarray((weights @ flat).reshape(-1, *values.shape[1:]))
