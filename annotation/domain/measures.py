"""What several vertebrae say about one: expected heights, compression, angles, lateral spread.

A uniform crush has a height ratio near 1; only its neighbours show it. Which neighbours count and
how they are used is one rule for all measures here. Angles are signed, positive for kyphosis. The
same rules run in the browser; ``tests/golden/six_points.json`` holds both to the same figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.vertebrae import LEVELS, place_of, region_of

FURTHEST_LEVELS: Final = 2
SPREAD_LIMIT: Final = 1.02
"""Above this ratio of 3-D to in-plane height the points lie too far apart sideways."""

_OPTIONAL: Final = ("T13", "L6")
_ACROSS: Final = (1.0, 0.0, 0.0)

Heights = tuple[float, float, float]


@dataclass(frozen=True)
class Beside:
    """A vertebra as its neighbours see it.

    Attributes:
        level: anatomical name, None where it has none.
        heights_mm: anterior, middle, posterior; None where it is not measured.
        is_valid: whole in view, free of foreign material and not fractured in the same reading.
    """

    level: str | None
    heights_mm: Heights | None
    is_valid: bool


@dataclass(frozen=True)
class Expected:
    """Heights that neighbours let expect.

    Attributes:
        heights_mm: anterior, middle, posterior.
        sources: places of the one or two neighbours they come from.
        one_sided: only one side had a valid neighbour.
        extended: a neighbour that does not count was stepped over.
        scaled: the one neighbour's heights were scaled to this level by the own normal heights.
    """

    heights_mm: Heights
    sources: tuple[int, ...]
    one_sided: bool
    extended: bool
    scaled: bool


def expected_heights(
    spine: Sequence[Beside], place: int, normal_mm: Mapping[str, Heights] | None = None
) -> Expected | None:
    """Return the mean of the nearest valid neighbours above and below, None without any.

    A neighbour counts up to two levels away; the second one must be of the same region.

    Args:
        spine: all vertebrae from cranial to caudal.
        place: which of them is asked about.
        normal_mm: normal heights by level, to scale a single neighbour to this level.
    """
    sides = [_nearest(spine, place, way) for way in (-1, 1)]
    sources = tuple(side for side in sides if side is not None)
    if not sources:
        return None
    rows = np.array([spine[source].heights_mm for source in sources], dtype=np.float64)
    factor = _factor(spine, place, sources, normal_mm or {})
    a, m, p = (float(value) for value in rows.mean(axis=0) * (1.0 if factor is None else factor))
    return Expected(
        heights_mm=(a, m, p),
        sources=sources,
        one_sided=len(sources) == 1,
        extended=any(_apart(spine, place, source) > 1 for source in sources),
        scaled=factor is not None,
    )


def _nearest(spine: Sequence[Beside], place: int, way: int) -> int | None:
    other = place + way
    while 0 <= other < len(spine) and _apart(spine, place, other) <= FURTHEST_LEVELS:
        is_near = _apart(spine, place, other) == 1 or _same_region(spine[place], spine[other])
        if is_near and spine[other].is_valid and spine[other].heights_mm is not None:
            return other
        other += way
    return None


def _same_region(one: Beside, other: Beside) -> bool:
    if one.level is None or other.level is None:
        return one.level is other.level
    return region_of(one.level) is region_of(other.level)


def _apart(spine: Sequence[Beside], place: int, other: int) -> int:
    """Return how many levels lie between, also where one is not in the list."""
    a, b = spine[place].level, spine[other].level
    if a is None or b is None:
        return abs(other - place)
    present = {row.level for row in spine}
    first, last = sorted((place_of(a), place_of(b)))
    between = LEVELS[first + 1 : last]
    return 1 + sum(level not in _OPTIONAL or level in present for level in between)


def _factor(
    spine: Sequence[Beside],
    place: int,
    sources: Sequence[int],
    normal_mm: Mapping[str, Heights],
) -> NDArray[np.float64] | None:
    own = normal_mm.get(spine[place].level or "")
    other = normal_mm.get(spine[sources[0]].level or "")
    if len(sources) > 1 or own is None or other is None:
        return None
    return np.asarray(np.asarray(own) / np.asarray(other), dtype=np.float64)


def compression_percent(own_mm: float, neighbours_mm: Sequence[float | None]) -> float | None:
    """Return ``(1 - own / mean of the neighbours) * 100``, None without a neighbour.

    With anterior heights this is the vertebral compression ratio. One neighbour stands alone;
    below zero the vertebra is higher than its neighbours.
    """
    known = [height for height in neighbours_mm if height is not None]
    return 100.0 * (1.0 - own_mm / float(np.mean(known))) if known else None


@dataclass(frozen=True)
class Compression:
    """The vertebral compression ratio of one vertebra.

    Attributes:
        percent: loss of anterior height against the neighbours; negative where it is higher.
        sources: places of the one or two neighbours it is measured against.
        one_sided: only one side had a valid neighbour.
        extended: a neighbour that does not count was stepped over.
    """

    percent: float
    sources: tuple[int, ...]
    one_sided: bool
    extended: bool


def compression_ratios(spine: Sequence[Beside]) -> list[Compression | None]:
    """Return the compression ratio of each vertebra, None without heights or valid neighbours.

    Args:
        spine: all vertebrae from cranial to caudal.
    """
    found: list[Compression | None] = []
    for place, own in enumerate(spine):
        expected = expected_heights(spine, place)
        percent = None
        if own.heights_mm is not None and expected is not None:
            percent = compression_percent(own.heights_mm[0], expected.heights_mm[:1])
        if percent is None or expected is None:
            found.append(None)
            continue
        found.append(Compression(percent, expected.sources, expected.one_sided, expected.extended))
    return found


def adjusted_ratio(heights_mm: Heights, ratios: tuple[float, float]) -> float:
    """Return G of heights that are divided by what is normal at their level.

    Args:
        heights_mm: anterior, middle, posterior.
        ratios: normal anterior over posterior and middle over posterior height of the level.
    """
    a, m, p = heights_mm[0] / ratios[0], heights_mm[1] / ratios[1], heights_mm[2]
    return min(a, m, p) / max(a, m, p)


def plate_angle_degrees(
    upper_mm: NDArray[np.float64], lower_mm: NDArray[np.float64]
) -> float | None:
    """Return the angle from an upper vertebra's upper plate to a lower one's lower plate.

    With one vertebra twice it is the wedge angle; with two, the regional (Cobb) angle. The plates
    run from their anterior to their posterior point and are seen from the patient's side, so that
    a lateral tilt does not count. None where a plate has no length.

    Args:
        upper_mm: six points (3, 2, 3) of the upper vertebra, LPS millimetres.
        lower_mm: six points of the lower vertebra, or the same again.
    """
    u, w = _plate(upper_mm, 0), _plate(lower_mm, 1)
    if not u.any() or not w.any():
        return None
    return float(np.degrees(np.arctan2(u[0] * w[1] - u[1] * w[0], u @ w)))


def _plate(points_mm: NDArray[np.float64], end: int) -> NDArray[np.float64]:
    """Return a plate as (posterior, inferior)."""
    along = np.asarray(points_mm, dtype=np.float64)[2, end] - np.asarray(points_mm)[0, end]
    return np.array([along[1], -along[2]])


def lateral_spread(
    points_mm: NDArray[np.float64], across: Sequence[float] = _ACROSS
) -> tuple[Heights, float]:
    """Return heights within the plane across a left-right axis, and the largest 3-D / 2-D ratio.

    Args:
        points_mm: six points (3, 2, 3), LPS millimetres.
        across: the vertebra's left-right axis, unit length.

    Raises:
        ValueError: if a height lies wholly along the axis.
    """
    points = np.asarray(points_mm, dtype=np.float64)
    along = points[:, 1] - points[:, 0]
    n = np.asarray(across, dtype=np.float64)
    flat = np.linalg.norm(along - np.outer(along @ n, n), axis=-1)
    if not (flat > 0).all():
        raise ValueError("a height lies wholly along the left-right axis")
    a, m, p = (float(height) for height in flat)
    return (a, m, p), float((np.linalg.norm(along, axis=-1) / flat).max())
