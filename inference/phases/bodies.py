"""Turns a mask of whole vertebrae into vertebral bodies, numbered from cranial to caudal.

After Glessgen et al. (Segment and Slice), whose steps behind the segmentation are erosion,
dilation and connected components: posterior elements come off, fused masks are parted, small
pieces are dropped. Here the erosion works only in planes across the spine, so that a crushed body
outlives it, and a vertebra at the border of the volume is kept.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.geometry import Grid, Volume
from inference.phases.bone_frame import APART_MM, Frame, frames_of, pieces, voxels_mm
from inference.phases.part import Extent, cuts_of, extent_of
from inference.phases.sampling import spacing_jik

Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Low = tuple[int, int, int]

OPENING: Final = 0.75
"""Radius of the erosion, as a share of the widest disc that fits into the vertebra."""
LEAST_MM3: Final = 300.0
"""A smaller piece is no vertebral body."""
LEAST_SHARE: Final = 0.05
"""Pieces below this share of a vertebra's largest are dropped."""
TWIN_SHARE: Final = 0.4
"""A piece above it, lying above or below the largest, is a vertebra of its own."""
RIVAL_SHARE: Final = 0.25
"""An opened piece below this share of the largest is no body."""
_STEP_MM: Final = 1.5
_WALL_MM: Final = 0.75
_SIDE_MM: Final = 3.0


@dataclass(frozen=True)
class Bone:
    """One vertebra that has a body.

    Attributes:
        source: its number in the mask that was given; the parts of a fused one share it.
        frame: centre of the body and the vertebra's own axes.
        extent: height and depth of the body along these axes.
        is_cut: the body reaches the border of the volume.
    """

    source: int
    frame: Frame
    extent: Extent
    is_cut: bool


@dataclass(frozen=True)
class Bodies:
    """The vertebrae of a mask.

    Attributes:
        mask: uint8 (k, j, i): whole vertebrae, 1 + place in `bones`.
        bodies: as `mask`, bodies only.
        bones: from cranial to caudal.
    """

    mask: Mask
    bodies: Mask
    bones: tuple[Bone, ...]


def find_bodies(mask: Mask, volume: Volume) -> Bodies:
    """Find the vertebral bodies in a mask of vertebrae.

    Args:
        mask: uint8 (k, j, i), one number per vertebra in any order; fused vertebrae may share a
            number, one vertebra may lie in pieces.
        volume: the CT on the same grid; where bodies are fused, the disc shows in it.

    Raises:
        ValueError: if the mask does not fit the volume.
    """
    if mask.shape != volume.grid.shape:
        raise ValueError(f"the mask {mask.shape} does not fit the volume {volume.grid.shape}")
    whole, sources = _separated(mask, volume.grid)
    found = _opened(whole, volume.grid)
    if _part(whole, sources, found, volume):
        found = _opened(whole, volume.grid)
    return _in_order(whole, sources, found, volume.grid)


def body_flags(piece: Flags, low: Low, frame: Frame, grid: Grid) -> Flags:
    """Return which voxels of a vertebra's cut-out (k, j, i) belong to its body.

    The vertebra is opened with a disc in the planes across the spine; what remains of it ends at
    the back wall, and nothing behind that wall belongs to the body.
    """
    points = frame.own(voxels_mm(piece, low, grid))
    step = max(_STEP_MM, 1.7 * max(grid.spacing_mm))  # no cell within the bone stays empty
    core, first = _core(points, step)
    wall, left, right = _walls(core)
    row = np.clip(np.rint(points[:, 0] / step).astype(int) - first[0], 0, core.shape[0] - 1)
    column = np.clip(np.rint(points[:, 2] / step).astype(int) - first[2], 0, core.shape[2] - 1)
    back = points[:, 1] / step - first[1]
    side = points[:, 2] / step - first[2]
    reach = _SIDE_MM / step
    inside = back <= wall[row, column] + _WALL_MM / step
    inside &= (side >= left[row] - reach) & (side <= right[row] + reach)
    body = np.zeros_like(piece)
    body[piece] = inside
    return _largest(body)


def _core(points: Floats, step: float) -> tuple[Flags, NDArray[np.intp]]:
    """Return the opened vertebra on a (down, back, right) raster, and its first cell."""
    cells = np.rint(points / step).astype(int)
    first = cells.min(axis=0) - 1
    raster = np.zeros(cells.max(axis=0) - first + 2, dtype=bool)
    raster[tuple((cells - first).T)] = True
    sampling = (APART_MM, step, step)
    depth = ndimage.distance_transform_edt(raster, sampling=sampling)
    radius = OPENING * float(depth.max())
    inner = depth > radius
    opened = raster & (ndimage.distance_transform_edt(~inner, sampling=sampling) <= radius)
    return _foremost(opened), first


def _foremost(opened: Flags) -> Flags:
    """Return the foremost of the large pieces: the pillars of the joints may be larger."""
    numbered, n = ndimage.label(opened)
    if n < 2:
        return opened
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    large = np.flatnonzero(sizes >= RIVAL_SHARE * sizes.max())
    back = [place[1] for place in ndimage.center_of_mass(opened, numbered, large)]
    return np.asarray(numbered == large[int(np.argmin(back))])


