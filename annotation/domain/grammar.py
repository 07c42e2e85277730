"""What a spine cannot be: checks of a label map against the names of its vertebrae.

Blocking problems stop a submission; the others only inform, because spines do lack a T12 or an L5
and do have a T13 or an L6. Nothing is ever repaired here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.frames import Frame, has_mm, unit_of
from annotation.domain.geometry import GeometryMismatch, Grid
from annotation.domain.vertebrae import LEVELS, place_of

AIR_HU: Final = -300.0
BLOCKING_PIECE_ML: Final = 0.2
BLOCKING_PIECE_MM: Final = 5.0
BLOCKING_SHARE: Final = 0.02
BLOCKING_GAP_SHARE: Final = 0.2
"""On a radiograph, of the main piece's area and of its width."""
SMALLEST_PIECE_VOX: Final = 2
OPTIONAL_LEVELS: Final = frozenset({"T13", "L6"})

_Mask = NDArray[np.uint8]
_Boxes = dict[int, tuple[slice, slice, slice]]


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
class _Spine:
    mask: _Mask
    grid: Grid
    hu: NDArray[np.int16] | None
    boxes: _Boxes
    centres_mm: dict[int, tuple[float, float, float]]
    scheme: str

    def name(self, bone: Bone) -> str:
        return self.shown(bone.level) if bone.level else f"Vertebra {bone.number}"

    def shown(self, level: str) -> str:
        return f"Th{level[1:]}" if self.scheme == "Th" and level[0] == "T" else level

    def problem(self, code: str, bone: Bone, message: str, *, blocking: bool) -> SpineProblem:
        at_mm = self.centres_mm.get(bone.number)
        return SpineProblem(code, bone.number, bone.level, message, at_mm, blocking)


def spine_problems(
    mask: _Mask,
    grid: Grid,
    bones: Sequence[Bone],
    *,
    hu: NDArray[np.int16] | None = None,
    scheme: str = "T",
) -> list[SpineProblem]:
    """Return the problems of a mask, blocking ones first.

    Args:
        mask: vertebra numbers, shape (k, j, i) of the grid.
        grid: canonical P, I, R grid the mask lies on.
        bones: all vertebrae of the case with their levels.
        hu: the volume in Hounsfield units, same shape; None leaves the check for air out.
        scheme: "T" or "Th", how thoracic levels are written in the sentences.

    Raises:
        GeometryMismatch: if mask, grid and volume do not fit.
    """
    if mask.shape != grid.shape or (hu is not None and hu.shape != grid.shape):
        raise GeometryMismatch(f"mask {mask.shape} does not fit grid {grid.shape}")
    boxes = {
        number: (box[0], box[1], box[2])
        for number, box in enumerate(ndimage.find_objects(mask), start=1)
        if box is not None
    }
    centres_mm = {number: _centre_mm(mask, grid, number, box) for number, box in boxes.items()}
    spine = _Spine(mask, grid, hu, boxes, centres_mm, scheme)
    problems = [*_numbers(spine, bones), *_names(spine, bones), *_order(spine, bones)]
    for bone in bones:
        if bone.number in boxes:
            problems += [*_pieces(spine, bone), *_air(spine, bone), *_border(spine, bone)]
    return sorted(problems, key=lambda problem: not problem.blocking)


def _centre_mm(
    mask: _Mask, grid: Grid, number: int, box: tuple[slice, slice, slice]
) -> tuple[float, float, float]:
    kji = np.argwhere(mask[box] == number).mean(axis=0) + [axis.start for axis in box]
    x, y, z = grid.to_mm(kji[::-1])
    return (float(x), float(y), float(z))


def _numbers(spine: _Spine, bones: Sequence[Bone]) -> Iterable[SpineProblem]:
    if not spine.boxes:
        yield SpineProblem("empty_mask", None, None, "Nothing is painted yet.", None, True)
    known = {bone.number for bone in bones}
    for number in spine.boxes:
        if number not in known:
            stranger = Bone(number, None)
            message = f"Voxels carry the number {number}, which is no vertebra of this case."
            yield spine.problem("unknown_number", stranger, message, blocking=True)
    for bone in bones:
        if bone.number not in spine.boxes and bone.level is not None:
            message = f"{spine.name(bone)} has no voxel."
            yield spine.problem("empty_vertebra", bone, message, blocking=False)


def _names(spine: _Spine, bones: Sequence[Bone]) -> Iterable[SpineProblem]:
    seen = [bone for bone in bones if bone.number in spine.boxes]
    counts = Counter(bone.level for bone in seen)
    for bone in seen:
        if bone.level is None:
            message = f"Vertebra {bone.number} has no level."
            yield spine.problem("no_level", bone, message, blocking=True)
        elif counts[bone.level] > 1:
            times = "twice" if counts[bone.level] == 2 else f"{counts[bone.level]} times"
            message = f"{spine.name(bone)} stands {times} in this spine."
            yield spine.problem("duplicate_level", bone, message, blocking=True)


