"""Finds vertebral bodies in the shadow a network sees, and measures them.

After the post-processing of Kim et al. 2021 (doi:10.1007/s10278-021-00471-0): holes are filled,
pieces far smaller than the others are dropped, bodies are ordered by their height in the picture,
and each is measured within its rectangle of smallest area: the heights at its front and rear edge,
and in between. Added: bodies that touch are split at their neck, the ends are placed where the
network's chance passes one half, between pixels, and which side of the rectangle runs along the
spine is told by the neighbours, so that a steep vertebra is not measured across.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError
from scipy.stats import theilslopes

from annotation.domain.vertebrae import LEVELS

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
Region = NDArray[np.bool_]

COUNTED: Final = tuple(level for level in LEVELS if level not in ("C1", "T13", "L6", "S1", "Co"))
"""Levels that a count from below gives out, from cranial to caudal: no anomaly is assumed."""
SMALLEST_SHARE: Final = 0.15
"""Pieces below this share of the area that half of all bone lies above are no bodies."""
FEWEST_PIXELS: Final = 30
MOST: Final = len(COUNTED)
_NECK: Final = 0.75
"""Pieces joined by a neck narrower than this share of their own width are two."""
_PIECE_SHARE: Final = 0.25
_STEP: Final = 0.25
"""Pixels between samples of a body's columns."""
_COLUMNS: Final = (0.05, 0.5, 0.95)
"""Where front, middle and back are measured, as shares of a body's depth."""
_HALF_BANDS: Final = (0.06, 0.08, 0.06)
_EDGE_PERCENTILE: Final = 80.0
_TURNS: Final = 4
_PITCH: Final = 1.3
"""From one body's middle to the next, as a multiple of their height."""


@dataclass(frozen=True)
class Outline:
    """One body on a film.

    Attributes:
        chance: (side, side), 0-1, zero beside the body.
        points: six points (3, 2, 2) as rows and columns: front, middle, back; upper, lower.
        rectangle: corners (4, 2) of the rectangle of smallest area, rows and columns.
        confidence: mean chance within the body.
        is_partial: it touches the edge of what the film shows.
    """

    chance: Picture
    points: Floats
    rectangle: Floats
    confidence: float
    is_partial: bool


def outlines(chance: Picture, shown: Region) -> tuple[Outline, ...]:
    """Return the bodies on a film from the upper edge down.

    Args:
        chance: (side, side), 0-1: that a pixel belongs to a vertebral body.
        shown: (side, side): pixels that lie on the radiograph.
    """
    regions = ordered(cleaned((chance >= 0.5) & shown))[-MOST:]
    centres = np.array([np.argwhere(region).mean(axis=0) for region in regions]).reshape(-1, 2)
    found = [
        _measured(region, chance, shown, _direction(centres, place))
        for place, region in enumerate(regions)
    ]
    return tuple(one for one in found if one is not None)


def levels_from_below(bodies: tuple[Outline, ...]) -> tuple[str, ...]:
    """Return the levels of bodies, the lowest taken for L5; nothing on a film anchors the count.

    A gap in which a body is missing keeps the name of that body free. Bodies above C2 are left
    without a name, so there may be fewer names than bodies; the names are those of the lowest.
    """
    names: list[str] = []
    place = len(COUNTED) - 1
    for index in range(len(bodies) - 1, -1, -1):
        if index < len(bodies) - 1:
            place -= 1 + _missing(bodies[index], bodies[index + 1])
        if place < 0:
            break
        names.append(COUNTED[place])
    return tuple(reversed(names))


def _missing(upper: Outline, lower: Outline) -> int:
    """Return how many bodies fit between two."""
    tall = np.mean(
        [np.linalg.norm(np.diff(one.points, axis=1), axis=-1).max() for one in (upper, lower)]
    )
    middles = [one.points.reshape(6, 2).mean(axis=0) for one in (upper, lower)]
    return max(0, round(float(np.linalg.norm(middles[1] - middles[0]) / (_PITCH * tall))) - 1)