def _walls(core: Flags) -> tuple[Floats, Floats, Floats]:
    """Return the back wall (down, right) and the left and right ends (down) of a core, in cells.

    Rows and columns without core take the nearest one that has some.
    """
    depth = np.arange(core.shape[1])[None, :, None]
    wall = np.where(core, depth, -1).max(axis=1).astype(np.float64)
    missing = wall < 0
    nearest = ndimage.distance_transform_edt(missing, return_indices=True, return_distances=False)
    columns: Flags = np.asarray(core.max(axis=1))
    rows = np.flatnonzero(columns.max(axis=1))
    pick = rows[np.abs(np.arange(len(columns))[:, None] - rows[None]).argmin(axis=1)]
    left = columns.argmax(axis=1)[pick]
    right = columns.shape[1] - 1 - columns[:, ::-1].argmax(axis=1)[pick]
    return wall[tuple(nearest)], left.astype(np.float64), right.astype(np.float64)


def _largest(flags: Flags) -> Flags:
    numbered, n = ndimage.label(flags)
    if n < 2:
        return flags
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    return np.asarray(numbered == sizes.argmax())


def _separated(mask: Mask, grid: Grid) -> tuple[Mask, list[int]]:
    """Return the mask without small pieces and with twins apart, and where its numbers come from.

    Returns:
        Mask numbered 1 to n, and the n numbers of the given mask.
    """
    least = LEAST_MM3 / float(np.prod(grid.spacing_mm))
    clean = np.zeros_like(mask)
    sources: list[int] = []
    for number, piece, low in pieces(mask):
        numbered, _ = ndimage.label(piece, np.ones((3, 3, 3)))
        view = clean[tuple(slice(a, a + n) for a, n in zip(low, piece.shape, strict=True))]
        for group in _grouped(numbered, least):
            sources.append(number)
            view[np.isin(numbered, group)] = len(sources)
    return clean, sources


def _grouped(numbered: NDArray[np.int32], least: float) -> list[list[int]]:
    """Return the pieces of one number as vertebrae: the largest with its scraps, and its twins."""
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    first = int(sizes.argmax())
    if sizes[first] < least:
        return []
    kept = [int(at) for at in np.flatnonzero(sizes >= LEAST_SHARE * sizes[first]) if at != first]
    middles = dict(zip(kept, ndimage.center_of_mass(numbered > 0, numbered, kept), strict=True))
    middle = np.array(ndimage.center_of_mass(numbered == first))
    twins = []
    for at in kept:
        _, down, back = np.abs(np.array(middles[at]) - middle)
        if sizes[at] >= max(TWIN_SHARE * sizes[first], least) and down > back:
            twins.append(at)
    return [[first, *(at for at in kept if at not in twins)], *([at] for at in twins)]


def _opened(whole: Mask, grid: Grid) -> list["_Found"]:
    """Return the bodies of a numbered mask from cranial to caudal; scraps of bone are left out."""
    cutouts = {number: (piece, low) for number, piece, low in pieces(whole)}
    found = []
    for number, frame in frames_of(whole, grid).items():
        piece, low = cutouts[number]
        body = body_flags(piece, low, frame, grid)
        if body.sum() * float(np.prod(grid.spacing_mm)) >= LEAST_MM3:
            found.append(_found(number, (body, low), frame, grid))
    return found


@dataclass(frozen=True)
class _Found:
    """The body of one number: its cut-out, where that lies, and the frame moved to its centre."""

    number: int
    body: Flags
    low: Low
    frame: Frame
    extent: Extent


def _found(number: int, cutout: tuple[Flags, Low], frame: Frame, grid: Grid) -> _Found:
    body, low = cutout
    points = voxels_mm(body, low, grid)
    moved = Frame(points.mean(axis=0), frame.axes)
    return _Found(number, body, low, moved, extent_of(moved.own(points), grid))


def _part(whole: Mask, sources: list[int], found: list[_Found], volume: Volume) -> bool:
    """Part fused vertebrae in place; tell whether there were any."""
    was_fused = False
    for place, one in enumerate(found):
        others = [other.extent.height_mm for other in found[:place] + found[place + 1 :]]
        points = voxels_mm(one.body, one.low, volume.grid)
        hu = volume.hu[tuple((np.argwhere(one.body) + one.low).T)]
        cuts = cuts_of(one.frame.own(points), hu, (one.extent, others), volume.grid)
        if not cuts:
            continue
        was_fused = True
        where = np.nonzero(whole == one.number)
        index = np.stack([where[1], where[2], where[0]], axis=1)  # (k, j, i) -> (j, i, k)
        down = one.frame.own(index * spacing_jik(volume.grid))[:, 0]
        for cut in cuts:
            sources.append(sources[one.number - 1])
            whole[tuple(axis[down > cut] for axis in where)] = len(sources)
    return was_fused


def _in_order(whole: Mask, sources: list[int], found: list[_Found], grid: Grid) -> Bodies:
    table = np.zeros(256, np.uint8)
    bodies = np.zeros_like(whole)
    ordered = sorted(found, key=lambda one: float(one.frame.centre[0]))
    bones = []
    for place, one in enumerate(ordered):
        table[one.number] = place + 1
        box = tuple(slice(a, a + n) for a, n in zip(one.low, one.body.shape, strict=True))
        bodies[box][one.body] = place + 1
        is_cut = _touches(one, grid.shape)
        bones.append(Bone(sources[one.number - 1], one.frame, one.extent, is_cut))
    return Bodies(np.asarray(table[whole]), bodies, tuple(bones))


def _touches(one: _Found, shape: Low) -> bool:
    """Tell whether a body has voxels in the outermost plane of the volume, on any side."""
    index = np.argwhere(one.body) + one.low
    return bool((index.min(axis=0) == 0).any() or (index.max(axis=0) == np.array(shape) - 1).any())
