"""What may be said about a vertebra, and which six points can be a body's.

The reasons and flags follow Loeffler et al. 2020 (doi:10.1148/ryai.2020190138): cervical bodies
are not graded, and deformities that are no fracture are noted apart from the grade.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.frames import Frame, FramesMixed

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
AO_CLASSES: Final = ("A0", "A1", "A2", "A3", "A4", "B1", "B2", "B3", "C")
"""AO spine thoracolumbar classes by rising severity (Vaccaro et al. 2013,
doi:10.1097/BRS.0b013e3182a8a381); a scheme of its own that no grade is converted into."""
AO_NEUROLOGY: Final = ("N0", "N1", "N2", "N3", "N4", "NX")
"""Neurological status beside an AO class: intact, transient deficit that has resolved, radicular,
incomplete cord or cauda equina injury, complete cord injury, unknown (Vaccaro et al. 2013)."""
AO_MODIFIERS: Final = ("M1", "M2")
"""What may change the treatment of an AO class: an uncertain injury of the tension band, and a
disease of the patient such as ankylosis or osteoporosis (Vaccaro et al. 2013; the thoracolumbar
scheme has no others)."""
CONFIDENCES: Final = ("sure", "unsure")

_LEFT: Final = 0
_POSTERIOR: Final = 1
_SUPERIOR: Final = 2
_FLAT_MM: Final = 1e-6

USUAL_HEIGHTS_MM: Final = (4.0, 45.0)

REFUSALS: Final = {
    "form": "Six points are three pairs of three finite numbers.",
    "no_height": "A height is zero: its upper and lower point lie at one place.",
    "upper_lower": "Upper and lower point are swapped: the upper one does not lie above.",
    "front_back": "Front and back are swapped: anterior, middle and posterior do not follow.",
    "crossing": "The outline of the six points crosses itself.",
}
"""Why six points can be no body's; the browser refuses in the same words."""


class ImpossibleBody(ValueError):
    """Six points that cannot be those of one vertebral body.

    `code` is a key of `REFUSALS`, the message its sentence.
    """

    def __init__(self, code: str) -> None:
        super().__init__(REFUSALS[code])
        self.code = code


def check_six_points(points_mm: object, frame: Frame = Frame.PATIENT_MM) -> NDArray[np.float64]:
    """Return six points as an array, if they can be a vertebral body's.

    Args:
        points_mm: (3, 2, 3): position (anterior, middle, posterior), end (superior, inferior),
            LPS millimetres.
        frame: what those millimetres are; points of a radiograph lie in its one plane.

    Raises:
        ImpossibleBody: if the form is wrong, a value is not finite, a height is zero, the ends of
            a height are swapped, the front lies behind the back, or the outline crosses itself.
        FramesMixed: if points lie off the radiograph's plane, as a patient's points do.
    """
    try:
        points = np.asarray(points_mm, dtype=np.float64)
    except (TypeError, ValueError):
        raise ImpossibleBody("form") from None
    if points.shape != (3, 2, 3) or not np.isfinite(points).all():
        raise ImpossibleBody("form")
    if (points[:, 0] == points[:, 1]).all(axis=-1).any():
        raise ImpossibleBody("no_height")
    if (points[:, 0, _SUPERIOR] <= points[:, 1, _SUPERIOR]).any():
        raise ImpossibleBody("upper_lower")
    place = points[..., _POSTERIOR].mean(axis=1)
    if not place[0] < place[1] < place[2]:
        raise ImpossibleBody("front_back")
    if _crosses_itself(points[..., _POSTERIOR:]):
        raise ImpossibleBody("crossing")
    if frame is not Frame.PATIENT_MM and np.abs(points[..., _LEFT]).max() > _FLAT_MM:
        raise FramesMixed("the points do not lie in the one plane of the radiograph")
    return points


def unusual_heights(heights_mm: Sequence[float]) -> list[int]:
    """Return which heights (0 anterior, 1 middle, 2 posterior) lie outside 4 to 45 mm.

    Only heights in millimetres of the patient can be asked about: a radiograph magnifies.
    """
    low, high = USUAL_HEIGHTS_MM
    return [place for place, height in enumerate(heights_mm) if not low <= height <= high]


def _crosses_itself(flat: NDArray[np.float64]) -> bool:
    """Tell whether the hexagon of (3, 2, 2) points crosses itself, seen from the side."""
    ring = [*flat[:, 0], *flat[::-1, 1]]
    edges = [(ring[n], ring[(n + 1) % 6]) for n in range(6)]
    pairs = ((n, m) for n in range(6) for m in range(n + 2, 6) if (n, m) != (0, 5))
    return any(_cross(*edges[n], *edges[m]) for n, m in pairs)


def _cross(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    c: NDArray[np.float64],
    d: NDArray[np.float64],
) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> float:
    """Return on which side of the line a-b a point lies: the sign of a cross product."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