def cleaned(bone: Region) -> list[Region]:
    """Return the bodies in a mask: holes filled, small pieces dropped, touching ones split."""
    filled = ndimage.binary_fill_holes(bone)
    pieces, count = ndimage.label(filled)
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)
    large = [number for number in range(1, count + 1) if sizes[number] >= FEWEST_PIXELS]
    bodies = [part for number in large for part in split(pieces == number)]
    areas = np.array([body.sum() for body in bodies])
    if not len(areas):
        return []
    falling = np.sort(areas)[::-1]
    usual = falling[np.searchsorted(np.cumsum(falling), falling.sum() / 2)]
    least = max(SMALLEST_SHARE * float(usual), FEWEST_PIXELS)
    return [body for body, area in zip(bodies, areas, strict=True) if area >= least]


def ordered(bodies: list[Region]) -> list[Region]:
    """Return bodies by the height of their middle in the picture, the uppermost first."""
    return sorted(bodies, key=lambda body: float(np.argwhere(body)[:, 0].mean()))


def split(piece: Region) -> list[Region]:
    """Return the bodies that a piece consists of: those that lie above each other at a neck.

    A biconcave body has a neck too, but its halves lie beside each other.
    """
    (box,) = ndimage.find_objects(piece.astype(np.uint8))
    inner = ndimage.distance_transform_edt(np.pad(piece[box], 1))[1:-1, 1:-1]
    for depth in np.arange(1.0, _NECK * float(inner.max()), 1.0):
        cores, count = ndimage.label(inner > depth)
        sizes = np.bincount(cores.ravel())[1:]
        large = [n + 1 for n in range(count) if sizes[n] >= _PIECE_SHARE * sizes.max()]
        if len(large) > 1:
            if not _are_stacked(cores, large):
                break
            whole = np.zeros(piece.shape, cores.dtype)
            whole[box] = np.where(np.isin(cores, large), cores, 0)
            return _shared_out(piece, whole)
    return [piece]


def _are_stacked(cores: NDArray[np.integer], numbers: list[int]) -> bool:
    middles = np.array(ndimage.center_of_mass(cores > 0, cores, numbers))
    down, across = np.ptp(middles, axis=0)
    return bool(down > across)


def _shared_out(piece: Region, cores: NDArray[np.integer]) -> list[Region]:
    """Give every pixel of a piece to its nearest core, and look at each part again."""
    _, near = ndimage.distance_transform_edt(cores == 0, return_indices=True)
    owner = np.where(piece, cores[tuple(near)], 0)
    return [part for number in np.unique(owner[owner > 0]) for part in split(owner == number)]


def rectangle_of(places: Floats) -> tuple[Floats, Floats]:
    """Return centre (2,) and edge vectors (2, 2) of the rectangle of smallest area around places.

    The edges are full lengths with their directions. Places on one line give a flat rectangle.
    """
    try:
        hull = places[ConvexHull(places).vertices]
    except QhullError:
        hull = places
    sides = [b - a for a, b in pairwise([*hull, hull[0]]) if (a != b).any()]
    found = [_around(hull, side) for side in sides or [np.array([1.0, 0.0])]]
    centre, edges = min(found, key=lambda one: float(np.prod(np.linalg.norm(one[1], axis=1))))
    return centre, edges


def _around(places: Floats, side: Floats) -> tuple[Floats, Floats]:
    """Return centre and edges of the rectangle around places that lies along a side."""
    along = side / np.linalg.norm(side)
    axes = np.array([along, [-along[1], along[0]]])
    turned = places @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    return np.asarray((low + high) / 2 @ axes), np.asarray((high - low)[:, None] * axes)


def _direction(centres: Floats, place: int) -> Floats:
    """Return the direction of the spine at a body, downwards, from its neighbours' middles."""
    first, last = max(place - 1, 0), min(place + 1, len(centres) - 1)
    along = centres[last] - centres[first]
    length = float(np.linalg.norm(along))
    return np.asarray(along / length) if length > 0 else np.array([1.0, 0.0])


