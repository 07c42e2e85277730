"""Sizes and distances that no neighbour bears out: halves, doubles, room for one more.

Each bone is compared with what its neighbours let expect: the logarithm of its size over the size
typical of its level, less the median of the same of up to three neighbours on each side. Typical
sizes are medians over 400 phantoms at 2 mm (`inference.phantoms`, after the sizes of Panjabi et al.
1991 and 1992); only their course along the spine matters, not their absolute value. A size that the
border of the volume cuts is neither judged nor compared with.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.grammar_evidence import (
    holds_more,
    lacks_bone,
    lacks_bone_on_end,
    lacks_much_bone,
)
from annotation.domain.grammar_room import empty_between
from annotation.domain.spine import FEATURES, Part, Spine, SpineProblem, Vector

TYPICAL: Final[dict[str, tuple[float, ...]]] = {
    "C1": (8.7, 67.6, 39.3, 20.0, 20.5, 17.5, 18.6),
    "C2": (15.7, 44.0, 49.4, 38.6, 35.3, 30.3, 21.8),
    "C3": (10.0, 42.6, 44.4, 20.3, 17.8, 19.9, 16.8),
    "C4": (10.2, 44.0, 44.7, 18.4, 17.1, 18.2, 16.2),
    "C5": (10.5, 44.5, 47.9, 18.8, 16.8, 18.9, 16.0),
    "C6": (10.8, 44.0, 53.1, 22.0, 16.3, 22.5, 16.7),
    "C7": (12.6, 44.1, 62.3, 25.6, 19.8, 25.7, 19.0),
    "T1": (15.1, 70.0, 69.4, 30.5, 15.7, 32.9, 20.2),
    "T2": (16.3, 68.0, 68.8, 32.9, 17.1, 35.4, 21.6),
    "T3": (17.3, 71.2, 71.5, 33.7, 16.9, 36.3, 22.9),
    "T4": (18.8, 66.6, 68.6, 41.6, 17.6, 44.1, 22.4),
    "T5": (19.2, 64.2, 68.9, 43.0, 17.2, 46.0, 22.5),
    "T6": (20.7, 64.0, 67.1, 42.9, 18.0, 45.9, 23.3),
    "T7": (22.9, 61.9, 66.2, 43.2, 18.8, 46.4, 24.2),
    "T8": (24.6, 59.5, 67.0, 41.4, 19.1, 45.1, 25.1),
    "T9": (27.2, 56.4, 67.8, 41.1, 19.8, 44.7, 26.3),
    "T10": (30.0, 54.0, 67.7, 40.2, 20.6, 43.9, 27.5),
    "T11": (33.8, 46.1, 71.2, 39.2, 21.3, 42.4, 28.6),
    "T12": (40.2, 42.8, 74.9, 40.6, 23.1, 43.5, 29.4),
    "T13": (43.0, 45.0, 77.0, 41.0, 24.0, 42.0, 30.0),
    "L1": (47.6, 65.8, 81.6, 43.0, 24.1, 46.4, 31.0),
    "L2": (51.2, 64.0, 81.3, 45.1, 24.9, 48.0, 32.2),
    "L3": (52.4, 64.1, 81.3, 46.7, 24.9, 49.9, 32.4),
    "L4": (55.6, 62.0, 82.0, 47.1, 27.3, 50.1, 33.4),
    "L5": (56.2, 64.0, 73.4, 46.6, 30.2, 48.4, 34.3),
    "L6": (57.0, 63.0, 73.0, 46.0, 27.0, 43.0, 34.0),
}
"""Core volume (ml), width, depth, height, height before and behind the middle (mm) of a whole
vertebra, and the way from its middle to the next one's (mm). T13 and L6 are rare: theirs are put
between and after their neighbours by hand; the widths of T1 and T2 are without the tips of their
processes."""

LOWEST: Final = np.log([0.52, 0.62, 0.74, 0.50, 0.25, 0.25])
HIGHEST: Final = np.log([1.40, 1.55, 1.35, 1.65, 1.70, 1.75])
SMALLEST_USUAL: Final = np.log(0.78)
"""Between these shares of what is expected a size may lie, in the order of `FEATURES`. A severe
fracture takes up to 45 per cent of a vertebra's volume or height, nothing of width or depth; where
all neighbours are fractured, a volume is compared with this share of the usual one."""
HALF: Final = np.log(0.37)
"""The share of the volume times the share of the arch's height: a fracture takes from the body, and
leaves the arch; what is cut off takes from both."""
WHOLE_ACROSS: Final = np.log(0.85)
"""A bone that keeps this of its width and depth is fractured, or lacks its upper or lower part."""
FLAT: Final = np.log([0.68, 0.66])
"""Body and arch are not both so much lower than expected."""
SURELY_LOW: Final = np.log([0.46, 0.50, 0.72, 0.36, 0.20, 0.20])
SURELY_HIGH: Final = np.log([1.90, 1.70, 1.60, 1.95, 1.95, 1.95])
"""Beyond these shares no picture is asked. Beside bones that a fracture took half of, a whole one
may look up to 1.9 times as tall; a fracture takes nothing of width or depth. Between these and the
limits above, a size stops only where the volume shows a part that is missing or too much."""
SUSPECT: Final = np.log(0.64)
"""A core volume below this share stops where the picture shows far more bone beside the label than
beside the neighbours: so small a fractured bone leaves none."""
ROOM_FOR_TWO: Final = np.log(1.2)
"""Two vertebrae under one number lie this much further from the next ones on either side."""
ROOM_FOR_ONE_MORE: Final = np.log(1.5)
EMPTY: Final = 0.9
"""Where a body is missing, this much of the middle carries no name; beside a disc far less."""
UNUSUAL: Final = np.log(1.6)
"""A person of other sizes than this is compared with nobody but the own vertebrae."""
NO_ROOM: Final = np.log(0.3)
REACH: Final = 3


def size_problems(spine: Spine) -> list[SpineProblem]:
    """Return what is wrong with the sizes of bones and the ways between them."""
    if len(spine.order) < 2:
        return []
    return [*_sizes(spine), *_distances(spine)]


def deviations(spine: Spine) -> tuple[Vector, Vector]:
    """Return how far each bone of `order` lies below and above what is expected.

    Returns:
        Logarithms of size over expected size, two arrays of shape (n, 6), columns as `FEATURES`,
        nan where it cannot be told: against the median of the neighbours, and against the largest
        of them, since fractures only take away.
    """
    own = np.full((len(spine.order), len(FEATURES)), np.nan)
    for row, (part, size) in enumerate(zip(spine.order, spine.sizes, strict=True)):
        typical = TYPICAL.get(spine.level_of(part.number) or "")
        if typical is not None:
            known = ~_unsure(part) & (size > 0)
            own[row, known] = np.log(size[known] / np.array(typical[: len(FEATURES)])[known])
    most = _expected(own, np.max)
    most[:, 0] = np.maximum(most[:, 0], SMALLEST_USUAL)
    return own - _expected(own, np.median), own - most


def body_growth(spine: Spine) -> Vector:
    """Return how much taller the body of each bone of `order` is than its neighbours let expect.

    A border that cuts only the sides or the back leaves a body's height sure; one that cuts the
    body itself makes it lower, never taller.

    Returns:
        Logarithms of height before the middle over expected height, shape (n,), nan where unknown.
    """
    column = FEATURES.index("front")
    own = np.full(len(spine.order), np.nan)
    for row, (part, size) in enumerate(zip(spine.order, spine.sizes, strict=True)):
        typical = TYPICAL.get(spine.level_of(part.number) or "")
        if typical is not None and size[column] > 0:
            own[row] = np.log(size[column] / typical[column])
    is_cut = np.array([part.touches[1] for part in spine.order], bool)
    around = _of_neighbours(np.where(is_cut, np.nan, own)[:, None], np.median)[:, 0]
    return np.asarray(own - np.where(np.isnan(around), _scale(spine), around))


def _expected(own: Vector, summary: Callable[[Vector], Any]) -> Vector:
    """Return what neighbours let expect; the usual person's size, volumes apart, without any."""
    expected = _of_neighbours(own, summary)
    known = own[~np.isnan(own)]
    if known.size and abs(float(np.median(known))) < UNUSUAL:
        lonely = np.isnan(expected)
        lonely[:, 0] = False
        expected[lonely] = 0.0
    return expected


