"""Everything the agreement of several readers is told by, overall and by part of the spine.

Cervical vertebrae are left out of every denominator unless the protocol grades them: a reading
that has no grade is a missing one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.agreement import categories, values
from annotation.domain.agreement.estimates import (
    SEED,
    Array,
    Estimate,
    Statistic,
    Summed,
    estimate_parts,
    sum_by_part,
)
from annotation.domain.vertebrae import place_of, region_of

GRADES: Final = 4
BANDS: Final = (("C1", "C7"), ("T1", "T4"), ("T5", "T9"), ("T10", "T13"), ("L1", "L6"))
SHAPES: Final = ("none", "wedge", "biconcave", "crush")
MODERATE: Final = 2
_WHOLE: Final = ("all", "patients")


@dataclass(frozen=True)
class Rated:
    """What one reader said about one vertebra.

    Attributes:
        patient: whose vertebra; intervals keep a patient together.
        vertebra: any key that is the same for all readers of this vertebra.
        level: its name.
        reader: who; readers are named A, B, ... wherever people see them.
        grade: 0-3, None where not graded.
        shape: one of `SHAPES`, None where not said.
        g: height ratio of the reader's points, None without points.
        heights_mm: anterior, middle, posterior, None without points or without millimetres.
        points_mm: the six points (3, 2, 3) where they are in millimetres of the patient.
    """

    patient: str
    vertebra: str
    level: str
    reader: str
    grade: int | None = None
    shape: str | None = None
    g: float | None = None
    heights_mm: tuple[float, float, float] | None = None
    points_mm: Array | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Row:
    """One statistic of one group of vertebrae.

    Attributes:
        group: "all", "patients", a region, a band as T1-T4, or a level.
        of: what was rated: grade, moderate, fracture, shape, g or a height.
        readers: the pair it concerns, empty where it concerns all.
        statistic: its name.
        estimate: value and interval.
    """

    group: str
    of: str
    readers: tuple[str, ...]
    statistic: str
    estimate: Estimate


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as arrays: one row per vertebra, one column per reader.

    Attributes:
        readers: of the columns, in alphabetical order.
        levels: of the rows.
        patients: of the rows, as numbers.
        of: arrays (rows, readers) by what was rated, NaN where missing.
        points_mm: six points, shape (rows, readers, 3, 2, 3), NaN where missing.
    """

    readers: tuple[str, ...]
    levels: NDArray[np.str_]
    patients: NDArray[np.int64]
    of: dict[str, Array] = field(default_factory=dict)
    points_mm: Array = field(default_factory=lambda: np.zeros((0, 0, 3, 2, 3)))


def tabulate(rated: Iterable[Rated]) -> Ratings:
    """Arrange what readers said.

    Raises:
        ValueError: if a reader speaks twice of a vertebra, or readers disagree whose it is.
    """
    said = list(rated)
    readers = tuple(sorted({one.reader for one in said}))
    rows: dict[str, Rated] = {}
    for one in said:
        first = rows.setdefault(one.vertebra, one)
        if (first.patient, first.level) != (one.patient, one.level):
            raise ValueError(f"vertebra {one.vertebra} has two patients or two levels")
    place = {vertebra: row for row, vertebra in enumerate(rows)}
    column = {reader: number for number, reader in enumerate(readers)}
    seen = {(one.vertebra, one.reader) for one in said}
    if len(seen) < len(said):
        raise ValueError("a reader speaks twice of one vertebra")
    arrays = {name: np.full((len(rows), len(readers)), np.nan) for name in _RATED}
    points = np.full((len(rows), len(readers), 3, 2, 3), np.nan)
    for one in said:
        here = place[one.vertebra], column[one.reader]
        for name, value_of in _RATED.items():
            found = value_of(one)
            if found is not None:
                arrays[name][here] = found
        if one.points_mm is not None:
            points[here] = one.points_mm
    _, patients = np.unique([one.patient for one in rows.values()], return_inverse=True)
    levels = np.array([one.level for one in rows.values()], dtype=np.str_)
    return Ratings(readers, levels, patients.astype(np.int64), arrays, points)


