"""Names the vertebrae of a mask: upwards from the fifth lumbar one, or by looks and anchors.

Counting upwards from L5 is what Glessgen et al. (Segment and Slice) did; they report that a
sixth lumbar vertebra, or a scan that ends above L5, shifts all names. Decoding is `label`, the most
plausible row of names under all that was seen; it is the default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from annotation.domain.proposal import CountedFrom
from annotation.domain.vertebrae import LEVELS
from inference.nets.detector import CLASSES
from inference.phases.bodies import Bone
from inference.phases.detect import Anchor, Detection, Detections
from inference.phases.label import Count, Room, name_levels

Floats = NDArray[np.float64]

_UPWARDS: Final = tuple(level for level in reversed(LEVELS[:-2]) if level not in ("L6", "T13"))
"""L5, L4, ... C1: the usual row from below."""


@dataclass(frozen=True)
class Looks:
    """What a segmentation knows beside its mask.

    Attributes:
        level_logits: by number in its mask, (25,) over the detector's `CLASSES`.
        anchors: by name ("C2", "T1_rib", "L5_sacrum"): probability and grid millimetres (j, i, k).
        room: beyond the spine that was found; None where only the mask can tell.
    """

    level_logits: Mapping[int, Floats]
    anchors: Mapping[str, tuple[float, Floats]] = field(default_factory=dict)
    room: Room | None = None


def count_upwards(n: int) -> Count:
    """Name n vertebrae upwards: the lowest is taken for L5, whatever it is.

    Raises:
        ValueError: if there are more than from L5 to C2.
    """
    if n > len(_UPWARDS):
        raise ValueError(f"{n} vertebrae are more than there are from L5 to C1")
    return Count(tuple(reversed(_UPWARDS[:n])), CountedFrom.ASSUMED)


def count_by_looks(bones: Sequence[Bone], looks: Looks, grid: Grid) -> Count:
    """Name vertebrae from cranial to caudal by the most plausible row.

    A part of a fused vertebra shares the looks of the whole, which fit one of the parts at most;
    so it has none of its own.
    """
    if not bones:
        return Count((), CountedFrom.ASSUMED)
    along = row_of(bones)
    sources = [bone.source for bone in bones]
    found = tuple(
        Detection(
            _points(bone, place),
            1.0,
            _logits(looks, bone.source, is_shared=sources.count(bone.source) > 1),
        )
        for bone, place in zip(bones, along, strict=True)
    )
    anchors = {
        name: _anchor(score, where, bones, along) for name, (score, where) in looks.anchors.items()
    }
    room = looks.room or _room(bones, grid)
    cut = frozenset(place for place, bone in enumerate(bones) if bone.is_cut)
    return name_levels(Detections(found, anchors), room=Room(room.cranial_mm, room.caudal_mm, cut))


def row_of(bones: Sequence[Bone]) -> Floats:
    """Return how far down the row of bodies each lies, millimetres from the first."""
    centres = np.array([bone.frame.centre for bone in bones])
    steps = np.linalg.norm(np.diff(centres, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _points(bone: Bone, place: float) -> Floats:
    """Return a body's outline (3, 2, 2) on a picture whose s runs down the row."""
    points = np.zeros((3, 2, 2))
    points[:, 0, 0] = place - bone.extent.height_mm / 2
    points[:, 1, 0] = place + bone.extent.height_mm / 2
    points[..., 1] = np.array([-0.5, 0.0, 0.5])[:, None] * bone.extent.depth_mm
    return points


def _logits(looks: Looks, source: int, *, is_shared: bool) -> Floats:
    unknown = np.zeros(len(CLASSES))
    return unknown if is_shared else looks.level_logits.get(source, unknown)


def _anchor(score: float, where: Floats, bones: Sequence[Bone], along: Floats) -> Anchor:
    """Return an anchor as far from its nearest body on the picture as it is in space."""
    apart = [float(np.linalg.norm(bone.frame.centre - where)) for bone in bones]
    nearest = int(np.argmin(apart))
    return Anchor(score, np.array([along[nearest], apart[nearest]]))


def _room(bones: Sequence[Bone], grid: Grid) -> Room:
    """Return how much of the volume lies beyond the first and the last body."""
    first, last = bones[0], bones[-1]
    end = (grid.dims[1] - 1) * grid.spacing_mm[1]
    cranial = float(first.frame.centre[0]) - first.extent.height_mm / 2
    caudal = end - float(last.frame.centre[0]) - last.extent.height_mm / 2
    return Room(max(cranial, 0.0), max(caudal, 0.0))
