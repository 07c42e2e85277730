"""A label map as its sagittal planes: a stroke makes anew only those it touches.

On a volume of 512 x 512 x 600 voxels a whole copy per stroke costs 157 MB; a stroke touches a few
planes of 0.3 MB each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.bridge.packing import UnknownFormat
from annotation.bridge.strokes import NAME, BaseMismatch, Stroke, indices


@dataclass(frozen=True, eq=False)
class Planes:
    """A label map that never changes.

    Attributes:
        planes: one array per k, uint8, shape (j, i), not writable.
        base: the array that all planes are views of, None once a stroke has replaced some.
    """

    planes: tuple[NDArray[np.uint8], ...]
    base: NDArray[np.uint8] | None = None

    @classmethod
    def of(cls, mask: NDArray[np.uint8]) -> "Planes":
        """Take a label map as it is; it is made unwritable.

        Args:
            mask: uint8, shape (k, j, i), C-contiguous.

        Raises:
            ValueError: if the array is not contiguous bytes.
        """
        if mask.dtype != np.uint8 or not mask.flags.c_contiguous:
            raise ValueError("a stroke is applied to a contiguous array of bytes")
        mask.flags.writeable = False
        return cls(tuple(mask), mask)

    def whole(self) -> NDArray[np.uint8]:
        """Return the label map in one piece, shape (k, j, i), not writable."""
        if self.base is not None:
            return self.base
        stacked = np.stack(self.planes)
        stacked.flags.writeable = False
        return stacked

    def after(self, stroke: Stroke) -> "Planes":
        """Return the label map after a stroke.

        Raises:
            UnknownFormat: if a run reaches beyond the map.
            BaseMismatch: if a voxel does not hold the run's old value.
        """
        if stroke.starts.size == 0:
            return self
        per_plane = self.planes[0].size
        size = per_plane * len(self.planes)
        if int(stroke.starts[-1] + stroke.lengths[-1]) > size:
            raise UnknownFormat(f"{NAME}: a run reaches beyond the {size} voxels of the map")
        index = indices(stroke)
        of_plane, within = np.divmod(index, per_plane)
        touched = np.unique(of_plane)
        ends = np.searchsorted(of_plane, touched, side="right")
        old = np.repeat(stroke.old, stroke.lengths)
        new = np.repeat(stroke.new, stroke.lengths)
        self._refuse_others(index, of_plane, within, old)
        planes, begin = list(self.planes), 0
        for k, end in zip(touched.tolist(), ends.tolist(), strict=True):
            plane = planes[k].copy()
            plane.reshape(-1)[within[begin:end]] = new[begin:end]
            plane.flags.writeable = False
            planes[k], begin = plane, end
        return Planes(tuple(planes))

    def _refuse_others(
        self,
        index: NDArray[np.int64],
        of_plane: NDArray[np.int64],
        within: NDArray[np.int64],
        old: NDArray[np.uint8],
    ) -> None:
        held = np.empty_like(old)
        for k in np.unique(of_plane).tolist():
            here = slice(*np.searchsorted(of_plane, (k, k + 1)).tolist())
            held[here] = self.planes[k].reshape(-1)[within[here]]
        wrong = held != old
        if wrong.any():
            raise BaseMismatch(int(index[wrong][0]), int(wrong.sum()))
