"""Planted errors: is what a model proposes looked at, or believed?

In a share of the cases one vertebra of the proposal that readers are shown is made plainly wrong.
What was there before is stored beside it. Such a case is read and settled like any other and goes
no further: it enters no round and no release.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotation.domain.allocation import is_catch, lot
from annotation.domain.findings import ImpossibleBody, check_six_points
from annotation.domain.genant import CONVENTIONS, Measurement, heights_mm, measure_points
from annotation.domain.vertebrae import is_graded
from annotation.preannotation.models import ProposedVertebra
from annotation.preannotation.selectors import ShownVertebra, newest_proposal
from annotation.reading import selectors
from annotation.reading.models import Assignment, PlantedError, Protocol, Reading
from annotation.studies.models import Case, Dataset, User

CRUSHED_TO: Final = 0.5
"""Height ratio that is planted in a body which is none or mildly deformed: grade 3 everywhere."""
PUSHED: Final = 0.4
"""Scores of a suggestion that has to agree are pressed into this share at their other end."""
NONE_YET: Final = "No closed reading of a case with a planted error."

Points = Sequence[Sequence[Sequence[float]]]


def plant_if_drawn(case: Case, protocol: Protocol) -> None:
    """Put an error into the proposal of a case that is drawn for it and that nobody has yet."""
    if not is_catch(
        share=protocol.catch_share, seed=protocol.allocation_seed, case_number=case.number
    ):
        return
    if PlantedError.objects.filter(case=case).exists() or _is_begun(case):
        return
    proposal = newest_proposal(case)
    rows = proposal.vertebrae.select_related("vertebra") if proposal else ()
    fit = [row for row in rows if row.six_points_mm and not row.is_partial and is_graded(row.level)]
    order = sorted(fit, key=lambda row: lot(protocol.allocation_seed, "plant", row.vertebra.number))
    for row in order:
        with suppress(ImpossibleBody):
            _plant(case, protocol, row)
            return


def _is_begun(case: Case) -> bool:
    return Assignment.objects.filter(case=case, ended_at=None).exists()


def _plant(case: Case, protocol: Protocol, row: ProposedVertebra) -> None:
    convention = CONVENTIONS[protocol.convention]
    true_points = check_six_points(row.six_points_mm)
    true = measure_points(true_points, convention)
    planted_points = check_six_points(spoiled(true_points, true).tolist())
    planted = measure_points(planted_points, convention)
    PlantedError.objects.create(
        case=case,
        protocol=protocol,
        vertebra=row.vertebra,
        convention=convention.name,
        true_points_mm=true_points.tolist(),
        true_g=true.g,
        true_grade=true.grade,
        planted_points_mm=planted_points.tolist(),
        planted_g=planted.g,
        planted_grade=planted.grade,
    )


def spoiled(points: NDArray[np.float64], true: Measurement) -> NDArray[np.float64]:
    """Return six points that are at least two grades wrong.

    A body of grade 0 or 1 gets an anterior height of half the largest; one of grade 2 or 3 gets
    three equal heights. Only superior points move, along their own height segment.

    Args:
        points: (3, 2, 3) LPS millimetres.
        true: what they measure.
    """
    heights = heights_mm(points)
    wanted = np.full(3, heights.max())
    if true.grade <= 1:
        wanted = heights.copy()
        wanted[0] = CRUSHED_TO * heights[1:].max()
    moved = points.copy()
    lower = points[:, 1]
    moved[:, 0] = lower + (points[:, 0] - lower) * (wanted / heights)[:, None]
    return moved


def proposed_points(reading: Reading) -> dict[int, Points]:
    """Return the points a reading began with, by the vertebra's key; empty where none were shown.

    A planted error stands where it was shown.
    """
    proposal = newest_proposal(reading.case) if reading.proposal_shown else None
    if proposal is None:
        return {}
    rows = proposal.vertebrae.exclude(six_points_mm=None)
    points: dict[int, Points] = {row.vertebra_id: row.six_points_mm or () for row in rows}
    planted = PlantedError.objects.filter(case=reading.case).first()
    if planted is not None and planted.vertebra_id in points:
        points[planted.vertebra_id] = planted.planted_points_mm
    return points


def shown_to(user: User, case: Case, rows: Sequence[ShownVertebra]) -> list[ShownVertebra]:
    """Return a proposal's vertebrae as a person is to see them: with the planted error or without.

    Whoever reads the case with the proposal in sight sees the error until the readings are in.
    """
    planted = PlantedError.objects.filter(case=case).first()
    if planted is None or not selectors.reads_with_proposal(user, case):
        return list(rows)
    return [
        _spoil(one, planted) if one.row.vertebra_id == planted.vertebra_id else one for one in rows
    ]


def _spoil(one: ShownVertebra, planted: PlantedError) -> ShownVertebra:
    if one.row.vertebra_id != planted.vertebra_id:
        return one
    points = check_six_points(planted.planted_points_mm)
    measured = measure_points(points, CONVENTIONS[planted.convention])
    one.row.six_points_mm = planted.planted_points_mm
    one.row.heights_mm, one.row.g = list(measured.heights_mm), measured.g
    one.row.suggestion = _agreeing(one.row.suggestion, is_fractured=planted.planted_grade > 0)
    if one.row.grade is not None:
        one.row.grade, one.row.shape = measured.grade, measured.shape.value
    return one


def _agreeing(said: dict[str, Any] | None, *, is_fractured: bool) -> dict[str, Any] | None:
    """Return a suggestion that says what the planted points say, lest it give the error away."""
    if said is None or said["is_fractured"] == is_fractured:
        return said
    low = 1 - PUSHED if is_fractured else 0.0
    return {
        **said,
        "is_fractured": is_fractured,
        "score": low + PUSHED * said["score"],
        "slice_scores": [low + PUSHED * score for score in said["slice_scores"]],
    }


@dataclass(frozen=True)
class _Caught:
    reader: User
    is_detected: bool


def catch_cases(dataset: Dataset) -> set[UUID]:
    """Return the keys of the cases with a planted error."""
    rows = PlantedError.objects.filter(case__dataset=dataset)
    return set(rows.values_list("case", flat=True))


def catch_results(dataset: Dataset) -> list[dict[str, Any]]:
    """Return how many planted errors each reader found, of cases whose readings are in.

    An error is found if the reader's grade is nearer to the grade without it; where the reader
    gives no grade, if the reader's height ratio is. A vertebra without both is left out.
    """
    found: dict[int, list[_Caught]] = {}
    for caught in _caught(dataset):
        found.setdefault(caught.reader.pk, []).append(caught)
    return [
        {
            "key": key,
            "name": rows[0].reader.display_name,
            "n": len(rows),
            "detected": sum(row.is_detected for row in rows),
            "rate": sum(row.is_detected for row in rows) / len(rows),
            "reason": "",
        }
        for key, rows in sorted(found.items(), key=lambda item: item[1][0].reader.display_name)
    ]


def _caught(dataset: Dataset) -> list[_Caught]:
    planted = {row.case_id: row for row in PlantedError.objects.filter(case__dataset=dataset)}
    readings = [
        row
        for row in selectors.closed_readings_in(dataset)
        if row.case_id in planted and row.proposal_shown
    ]
    by_key = {row.pk: row for row in readings}
    people = User.objects.in_bulk({row.reader_id for row in readings})
    found = []
    for finding in selectors.findings_of_closed(readings):
        reading = by_key[finding.reading_id]
        error = planted[reading.case_id]
        if finding.vertebra_id != error.vertebra_id:
            continue
        detected = is_detected(error, finding.grade_reader, finding.g)
        if detected is not None:
            found.append(_Caught(people[reading.reader_id], detected))
    return found


def is_detected(error: PlantedError, grade: int | None, g: float | None) -> bool | None:
    """Tell whether a reader's grade, or else height ratio, is nearer to the truth; None of both."""
    if grade is not None:
        return abs(grade - error.true_grade) < abs(grade - error.planted_grade)
    if g is not None:
        return abs(g - error.true_g) < abs(g - error.planted_g)
    return None
