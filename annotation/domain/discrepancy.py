"""Where two readings of one case differ, gravest first.

The rules follow the double reading of Loeffler et al. 2020 (doi:10.1148/ryai.2020190138) made
exact: presence and naming, grade, shape, flags and points; below them the masks. Two readers who
place the points of a healthy body twice differ by about 0.04 in G; so a difference of one grade
with G within 0.05 on both sides of a limit is called *threshold noise* and only needs a joint
confirmation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.frames import Frame, has_mm, one_frame
from annotation.domain.genant import GradeConvention, heights_mm

NOISE_OF_G: Final = 0.05
GREAT_DIFFERENCE_OF_G: Final = 0.10
GREAT_DISTANCE_MM: Final = 3.0
GREAT_SHARE_OF_HEIGHT: Final = 0.12
"""`GREAT_DISTANCE_MM` over the 25 mm of a body, where pictures have no millimetres."""
MODERATE: Final = 2


@dataclass(frozen=True)
class Limits:
    """From which on two readings differ; a protocol may set its own.

    Attributes:
        noise_of_g: two grades side by side are threshold noise below this difference of G.
        great_difference_of_g: same grade, but measured this far apart.
        great_distance_mm: two readers' points this far apart in the plane of the vertebra.
        mask_dice: masks of one vertebra overlap less than this.
        mask_hd95_mm: surfaces of one vertebra lie further apart than this at the 95th percentile.
    """

    noise_of_g: float = NOISE_OF_G
    great_difference_of_g: float = GREAT_DIFFERENCE_OF_G
    great_distance_mm: float = GREAT_DISTANCE_MM
    mask_dice: float = 0.90
    mask_hd95_mm: float = 3.0

    def as_dict(self) -> dict[str, float]:
        """Return the limits by name."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, float]) -> "Limits":
        """Return the limits stored by name; those that are missing are the usual ones."""
        names = cls().as_dict()
        return cls(**{name: float(value) for name, value in stored.items() if name in names})


_USUAL: Final = Limits()


class Kind(StrEnum):
    """What two readings differ in."""

    PRESENCE = "presence"
    GRADE = "grade"
    THRESHOLD = "threshold"
    SHAPE = "shape"
    FLAGS = "flags"
    POINTS = "points"
    MASKS = "masks"


@dataclass(frozen=True)
class Said:
    """What one reader says about one vertebra.

    Attributes:
        number: the vertebra's number in its case.
        level: the level this reader counts, "" where none.
        six_points_mm: (3, 2, 3) LPS millimetres, or None.
        g: measured height ratio, or None.
        grade: the reader's own grade 0-3, None where not graded.
        shape: the reader's own shape, "" where none.
        not_graded_reason: why there is no grade, "" where there is one.
        deformity: flags for deformities that are no fracture.
        foreign_material: flags for foreign material.
        ao_class: AO class with its modifiers, "" where none.
        frame: in what the points are given.
    """

    number: int
    level: str
    six_points_mm: NDArray[np.float64] | None = None
    g: float | None = None
    grade: int | None = None
    shape: str = ""
    not_graded_reason: str = ""
    deformity: frozenset[str] = frozenset()
    foreign_material: frozenset[str] = frozenset()
    ao_class: str = ""
    frame: Frame = Frame.PATIENT_MM


@dataclass(frozen=True)
class Difference:
    """One vertebra on which two readers differ.

    Attributes:
        number: the vertebra's number.
        kind: the gravest thing they differ in.
        rank: place in the list, 0 is the gravest.
        reason: the difference in words, without the readers' names.
        first: index of the one reading, shown as A.
        second: index of the other reading, shown as B.
    """

    number: int
    kind: Kind
    rank: int
    reason: str
    first: int = 0
    second: int = 1


@dataclass(frozen=True)
class _Found:
    tier: int
    kind: Kind
    reason: str
    size: float = 0.0


@dataclass(frozen=True)
class _Yard:
    """By what two readings are compared: `is_decided` where both see a fracture elsewhere."""

    convention: GradeConvention
    limits: Limits
    is_decided: bool


_Rule = Callable[[Said, Said, _Yard], _Found | None]


