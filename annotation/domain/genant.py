"""Heights, height ratio, grade and shape of a vertebral body from six points.

Heights are 3-D distances in millimetres. The height ratio is ``G = min(h) / max(h)`` (Zakharov et
al. 2023, doi:10.1016/j.media.2022.102646, eq. 1). Grades follow Genant et al. 1993
(doi:10.1002/jbmr.5650080915) through a named, versioned convention: thresholds on G are compared
as ``G <= t + 1e-9``, because ``1 - G >= 0.2`` mis-grades exact twenty-per-cent losses in floating
point. Shapes follow the words of Loeffler et al. 2020 (doi:10.1148/ryai.2020190138) with
deterministic ties. Every public function takes plain numbers or arrays; nothing is stored here.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

TOLERANCE: Final = 1e-9
SHAPE_TOLERANCE: Final = 0.10


class Shape(StrEnum):
    """Shape of a vertebral deformity."""

    NONE = "none"
    WEDGE = "wedge"
    BICONCAVE = "biconcave"
    CRUSH = "crush"


@dataclass(frozen=True)
class GradeConvention:
    """Thresholds on G, inclusive: at most `mild` is grade 1, `moderate` 2, `severe` 3."""

    name: str
    mild: float
    moderate: float
    severe: float

    def grade(self, g: float) -> int:
        """Return the grade 0-3 of a height ratio or of one minus a height loss."""
        return sum(g <= limit + TOLERANCE for limit in (self.mild, self.moderate, self.severe))


CONVENTIONS: Final[dict[str, GradeConvention]] = {
    convention.name: convention
    for convention in (
        GradeConvention("loss20_25_40", 0.80, 0.75, 0.60),
        GradeConvention("zakharov_text", 0.80, 0.74, 0.60),
    )
}
DEFAULT_CONVENTION: Final = "loss20_25_40"


def heights_mm(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the anterior, middle and posterior heights of vertebrae.

    Args:
        points_mm: end points of the three height segments in patient millimetres, shape
            (..., 3, 2, d): position (anterior, middle, posterior), end (superior, inferior),
            coordinate. `d` is 2 on a slice or 3 in space.

    Returns:
        Heights in millimetres, shape (..., 3), never negative.

    Raises:
        ValueError: if the last three axes are not (3, 2, 2) or (3, 2, 3), or a value is not finite.
    """
    points = np.asarray(points_mm, dtype=np.float64)
    if points.ndim < 3 or points.shape[-3:-1] != (3, 2) or points.shape[-1] not in (2, 3):
        raise ValueError(f"six points have shape (..., 3, 2, 2 or 3), not {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("a coordinate of the six points is not a finite number")
    return np.asarray(np.linalg.norm(points[..., 1, :] - points[..., 0, :], axis=-1))


def height_ratio(heights: NDArray[np.float64]) -> float:
    """Return G = min / max of three heights.

    Raises:
        ValueError: if there are not three positive, finite heights.
    """
    h = np.asarray(heights, dtype=np.float64)
    if h.shape != (3,) or not np.isfinite(h).all() or h.min() <= 0:
        raise ValueError("a height ratio needs three positive heights")
    return float(h.min() / h.max())


def losses(
    heights: NDArray[np.float64], expected_mm: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the height losses (anterior, middle, posterior), 0 where a height is not reduced.

    Args:
        heights: three heights in millimetres.
        expected_mm: three heights expected from the neighbours; None compares with the own maximum.
    """
    h = np.asarray(heights, dtype=np.float64)
    reference = np.full(3, h.max()) if expected_mm is None else np.asarray(expected_mm)
    return np.asarray(np.maximum(0.0, 1.0 - h / reference))


@dataclass(frozen=True)
class Measurement:
    """What six points say about one body.

    Attributes:
        heights_mm: anterior, middle, posterior.
        g: own-maximum height ratio.
        grade: 0-3 by `convention`.
        shape: deterministic shape; `NONE` at grade 0.
        convention: name of the grade convention.
    """

    heights_mm: tuple[float, float, float]
    g: float
    grade: int
    shape: Shape
    convention: str


def measure_heights(
    heights: NDArray[np.float64],
    expected_mm: NDArray[np.float64] | None = None,
    convention: GradeConvention = CONVENTIONS[DEFAULT_CONVENTION],
) -> Measurement:
    """Grade three heights, against the own maximum or against expected heights.

    Raises:
        ValueError: if there are not three positive, finite heights.
    """
    h = np.asarray(heights, dtype=np.float64)
    g = height_ratio(h)
    loss = losses(h, expected_mm)
    grade = convention.grade(g if expected_mm is None else 1.0 - float(loss.max()))
    return Measurement(
        heights_mm=(float(h[0]), float(h[1]), float(h[2])),
        g=g,
        grade=grade,
        shape=_shape(loss) if grade else Shape.NONE,
        convention=convention.name,
    )


def measure_points(
    points_mm: NDArray[np.float64],
    convention: GradeConvention = CONVENTIONS[DEFAULT_CONVENTION],
) -> Measurement:
    """Measure one vertebra from its six points, shape (3, 2, 3) in LPS millimetres.

    Raises:
        ValueError: if the shape is wrong or a height is not positive.
    """
    points = np.asarray(points_mm, dtype=np.float64)
    if points.shape != (3, 2, 3):
        raise ValueError(f"one vertebra has six points of shape (3, 2, 3), not {points.shape}")
    return measure_heights(heights_mm(points), convention=convention)


def _shape(loss: NDArray[np.float64]) -> Shape:
    anterior, middle, posterior = (float(value) for value in loss)
    if posterior >= max(anterior, middle) - TOLERANCE:
        return Shape.CRUSH
    if posterior >= 0.20 and float(loss.max() - loss.min()) <= SHAPE_TOLERANCE:
        return Shape.CRUSH
    if middle >= anterior and abs(anterior - posterior) <= SHAPE_TOLERANCE:
        return Shape.BICONCAVE
    return Shape.WEDGE if anterior >= posterior else Shape.CRUSH