def agreement_rows(ratings: Ratings, *, draws: int, seed: int) -> list[Row]:
    """Return every statistic of all readers together and of each pair, by part of the spine."""
    if len(ratings.readers) < 2:
        return []
    patients = by_patient(ratings)
    groups = _groups(ratings)
    spine = _rows_of(ratings, groups, _asked(ratings), draws=draws, seed=seed)
    everybody = [("patients", frozenset({""}))]
    rest = _rows_of(patients, everybody, _asked(patients), draws=draws, seed=seed)
    place = {group: number for number, (group, _) in enumerate(groups)}
    return sorted(spine, key=lambda row: place[row.group]) + rest


def mean_rows(ratings: Ratings, *, draws: int, seed: int) -> list[Row]:
    """Return the mean of every measure of the one column there is, by part of the spine."""
    asked = [([0], of, [values.mean_value()]) for of in ratings.of]
    return _rows_of(ratings, _groups(ratings), asked, draws=draws, seed=seed)


_Asked = tuple[list[int], str, list[Statistic]]


def _rows_of(
    ratings: Ratings,
    groups: Sequence[tuple[str, frozenset[str]]],
    asked: Iterable[_Asked],
    *,
    draws: int,
    seed: int,
) -> list[Row]:
    names, level = np.unique(ratings.levels, return_inverse=True)
    member = np.array([[name in levels for name in names] for _, levels in groups], dtype=bool)
    found: list[Row] = []
    for columns, of, some in asked:
        named = () if some is _JOINT.get(of) else tuple(ratings.readers[one] for one in columns)
        features: dict[object, Summed] = {}
        for statistic in some:
            if statistic.features not in features:
                rows = statistic.features(ratings.of[of][:, columns])
                summed = sum_by_part(rows, ratings.patients, level, len(names))
                features[statistic.features] = summed
            summed = features[statistic.features]
            results = estimate_parts(statistic, summed, member, draws=draws, seed=seed)
            found += [
                Row(group, of, named, statistic.name, result)
                for (group, _), result in zip(groups, results, strict=True)
                if group in _WHOLE or of not in _LENGTHS or not named
            ]
    return found


def _asked(ratings: Ratings) -> Iterator[_Asked]:
    """Return which columns are compared in what, and how: all readers, then each pair."""
    everybody = list(range(len(ratings.readers)))
    pairs = [([*pair], _PAIRED) for pair in combinations(everybody, 2)]
    for columns, statistics in [(everybody, _JOINT), *pairs]:
        yield from ((columns, of, some) for of, some in statistics.items() if of in ratings.of)


def within_rows(first: Iterable[Rated], again: Iterable[Rated], *, draws: int) -> list[Row]:
    """Return how readers agree with themselves: each reader, then all together as "all".

    Only vertebrae that a reader has read twice enter.
    """
    earlier = {(one.vertebra, one.reader): one for one in first}
    pairs = [(earlier[key], one) for one in again if (key := (one.vertebra, one.reader)) in earlier]
    readers = sorted({one.reader for _, one in pairs})
    found: list[Row] = []
    for reader in [*readers, *(["all"] if readers else [])]:
        some = [pair for pair in pairs if reader in ("all", pair[0].reader)]
        own = [_as(one, who) for pair in some for one, who in zip(pair, _TWICE, strict=True)]
        rows = agreement_rows(tabulate(own), draws=draws, seed=SEED)
        found += [replace(row, readers=(reader,)) for row in rows if row.readers]
    return found


_TWICE: Final = ("first", "repeat")


def _as(one: Rated, who: str) -> Rated:
    """Return a finding under the name of its turn, on a vertebra that is this reader's alone."""
    return replace(one, reader=who, vertebra=f"{one.reader} {one.vertebra}")


def confusion(ratings: Ratings, first: str, second: str, of: str = "grade") -> NDArray[np.int64]:
    """Return how often two readers gave which grades, rows the first reader's, shape (4, 4)."""
    columns = [ratings.readers.index(first), ratings.readers.index(second)]
    pair = ratings.of[of][:, columns]
    both = pair[np.isfinite(pair).all(axis=1)].astype(int)
    table = np.zeros((GRADES, GRADES), np.int64)
    np.add.at(table, (both[:, 0], both[:, 1]), 1)
    return table


