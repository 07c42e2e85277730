"""Everything the agreement of several readers is told by, overall and by part of the spine.

Cervical vertebrae are left out of every denominator unless the protocol grades them: a reading
that has no grade is a missing one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.agreement import categories, values
from annotation.domain.agreement.estimates import Array, Estimate, Statistic, estimate
from annotation.domain.vertebrae import place_of, region_of

GRADES: Final = 4
BANDS: Final = (("C1", "C7"), ("T1", "T4"), ("T5", "T9"), ("T10", "T13"), ("L1", "L6"))
SHAPES: Final = ("none", "wedge", "biconcave", "crush")
MODERATE: Final = 2


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
    """

    patient: str
    vertebra: str
    level: str
    reader: str
    grade: int | None = None
    shape: str | None = None
    g: float | None = None
    heights_mm: tuple[float, float, float] | None = None


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
    """

    readers: tuple[str, ...]
    levels: NDArray[np.str_]
    patients: NDArray[np.int64]
    of: dict[str, Array] = field(default_factory=dict)

    def part(self, rows: NDArray[np.bool_]) -> "Ratings":
        """Return some of the vertebrae."""
        some = {name: array[rows] for name, array in self.of.items()}
        return Ratings(self.readers, self.levels[rows], self.patients[rows], some)


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
    for one in said:
        for name, value_of in _RATED.items():
            found = value_of(one)
            if found is not None:
                arrays[name][place[one.vertebra], column[one.reader]] = found
    _, patients = np.unique([one.patient for one in rows.values()], return_inverse=True)
    levels = np.array([one.level for one in rows.values()], dtype=np.str_)
    return Ratings(readers, levels, patients.astype(np.int64), arrays)


def agreement_rows(ratings: Ratings, *, draws: int, seed: int) -> list[Row]:
    """Return every statistic of all readers together and of each pair, by part of the spine."""
    found: list[Row] = []
    pairs = list(combinations(range(len(ratings.readers)), 2))
    parts = [(group, ratings.part(rows)) for group, rows in _groups(ratings)]
    for group, part in [*parts, ("patients", by_patient(ratings))]:
        joint = [(list(range(len(ratings.readers))), _JOINT)] if pairs else []
        paired = [([*pair], _GRADED if group != "all" else _PAIRED) for pair in pairs]
        for columns, statistics in [*joint, *paired]:
            named = () if statistics is _JOINT else tuple(part.readers[one] for one in columns)
            for of, statistic in _asked(statistics, part):
                ratings_of = part.of[of][:, columns]
                result = estimate(statistic, ratings_of, part.patients, draws=draws, seed=seed)
                found.append(Row(group, of, named, statistic.name, result))
    return found


def _asked(
    statistics: dict[str, list[Statistic]], part: Ratings
) -> Iterator[tuple[str, Statistic]]:
    for of, some in statistics.items():
        if of in part.of:
            yield from ((of, statistic) for statistic in some)


def confusion(ratings: Ratings, first: str, second: str, of: str = "grade") -> NDArray[np.int64]:
    """Return how often two readers gave which grades, rows the first reader's, shape (4, 4)."""
    columns = [ratings.readers.index(first), ratings.readers.index(second)]
    pair = ratings.of[of][:, columns]
    both = pair[np.isfinite(pair).all(axis=1)].astype(int)
    table = np.zeros((GRADES, GRADES), np.int64)
    np.add.at(table, (both[:, 0], both[:, 1]), 1)
    return table


def _groups(ratings: Ratings) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the parts of the spine that hold a vertebra, from cranial to caudal."""
    everything = np.ones(len(ratings.levels), dtype=bool)
    named = sorted(set(ratings.levels.tolist()), key=place_of)
    found = [("all", everything)]
    for name_of in (region_of, _band_of, str):
        names = np.array([str(name_of(level)) for level in ratings.levels], dtype=np.str_)
        found += [(name, names == name) for name in dict.fromkeys(str(name_of(n)) for n in named)]
    return list(dict(found).items())


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


_MEASURED: Final = [values.icc_agreement(), values.icc_consistency(), values.interval_alpha()]
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
