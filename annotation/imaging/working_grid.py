"""The working grid of a dataset: the rule by which a canonical CT is resampled once, at intake.

What people see, paint, measure and release lies in the working grid; the original stays. Where an
axis becomes coarser the CT is blurred first with a Gaussian whose width at half maximum grows from
one source voxel to one target voxel (Cardoso et al. 2015, doi:10.1007/978-3-319-24571-3_81), so
that nothing finer than the new grid folds back. Masks are sampled by nearest neighbour.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, gaussian_filter1d

from annotation.domain.frames import Frame
from annotation.domain.geometry import Grid, Volume

NAME: Final = "lamina.workinggrid/1"
_SAME: Final = 1e-3
_ACROSS_MM: Final = (2.0, 3.0)


class Rule(StrEnum):
    """How a dataset wants its volumes."""

    AS_STORED = "as_stored"
    ISO_1MM = "iso_1mm"
    SAGITTAL_1MM = "sagittal_1mm"


@dataclass(frozen=True)
class WorkingGrid:
    """What was done to a canonical volume.

    Attributes:
        rule: of the dataset.
        source: canonical grid as stored.
        target: grid people work in.
    """

    rule: Rule
    source: Grid
    target: Grid

    @property
    def is_resampled(self) -> bool:
        """Tell whether any voxel was interpolated."""
        return not self.source.is_same(self.target)

    def as_record(self) -> dict[str, Any]:
        """Return what is kept with the volume; format ``lamina.workinggrid/1``."""
        blurred = [_blur_vox(factor) for factor in _factors(self.source, self.target)]
        return {
            "format": NAME,
            "rule": self.rule.value,
            "method": "linear" if self.is_resampled else "none",
            "mask_method": "nearest" if self.is_resampled else "none",
            "edge": "nearest",
            "blur_vox": blurred,
            "source": _grid_record(self.source),
            "target": _grid_record(self.target),
        }


def working_grid(source: Grid, rule: Rule) -> WorkingGrid:
    """Return the grid that a rule makes of a canonical grid.

    The new grid covers the old one's extent, border to border, with the same axes and centre; the
    number of voxels is rounded, so that at most half a new voxel is lost or added at the ends.
    A radiograph is never resampled: its finest detail is what is measured on it.
    """
    if source.frame is not Frame.PATIENT_MM:
        return WorkingGrid(Rule.AS_STORED, source, source)
    old = np.asarray(source.spacing_mm)
    new = np.asarray(_spacing(source.spacing_mm, rule))
    dims, scale = [], []
    for n, have, want in zip(source.dims, old, new, strict=True):
        keep = abs(have - want) < _SAME
        dims.append(n if keep else max(1, round(float(n * have / want))))
        scale.append(1.0 if keep else float(want / have))
    affine = source.affine_lps.copy()
    affine[:3, :3] = source.affine_lps[:3, :3] * np.asarray(scale)
    middle_old = (np.asarray(source.dims) - 1) / 2
    middle_new = (np.asarray(dims) - 1) / 2
    affine[:3, 3] = source.to_mm(middle_old) - affine[:3, :3] @ middle_new
    if scale == [1.0, 1.0, 1.0]:
        affine = source.affine_lps
    return WorkingGrid(rule, source, Grid((dims[0], dims[1], dims[2]), affine, source.frame))


def resample_volume(volume: Volume, grid: WorkingGrid) -> Volume:
    """Return a CT on the working grid, int16, linear between voxels, edge values continued.

    Args:
        volume: on `grid.source`.
        grid: what `working_grid` returned.
    """
    if not grid.is_resampled:
        return volume
    values = np.asarray(volume.hu, dtype=np.float32)
    factors = _factors(grid.source, grid.target)
    for axis in sorted(range(3), key=lambda a: -factors[a]):  # coarsen first: less to do after
        if factors[axis] != 1.0:
            values = _resample_axis(values, 2 - axis, grid.target.dims[axis], factors[axis])
    return Volume(np.rint(values).astype(np.int16), grid.target)


def resample_labels(labels: NDArray[np.uint8], source: Grid, target: Grid) -> NDArray[np.uint8]:
    """Return a label map on another grid of the same space, by nearest neighbour.

    Args:
        labels: uint8, shape (k, j, i) of `source`.
        source: the grid of the labels.
        target: the grid wanted; voxels outside of `source` become 0.
    """
    if source.is_same(target):
        return labels
    matrix = np.linalg.inv(source.affine_lps) @ target.affine_lps  # target ijk -> source ijk
    if np.allclose(matrix[:3, :3], np.diag(np.diag(matrix[:3, :3])), atol=1e-9):
        return _pick_labels(labels, matrix, target)
    backwards = matrix[:3, :3][::-1, ::-1]  # (k, j, i) order of the array
    moved = affine_transform(
        labels,
        backwards,
        offset=matrix[:3, 3][::-1],
        output_shape=target.shape,
        order=0,
        mode="grid-constant",
        cval=0,
    )
    return np.asarray(moved, dtype=np.uint8)


def _pick_labels(
    labels: NDArray[np.uint8], matrix: NDArray[np.float64], target: Grid
) -> NDArray[np.uint8]:
    """Do what `resample_labels` does where both grids have the same axes: index by index."""
    picked = labels
    for axis, n_new in enumerate(target.dims):
        where = np.floor(np.arange(n_new) * matrix[axis, axis] + matrix[axis, 3] + 0.5)
        inside = (where >= 0) & (where < labels.shape[2 - axis])
        index = np.where(inside, where, 0).astype(np.int64)
        picked = np.take(picked, index, axis=2 - axis)
        shape = [1, 1, 1]
        shape[2 - axis] = n_new
        picked *= inside.astype(np.uint8).reshape(shape)
    return picked


def _spacing(spacing_mm: tuple[float, float, float], rule: Rule) -> tuple[float, float, float]:
    if rule is Rule.AS_STORED:
        return spacing_mm
    if rule is Rule.ISO_1MM:
        return (1.0, 1.0, 1.0)
    low, high = _ACROSS_MM
    return (1.0, 1.0, min(max(spacing_mm[2], low), high))


def _factors(source: Grid, target: Grid) -> list[float]:
    """Return new spacing per old spacing along i, j, k; exactly 1 where it is unchanged."""
    pairs = zip(source.spacing_mm, target.spacing_mm, strict=True)
    return [1.0 if abs(new - old) < _SAME else new / old for old, new in pairs]


def _blur_vox(factor: float) -> float:
    """Return the standard deviation, in source voxels, of the blur before coarsening."""
    return float(np.sqrt((factor**2 - 1) / (8 * log(2)))) if factor > 1 else 0.0


def _resample_axis(
    values: NDArray[np.float32], axis: int, n_new: int, factor: float
) -> NDArray[np.float32]:
    n_old = values.shape[axis]
    if factor > 1:
        values = gaussian_filter1d(values, _blur_vox(factor), axis=axis, mode="nearest")
    where = (np.arange(n_new) - (n_new - 1) / 2) * factor + (n_old - 1) / 2
    where = np.clip(where, 0, n_old - 1)
    low = np.minimum(where.astype(np.int64), max(n_old - 2, 0))
    shape = [1, 1, 1]
    shape[axis] = n_new
    share = (where - low).astype(np.float32).reshape(shape)
    below = np.take(values, low, axis=axis)
    above = np.take(values, np.minimum(low + 1, n_old - 1), axis=axis)
    above -= below  # in place: a large CT has no room for more copies
    above *= share
    below += above
    return np.asarray(below, dtype=np.float32)


def _grid_record(grid: Grid) -> dict[str, Any]:
    return {"dims": list(grid.dims), "affine_lps": grid.affine_lps.tolist()}
