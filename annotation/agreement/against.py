"""Readers against a reference: the consensus, and the others without them."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from annotation.agreement.selectors import Said
from annotation.domain.agreement import report
from annotation.domain.agreement.accuracy import Accuracy, accuracy
from annotation.domain.agreement.estimates import Array
from annotation.domain.agreement.report import Rated, Ratings

Grades = np.ndarray[Any, Any]


@dataclass(frozen=True)
class _Held:
    """A grade of a reader and the reference's on one vertebra."""

    patient: str
    said: int
    true: int


def against_consensus(rated: Iterable[Rated], said: Said) -> list[dict[str, Any]]:
    """Compare every reader with the consensus.

    Readings that took part in the consensus are flattered by it: they stand apart, marked.
    """
    by_reader: dict[tuple[str, bool], list[_Held]] = {}
    for one in rated:
        if one.grade is not None and one.vertebra in said.settled:
            key = one.reader, said.traits[one.vertebra, one.reader].incorporated
            held = _Held(one.patient, one.grade, said.settled[one.vertebra])
            by_reader.setdefault(key, []).append(held)
    return [
        _compared(reader, held, is_incorporated=is_incorporated)
        for (reader, is_incorporated), held in sorted(by_reader.items())
    ]


def against_others(ratings: Ratings) -> list[dict[str, Any]]:
    """Compare every reader with the majority of the others: a consensus that leaves them out."""
    found = []
    for column, reader in enumerate(ratings.readers):
        held = [
            _Held(str(patient), int(row[column]), majority)
            for row, patient in zip(ratings.of["grade"], ratings.patients, strict=True)
            if np.isfinite(row[column])
            and (majority := _majority(np.delete(row, column))) is not None
        ]
        if held:
            found.append(_compared(reader, held, is_incorporated=False))
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
    says: Callable[[Grades], Grades]


_LIMITS: Final = (
    _Limit("fracture", lambda grades: grades >= 1),
    _Limit("moderate", lambda grades: grades >= report.MODERATE),
)


def _compared(reader: str, held: list[_Held], *, is_incorporated: bool) -> dict[str, Any]:
    worst: dict[str, _Held] = {}
    for one in held:
        before = worst.get(one.patient, one)
        said, true = max(before.said, one.said), max(before.true, one.true)
        worst[one.patient] = _Held(one.patient, said, true)
    return {
        "reader": reader,
        "incorporated": is_incorporated,
        "n": len(held),
        **_tables(held),
        "n_patients": len(worst),
        "patients": _tables(list(worst.values())),
    }


def _tables(held: list[_Held]) -> dict[str, Any]:
    said, true = (np.array([getattr(one, of) for one in held]) for of in ("said", "true"))
    tables: dict[str, Accuracy] = {
        limit.name: accuracy(limit.says(said), limit.says(true)) for limit in _LIMITS
    }
    return {name: asdict(table) for name, table in tables.items()}