def _groups(ratings: Ratings) -> list[tuple[str, frozenset[str]]]:
    """Return the parts of the spine that hold a vertebra, from cranial to caudal, with levels."""
    named = sorted(set(ratings.levels.tolist()), key=place_of)
    found: dict[str, frozenset[str]] = {"all": frozenset(named)}
    for name_of in (region_of, _band_of, str):
        for level in named:
            group = str(name_of(level))
            found[group] = found.get(group, frozenset()) | {level}
    return list(found.items())


def _band_of(level: str) -> str:
    place = place_of(level)
    return next(
        (f"{a}\N{EN DASH}{b}" for a, b in BANDS if place_of(a) <= place <= place_of(b)), level
    )


def by_patient(ratings: Ratings) -> Ratings:
    """Return for every patient whether each reader sees any fracture, and any moderate one."""
    patients = np.unique(ratings.patients)
    worst = np.full((len(patients), len(ratings.readers)), np.nan)
    for row, patient in enumerate(patients):
        grades = ratings.of["grade"][ratings.patients == patient]
        seen = np.isfinite(grades).any(axis=0)
        worst[row, seen] = np.nanmax(grades[:, seen], axis=0)
    of = {
        "fracture": np.where(np.isfinite(worst), worst >= 1, np.nan),
        "moderate": np.where(np.isfinite(worst), worst >= MODERATE, np.nan),
    }
    levels = np.full(len(patients), "", dtype=np.str_)
    return Ratings(ratings.readers, levels, patients, of)


def _moderate(one: Rated) -> float | None:
    return None if one.grade is None else float(one.grade >= MODERATE)


def _shape(one: Rated) -> float | None:
    return None if one.shape is None else float(SHAPES.index(one.shape))


def _height(place: int) -> Callable[[Rated], float | None]:
    return lambda one: None if one.heights_mm is None else one.heights_mm[place]


_RATED: Final[dict[str, Callable[[Rated], float | None]]] = {
    "grade": lambda one: one.grade,
    "moderate": _moderate,
    "shape": _shape,
    "g": lambda one: one.g,
    "anterior": _height(0),
    "middle": _height(1),
    "posterior": _height(2),
}


def _of_categories(n: int, metrics: Sequence[str]) -> list[Statistic]:
    return [
        categories.percent_agreement(n),
        *(categories.krippendorff_alpha(metric, n) for metric in metrics),
        categories.fleiss_kappa(n),
    ]


_MEASURED: Final = [
    values.icc_agreement(),
    values.icc_consistency(),
    values.icc_of_mean(),
    values.interval_alpha(),
]
_DIFFERENCES: Final = [
    values.mean_difference(),
    values.limit_of_agreement(-1),
    values.limit_of_agreement(1),
]
_LENGTHS: Final = ("g", "anterior", "middle", "posterior")
_JOINT: Final[dict[str, list[Statistic]]] = {
    "grade": [
        *_of_categories(GRADES, categories.METRICS),
        categories.gwet_ac("unweighted", GRADES),
        categories.gwet_ac("quadratic", GRADES),
    ],
    **{
        of: [*_of_categories(2, ["nominal"]), categories.gwet_ac("unweighted", 2)]
        for of in ("moderate", "fracture")
    },
    "shape": _of_categories(len(SHAPES), ["nominal"]),
    **dict.fromkeys(_LENGTHS, _MEASURED),
}
_YES_OR_NO: Final = [categories.percent_agreement(2), categories.cohen_kappa("unweighted", 2)]
_GRADED: Final[dict[str, list[Statistic]]] = {
    "grade": [
        categories.percent_agreement(GRADES),
        *(categories.cohen_kappa(weights, GRADES) for weights in categories.WEIGHTS),
    ],
    "moderate": _YES_OR_NO,
    "fracture": _YES_OR_NO,
}
_PAIRED: Final[dict[str, list[Statistic]]] = {
    **_GRADED,
    **dict.fromkeys(_LENGTHS, _DIFFERENCES),
}
