"""Overlap of two vertebrae given by six points: butterfly IoU.

Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646), section 3.4: intersection over union of
hexagons whose corners are the six points. A hexagon is cut
along its middle height into two quadrilaterals and those into triangles, whose pairwise overlaps
add up exactly also where the hexagon is concave.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def butterfly_iou(first: Floats, second: Floats) -> float:
    """Return the intersection over union, 0-1, of two hexagons of points (3, 2, 2)."""
    if np.any(first.max(axis=(0, 1)) < second.min(axis=(0, 1))):
        return 0.0
    if np.any(second.max(axis=(0, 1)) < first.min(axis=(0, 1))):
        return 0.0
    mine, others = _triangles(first), _triangles(second)
    common = sum(_area(_clipped(a, b)) for a in mine for b in others)
    union = sum(map(_area, mine)) + sum(map(_area, others)) - common
    return float(np.clip(common / union, 0.0, 1.0)) if union > 0 else 0.0


def _triangles(points: Floats) -> list[Floats]:
    found: list[Floats] = []
    for front in (0, 1):
        a, b = points[front]
        c, d = points[front + 1]
        found += [np.array([a, b, c]), np.array([b, d, c])]
    return [triangle if _cross(triangle) > 0 else triangle[::-1] for triangle in found]


def _cross(triangle: Floats) -> float:
    (ax, ay), (bx, by), (cx, cy) = triangle
    return float((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))


def _clipped(subject: Floats, window: Floats) -> Floats:
    """Return the part of a convex polygon within a counter-clockwise triangle."""
    polygon = subject
    for start, end in zip(window, np.roll(window, -1, axis=0), strict=True):
        if len(polygon) == 0:
            break
        edge = end - start
        side = edge[0] * (polygon[:, 1] - start[1]) - edge[1] * (polygon[:, 0] - start[0])
        polygon = _half(polygon, side)
    return polygon


def _half(polygon: Floats, side: Floats) -> Floats:
    kept: list[Floats] = []
    for index in range(len(polygon)):
        here, there = polygon[index - 1], polygon[index]
        near, far = side[index - 1], side[index]
        if near * far < 0:
            kept.append(here + (there - here) * (near / (near - far)))
        if far >= 0:
            kept.append(there)
    return np.array(kept).reshape(-1, 2)


def _area(polygon: Floats) -> float:
    if len(polygon) < 3:
        return 0.0
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
