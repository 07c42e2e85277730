"""What closed readings say, arranged for the statistics; nothing of a case that is still read."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from annotation.agreement.models import AgreementReport
from annotation.consensus.selectors import settled_grades
from annotation.domain.agreement.report import Rated
from annotation.domain.frames import Frame
from annotation.domain.refusals import NotPermitted
from annotation.domain.vertebrae import is_graded
from annotation.domain.workflow import Role
from annotation.reading.models import Finding, Reading
from annotation.reading.selectors import closed_readings_in, findings_of_closed
from annotation.studies.models import Dataset, User
from annotation.studies.pseudonyms import worker_code
from annotation.studies.selectors import levels_in, roles_in
from annotation.studies.volumes import frame_of


@dataclass(frozen=True)
class Said:
    """All closed readings of a dataset.

    Attributes:
        rated: one per finding on a graded level; readers are letters, levels those that count now.
        letters: letter of each reader by the account's key.
        shown: vertebra and letter of every finding made with the model's proposal in sight.
        settled: settled grade by vertebra, of final cases.
        n_cases: cases that are closed.
        conventions: names of the grade conventions in use.
        fingerprint: of the readings and settlements, 64 hexadecimal digits.
    """

    rated: list[Rated]
    letters: dict[int, str]
    shown: frozenset[tuple[str, str]]
    settled: dict[str, int]
    n_cases: int
    conventions: list[str]
    fingerprint: str


def require_onlooker(user: User, dataset: Dataset) -> None:
    """Refuse whoever is neither reader nor manager.

    Raises:
        NotPermitted: naming who may.
    """
    if not {Role.READER, Role.MANAGER} & roles_in(user, dataset):
        raise NotPermitted("Only readers and managers of this dataset see the agreement.")


def closed_readings(dataset: Dataset) -> Said:
    """Return what the closed readings of a dataset say."""
    readings = closed_readings_in(dataset)
    letters = _letters({reading.reader_id for reading in readings})
    by_reading = {reading.pk: reading for reading in readings}
    levels = levels_in(dataset)
    rated: list[Rated] = []
    shown: set[tuple[str, str]] = set()
    for finding in findings_of_closed(readings):
        reading, level = by_reading[finding.reading_id], levels.get(finding.vertebra_id, "")
        if not level or not (is_graded(level) or finding.grade_reader is not None):
            continue
        one = _rated(finding, reading, level, letters[reading.reader_id])
        rated.append(one)
        if reading.proposal_shown:
            shown.add((one.vertebra, one.reader))
    settled = settled_grades(dataset)
    return Said(
        rated,
        letters,
        frozenset(shown),
        settled,
        len({reading.case_id for reading in readings}),
        sorted({reading.protocol.convention for reading in readings}),
        _fingerprint(readings, settled),
    )


def letter_of(user: User, dataset: Dataset) -> str | None:
    """Return the person's own letter, None for whoever has no closed reading."""
    readers = {reading.reader_id for reading in closed_readings_in(dataset)}
    return _letters(readers).get(user.pk)


def frozen_reports(dataset: Dataset) -> list[AgreementReport]:
    """Return the reports that were frozen, newest first."""
    return list(dataset.agreement_reports.exclude(label=""))


def _letters(readers: Iterable[int]) -> dict[int, str]:
    """Return a letter per reader; the order follows pseudonyms and says nothing of anybody."""
    ordered = sorted(readers, key=worker_code)
    return {reader: _letter(place) for place, reader in enumerate(ordered)}


def _letter(place: int) -> str:
    letter = ascii_uppercase[place % 26]
    return letter if place < 26 else f"{letter}{place // 26}"


def _rated(finding: Finding, reading: Reading, level: str, letter: str) -> Rated:
    is_ct = frame_of(reading.case.volume) is Frame.PATIENT_MM  # other millimetres never mix
    heights = finding.heights_mm if is_ct else None
    shape = finding.shape_reader or ("none" if finding.grade_reader == 0 else None)
    return Rated(
        patient=str(reading.case.patient_id),
        vertebra=str(finding.vertebra.uuid),
        level=level,
        reader=letter,
        grade=finding.grade_reader,
        shape=shape,
        g=finding.g,
        heights_mm=None if heights is None else (heights[0], heights[1], heights[2]),
    )


def _fingerprint(readings: Sequence[Reading], settled: dict[str, int]) -> str:
    said = sorted(f"{reading.pk} {reading.submitted_at}" for reading in readings)
    said += sorted(f"{vertebra} {grade}" for vertebra, grade in settled.items())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
