"""The shape of each bone: pieces, spill into a neighbour, air, the border."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.frames import Frame, has_mm, unit_of
from annotation.domain.geometry import Grid
from annotation.domain.spine import Part, Spine, SpineProblem, thinning

AIR_HU: Final = -300.0
AIR_IN_PART_HU: Final = -500
AIR_ML: Final = 0.5
METAL_HU: Final = 1800
"""Material inside a vertebra carries no label; pieces that it parts are one."""
BLOCKING_PIECE_ML: Final = 0.2
BLOCKING_PIECE_MM: Final = 5.0
TIP_MM: Final = 10.0
TIP_HU: Final = 150.0
"""Tips of processes that a rib or a thin lamina parts lie this near, and are bone themselves; what
strays lies on soft tissue or on another vertebra."""
BLOCKING_SHARE: Final = 0.02
BLOCKING_GAP_SHARE: Final = 0.2
"""On a radiograph, of the main piece's area and of its width."""
SMALLEST_PIECE_VOX: Final = 2
SCREEN_MM: Final = 0.7
"""Pieces are first looked for on voxels no further apart than this."""
SWAPPED_SHARE: Final = 0.5
"""A piece whose surface meets one other bone on this share of it lies inside that one."""
_ALL_26: Final = np.ones((3, 3, 3), bool)


def shape_problems(spine: Spine) -> list[SpineProblem]:
    """Return what is wrong with the shapes of the bones that the case knows."""
    problems: list[SpineProblem] = []
    for part in spine.order:
        problems += [*_pieces(spine, part), *_air(spine, part), *_border(spine, part)]
    return problems


# --- pieces


def _pieces(spine: Spine, part: Part) -> Iterable[SpineProblem]:
    if _count(_own(spine, part), thinning(spine.grid, SCREEN_MM)) < 2:
        return
    own = _own(spine, part)
    labelled, count = ndimage.label(own, structure=_ALL_26)
    if count < 2:
        return
    sizes = np.bincount(labelled.ravel())[1:]
    order = [int(place) + 1 for place in np.argsort(-sizes, kind="stable")]
    main = labelled == order[0]
    found = [
        _piece(spine, part, main, labelled == piece, count)
        for piece in order[1:]
        if sizes[piece - 1] >= SMALLEST_PIECE_VOX
        and not _is_parted(spine, part, main, labelled == piece)
    ]
    stopping = [problem for problem in found if problem.blocking]
    yield from stopping or found[:1]


def _count(own: NDArray[np.bool_], steps: tuple[int, int, int]) -> int:
    return int(ndimage.label(own[:: steps[0], :: steps[1], :: steps[2]], structure=_ALL_26)[1])


def _own(spine: Spine, part: Part) -> NDArray[np.bool_]:
    own = np.asarray(spine.mask[part.box] == part.number)
    return own if spine.hu is None else _joined_by_metal(own, spine.hu[part.box])


def _joined_by_metal(own: NDArray[np.bool_], hu: NDArray[np.int16]) -> NDArray[np.bool_]:
    metal = hu > METAL_HU
    if not metal.any():
        return own
    labelled, _ = ndimage.label(metal & ~own, structure=_ALL_26)
    beside = np.unique(labelled[ndimage.binary_dilation(own, _ALL_26)])
    return np.asarray(own | np.isin(labelled, beside[beside > 0]))


def _is_parted(spine: Spine, part: Part, main: NDArray[np.bool_], piece: NDArray[np.bool_]) -> bool:
    """Tell whether the border of the volume may have parted a piece from the rest."""
    return part.is_cut and bool(_sides(spine, part, main) & _sides(spine, part, piece))


def _sides(spine: Spine, part: Part, found: NDArray[np.bool_]) -> set[tuple[int, bool]]:
    """Return the borders of the volume that voxels of a box reach: axis, and whether its end."""
    sides = set()
    for axis, (own, size) in enumerate(zip(part.box, spine.mask.shape, strict=True)):
        if size == 1:
            continue
        places = np.flatnonzero(found.any(axis=tuple({0, 1, 2} - {axis}))) + own.start
        sides |= {(axis, False)} if places[0] <= 1 else set()
        sides |= {(axis, True)} if places[-1] >= size - 2 else set()
    return sides


def _piece(
    spine: Spine,
    part: Part,
    main: NDArray[np.bool_],
    piece: NDArray[np.bool_],
    count: int,
) -> SpineProblem:
    n_vox = int(piece.sum())
    distance_mm, where = _apart(spine, main, piece)
    offset = [axis.start for axis in part.box]
    centre = np.argwhere(piece).mean(axis=0) + offset
    name = spine.name(part.number)
    neighbour = _swallowed_by(spine, part, piece)
    is_large, is_far = _is_great(spine.grid, n_vox, int(main.sum()), distance_mm)
    strays = is_far and not (distance_mm < TIP_MM and _is_on_bone(spine, part, piece))
    blocking = is_large and (strays or neighbour is not None)
    within = f" inside {spine.name(neighbour)}" if neighbour is not None else ""
    message = (
        f"{name} is in {_NUMBER_WORDS.get(count, str(count))} pieces. "
        f"A second piece of {_size(spine.grid, n_vox)} lies{within} "
        f"{distance_mm:.0f} {unit_of(spine.grid.frame)} {where} the body."
    )
    code = "inside_neighbour" if neighbour is not None else "two_pieces"
    at_mm = spine.grid.to_mm(centre[::-1])
    return spine.problem(code, part.number, message, blocking=blocking, at_mm=at_mm)


