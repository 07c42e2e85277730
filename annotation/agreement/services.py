"""Computes the report on agreement, keeps it, and freezes it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from django.db import transaction

from annotation.agreement.models import AgreementReport
from annotation.agreement.selectors import Said, closed_readings
from annotation.domain.agreement import report
from annotation.domain.agreement.accuracy import Accuracy, accuracy
from annotation.domain.agreement.estimates import DRAWS, SEED, Array
from annotation.domain.agreement.report import Rated, Ratings
from annotation.domain.agreement.values import bland_altman
from annotation.domain.genant import CONVENTIONS
from annotation.domain.vertebrae import place_of
from annotation.studies.models import Dataset

ARMS: Final = ("all", "shown", "hidden")
LENGTHS: Final = ("anterior", "middle", "posterior")
MOST_POINTS: Final = 2000
"""Points of a plot; a larger study is thinned evenly, and says so."""


def report_of(dataset: Dataset) -> AgreementReport:
    """Return the report on the readings as they stand, computed once for each such state."""
    said = closed_readings(dataset)
    kept = dataset.agreement_reports.filter(fingerprint=said.fingerprint, label="").first()
    if kept is not None:
        return kept
    content = compute(said)
    with transaction.atomic():
        found, _ = AgreementReport.objects.get_or_create(
            dataset=dataset,
            fingerprint=said.fingerprint,
            label="",
            defaults={"content": content},
        )
    return found


def freeze_report(dataset: Dataset, *, label: str) -> AgreementReport:
    """Keep the report as it stands under a name; the same name twice keeps both states."""
    current = report_of(dataset)
    frozen, _ = AgreementReport.objects.get_or_create(
        dataset=dataset,
        fingerprint=current.fingerprint,
        label=label,
        defaults={"content": current.content},
    )
    return frozen


def compute(said: Said, *, draws: int = DRAWS) -> dict[str, Any]:
    """Return the content of a report as plain values for JSON."""
    return {
        "n_cases": said.n_cases,
        "conventions": said.conventions,
        "draws": draws,
        "seed": SEED,
        "arms": {arm: _of_arm(_in_arm(said, arm), said, draws) for arm in ARMS},
    }


def _in_arm(said: Said, arm: str) -> list[Rated]:
    if arm == "all":
        return said.rated
    wanted = arm == "shown"
    return [one for one in said.rated if ((one.vertebra, one.reader) in said.shown) == wanted]


def _of_arm(rated: Sequence[Rated], said: Said, draws: int) -> dict[str, Any]:
    ratings = report.tabulate(rated)
    rows = report.agreement_rows(ratings, draws=draws, seed=SEED)
    return {
        "readers": list(ratings.readers),
        "n_patients": len(np.unique(ratings.patients)),
        "n_vertebrae": len(ratings.levels),
        "n_by_two": _read_by_two(ratings),
        "rows": [_row(row) for row in rows],
        "pairs": [_pair(ratings, *pair, said) for pair in combinations(ratings.readers, 2)],
        "levels": _levels(ratings),
        "against_consensus": _against(rated, said.settled),
        "against_others": _against_others(ratings),
    }


def _read_by_two(ratings: Ratings) -> int:
    grades = ratings.of["grade"]
    return int((np.isfinite(grades).sum(axis=1) >= 2).sum()) if grades.size else 0


def _row(row: report.Row) -> dict[str, Any]:
    named = {"group": row.group, "of": row.of, "readers": list(row.readers)}
    return {**named, "statistic": row.statistic, **asdict(row.estimate)}


def _pair(ratings: Ratings, first: str, second: str, said: Said) -> dict[str, Any]:
    columns = [ratings.readers.index(first), ratings.readers.index(second)]
    grades, g = ratings.of["grade"][:, columns], ratings.of["g"][:, columns]
    return {
        "readers": [first, second],
        "confusion": report.confusion(ratings, first, second).tolist(),
        "n_near_limit": _near_a_limit(grades, g, said.conventions),
        "heights": {name: _plot(ratings.of[name][:, columns]) for name in LENGTHS},
    }


def _near_a_limit(
    grades: Array, g: Array, conventions: Sequence[str], margin: float = 0.05
) -> int | None:
    """Return how many differing grades lie beside a limit; None with several conventions."""
    if len(conventions) != 1:
        return None
    convention = CONVENTIONS[conventions[0]]
    limits = np.array([convention.mild, convention.moderate, convention.severe])
    differ = np.isfinite(grades).all(axis=1) & (grades[:, 0] != grades[:, 1])
    near = (np.abs(g[..., None] - limits) <= margin).any(axis=-1).all(axis=1)
    return int((differ & near).sum())


def _plot(pair: Array) -> dict[str, Any] | None:
    """Return Bland and Altman's plot of one height in millimetres; None for fewer than two."""
    found = bland_altman(pair[:, 0], pair[:, 1])
    if found is None:
        return None
    both = pair[np.isfinite(pair).all(axis=1)]
    points = np.column_stack([both.mean(axis=1), both[:, 0] - both[:, 1]])
    every = -(-len(points) // MOST_POINTS)
    return {**asdict(found), "points": points[::every].round(3).tolist(), "every": every}


def _levels(ratings: Ratings) -> list[dict[str, Any]]:
    """Return for every level how many vertebrae two read, and how many grades differ."""
    found = []
    for level in sorted(set(ratings.levels.tolist()), key=place_of):
        grades = ratings.of["grade"][ratings.levels == level]
        twice = grades[np.isfinite(grades).sum(axis=1) >= 2]
        differ = np.nanmax(twice, axis=1) != np.nanmin(twice, axis=1) if len(twice) else []
        found.append({"level": level, "n": len(twice), "n_different": int(np.sum(differ))})
    return found


def _against(rated: Iterable[Rated], settled: dict[str, int]) -> list[dict[str, Any]]:
    """Compare every reader with the consensus, which all of them took part in."""
    by_reader: dict[str, list[tuple[int, int]]] = {}
    for one in rated:
        if one.grade is not None and one.vertebra in settled:
            by_reader.setdefault(one.reader, []).append((one.grade, settled[one.vertebra]))
    return [
        _compared(reader, np.array(pairs), is_incorporated=True)
        for reader, pairs in sorted(by_reader.items())
    ]


def _against_others(ratings: Ratings) -> list[dict[str, Any]]:
    """Compare every reader with the majority of the others, which owes the reader nothing."""
    found = []
    for column, reader in enumerate(ratings.readers):
        pairs = [
            (int(row[column]), majority)
            for row in ratings.of["grade"]
            if np.isfinite(row[column])
            and (majority := _majority(np.delete(row, column))) is not None
        ]
        if pairs:
            found.append(_compared(reader, np.array(pairs), is_incorporated=False))
    return found


def _majority(grades: Array) -> int | None:
    """Return the grade that more than half of at least two readers gave."""
    given = grades[np.isfinite(grades)].astype(int)
    if len(given) < 2:
        return None
    counts = np.bincount(given, minlength=report.GRADES)
    top = int(counts.argmax())
    return top if 2 * int(counts[top]) > len(given) else None


@dataclass(frozen=True)
class _Limit:
    name: str
    says: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


_LIMITS: Final = (
    _Limit("fracture", lambda grades: grades >= 1),
    _Limit("moderate", lambda grades: grades >= report.MODERATE),
)


def _compared(reader: str, pairs: np.ndarray[Any, Any], *, is_incorporated: bool) -> dict[str, Any]:
    said, true = pairs[:, 0], pairs[:, 1]
    tables: dict[str, Accuracy] = {
        limit.name: accuracy(limit.says(said), limit.says(true)) for limit in _LIMITS
    }
    return {
        "reader": reader,
        "incorporated": is_incorporated,
        "n": len(pairs),
        **{name: asdict(table) for name, table in tables.items()},
    }