def _order(spine: _Spine, bones: Sequence[Bone]) -> Iterable[SpineProblem]:
    """Compare neighbours from cranial to caudal: backwards stops, a gap only informs."""
    named = [bone for bone in bones if bone.level and bone.number in spine.boxes]
    named.sort(key=lambda bone: -spine.centres_mm[bone.number][2])
    for upper, lower in pairwise(named):
        first, second = place_of(upper.level or ""), place_of(lower.level or "")
        names = f"{spine.name(upper)} and {spine.name(lower)}"
        if second < first:
            message = f"{names} are out of order: {spine.name(lower)} lies below."
            yield spine.problem("order", lower, message, blocking=True)
        between = [level for level in LEVELS[first + 1 : second] if level not in OPTIONAL_LEVELS]
        if between:
            absent = ", ".join(spine.shown(level) for level in between)
            message = f"{absent} {'is' if len(between) == 1 else 'are'} absent between {names}."
            yield spine.problem("gap", lower, message, blocking=False)


def _pieces(spine: _Spine, bone: Bone) -> Iterable[SpineProblem]:
    box = spine.boxes[bone.number]
    pieces, count = ndimage.label(spine.mask[box] == bone.number, structure=np.ones((3, 3, 3)))
    if count < 2:
        return
    sizes = np.bincount(pieces.ravel())[1:]
    main, second = (int(place) + 1 for place in np.argsort(-sizes, kind="stable")[:2])
    n_vox = int(sizes[second - 1])
    if n_vox < SMALLEST_PIECE_VOX:
        return
    distance_mm, where = _apart(spine, pieces == main, pieces == second)
    unit = unit_of(spine.grid.frame)
    message = (
        f"{spine.name(bone)} is in {_NUMBER_WORDS.get(count, str(count))} pieces. "
        f"A second piece of {_size(spine.grid, n_vox)} lies "
        f"{distance_mm:.0f} {unit} {where} the body."
    )
    offset = [axis.start for axis in box]
    centre = np.argwhere(pieces == second).mean(axis=0) + offset
    at = spine.grid.to_mm(centre[::-1])
    blocking = _is_great(spine.grid, n_vox, int(sizes[main - 1]), distance_mm)
    at_mm = (float(at[0]), float(at[1]), float(at[2]))
    yield SpineProblem("two_pieces", bone.number, bone.level, message, at_mm, blocking)


_NUMBER_WORDS: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def _size(grid: Grid, n_vox: int) -> str:
    """Return the size of a piece in words: a volume, an area on the detector, or pixels."""
    if grid.frame is Frame.PATIENT_MM:
        return f"{n_vox} voxels ({_rounded_ml(_volume_ml(grid, n_vox))} ml)"
    area = n_vox * grid.spacing_mm[0] * grid.spacing_mm[1]
    on_detector = f" ({area:.0f} mm\N{SUPERSCRIPT TWO} on the detector)"
    return f"{n_vox} pixels{on_detector if has_mm(grid.frame) else ''}"


def _is_great(grid: Grid, n_vox: int, n_main: int, distance: float) -> bool:
    """Tell whether a second piece stops a submission; a shadow is judged by shares of the bone."""
    if grid.frame is Frame.PATIENT_MM:
        is_large = _volume_ml(grid, n_vox) >= BLOCKING_PIECE_ML
        return is_large and distance >= BLOCKING_PIECE_MM
    across = float(np.sqrt(n_main * grid.spacing_mm[0] * grid.spacing_mm[1]))
    return n_vox >= BLOCKING_SHARE * n_main and distance >= BLOCKING_GAP_SHARE * across


def _volume_ml(grid: Grid, n_vox: int) -> float:
    return n_vox * float(np.prod(grid.spacing_mm)) / 1000


def _rounded_ml(volume_ml: float) -> str:
    return f"{volume_ml:.1f}" if volume_ml >= 0.1 else f"{volume_ml:.2g}"


def _apart(spine: _Spine, main: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float, str]:
    """Return the gap between two pieces in millimetres and where the second one lies."""
    spacing_kji = spine.grid.spacing_mm[::-1]
    gap_mm = float(ndimage.distance_transform_edt(~main, sampling=spacing_kji)[second].min())
    centres = [np.argwhere(piece).mean(axis=0) for piece in (main, second)]
    step = (centres[1] - centres[0]) * spacing_kji
    axis = int(np.abs(step).argmax())
    words = (("left of", "right of"), ("above", "below"), ("in front of", "behind"))[axis]
    return gap_mm, words[int(step[axis] > 0)]


def _air(spine: _Spine, bone: Bone) -> Iterable[SpineProblem]:
    if spine.hu is None:
        return
    box = spine.boxes[bone.number]
    mean_hu = float(spine.hu[box][spine.mask[box] == bone.number].mean())
    if mean_hu < AIR_HU:
        message = f"{spine.name(bone)} lies on air: its mean is {mean_hu:.0f} HU."
        yield spine.problem("on_air", bone, message, blocking=True)


def _border(spine: _Spine, bone: Bone) -> Iterable[SpineProblem]:
    rows = spine.boxes[bone.number][1]
    if rows.start == 0 or rows.stop == spine.mask.shape[1]:
        border = "upper" if rows.start == 0 else "lower"
        message = f"{spine.name(bone)} is cut by the {border} border."
        yield spine.problem("cut_by_border", bone, message, blocking=False)
