"""Grids, volumes and the conversions between voxels and patient millimetres.

One canonical orientation everywhere: index i grows posteriorly, j inferiorly, k to the patient's
right (**P, I, R**, right-handed). Arrays are stored C-contiguous as ``(k, j, i)``, so ``array[k]``
is an upright sagittal picture with its rows running downwards and its columns backwards. World
coordinates are DICOM patient millimetres (LPS: left, posterior, superior positive).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.domain.frames import Frame, one_frame

LPS_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Turns an LPS affine into a RAS affine and back."""


class GeometryMismatch(ValueError):
    """Two things that must lie on one grid do not."""


@dataclass(frozen=True)
class Grid:
    """A sampled box in patient space.

    Attributes:
        dims: number of voxels along i, j, k.
        affine_lps: 4x4, maps voxel index (i, j, k, 1) to LPS millimetres.
        frame: what those millimetres are; on a radiograph they are the detector's, or pixels.
    """

    dims: tuple[int, int, int]
    affine_lps: NDArray[np.float64]
    frame: Frame = Frame.PATIENT_MM

    def __post_init__(self) -> None:
        affine = np.asarray(self.affine_lps, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise GeometryMismatch("an affine is a finite 4x4 matrix")
        if abs(np.linalg.det(affine[:3, :3])) < 1e-9:
            raise GeometryMismatch("the affine is singular")
        if len(self.dims) != 3 or min(self.dims) < 1:
            raise GeometryMismatch(f"dimensions {self.dims} are not three positive numbers")
        object.__setattr__(self, "affine_lps", affine)
        object.__setattr__(self, "dims", tuple(int(n) for n in self.dims))

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Voxel size along i, j, k in millimetres."""
        size = np.linalg.norm(self.affine_lps[:3, :3], axis=0)
        return (float(size[0]), float(size[1]), float(size[2]))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (k, j, i) of an array on this grid."""
        return (self.dims[2], self.dims[1], self.dims[0])

    def to_mm(self, ijk: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return LPS millimetres, shape (..., 3), of voxel indices (i, j, k), shape (..., 3)."""
        index = np.asarray(ijk, dtype=np.float64)
        return np.asarray(index @ self.affine_lps[:3, :3].T + self.affine_lps[:3, 3])

    def to_ijk(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return fractional voxel indices (i, j, k), shape (..., 3), of LPS millimetres."""
        inverse = np.linalg.inv(self.affine_lps)
        points = np.asarray(points_mm, dtype=np.float64)
        return np.asarray(points @ inverse[:3, :3].T + inverse[:3, 3])

    def is_same(self, other: "Grid", tolerance_mm: float = 1e-3) -> bool:
        """Tell whether both grids have equal dimensions and corners within the tolerance.

        Raises:
            FramesMixed: if one lies in the patient and the other on a detector.
        """
        one_frame(self.frame, other.frame)
        if self.dims != other.dims:
            return False
        corners = np.array(np.meshgrid(*[(0, n - 1) for n in self.dims])).reshape(3, -1).T
        apart = np.abs(self.to_mm(corners) - other.to_mm(corners))
        return bool(apart.max() <= tolerance_mm)


@dataclass(frozen=True)
class Volume:
    """A CT in Hounsfield units on a canonical P, I, R grid.

    Attributes:
        hu: int16 or float32, shape (k, j, i).
        grid: the grid it lies on.
    """

    hu: NDArray[np.int16] | NDArray[np.float32]
    grid: Grid

    def __post_init__(self) -> None:
        if self.hu.shape != self.grid.shape:
            raise GeometryMismatch(f"array {self.hu.shape} does not fit grid {self.grid.shape}")
