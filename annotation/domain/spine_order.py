"""The order of vertebrae along the curve of the spine, and the directions at each of them.

Plain height is no order in a spine that is bent far or lies obliquely: the order here is that of
the shortest way through all centres, which begins at the end that lies further up.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
_REACH: Final = 2
"""So many neighbours on each side give the direction of the curve."""
_LEFT: Final = np.array([1.0, 0.0, 0.0])
_UP: Final = np.array([0.0, 0.0, 1.0])


def along_curve(centres_mm: Vector) -> list[int]:
    """Return the places of centres from cranial to caudal.

    Args:
        centres_mm: LPS millimetres, shape (n, 3), in any order.
    """
    way = [int(place) for place in np.argsort(-centres_mm[:, 2], kind="stable")]
    apart = np.linalg.norm(centres_mm[:, None] - centres_mm[None], axis=2)
    while (better := _shortened(way, apart)) is not None:
        way = better
    is_upright = centres_mm[way[0], 2] >= centres_mm[way[-1], 2] if way else True
    return way if is_upright else way[::-1]


def _shortened(way: list[int], apart: Vector) -> list[int] | None:
    """Return the way with one stretch turned round so that it is shorter, None if none helps."""
    n = len(way)
    for first in range(n - 1):
        for last in range(first + 1, n):
            gain = 0.0
            if first > 0:
                before = way[first - 1]
                gain += apart[before, way[first]] - apart[before, way[last]]
            if last < n - 1:
                after = way[last + 1]
                gain += apart[way[last], after] - apart[way[first], after]
            if gain > 1e-6:
                return [*way[:first], *way[first : last + 1][::-1], *way[last + 1 :]]
    return None


def frames_along(centres_mm: Vector) -> Vector:
    """Return the directions left, backward and up of each vertebra, shape (n, 3, 3), rows.

    Args:
        centres_mm: from cranial to caudal, LPS millimetres, shape (n, 3).
    """
    n = len(centres_mm)
    frames = np.empty((n, 3, 3))
    for place in range(n):
        low, high = max(0, place - _REACH), min(n, place + _REACH + 1)
        frames[place] = _frame(_direction(centres_mm[low:high]))
    return frames


def _direction(run: Vector) -> Vector:
    """Return the unit vector up along a run of centres; straight up for a single one."""
    if len(run) < 2:
        return _UP
    steps = np.arange(len(run)) - (len(run) - 1) / 2
    slope = -(steps @ (run - run.mean(axis=0)))
    length = float(np.linalg.norm(slope))
    return slope / length if length > 1e-9 else _UP


def _frame(up: Vector) -> Vector:
    left = _LEFT - (_LEFT @ up) * up
    left = left / max(float(np.linalg.norm(left)), 1e-9)
    return np.stack([left, np.cross(up, left), up])