def _unsure(part: Part) -> NDArray[np.bool_]:
    """Return which of `FEATURES` the borders leave unsure."""
    _, j, i = part.touches
    return np.array([j or i, j, j or i, j, j or i, j or i])


def _of_neighbours(values: Vector, summary: Callable[[Vector], Any]) -> Vector:
    """Summarise up to `REACH` neighbours on each side, per column; nan where there is none."""
    expected = np.full_like(values, np.nan)
    for row in range(len(values)):
        near = [at for at in range(row - REACH, row + REACH + 1) if 0 <= at < len(values)]
        around = values[[at for at in near if at != row]]
        for column in range(values.shape[1]):
            known = around[~np.isnan(around[:, column]), column]
            if known.size:
                expected[row, column] = summary(known)
    return expected


def _sizes(spine: Spine) -> Iterable[SpineProblem]:
    for row, (under, over) in enumerate(zip(*deviations(spine), strict=True)):
        low, high = under < LOWEST, over > HIGHEST
        low[0] |= bool(under[0] + under[5] < HALF)
        low[-2:] |= bool((under[-2:] < FLAT).all())
        if not low.any() and under[0] < SUSPECT:
            low[0] = lacks_much_bone(spine, row)
        if low.any():
            is_whole_across = bool((under[1:3] > WHOLE_ACROSS).all())
            lacks = lacks_bone_on_end if is_whole_across else lacks_bone
            stops = _is_sure(spine, under < SURELY_LOW) or lacks(spine, row)
            yield _problem(spine, row, "half_missing", under, low, stops)
        elif high.any():
            stops = _is_sure(spine, over > SURELY_HIGH) or holds_more(spine, row)
            stops = stops or _lies_apart(spine, row)
            yield _problem(spine, row, "too_large", over, high, stops)


