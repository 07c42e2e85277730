"""A mask from outside, on the CT it belongs to: same place exactly, or refused with the distance.

A mask of another axis order but of the same voxels is turned without touching a value; anything
else is refused, since silent resampling would move borders.
"""

from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from annotation.imaging.canonical import reorientation_of
from annotation.imaging.label_maps import LabelTable, to_verse
from annotation.imaging.nifti import read_labels
from annotation.imaging.results import Code, ImageRefused

TOLERANCE_MM: Final = 1e-2
"""Float32 affines of one image, written by two tools, differ by some thousandths of a mm."""


def import_mask(source: Path | BinaryIO, table: LabelTable, canonical: Grid) -> NDArray[np.uint8]:
    """Return VerSe labels on a canonical grid, uint8, shape (k, j, i).

    Args:
        source: a NIfTI mask.
        table: what its values mean.
        canonical: canonical grid of the CT, before any working-grid rule.

    Raises:
        ImageRefused: if it cannot be read, holds unknown values or lies on another grid.
    """
    stored = read_labels(source)
    turn = reorientation_of(stored.grid)
    grid = turn.forward_grid(stored.grid)
    if not grid.is_same(canonical, TOLERANCE_MM):
        raise ImageRefused(Code.OTHER_GRID, _how_it_differs(grid, canonical))
    return to_verse(turn.forward(stored.voxels.astype(np.int32, copy=False)), table)


def _how_it_differs(mask: Grid, image: Grid) -> str:
    if mask.dims != image.dims:
        have, want = (" x ".join(str(n) for n in grid.dims) for grid in (mask, image))
        return f"the mask has {have} voxels along P, I, R, the image {want}"
    corners = np.array(np.meshgrid(*[(0, n - 1) for n in image.dims])).reshape(3, -1).T
    apart = np.linalg.norm(mask.to_mm(corners) - image.to_mm(corners), axis=1).max()
    return f"the mask lies up to {apart:.2f} mm away from the image"