def _is_on_bone(spine: Spine, part: Part, piece: NDArray[np.bool_]) -> bool:
    return spine.hu is not None and float(np.median(spine.hu[part.box][piece])) > TIP_HU


def _swallowed_by(spine: Spine, part: Part, piece: NDArray[np.bool_]) -> int | None:
    """Return the bone that a piece lies in, None where it lies in none."""
    shell = ndimage.binary_dilation(piece, _ALL_26) & ~piece
    met = spine.mask[part.box][shell]
    others = met[(met != 0) & (met != part.number)]
    if not met.size or others.size < SWAPPED_SHARE * met.size:
        return None
    return int(np.bincount(others).argmax())


_NUMBER_WORDS: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def _size(grid: Grid, n_vox: int) -> str:
    """Return the size of a piece in words: a volume, an area on the detector, or pixels."""
    if grid.frame is Frame.PATIENT_MM:
        return f"{n_vox} voxels ({_rounded_ml(_volume_ml(grid, n_vox))} ml)"
    area = n_vox * grid.spacing_mm[0] * grid.spacing_mm[1]
    on_detector = f" ({area:.0f} mm\N{SUPERSCRIPT TWO} on the detector)"
    return f"{n_vox} pixels{on_detector if has_mm(grid.frame) else ''}"


def _is_great(grid: Grid, n_vox: int, n_main: int, distance: float) -> tuple[bool, bool]:
    """Tell whether a piece is large, and whether far; a shadow is judged by shares of the bone."""
    if grid.frame is Frame.PATIENT_MM:
        return _volume_ml(grid, n_vox) >= BLOCKING_PIECE_ML, distance >= BLOCKING_PIECE_MM
    across = float(np.sqrt(n_main * grid.spacing_mm[0] * grid.spacing_mm[1]))
    return n_vox >= BLOCKING_SHARE * n_main, distance >= BLOCKING_GAP_SHARE * across


def _volume_ml(grid: Grid, n_vox: int) -> float:
    return n_vox * float(np.prod(grid.spacing_mm)) / 1000


def _rounded_ml(volume_ml: float) -> str:
    return f"{volume_ml:.1f}" if volume_ml >= 0.1 else f"{volume_ml:.2g}"


def _apart(spine: Spine, main: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float, str]:
    """Return the gap between two pieces in millimetres and where the second one lies."""
    spacing_kji = spine.grid.spacing_mm[::-1]
    gap_mm = float(ndimage.distance_transform_edt(~main, sampling=spacing_kji)[second].min())
    centres = [np.argwhere(piece).mean(axis=0) for piece in (main, second)]
    step = (centres[1] - centres[0]) * spacing_kji
    axis = int(np.abs(step).argmax())
    words = (("left of", "right of"), ("above", "below"), ("in front of", "behind"))[axis]
    return gap_mm, words[int(step[axis] > 0)]


# --- air and border


def _air(spine: Spine, part: Part) -> Iterable[SpineProblem]:
    if spine.hu is None:
        return
    own = spine.mask[part.box] == part.number
    hu = spine.hu[part.box]
    name = spine.name(part.number)
    mean_hu = float(hu[own].mean())
    if mean_hu < AIR_HU:
        message = f"{name} lies on air: its mean is {mean_hu:.0f} HU."
        yield spine.problem("on_air", part.number, message, blocking=True)
        return
    voxel_ml = float(np.prod(spine.grid.spacing_mm)) / 1000
    air = own & (hu < AIR_IN_PART_HU)
    if float(air.sum()) * voxel_ml < AIR_ML:
        return
    labelled, _ = ndimage.label(air)
    largest = int(np.bincount(labelled.ravel())[1:].argmax()) + 1
    n_vox = int((labelled == largest).sum())
    if n_vox * voxel_ml < AIR_ML:
        return
    offset = [axis.start for axis in part.box]
    centre = np.argwhere(labelled == largest).mean(axis=0) + offset
    message = f"{_rounded_ml(n_vox * voxel_ml)} ml of {name} lie on air."
    at_mm = spine.grid.to_mm(centre[::-1])
    yield spine.problem("on_air", part.number, message, blocking=True, at_mm=at_mm)


def _border(spine: Spine, part: Part) -> Iterable[SpineProblem]:
    rows = part.box[1]
    if rows.start == 0 or rows.stop == spine.mask.shape[1]:
        border = "upper" if rows.start == 0 else "lower"
        message = f"{spine.name(part.number)} is cut by the {border} border."
        yield spine.problem("cut_by_border", part.number, message, blocking=False)
