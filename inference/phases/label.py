"""Names a row of vertebrae: the most plausible count, and what it rests on.

A Viterbi search runs over the levels from cranial to caudal, once for each way in which a spine may
be numbered: with eleven, twelve or thirteen thoracic and four, five or six lumbar vertebrae. The
usual one costs nothing, each variant something, a missed vertebra more. Visible anchors (C2, T1
with its rib, the last vertebra above the sacrum) pull the vertebra they lie on to their level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.proposal import CountedFrom
from inference.nets.detector import CLASSES
from inference.phases.detect import Anchor, Detection, Detections

Floats = NDArray[np.float64]

THORACIC_COST: Final = {12: 0.0, 13: 3.2, 11: 3.5}
LUMBAR_COST: Final = {5: 0.0, 6: 3.0, 4: 3.9}
"""Of numbers of vertebrae that 4, 3, 5 and 2 in a hundred are taken to have: -log(share)."""
RESEMBLANCE: Final = 0.5
"""Chance that a vertebra of a variant looks like the one that usually stands there: networks count
from what they see, so the last vertebra above the sacrum looks like L5 to them, L6 or not. Zero
where nothing is anchored: a row that cannot be counted is a variant only by its own looks."""
MISSED_COST: Final = 10.0
"""Cost of one vertebra that was not found, where there is no gap for it."""
GAP_COST: Final = 1.0
"""The same where the distance to the next one leaves room for it."""
UNFILLED_COST: Final = 2.0
"""Cost of going to the next level across such a room."""
DOUBT: Final = 0.2
"""Chance that a vertebra's looks say nothing about its level, as on pictures of another kind."""
VISIBLE: Final = 0.5
ROOM_MM: Final = 40.0
"""So much of the volume beyond an end of the row shows what follows there."""
_PLACE: Final = {level: place for place, level in enumerate(CLASSES)}
_REACH_MM: Final = 14.0
_PULL: Final = 8.0
_SECOND_LAST: Final = 0.4
"""Share of the pull of the sacrum where it lies one vertebra lower than the anchor says."""
_ROOM_FOR_ONE: Final = 0.6
"""Spare room for a missed vertebra, as a share of the usual height around; a severe crush leaves no
more of it."""
_LEVELS_OF: Final = {"C2": {"C2"}, "T1_rib": {"T1"}, "L5_sacrum": {"L4", "L5", "L6"}}


@dataclass(frozen=True)
class _Numbering:
    """One way in which a spine may be numbered.

    Attributes:
        levels: from cranial to caudal.
        cost: of not being the usual one.
        looks_like: places in `CLASSES`, per level: of what usually stands there.
    """

    levels: tuple[str, ...]
    cost: float
    looks_like: tuple[int, ...]

    def pull(self, anchor: str) -> dict[str, float]:
        """Return shares of the pull of an anchor, by level."""
        if anchor == "L5_sacrum":
            return {self.levels[-1]: 1.0, self.levels[-2]: _SECOND_LAST}
        return dict.fromkeys(_LEVELS_OF[anchor], 1.0)


def _numbering(thoracic: int, lumbar: int) -> _Numbering:
    def usual(number: int, n: int, most: int) -> int:
        """Return the usual number of what stands there, counted from below."""
        return min(max(number + most - n, 1), most)

    levels = [level for level in CLASSES if level[0] == "C"]
    looks = list(levels)
    for letter, n, most in (("T", thoracic, 12), ("L", lumbar, 5)):
        levels += [f"{letter}{number}" for number in range(1, n + 1)]
        looks += [f"{letter}{usual(number, n, most)}" for number in range(1, n + 1)]
    cost = THORACIC_COST[thoracic] + LUMBAR_COST[lumbar]
    return _Numbering(tuple(levels), cost, tuple(_PLACE[level] for level in looks))


_NUMBERINGS: Final = tuple(_numbering(t, n) for t in THORACIC_COST for n in LUMBAR_COST)


@dataclass(frozen=True)
class Room:
    """What of the volume surrounds the row.

    Where the volume goes on and the spine does not, the row begins at C2 or ends above the sacrum.

    Attributes:
        cranial_mm: of the volume beyond the first vertebra, along j.
        caudal_mm: of the volume beyond the last vertebra, along j.
        cut: places in the row of vertebrae that the border cuts; nothing is counted from them.
    """

    cranial_mm: float = 0.0
    caudal_mm: float = 0.0
    cut: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Count:
    """Levels of vertebrae from cranial to caudal, and what the count rests on."""

    levels: tuple[str, ...]
    counted_from: CountedFrom


def name_levels(
    detections: Detections,
    clamped: Mapping[int, str] | None = None,
    room: Room = Room(),
) -> Count:
    """Name all vertebrae of a picture.

    Args:
        detections: vertebrae from cranial to caudal, and anchors.
        room: beyond the ends of the row.
        clamped: levels that a reader has fixed, by place in the row.
    """
    found = detections.found
    if not found:
        return Count((), CountedFrom.ASSUMED)
    anchored = _anchored(found, detections.anchors, room)
    chances = _chances(np.stack([one.level_logits for one in found]))
    return _count(chances, _gaps(found), _Fixed(anchored, clamped or {}), room)