def disagreements(
    findings_a: Sequence[Said],
    findings_b: Sequence[Said],
    convention: GradeConvention,
    limits: Limits = _USUAL,
) -> list[Difference]:
    """Return the vertebrae on which two readings differ, each once, gravest first.

    Args:
        findings_a: one reading's findings.
        findings_b: the other reading's findings.
        convention: limits on G by which both were graded.
        limits: from which on they differ.
    """
    return disagreements_of_many((findings_a, findings_b), convention, limits)


def disagreements_of_many(
    readings: Sequence[Sequence[Said]], convention: GradeConvention, limits: Limits = _USUAL
) -> list[Difference]:
    """Return the vertebrae on which any two readings differ; the gravest pair stands for all."""
    spoken = [{said.number: said for said in findings} for findings in readings]
    numbers = sorted(set().union(*spoken)) if spoken else []
    yard = _Yard(convention, limits, _both_see_a_fracture(spoken, numbers))
    gravest: list[tuple[_Found, int, tuple[int, int]]] = []
    for number in numbers:
        pairs = [
            (found, pair)
            for pair in combinations(range(len(spoken)), 2)
            if (found := _compare(*_pair(spoken, pair, number), yard))
        ]
        if pairs:
            found, pair = min(pairs, key=lambda entry: (entry[0].tier, -entry[0].size, entry[1]))
            gravest.append((found, number, pair))
    gravest.sort(key=lambda entry: (entry[0].tier, -entry[0].size, entry[1]))
    return [
        Difference(number, found.kind, rank, found.reason, *pair)
        for rank, (found, number, pair) in enumerate(gravest)
    ]


def _pair(
    spoken: Sequence[dict[int, Said]], pair: tuple[int, int], number: int
) -> tuple[Said | None, Said | None]:
    return spoken[pair[0]].get(number), spoken[pair[1]].get(number)


def _both_see_a_fracture(spoken: Sequence[dict[int, Said]], numbers: Iterable[int]) -> bool:
    """Tell whether all readers see a fracture at one vertebra: then no other flips the patient."""
    return any(
        all((said := findings.get(number)) is not None and bool(said.grade) for findings in spoken)
        for number in numbers
    )


def _compare(a: Said | None, b: Said | None, yard: _Yard) -> _Found | None:
    if a is None or b is None:
        return _Found(1, Kind.PRESENCE, f"Only {'B' if a is None else 'A'} marks this vertebra")
    for rule in _RULES:
        found = rule(a, b, yard)
        if found:
            return found
    return None


def _naming(a: Said, b: Said, _yard: _Yard) -> _Found | None:
    if a.level == b.level:
        return None
    return _Found(1, Kind.PRESENCE, f"A counts {a.level or 'no level'}, B {b.level or 'no level'}")


def _graded_by_one(a: Said, b: Said, _yard: _Yard) -> _Found | None:
    if (a.grade is None) == (b.grade is None):
        return None
    name, graded, other, silent = ("A", a, "B", b) if a.grade is not None else ("B", b, "A", a)
    why = _words(silent.not_graded_reason) or "no reason given"
    return _Found(
        1, Kind.PRESENCE, f"{name} gives grade {graded.grade}, {other} does not grade: {why}"
    )


def _grades(a: Said, b: Said, yard: _Yard) -> _Found | None:
    if a.grade is None or b.grade is None or a.grade == b.grade:
        return None
    apart = abs(a.grade - b.grade)
    if 0 in (a.grade, b.grade) and not yard.is_decided:
        return _Found(0, Kind.GRADE, "Changes the patient's result", apart)
    if apart >= 2:
        return _Found(2, Kind.GRADE, f"{_COUNT[apart]} grades apart", apart)
    if _is_threshold_noise(a, b, yard):
        return _Found(5, Kind.THRESHOLD, _difference_of_g("Threshold", a, b))
    if min(a.grade, b.grade) < MODERATE <= max(a.grade, b.grade):
        return _Found(3, Kind.GRADE, "Across the moderate border", apart)
    return _Found(4, Kind.GRADE, _difference_of_g("One grade", a, b), apart)


