"""Follows the row of vertebrae beyond the localizer's limits.

The localizer sees coarsely, and its limits may stop short of the spine's end. The detector judges
each vertebra for itself on the straight continuation of the curve, so a vertebra that it is sure of
and that follows on its neighbour without a gap is believed, and the curve is led through it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.phases.detect import Detection, Detections
from inference.phases.straighten import Curve, to_space

Floats = NDArray[np.float64]

OUTSIDE_MM: Final = 10.0
"""How far beyond the limits the centre of a vertebra may lie without being asked for more."""
SURE_CRANIAL: Final = 0.8
SURE_CAUDAL: Final = 0.9
BEGUN_MM: Final = 40.0
"""So much of the volume beyond the caudal limit shows where the sacrum begins: the sacrum resembles
a vertebra, so there the localizer is believed and the row is not led on."""
_WIDEST_GAP: Final = 1.9
_TOO_LITTLE_MM: Final = 3.0


def followed(
    detections: Detections, low: float, high: float, *, is_end_seen: bool = False
) -> Detections:
    """Return the vertebrae within the limits and those that follow on them.

    Args:
        detections: from cranial to caudal.
        low: cranial limit along s in millimetres.
        high: caudal limit along s in millimetres.
        is_end_seen: the volume goes on well below the caudal limit.
    """
    found = detections.found
    inside = [
        place
        for place, one in enumerate(found)
        if low - OUTSIDE_MM <= float(one.centre[0]) <= high + OUTSIDE_MM
    ]
    if not inside:
        return Detections((), detections.anchors)
    first, last = inside[0], inside[-1]
    while first > 0 and _is_next(found[first], found[first - 1], SURE_CRANIAL):
        first -= 1
    while (
        not is_end_seen
        and last + 1 < len(found)
        and _is_next(found[last], found[last + 1], SURE_CAUDAL)
    ):
        last += 1
    return Detections(found[first : last + 1], detections.anchors)


def longer(knots: Floats, curve: Curve, row: Detections, extend_mm: float) -> Floats | None:
    """Return the knots led through what was found beyond them, or None where nothing was.

    Args:
        knots: (n, 3) of the present curve, grid millimetres.
        curve: made from them, extended by `extend_mm` at both ends.
        row: vertebrae on it.
        extend_mm: of the curve.
    """
    if not row.found:
        return None
    end = len(curve) - 1 - extend_mm
    before = [sv for sv in _axis(row.found[0]) if sv[0] < extend_mm - _TOO_LITTLE_MM]
    after = [sv for sv in _axis(row.found[-1]) if sv[0] > end + _TOO_LITTLE_MM]
    if not before and not after:
        return None
    parts = [to_space(curve, np.array(part).reshape(-1, 2)) for part in (before, after)]
    return np.concatenate([parts[0], knots, parts[1]])


def _axis(one: Detection) -> list[Floats]:
    """Return the middle of the superior end plate, the centre, and of the inferior one."""
    return [one.points[1, 0], one.centre, one.points[1, 1]]


def _is_next(one: Detection, other: Detection, sure: float) -> bool:
    pitch = abs(float(other.centre[0] - one.centre[0]))
    height = (float(np.ptp(one.points[..., 0])) + float(np.ptp(other.points[..., 0]))) / 2
    return other.objectness >= sure and pitch <= _WIDEST_GAP * height