def _measured(region: Region, chance: Picture, shown: Region, spine: Floats) -> Outline | None:
    """Return a body with its six points, None where it is too small to have any."""
    places = np.argwhere(region).astype(np.float64)
    centre, edges = rectangle_of(places)
    lengths = np.linalg.norm(edges, axis=1)
    if lengths.min() < 2:
        return None
    units = edges / lengths[:, None]
    upright = int(np.abs(units @ spine).argmax())
    down = units[upright] * (1.0 if units[upright] @ spine > 0 else -1.0)
    back = np.array([-down[1], down[0]])
    own = np.where(ndimage.binary_dilation(region, iterations=2), chance, 0) * shown
    own = np.where(region, np.maximum(own, 0.5), own)
    points = _six_points(own, centre, (down, back), lengths[[upright, 1 - upright]] / 2)
    if points is None:
        return None
    corners = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
    rectangle = np.array([centre + (a * edges[0] + b * edges[1]) / 2 for a, b in corners])
    edge = ~ndimage.binary_erosion(shown, iterations=2)
    return Outline(
        chance=own.astype(np.float32),
        points=points,
        rectangle=rectangle,
        confidence=float(chance[region].mean()),
        is_partial=bool((region & edge).any()),
    )


@dataclass(frozen=True)
class _Profile:
    """Upper and lower end of a body's columns, in pixels from its middle; fronts first."""

    across: Floats
    upper: Floats
    lower: Floats


def _six_points(
    chance: NDArray[np.floating], centre: Floats, axes: tuple[Floats, Floats], half: Floats
) -> Floats | None:
    """Return the ends (3, 2, 2) of the columns at front, middle and back of a body.

    The axes begin as those of the rectangle and are turned until they stand upright between both
    end plates: the rectangle of a body as tall as deep may lie askew.
    """
    down, back = axes
    reach = float(np.hypot(*half))
    profile = _profile(chance, centre, (down, back), reach)
    for _ in range(_TURNS):
        if profile is None:
            return None
        slope = (_slope(profile, profile.upper) + _slope(profile, profile.lower)) / 2
        back = (back + slope * down) / np.hypot(1, slope)
        down = np.array([back[1], -back[0]])
        profile = _profile(chance, centre, (down, back), reach)
        if abs(slope) < 1e-3:
            break
    if profile is None:
        return None
    first, last = profile.across[0], profile.across[-1]
    points = []
    for place, band, is_edge in zip(_COLUMNS, _HALF_BANDS, (True, False, True), strict=True):
        middle = first + place * (last - first)
        near = np.abs(profile.across - middle) <= max(band * (last - first), _STEP)
        percent = _EDGE_PERCENTILE if is_edge else 50.0
        ends = (
            np.percentile(profile.upper[near], 100 - percent),
            np.percentile(profile.lower[near], percent),
        )
        points.append([centre + end * down + middle * back for end in ends])
    return np.array(points)


def _profile(
    chance: NDArray[np.floating], centre: Floats, axes: tuple[Floats, Floats], reach: float
) -> _Profile | None:
    """Return where a body's columns begin and end along axes (down, back), None without three."""
    along = np.arange(-reach - 2, reach + 2 + _STEP, _STEP)
    at = centre + along[:, None, None] * axes[0] + along[None, :, None] * axes[1]
    inside = ndimage.map_coordinates(chance, np.moveaxis(at, -1, 0), order=1) >= 0.5
    columns = np.flatnonzero(inside.any(axis=0))
    if len(columns) < 3:
        return None
    upper = along[inside.argmax(axis=0)[columns]]
    lower = along[len(along) - 1 - inside[::-1].argmax(axis=0)[columns]]
    return _Profile(along[columns], upper, lower)


def _slope(profile: _Profile, ends: Floats) -> float:
    """Return the Theil-Sen slope of an end plate, its outermost tenths left out."""
    first, last = profile.across[0], profile.across[-1]
    share = (profile.across - first) / max(last - first, 1e-9)
    inner = np.flatnonzero((share > 0.1) & (share < 0.9))[::2]
    if len(inner) < 2:
        return 0.0
    return float(theilslopes(ends[inner], profile.across[inner]).slope)