def _is_sure(spine: Spine, beyond: NDArray[np.bool_]) -> bool:
    """Tell whether the size alone stops: where it is beyond doubt, or there is no volume to ask."""
    return spine.hu is None or bool(beyond.any())


_SAID: Final = {
    "volume": "has {percent} % of the volume",
    "width": "is {percent} % as wide as",
    "depth": "is {percent} % as deep from front to back as",
    "height": "is {percent} % as tall as",
    "front": "has a body {percent} % as tall as",
    "back": "has an arch {percent} % as tall as",
}
_ADVICE: Final = {
    "half_missing": "A part may be missing, or it is split in two.",
    "too_large": "It may span two vertebrae, or spill.",
}
_NO_WITNESS: Final = "The picture shows no sign that it is painted wrongly."


def _problem(
    spine: Spine, row: int, code: str, off: Vector, wrong: Vector, blocking: bool
) -> SpineProblem:
    worst = int(np.argmax(np.where(wrong, np.abs(off), -1)))
    said = _SAID[FEATURES[worst]].format(percent=round(100 * float(np.exp(off[worst]))))
    number = spine.order[row].number
    advice = _ADVICE[code] if blocking else _NO_WITNESS
    message = f"{spine.name(number)} {said} its neighbours let expect. {advice}"
    return spine.problem(code, number, message, blocking=blocking)


def _lies_apart(spine: Spine, row: int) -> bool:
    """Tell whether the ways to both neighbours are too long for one vertebra."""
    _, off, _ = _ways(spine)
    both = off[max(0, row - 1) : row + 1]
    return len(both) == 2 and bool((both > ROOM_FOR_TWO).all())


def _distances(spine: Spine) -> Iterable[SpineProblem]:
    ways, off, beside = _ways(spine)
    for place in np.flatnonzero((off < NO_ROOM) & ~beside):
        yield _distance(spine, int(place), float(ways[place]), is_wide=False)
    for place in np.flatnonzero(off > ROOM_FOR_ONE_MORE):
        if empty_between(spine, int(place)) > EMPTY:
            yield _distance(spine, int(place), float(ways[place]), is_wide=True)


def _ways(spine: Spine) -> tuple[Vector, Vector, NDArray[np.bool_]]:
    """Return the ways from each middle to the next.

    Returns:
        Millimetres; logarithms over what is expected, 0 where unknown; whether a border cuts one of
        the two bones. Shape (n - 1,) each.
    """
    parts = spine.order
    is_cut = np.array([part.touches[1] for part in parts])
    steps = np.array([b.centre_mm - a.centre_mm for a, b in pairwise(parts)])
    ways = np.linalg.norm(steps, axis=1)
    typical = [TYPICAL.get(spine.level_of(part.number) or "") for part in parts[:-1]]
    own = np.array([np.log(w / t[-1]) if t else np.nan for w, t in zip(ways, typical, strict=True)])
    beside = is_cut[:-1] | is_cut[1:]
    around = _of_neighbours(np.where(beside, np.nan, own)[:, None], np.median)[:, 0]
    around = np.where(np.isnan(around), _scale(spine), around)
    return ways, np.nan_to_num(own - around), beside


def _scale(spine: Spine) -> float:
    """Return the logarithm of a person's lengths over the usual ones, from whole bones' heights."""
    whole = [not part.is_cut for part in spine.order]
    typical = [TYPICAL.get(spine.level_of(part.number) or "") for part in spine.order]
    found = [
        float(np.log(size[3] / row[3]))
        for is_whole, size, row in zip(whole, spine.sizes, typical, strict=True)
        if is_whole and row and size[3] > 0
    ]
    scale = float(np.median(found)) if found else 0.0
    return scale if abs(scale) < UNUSUAL else np.nan


def _distance(spine: Spine, place: int, way_mm: float, *, is_wide: bool) -> SpineProblem:
    upper, lower = spine.order[place], spine.order[place + 1]
    names = f"{spine.name(upper.number)} and {spine.name(lower.number)}"
    code = "room" if is_wide else "one_place"
    message = (
        f"There is room for another vertebra between {names}."
        if is_wide
        else f"{names} lie in one place: their middles are {way_mm:.0f} mm apart."
    )
    middle = (upper.centre_mm + lower.centre_mm) / 2
    return spine.problem(code, lower.number, message, blocking=True, at_mm=middle)
