"""Leaves out of a mask what is no bone: metal, and cement as dense as metal.

The VerSe masks leave out "any material not physiologically related to bone mineral" (Loeffler et
al. 2020, doi:10.1148/ryai.2020190138). A segmenter learns that from its targets; here density takes
out what it nevertheless let through.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.geometry import Volume

SURE_HU: Final = 2000.0
"""Denser than the cortex of a vertebra."""
EDGE_HU: Final = 1500.0
"""Half of metal's density: its border, where a voxel holds metal and bone."""
_REACH: Final = 24
"""Voxels around all cores within which their pieces are sought."""
_SMALLEST_MM3: Final = 8.0
"""Less than this is noise or a calcification."""


def foreign_material(volume: Volume) -> NDArray[np.bool_]:
    """Return the voxels (k, j, i) of foreign material: dense pieces with a core that is surely so.

    Cement between bone's density and 2000 HU is not told from bone.
    """
    core = volume.hu >= SURE_HU
    if not core.any():
        return core
    window = tuple(
        slice(max(int(rows[0]) - _REACH, 0), int(rows[-1]) + _REACH + 1)
        for rows in (np.flatnonzero(core.any(axis=_others(axis))) for axis in range(3))
    )
    pieces, n = ndimage.label(volume.hu[window] >= EDGE_HU)
    voxel_mm3 = abs(float(np.linalg.det(volume.grid.affine_lps[:3, :3])))
    cores = np.bincount(pieces[core[window]], minlength=n + 1) * voxel_mm3
    cores[0] = 0.0
    foreign = np.zeros(core.shape, dtype=bool)
    foreign[window] = (cores >= _SMALLEST_MM3)[pieces]
    return foreign


def without_foreign(mask: NDArray[np.uint8], volume: Volume) -> NDArray[np.uint8]:
    """Return a mask (k, j, i) of vertebra numbers with 0 where foreign material lies."""
    return np.where(foreign_material(volume), np.uint8(0), mask)


def _others(axis: int) -> tuple[int, ...]:
    return tuple(other for other in range(3) if other != axis)
