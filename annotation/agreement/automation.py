"""What the model's proposal does to the readers of a dataset, from their closed readings."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from annotation.activity.selectors import seconds_of_closed_readings
from annotation.agreement.selectors import Said, exposure_of
from annotation.domain.agreement.accuracy import wilson
from annotation.domain.agreement.automation import (
    Beside,
    Read,
    by_arm,
    by_reader,
    turned_wrong,
)
from annotation.domain.agreement.estimates import DRAWS
from annotation.preannotation.selectors import newest_proposed
from annotation.reading.catches import catch_results
from annotation.reading.models import Finding, Protocol, Reading
from annotation.reading.provenance import PlacedBy, all_by
from annotation.reading.selectors import (
    closed_readings_in,
    committed_before,
    findings_of_closed,
    planted_grades,
)
from annotation.studies.models import Dataset


def automation_of(dataset: Dataset, said: Said, *, draws: int = DRAWS) -> dict[str, Any]:
    """Return figures by arm, of what is turned wrong, and of every reader; readers are letters."""
    readings = closed_readings_in(dataset)
    proposed = newest_proposed(dataset)
    grades = {vertebra: row.grade for vertebra, row in proposed.items()}
    grades |= planted_grades(dataset)
    findings: dict[UUID, list[Finding]] = {}
    for finding in findings_of_closed(readings):
        findings.setdefault(finding.reading_id, []).append(finding)
    rows = _beside(readings, findings, grades, said)
    begun = {key for key, row in proposed.items() if row.six_points_mm is not None}
    proposals = {key: grades.get(key) for key in begun}
    reads = _reads(readings, findings, proposals, said.letters, dataset)
    caught = {said.letters.get(one["key"], ""): one for one in catch_results(dataset)}
    return {
        "arms": by_arm(rows, draws=draws),
        "turned": turned_wrong(rows, draws=draws),
        "readers": [
            {**one, "catches": _share_of(caught.get(one["reader"]))}
            for one in by_reader(rows, reads)
        ],
    }


def _share_of(caught: dict[str, Any] | None) -> dict[str, Any]:
    """Return which share of planted errors a reader found."""
    hits, of = (caught["detected"], caught["n"]) if caught else (0, 0)
    return asdict(wilson(hits, of, empty="no planted error was shown"))


def _beside(
    readings: Sequence[Reading],
    findings: dict[UUID, list[Finding]],
    grades: dict[int, int | None],
    said: Said,
) -> list[Beside]:
    before = _grades_before(readings)
    found = []
    for reading in readings:
        for finding in findings.get(reading.pk, ()):
            proposed = grades.get(finding.vertebra_id)
            true = said.settled.get(str(finding.vertebra.uuid))
            if proposed is None or true is None or finding.grade_reader is None:
                continue
            one = Beside(
                patient=str(reading.case.patient_id),
                reader=said.letters[reading.reader_id],
                arm=reading.arm,
                exposure=exposure_of(reading),
                said=finding.grade_reader,
                proposed=proposed,
                true=true,
                before=before.get((reading.pk, finding.vertebra_id)),
            )
            found.append(one)
    return found


def _grades_before(readings: Sequence[Reading]) -> dict[tuple[UUID, int], int]:
    """Return the grades first handed in where the proposal was shown afterwards."""
    late = [one for one in readings if one.exposure == Protocol.Exposure.AFTER_COMMIT]
    newest = {first.pk: pk for pk, first in committed_before(late).items()}
    return {
        (newest[finding.reading_id], finding.vertebra_id): finding.grade_reader
        for finding in findings_of_closed(committed_before(late).values())
        if finding.grade_reader is not None
    }


def _reads(
    readings: Sequence[Reading],
    findings: dict[UUID, list[Finding]],
    proposed: dict[int, int | None],
    letters: dict[int, str],
    dataset: Dataset,
) -> list[Read]:
    seconds = seconds_of_closed_readings(dataset)
    found = []
    for reading in readings:
        own = findings.get(reading.pk, [])
        begun = [one for one in own if one.vertebra_id in proposed]
        spent = seconds.get((reading.case_id, reading.reader_id))
        found.append(
            Read(
                reader=letters[reading.reader_id],
                seconds_per_vertebra=spent / len(own) if spent and own else None,
                was_shown=reading.proposal_shown,
                n_proposed=len(begun),
                n_untouched=sum(_is_untouched(one, proposed[one.vertebra_id]) for one in begun),
            )
        )
    return found


def _is_untouched(finding: Finding, grade: int | None) -> bool:
    """Tell whether a finding says what the proposal says, with every point left where it lay."""
    is_left = finding.points_by == all_by(PlacedBy.MODEL)
    return is_left and finding.grade_reader == grade
