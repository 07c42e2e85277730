"""Where the bodies of two neighbours meet, and whether the picture shows that they are two.

Bodies that lie on a narrow disc meet where a voxel is wider than what is left of the disc. Then an
end plate lies at the meeting face, brighter than the bone on both sides of it, and both bodies are
as tall as their neighbours let expect. Where one bone carries two numbers the bone goes on across
the face; where a label covers a disc or another bone, its body is too tall.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.grammar_evidence import ONE_BONE, joined, stands_out
from annotation.domain.grammar_size import body_growth
from annotation.domain.spine import Box, Mask, Part, Spine, SpineProblem, Vector

CONTACT_MM2: Final = 350.0
"""Bodies meet on less than this; joints behind them may meet on more."""
PLATE_HU: Final = 10.0
"""So much brighter than the bone on both sides is an end plate, in the mean over the whole face."""
AT_FACE_MM: Final = (-1.0, 0.0, 1.0)
BESIDE_MM: Final = (4.0, 5.0, 6.0, 7.0, 8.0)
GROWN: Final = np.log(1.1)
"""A label that covers a disc makes the body taller than this share of what is expected; narrow
discs of the neck and the upper chest add a tenth at least."""
FLAT: Final = np.log(0.8)
"""One bone under two numbers makes two bodies that are flatter than this."""
WITHIN: Final = 0.5
"""So much of what lies beside the face must be the bone itself, else nothing is to be compared."""


def contact_problems(spine: Spine) -> Iterable[SpineProblem]:
    """Yield pairs of neighbours whose bodies meet on more than bodies do."""
    for row, (upper, lower) in enumerate(pairwise(spine.order)):
        area_mm2, faces_mm = contact_of(spine, upper, lower, spine.frames[row])
        if area_mm2 < CONTACT_MM2:
            continue
        stops = not (is_plate_between(spine, row, faces_mm) and are_usual(spine, row))
        names = f"{spine.name(upper.number)} and {spine.name(lower.number)}"
        message = f"The bodies of {names} touch on {area_mm2 / 100:.0f} cm2. {_ADVICE[stops]}"
        at_mm = faces_mm.mean(axis=0)
        yield spine.problem("contact", lower.number, message, blocking=stops, at_mm=at_mm)


_ADVICE: Final = {
    True: "One may be painted into the other, or one vertebra carries two numbers.",
    False: "The picture shows an end plate between them, as on a narrow disc.",
}


def are_usual(spine: Spine, row: int) -> bool:
    """Tell whether two bodies are surely not too tall, not both too flat, and meet on little."""
    growth = body_growth(spine)[row : row + 2]
    sizes = bool((growth < GROWN).all() and growth.max() > FLAT)
    return sizes and all(stands_out(spine, at, joined) < ONE_BONE for at in (row, row + 1))


def is_plate_between(spine: Spine, row: int, faces_mm: Vector) -> bool:
    """Tell whether the picture shows an end plate where the body of a row meets the next one.

    Args:
        spine: what they belong to; without a volume nothing is shown.
        row: place of the upper bone in `order`.
        faces_mm: points of the face, LPS, shape (n, 3).
    """
    if spine.hu is None:
        return False
    down = -spine.frames[row][2]
    upper, lower = (part.number for part in spine.order[row : row + 2])
    at_face, labels = _seen(spine, faces_mm, down, AT_FACE_MM)
    above, labels_above = _seen(spine, faces_mm, -down, BESIDE_MM)
    below, labels_below = _seen(spine, faces_mm, down, BESIDE_MM)
    is_upper, is_lower = labels_above == upper, labels_below == lower
    if min(is_upper.mean(), is_lower.mean()) < WITHIN:
        return False
    beside = max(above[is_upper].mean(), below[is_lower].mean())
    return bool(at_face[labels > 0].mean() > beside + PLATE_HU)


def _seen(
    spine: Spine, faces_mm: Vector, way: Vector, steps_mm: tuple[float, ...]
) -> tuple[Vector, Mask]:
    """Return volume and mask in these distances from the points of a face, shapes (n,).

    Raises:
        ValueError: if the spine has no volume.
    """
    if spine.hu is None:
        raise ValueError("without a volume no picture can be asked")
    points = (faces_mm[None] + np.array(steps_mm)[:, None, None] * way).reshape(-1, 3)
    kji = spine.grid.to_ijk(points)[:, ::-1].T
    low = np.clip(np.floor(kji.min(axis=1)).astype(int), 0, np.array(spine.mask.shape) - 1)
    high = np.maximum(np.ceil(kji.max(axis=1)).astype(int) + 1, low + 1)
    box = tuple(slice(start, stop) for start, stop in zip(low, high, strict=True))
    places = kji - low[:, None]
    hu = ndimage.map_coordinates(spine.hu[box].astype(float), places, order=1, mode="nearest")
    labels = ndimage.map_coordinates(spine.mask[box], places, order=0, mode="constant")
    return hu, labels


def contact_of(spine: Spine, upper: Part, lower: Part, frame: Vector) -> tuple[float, Vector]:
    """Return where the front halves of two bones meet: square millimetres, and points, LPS (n, 3).

    The area is counted across the curve, so that steps of voxels do not add to it.

    Args:
        spine: what they belong to.
        upper: one bone.
        lower: the other.
        frame: directions left, backward and up, rows.
    """
    box = _meeting(spine, upper, lower)
    if box is None:
        return 0.0, np.empty((0, 3))
    faces = _faces(spine.mask[box], upper.number, lower.number)
    offset = np.array([axis.start for axis in box])
    area, places = 0.0, []
    spacing = np.array(spine.grid.spacing_mm)
    normals = spine.grid.affine_lps[:3, :3] / spacing
    middle = (upper.centre_mm + lower.centre_mm) / 2
    for axis, found in enumerate(faces):
        points = spine.grid.to_mm((found + offset)[:, ::-1])
        is_front = (points - middle) @ frame[1] < 0
        column = 2 - axis
        across = float(np.prod(spacing) / spacing[column]) * abs(
            float(normals[:, column] @ frame[2])
        )
        area += across * float(is_front.sum())
        places.append(points[is_front])
    return area, np.concatenate(places)


def _meeting(spine: Spine, one: Part, other: Part) -> Box | None:
    """Return the box in which both bones may lie side by side."""
    axes = []
    for a, b, size in zip(one.box, other.box, spine.mask.shape, strict=True):
        start, stop = max(a.start, b.start) - 1, min(a.stop, b.stop) + 1
        if start >= stop:
            return None
        axes.append(slice(max(0, start), min(size, stop)))
    return (axes[0], axes[1], axes[2])


def _faces(mask: NDArray[np.uint8], one: int, other: int) -> list[Vector]:
    """Return per axis (k, j, i) the middles of faces between two numbers, shape (n, 3)."""
    found = []
    for axis in range(3):
        turned = np.moveaxis(mask, axis, 0)
        first, second = turned[:-1], turned[1:]
        meets = ((first == one) & (second == other)) | ((first == other) & (second == one))
        places = np.argwhere(np.moveaxis(meets, 0, axis)).astype(np.float64)
        places[:, axis] += 0.5
        found.append(places)
    return found
