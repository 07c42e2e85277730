"""What a sagittal slice shows of one vertebral body, from its geometry alone.

The plane of a slice cuts a body that leans and turns at an angle, and beside the middle the end
plates are others than in it; so heights differ from slice to slice, and a slice can be normal where
its vertebra is not.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.phantoms.spine import (
    HOLLOW_SHARE,
    KEYPOINT_SHARE,
    RIM_SHARE,
    WALL_POWER,
    Body,
    parabola,
)

Floats = NDArray[np.float64]

GRAZED: Final = 0.9
"""A slice farther from the middle than this share of half the width only grazes the body."""
_ROUNDS: Final = 60


@dataclass(frozen=True)
class Section:
    """A body, and where the columns of its volume lie.

    Attributes:
        body: in patient millimetres.
        first_x_mm: LPS x of column 0.
        step_mm: by which x falls from one column to the next; columns run to the patient's right.
    """

    body: Body
    first_x_mm: float
    step_mm: float

    def points_at(self, column: float) -> Floats | None:
        """Return the six points (3, 2, 3) of a sagittal column, LPS millimetres, or None.

        They lie on the end plates, in the plane of the column: the anterior and posterior ones at
        0.9 of the way to the wall there, the middle ones halfway between them. None where the
        column misses the body or only grazes it.
        """
        x = self.first_x_mm - self.step_mm * column
        own = np.array([[_own_point(self.body, x, t, end) for end in (1, -1)] for t in (-1, 0, 1)])
        if np.abs(own[..., 0]).max() > GRAZED * self.body.width / 2:
            return None
        return np.asarray(self.body.centre + own @ self.body.rotation.T)

    def heights_at(self, column: float) -> Floats | None:
        """Return anterior, middle and posterior height (mm) in a sagittal column, or None."""
        points = self.points_at(column)
        return None if points is None else np.linalg.norm(points[:, 0] - points[:, 1], axis=1)


def _own_point(body: Body, x: float, t: int, end: int) -> Floats:
    """Return (u, v, w) on an end plate (1 upper, -1 lower) in the plane at x."""
    across, along, up = body.rotation[0]
    u = v = w = 0.0
    for _ in range(_ROUNDS):
        u = (x - body.centre[0] - along * v - up * w) / across
        front, back = _walls(body, u)
        v = KEYPOINT_SHARE * (-front, 0.5 * (back - front), back)[t + 1]
        w = end * _plate(body, u, v, end)
    return np.array([u, v, w])


def _walls(body: Body, u: float) -> tuple[float, float]:
    """Return how far the front and the back wall lie from the centre, u beside the middle."""
    share = min(abs(2 * u / body.width), 0.97)
    half = body.depth / 2 * (1 - share**WALL_POWER) ** (1 / WALL_POWER)
    side = (u / (HOLLOW_SHARE * body.width)) ** 2
    return half, half + body.hollow * side / (1 + side)


def _plate(body: Body, u: float, v: float, end: int) -> float:
    """Return the height of an end plate over the centre, positive for both."""
    c0, c1, c2 = parabola(body.upper if end > 0 else body.lower)
    t = v / (KEYPOINT_SHARE * body.depth / 2)
    rim = (2 * u / body.width) ** 2 * RIM_SHARE * float(body.heights.max())
    return c0 + t * (c1 + t * c2) + rim
