"""Whether there is room for a body between two bones: how empty the middle between theirs is."""

from typing import Final

import numpy as np

from annotation.domain.spine import CORE_MM, Part, Spine, Vector

BALL_MM: Final = 8.0
"""Less than half of the smallest body across, and more than half of the widest disc."""


def empty_between(spine: Spine, place: int) -> float:
    """Return the share of a ball amid two neighbouring bodies that carries no name.

    Args:
        spine: what they belong to.
        place: of the upper one in `order`.
    """
    one, other = (_body_mm(spine, row) for row in (place, place + 1))
    kji_mm = np.array(spine.grid.spacing_mm[::-1])
    middle = spine.grid.to_ijk((one + other) / 2)[::-1]
    reach = np.ceil(BALL_MM / kji_mm)
    low = np.maximum(np.floor(middle - reach), 0).astype(int)
    high = np.minimum(np.ceil(middle + reach) + 1, spine.mask.shape).astype(int)
    axes = [np.arange(start, stop) for start, stop in zip(low, high, strict=True)]
    apart = [(axis - at) * mm for axis, at, mm in zip(axes, middle, kji_mm, strict=True)]
    across = apart[0][:, None, None] ** 2 + apart[1][:, None] ** 2 + apart[2] ** 2
    near = spine.mask[np.ix_(*axes)][across <= BALL_MM**2]
    return float((near == 0).mean()) if near.size else 0.0


def _body_mm(spine: Spine, row: int) -> Vector:
    """Return the middle of the front of a bone, which is its body."""
    part: Part = spine.order[row]
    own = (part.points_mm - part.centre_mm) @ spine.frames[row].T
    front = part.points_mm[(np.abs(own[:, 0]) <= CORE_MM) & (own[:, 1] < 0)]
    return np.asarray(front.mean(axis=0)) if len(front) else part.centre_mm
