"""Leads a curve through the centres of a row of bodies, from the first end plate to the last."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Floats = NDArray[np.float64]

HALF_HEIGHT: Final = 0.4
"""Half the height of a body as a share of the distance of two neighbours' centres."""
_STEP_MM: Final = 2.0


def thread(centres: Floats) -> Floats:
    """Return knots of a smooth curve through centres.

    Args:
        centres: (n, 3) grid millimetres from cranial to caudal, n >= 2, no two equal neighbours.

    Returns:
        (m, 3), beginning and ending where the outer bodies end, as far as their neighbours tell.
    """
    above = centres[0] + HALF_HEIGHT * (centres[0] - centres[1])
    below = centres[-1] + HALF_HEIGHT * (centres[-1] - centres[-2])
    points = np.concatenate([above[None], centres, below[None]])
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
    steps = np.linspace(0.0, along[-1], max(2, round(along[-1] / _STEP_MM) + 1))
    return np.asarray(CubicSpline(along, points, bc_type="natural")(steps))
