"""A label map seen as a spine: its bones from cranial to caudal, with what can be measured of them.

Measures are taken on a grid thinned to about 1 mm, in boxes around each bone, so that a large mask
costs no more than its bones do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.geometry import GeometryMismatch, Grid
from annotation.domain.spine_order import along_curve, frames_along

Mask = NDArray[np.uint8]
Box = tuple[slice, slice, slice]
Vector = NDArray[np.float64]

THIN_MM: Final = 1.3
"""Voxels are left out for measures as long as those kept lie no further apart."""
CORE_MM: Final = 22.0
"""The middle slab in which volumes are compared: fields of view often cut the processes off."""
SCRAP_SHARE: Final = 0.1
SPREAD: Final = (1, 99)
"""Percentiles between which a bone extends: single voxels shall not decide."""
FEATURES: Final = ("volume", "width", "depth", "height", "front", "back")


@dataclass(frozen=True)
class Bone:
    """A vertebra of the case: its number in the mask and its level, None where not named."""

    number: int
    level: str | None


@dataclass(frozen=True)
class SpineProblem:
    """One thing that is wrong or worth knowing.

    Attributes:
        code: what kind of problem.
        number: the vertebra's number, None where it concerns the whole mask.
        level: its level, None where it has none.
        message: a sentence for people.
        at_mm: where, in LPS millimetres.
        blocking: whether it stops a submission.
    """

    code: str
    number: int | None
    level: str | None
    message: str
    at_mm: tuple[float, float, float] | None
    blocking: bool


@dataclass(frozen=True)
class Part:
    """One bone of the mask.

    Attributes:
        number: in the mask.
        box: (k, j, i) slices that hold it.
        centre_mm: mean of its voxels, LPS.
        touches: whether it touches the border along (k, j, i).
        points_mm: some of its voxels, LPS, shape (n, 3).
        voxel_mm3: the room one of these points stands for.
    """

    number: int
    box: Box
    centre_mm: Vector
    touches: tuple[bool, bool, bool]
    points_mm: Vector
    voxel_mm3: float

    @property
    def is_cut(self) -> bool:
        """Tell whether the border cuts it anywhere."""
        return any(self.touches)


@dataclass(frozen=True)
class Spine:
    """A mask with its grid and bones.

    Attributes:
        mask: vertebra numbers, shape (k, j, i).
        grid: what it lies on.
        bones: all vertebrae of the case.
        hu: the volume in Hounsfield units, None where it is not looked at.
        scheme: "T" or "Th", how thoracic levels are written.
        parts: the bones that have voxels, by number.
    """

    mask: Mask
    grid: Grid
    bones: Sequence[Bone]
    hu: NDArray[np.int16] | None
    scheme: str
    parts: Mapping[int, Part] = field(default_factory=dict)

    @cached_property
    def by_number(self) -> dict[int, Bone]:
        """All bones that the case knows, by number."""
        return {bone.number: bone for bone in self.bones}

    @cached_property
    def order(self) -> list[Part]:
        """The bones in the mask that the case knows, from cranial to caudal along the curve."""
        known = [part for number, part in self.parts.items() if number in self.by_number]
        if not known:
            return []
        return [known[at] for at in along_curve(np.array([part.centre_mm for part in known]))]

    @cached_property
    def frames(self) -> Vector:
        """Directions left, backward and up of each bone of `order`, shape (n, 3, 3)."""
        return frames_along(np.array([part.centre_mm for part in self.order]).reshape(-1, 3))

    @cached_property
    def sizes(self) -> Vector:
        """Sizes of each bone of `order` as `size_of` gives them, shape (n, 6)."""
        rows = [size_of(part, frame) for part, frame in zip(self.order, self.frames, strict=True)]
        return np.array(rows).reshape(-1, len(FEATURES))

    def level_of(self, number: int) -> str | None:
        """Return the level of a number, None where it has none."""
        bone = self.by_number.get(number)
        return bone.level if bone else None

    def name(self, number: int) -> str:
        """Return how a bone is called in sentences."""
        level = self.level_of(number)
        return self.shown(level) if level else f"Vertebra {number}"

    def shown(self, level: str) -> str:
        """Return a level as the data set writes it."""
        return f"Th{level[1:]}" if self.scheme == "Th" and level[0] == "T" else level

    def problem(
        self,
        code: str,
        number: int,
        message: str,
        *,
        blocking: bool,
        at_mm: Vector | None = None,
    ) -> SpineProblem:
        """Return a problem of one bone, at its middle or at a place given."""
        if at_mm is None and number in self.parts:
            at_mm = self.parts[number].centre_mm
        place = None if at_mm is None else (float(at_mm[0]), float(at_mm[1]), float(at_mm[2]))
        return SpineProblem(code, number, self.level_of(number), message, place, blocking)


def read_spine(
    mask: Mask,
    grid: Grid,
    bones: Sequence[Bone],
    *,
    hu: NDArray[np.int16] | None = None,
    scheme: str = "T",
) -> Spine:
    """Find the bones of a mask.

    Raises:
        GeometryMismatch: if mask, grid and volume do not fit, or the mask holds no bytes.
    """
    if mask.dtype != np.uint8:
        raise GeometryMismatch(f"a mask holds whole numbers from 0 to 255, not {mask.dtype}")
    if mask.shape != grid.shape or (hu is not None and hu.shape != grid.shape):
        raise GeometryMismatch(f"mask {mask.shape} does not fit grid {grid.shape}")
    parts = {
        number: _part(mask, grid, number, (box[0], box[1], box[2]))
        for number, box in enumerate(ndimage.find_objects(mask), start=1)
        if box is not None
    }
    return Spine(mask, grid, bones, hu, scheme, parts)


def thinning(grid: Grid, largest_mm: float) -> tuple[int, int, int]:
    """Return every which voxel is kept along (k, j, i) so that they lie no further apart."""
    steps = [max(1, int(largest_mm / size + 1e-6)) for size in grid.spacing_mm]
    return (steps[2], steps[1], steps[0])


def _part(mask: Mask, grid: Grid, number: int, box: Box) -> Part:
    steps = thinning(grid, THIN_MM)
    own = mask[box][:: steps[0], :: steps[1], :: steps[2]] == number
    found = np.argwhere(_without_scraps(own))
    if len(found) < 8:  # too few where every voxel counts
        steps = (1, 1, 1)
        found = np.argwhere(mask[box] == number)
    kji = found * np.array(steps) + [axis.start for axis in box]
    points = grid.to_mm(kji[:, ::-1].astype(np.float64))
    ends = zip(box, mask.shape, strict=True)
    k, j, i = (size > 1 and (axis.start == 0 or axis.stop == size) for axis, size in ends)
    voxel = float(np.prod(grid.spacing_mm)) * float(np.prod(steps))
    return Part(number, box, points.mean(axis=0), (k, j, i), points, voxel)


def _without_scraps(own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out far smaller pieces, which would count as size; what they are is told of pieces."""
    pieces, count = ndimage.label(own, structure=np.ones((3, 3, 3), bool))
    if count < 2:
        return own
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    kept = np.flatnonzero(sizes >= SCRAP_SHARE * sizes.max())
    return np.asarray(np.isin(pieces, kept[kept > 0]))


def size_of(part: Part, frame: Vector) -> list[float]:
    """Return the sizes of a bone along the directions left, backward and up, as `FEATURES` names.

    Core volume in ml; width, depth and height in mm; then the heights of the core before and behind
    the bone's middle, which are body and arch.
    """
    own = (part.points_mm - part.centre_mm) @ frame.T
    core = own[np.abs(own[:, 0]) <= CORE_MM]
    low, high = np.percentile(own, SPREAD, axis=0)
    is_front = core[:, 1] < 0
    ends = [_extent(core[side, 2]) for side in (is_front, ~is_front)]
    return [len(core) * part.voxel_mm3 / 1000, *(high - low).tolist(), *ends]


def _extent(heights: Vector) -> float:
    if len(heights) < 2:
        return 0.0
    low, high = np.percentile(heights, SPREAD)
    return float(high - low)
