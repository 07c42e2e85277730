"""Names a row of vertebrae: the most plausible count, and what it rests on.

A Viterbi search runs over the levels from cranial to caudal. The usual next level costs nothing;
T13, L6 and an absent T12 cost something, a missed vertebra more. Visible anchors (C2, T1 with its
rib, the last vertebra above the sacrum) pull the vertebra they lie on to their level.
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

VARIANT_COST: Final = 3.0
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
_START_COSTS: Final = np.array([VARIANT_COST * (level in ("T13", "L6")) for level in CLASSES])
"""A row that begins at a variant has one, too."""
_REACH_MM: Final = 14.0
_PULL: Final = 8.0
_LEVELS_OF: Final[dict[str, dict[str, float]]] = {
    "C2": {"C2": 1.0},
    "T1_rib": {"T1": 1.0},
    "L5_sacrum": {"L5": 1.0, "L6": 0.6, "L4": 0.4},
}


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
    evidence = _evidence(_chances(np.stack([one.level_logits for one in found])))
    _pull(evidence, anchored)
    for index, level in (clamped or {}).items():
        evidence[index] = -1e6
        evidence[index, _PLACE[level]] = 0.0
    return _count(evidence, _gaps(found), anchored, room)


def name_row(chances: Floats, has_gap: Sequence[bool], room: Room = Room()) -> Count:
    """Name a row of vertebrae of which nothing but their looks and the room around is known.

    Args:
        chances: (n, 25) share of each of `CLASSES`, rows sum to 1, from cranial to caudal.
        has_gap: n - 1 flags, whether a vertebra fits between two neighbours.
        room: beyond the ends of the row.
    """
    anchored = _beyond(len(chances), room)
    evidence = _evidence(chances)
    _pull(evidence, anchored)
    return _count(evidence, has_gap, anchored, room)


def _pull(evidence: Floats, anchored: Mapping[str, int]) -> None:
    """Draw anchored vertebrae to the levels of their anchors, in place."""
    for name, index in anchored.items():
        for level, share in _LEVELS_OF[name].items():
            evidence[index, _PLACE[level]] += _PULL * share


def _count(
    evidence: Floats, has_gap: Sequence[bool], anchored: Mapping[str, int], room: Room
) -> Count:
    levels = tuple(CLASSES[place] for place in viterbi(evidence, has_gap))
    return Count(levels, _counted_from(levels, anchored, room))


def viterbi(evidence: Floats, has_gap: Sequence[bool]) -> list[int]:
    """Return the most plausible states of a row.

    Args:
        evidence: (n, 25) log-likelihoods, one row per vertebra from cranial to caudal.
        has_gap: n - 1 flags, whether a vertebra fits between two neighbours.

    Returns:
        Places in `CLASSES`, n of them, strictly growing where the evidence admits it.
    """
    score = evidence[0] - _START_COSTS
    came: list[NDArray[np.intp]] = []
    for row, gap in zip(evidence[1:], has_gap, strict=True):
        total = score[:, None] - step_costs(has_gap=gap)
        came.append(total.argmax(axis=0))
        score = total.max(axis=0) + row
    path = [int(score.argmax())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return path[::-1]


def step_costs(*, has_gap: bool) -> Floats:
    """Return the (25, 25) cost of going from one level to a more caudal one."""
    n = len(CLASSES)
    costs = np.full((n, n), 1e4)
    missed, direct = (GAP_COST, UNFILLED_COST) if has_gap else (MISSED_COST, 0.0)
    for start, level in enumerate(CLASSES):
        for follower, cost in _followers(level).items():
            _lower(costs, (start, follower), cost + direct)
            for second, more in _followers(follower).items():
                _lower(costs, (start, second), cost + more + missed)
    return costs


def _lower(costs: Floats, step: tuple[int, str], cost: float) -> None:
    place = (step[0], _PLACE[step[1]])
    costs[place] = min(costs[place], cost)


def _followers(level: str) -> dict[str, float]:
    special = {
        "T11": {"T12": 0.0, "L1": VARIANT_COST},
        "T12": {"L1": 0.0, "T13": VARIANT_COST},
        "L5": {"L6": VARIANT_COST},
        "L6": {},
    }
    if level in special:
        return special[level]
    return {CLASSES[_PLACE[level] + 1]: 0.0}


def _gaps(found: Sequence[Detection]) -> list[bool]:
    pitches = np.diff([float(one.centre[0]) for one in found])
    heights = np.array([float(np.ptp(one.points[..., 0])) for one in found])
    expected = 1.25 * (heights[:-1] + heights[1:]) / 2
    return [bool(pitch > 1.6 * usual) for pitch, usual in zip(pitches, expected, strict=True)]


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


def _evidence(chances: Floats) -> Floats:
    """Return log-likelihoods in which no single vertebra can be too sure of itself."""
    return np.asarray(np.log((1 - DOUBT) * chances + DOUBT / chances.shape[1]))
