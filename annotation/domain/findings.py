"""What may be said about a vertebra, and which six points can be a body's.

The reasons and flags follow Loeffler et al. 2020 (doi:10.1148/ryai.2020190138): cervical bodies
are not graded, and deformities that are no fracture are noted apart from the grade.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

NOT_GRADED: Final = (
    "cervical",
    "partially_visible",
    "foreign_material_obscures",
    "fused_or_ankylosed_unmeasurable",
    "artefact",
    "metastasis_or_tumour",
    "transitional_uncertain",
    "not_assessed",
)
DEFORMITIES: Final = (
    "scheuermann",
    "schmorl",
    "developmental_wedge",
    "short_vertebra",
    "degenerative_remodelling",
    "limbus",
    "haemangioma",
    "cupid_bow",
    "congenital",
    "other",
)
FOREIGN_MATERIAL: Final = ("pmma", "screw_rod", "cage", "vertebral_replacement", "other")
SHAPES: Final = ("wedge", "biconcave", "crush")
CONFIDENCES: Final = ("sure", "unsure")

_POSTERIOR: Final = 1
_SUPERIOR: Final = 2


class ImpossibleBody(ValueError):
    """Six points that cannot be those of one vertebral body."""


def check_six_points(points_mm: object) -> NDArray[np.float64]:
    """Return six points as an array, if they can be a vertebral body's.

    Args:
        points_mm: (3, 2, 3): position (anterior, middle, posterior), end (superior, inferior),
            LPS millimetres.

    Raises:
        ImpossibleBody: if the form is wrong, a value is not finite, the ends of a height are
            swapped or the front lies behind the back.
    """
    try:
        points = np.asarray(points_mm, dtype=np.float64)
    except (TypeError, ValueError):
        raise ImpossibleBody("six points are three pairs of three numbers") from None
    if points.shape != (3, 2, 3) or not np.isfinite(points).all():
        raise ImpossibleBody("six points are three pairs of three finite numbers")
    if (points[:, 0, _SUPERIOR] <= points[:, 1, _SUPERIOR]).any():
        raise ImpossibleBody("an upper point does not lie above its lower one")
    place = points[..., _POSTERIOR].mean(axis=1)
    if not place[0] < place[1] < place[2]:
        raise ImpossibleBody("anterior, middle and posterior do not follow one another")
    return points
