"""What is trivial: mean anatomy, a straight line, counting up. Computed on the same cases.

Three ways that look at no picture: vertebrae of mean size stacked from the volume's lower border
upward on a straight line through its middle, as six points and boxes; mean anatomy at the places
and levels of the truth, without any fracture; and the system's own finds named upward from L5 at
the lower end. Sizes are those of `inference.phantoms.anatomy`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import height_ratio
from annotation.domain.geometry import Grid
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.vertebrae import LEVELS, is_graded
from inference.judged import JudgedCase, JudgedVertebra, Seen
from inference.phantoms.anatomy import HEIGHT_SCALE, MIDDLE_RATIO, PLANE_SCALE, SIZES

Floats = NDArray[np.float64]

UPWARD: Final = tuple(level for level in reversed(LEVELS) if level not in ("L6", "T13", "S1", "Co"))
"""Names from L5 to C1, as a count that knows no anomaly gives them."""


def mean_heights_mm(level: str) -> Floats:
    """Return anterior, middle and posterior height of a mean, unfractured body."""
    size = SIZES[level]
    posterior = size.height * HEIGHT_SCALE
    anterior = posterior * size.wedge
    return np.array([anterior, MIDDLE_RATIO * max(anterior, posterior), posterior])


def stacked(grid: Grid) -> Seen:
    """Return mean vertebrae stacked upward on a straight line through the middle of a volume."""
    middle = (np.array(grid.dims, dtype=np.float64) - 1) / 2
    ends = np.array([[middle[0], j, middle[2]] for j in (-0.5, grid.dims[1] - 0.5)])
    cranial, caudal = grid.to_mm(ends)
    mask = np.zeros(grid.shape, np.uint8)
    found = []
    for number, (level, bottom_mm) in enumerate(_stack(grid), start=1):
        points = _points(level, bottom_mm, grid)
        _paint(mask, number, level, points, grid)
        place = grid.to_mm(points)
        found.append(
            VertebraProposal(number, level, np.asarray(place.mean(axis=(0, 1))), place, 1.0)
        )
    proposal = Proposal(tuple(reversed(found)), mask, grid, CountedFrom.ASSUMED)
    line = np.linspace(cranial, caudal, max(2, grid.dims[1]))
    return Seen(proposal, line, (float(caudal[2]), float(cranial[2])))


def anatomical(case: JudgedCase) -> JudgedCase:
    """Return a case as mean anatomy at the true places and levels sees it: nothing is fractured."""
    vertebrae = tuple(map(_mean, case.vertebrae))
    scores = [one.score for one in vertebrae if is_graded(one.level)]
    return replace(
        case,
        vertebrae=vertebrae,
        worst=max((score for score in scores if score is not None), default=None),
        failure="",
    )


def counted_upward(seen: Seen) -> Seen:
    """Return what was seen with its vertebrae named upward from L5, lowest first."""
    found = sorted(seen.proposal.vertebrae, key=lambda one: float(one.centroid_mm[2]))
    named = tuple(
        replace(one, level=UPWARD[min(place, len(UPWARD) - 1)]) for place, one in enumerate(found)
    )
    counted = replace(seen.proposal, vertebrae=named[::-1], counted_from=CountedFrom.ASSUMED)
    return replace(seen, proposal=counted)


def _mean(one: JudgedVertebra) -> JudgedVertebra:
    g = height_ratio(mean_heights_mm(one.level))
    return replace(
        one,
        found_level=one.level,
        found_g=g,
        score=-g,
        found_compression=None if one.compression is None else 0.0,
        called=False,
    )


def _stack(grid: Grid) -> Iterator[tuple[str, float]]:
    """Yield levels from L5 upward with the height of their lower end above the volume's floor."""
    room = grid.dims[1] * grid.spacing_mm[1]
    bottom = 0.0
    for level in UPWARD:
        tall = float(mean_heights_mm(level).max())
        if bottom + tall > room:
            return
        yield level, bottom
        bottom += tall + SIZES[level].disc


def _points(level: str, bottom_mm: float, grid: Grid) -> Floats:
    """Return six points as voxel indices (i, j, k), shape (3, 2, 3)."""
    size, heights = SIZES[level], mean_heights_mm(level)
    di, dj, _ = grid.spacing_mm
    middle = (np.array(grid.dims, dtype=np.float64) - 1) / 2
    j = grid.dims[1] - 0.5 - (bottom_mm + float(heights.max()) / 2) / dj
    points = np.empty((3, 2, 3))
    for place, along in enumerate((-0.5, 0.0, 0.5)):
        for end, side in enumerate((-0.5, 0.5)):
            i = middle[0] + along * size.depth * PLANE_SCALE / di
            points[place, end] = i, j + side * heights[place] / dj, middle[2]
    return points


def _paint(mask: NDArray[np.uint8], number: int, level: str, points: Floats, grid: Grid) -> None:
    half = SIZES[level].width * PLANE_SCALE / 2 / grid.spacing_mm[2]
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    low[2], high[2] = low[2] - half, high[2] + half
    first = np.maximum(np.rint(low).astype(int), 0)
    last = np.rint(high).astype(int) + 1
    mask[first[2] : last[2], first[1] : last[1], first[0] : last[0]] = number
