"""One set of six points from several readers'.

Two readers are averaged; three or more give the component-wise median, and a point that lies more
than 5 mm from the median is left out and named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FAR_POINT_MM: Final = 5.0


@dataclass(frozen=True)
class FusedPoints:
    """Six points of several readers as one.

    Attributes:
        six_points_mm: (3, 2, 3) LPS millimetres.
        left_out: (reader, position, end) of every point that lay too far from the median.
    """

    six_points_mm: NDArray[np.float64]
    left_out: tuple[tuple[int, int, int], ...] = ()


def fuse_points(readers_mm: Sequence[NDArray[np.float64]]) -> FusedPoints:
    """Fuse the six points of one vertebra, in three dimensions.

    Args:
        readers_mm: one array (3, 2, 3) in LPS millimetres per reader.

    Returns:
        The points themselves for one reader, the mean for two, the median for more.

    Raises:
        ValueError: if there is no reader, a shape is wrong or a coordinate is not finite.
    """
    points = np.asarray(readers_mm, dtype=np.float64)
    if points.ndim != 4 or points.shape[0] == 0 or points.shape[1:] != (3, 2, 3):
        raise ValueError(f"readers' points have shape (readers, 3, 2, 3), not {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("a coordinate of the six points is not a finite number")
    if len(points) < 3:
        return FusedPoints(points.mean(axis=0))
    median = np.median(points, axis=0)
    is_far = np.linalg.norm(points - median, axis=-1) > FAR_POINT_MM
    is_far &= ~is_far.all(axis=0)  # where all are far from each other, all stay
    kept = np.where(is_far[..., None], np.nan, points)
    left_out = tuple((int(r), int(p), int(e)) for r, p, e in np.argwhere(is_far))
    return FusedPoints(np.asarray(np.nanmedian(kept, axis=0)), left_out)