def _is_threshold_noise(a: Said, b: Said, yard: _Yard) -> bool:
    """Tell whether both graded what they measured, close to each other beside one limit."""
    if a.g is None or b.g is None or abs(a.g - b.g) >= yard.limits.noise_of_g:
        return False
    return all(yard.convention.grade(said.g) == said.grade for said in (a, b) if said.g is not None)


def _shapes(a: Said, b: Said, _yard: _Yard) -> _Found | None:
    if not a.grade or not b.grade or a.shape == b.shape:
        return None
    return _Found(6, Kind.SHAPE, f"Shape only: A {a.shape or 'none'}, B {b.shape or 'none'}")


def _flags(a: Said, b: Said, _yard: _Yard) -> _Found | None:
    if a.not_graded_reason != b.not_graded_reason:
        return _Found(
            7,
            Kind.FLAGS,
            f"Not graded: A {_words(a.not_graded_reason)}, B {_words(b.not_graded_reason)}",
        )
    if a.ao_class != b.ao_class:
        return _Found(
            7, Kind.FLAGS, f"AO class: A {a.ao_class or 'none'}, B {b.ao_class or 'none'}"
        )
    apart = (a.deformity ^ b.deformity) | (a.foreign_material ^ b.foreign_material)
    if not apart:
        return None
    return _Found(7, Kind.FLAGS, f"Only one notes {', '.join(map(_words, sorted(apart)))}"[:200])


def _points(a: Said, b: Said, yard: _Yard) -> _Found | None:
    if a.six_points_mm is None and b.six_points_mm is None:
        return None
    if a.six_points_mm is None or b.six_points_mm is None:
        name = "B" if a.six_points_mm is None else "A"
        return _Found(8, Kind.POINTS, f"Only {name} places the six points")
    if a.g is not None and b.g is not None and abs(a.g - b.g) > yard.limits.great_difference_of_g:
        return _Found(8, Kind.POINTS, _difference_of_g("Same grade", a, b), abs(a.g - b.g))
    return _points_apart(a, b, yard)


def _points_apart(a: Said, b: Said, yard: _Yard) -> _Found | None:
    if a.six_points_mm is None or b.six_points_mm is None:
        return None
    points_a, points_b = a.six_points_mm, b.six_points_mm
    farthest = float(distances_in_plane_mm(points_a, points_b).max())
    if has_mm(one_frame(a.frame, b.frame)):
        is_great, words = farthest > yard.limits.great_distance_mm, f"{farthest:.1f} mm"
    else:
        share = farthest / max(float(heights_mm(points).max()) for points in (points_a, points_b))
        is_great, words = share > GREAT_SHARE_OF_HEIGHT, f"{100 * share:.0f} % of the height"
    return _Found(8, Kind.POINTS, f"A point lies {words} apart", farthest) if is_great else None


_RULES: Final[tuple[_Rule, ...]] = (_naming, _graded_by_one, _grades, _shapes, _flags, _points)
_COUNT: Final = {2: "Two", 3: "Three"}


def _difference_of_g(words: str, a: Said, b: Said) -> str:
    if a.g is None or b.g is None:
        return words
    return f"{words}, \N{GREEK CAPITAL LETTER DELTA}G {abs(a.g - b.g):.2f}"


def _words(flag: str) -> str:
    return flag.replace("_", " ")


def distances_in_plane_mm(
    points_a: NDArray[np.float64], points_b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far two readers' points lie apart in the plane of the vertebra.

    How far to the side a reader places a point says little about the heights; so the part across
    the best plane through the mean points is left out.

    Args:
        points_a: (3, 2, 3) LPS millimetres.
        points_b: (3, 2, 3) LPS millimetres.

    Returns:
        Distances in millimetres, shape (3, 2).
    """
    apart = np.asarray(points_b, dtype=np.float64) - np.asarray(points_a, dtype=np.float64)
    mean = (np.asarray(points_a) + np.asarray(points_b)).reshape(6, 3) / 2
    normal = np.linalg.svd(mean - mean.mean(axis=0))[2][-1]
    in_plane = apart - (apart @ normal)[..., None] * normal
    return np.asarray(np.linalg.norm(in_plane, axis=-1))