def name_row(chances: Floats, has_gap: Sequence[bool], room: Room = Room()) -> Count:
    """Name a row of vertebrae of which nothing but their looks and the room around is known.

    Args:
        chances: (n, 25) share of each of `CLASSES`, rows sum to 1, from cranial to caudal.
        has_gap: n - 1 flags, whether a vertebra fits between two neighbours.
        room: beyond the ends of the row.
    """
    return _count(chances, has_gap, _Fixed(_beyond(len(chances), room), {}), room)


@dataclass(frozen=True)
class _Fixed:
    """Places in the row, by anchor; levels that a reader has fixed, by place."""

    anchored: Mapping[str, int]
    clamped: Mapping[int, str]


def _count(chances: Floats, has_gap: Sequence[bool], fixed: _Fixed, room: Room) -> Count:
    best: tuple[float, tuple[str, ...]] = (-np.inf, ())
    for numbering in _NUMBERINGS:
        score, path = viterbi(_evidence(chances, numbering, fixed), has_gap)
        if score - numbering.cost > best[0]:
            best = score - numbering.cost, tuple(numbering.levels[place] for place in path)
    return Count(best[1], _counted_from(best[1], fixed.anchored, room))


def _evidence(chances: Floats, numbering: _Numbering, fixed: _Fixed) -> Floats:
    """Return log-likelihoods (n, levels) in which no single vertebra can be too sure of itself."""
    own = chances[:, [_PLACE[level] for level in numbering.levels]]
    usual = chances[:, list(numbering.looks_like)]
    alike = RESEMBLANCE if fixed.anchored or fixed.clamped else 0.0
    evidence = np.log((1 - DOUBT) * np.maximum(own, alike * usual) + DOUBT / len(CLASSES))
    for name, index in fixed.anchored.items():
        for level, share in numbering.pull(name).items():
            evidence[index, numbering.levels.index(level)] += _PULL * share
    for index, level in fixed.clamped.items():
        evidence[index] = -1e6
        if level in numbering.levels:
            evidence[index, numbering.levels.index(level)] = 0.0
    return np.asarray(evidence)


def viterbi(evidence: Floats, has_gap: Sequence[bool]) -> tuple[float, list[int]]:
    """Return the score and the states of the most plausible row.

    Args:
        evidence: (n, m) log-likelihoods of m levels, one row per vertebra from cranial to caudal.
        has_gap: n - 1 flags, whether a vertebra fits between two neighbours.

    Returns:
        Score, and n states, strictly growing where the evidence admits it.
    """
    score = evidence[0]
    came: list[NDArray[np.intp]] = []
    for row, gap in zip(evidence[1:], has_gap, strict=True):
        total = score[:, None] - step_costs(evidence.shape[1], has_gap=gap)
        came.append(total.argmax(axis=0))
        score = total.max(axis=0) + row
    path = [int(score.argmax())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return float(score.max()), path[::-1]


def step_costs(n_levels: int, *, has_gap: bool) -> Floats:
    """Return the (n, n) cost of going from one level to a more caudal one."""
    costs = np.full((n_levels, n_levels), 1e4)
    missed, direct = (GAP_COST, UNFILLED_COST) if has_gap else (MISSED_COST, 0.0)
    np.fill_diagonal(costs[:, 1:], direct)
    np.fill_diagonal(costs[:, 2:], missed)
    return costs


def _gaps(found: Sequence[Detection]) -> list[bool]:
    """Tell where a vertebra fits between two neighbours.

    A crushed body is low, but the room for one more is what the vertebrae around usually take.
    """
    pitches = np.diff([float(one.centre[0]) for one in found])
    heights = np.array([float(np.ptp(one.points[..., 0])) for one in found])
    usual = np.array([np.median(heights[max(n - 2, 0) : n + 3]) for n in range(len(heights))])
    taken = (heights[:-1] + heights[1:]) / 2 + 0.25 * (usual[:-1] + usual[1:]) / 2
    spare = pitches - taken
    return [bool(spare[n] > _ROOM_FOR_ONE * min(usual[n], usual[n + 1])) for n in range(len(spare))]


def _anchored(
    found: Sequence[Detection], anchors: Mapping[str, Anchor], room: Room
) -> dict[str, int]:
    """Return, per visible anchor, the place in the row of the vertebra it lies on."""
    centres = np.stack([one.centre for one in found])
    placed = _beyond(len(found), room)
    for name, anchor in anchors.items():
        apart = np.linalg.norm(centres - anchor.place, axis=1)
        nearest = int(apart.argmin())
        if anchor.score > VISIBLE and apart[nearest] < _REACH_MM:
            placed[name] = nearest
    return placed


def _beyond(n: int, room: Room) -> dict[str, int]:
    """Return which ends of a row of n vertebrae are ends of the spine."""
    placed: dict[str, int] = {}
    if room.cranial_mm > ROOM_MM:
        placed["C2"] = 0
    if room.caudal_mm > ROOM_MM:
        placed["L5_sacrum"] = n - 1
    return placed


def _counted_from(levels: Sequence[str], anchored: Mapping[str, int], room: Room) -> CountedFrom:
    """Return the first anchor that is wholly in view and lies where the count wants it.

    A sacrum seen in part pulls the count but does not prove it.
    """
    for name, index in anchored.items():
        is_whole = name != "L5_sacrum" or room.caudal_mm > ROOM_MM
        if is_whole and index not in room.cut and levels[index] in _LEVELS_OF[name]:
            return CountedFrom(name)
    return CountedFrom.ASSUMED


def _chances(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
