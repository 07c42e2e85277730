"""What closed readings say, arranged for the statistics; nothing of a case that is still read."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

import numpy as np

from annotation.agreement.models import AgreementReport
from annotation.consensus.selectors import incorporated_readings, settled_grades
from annotation.domain.agreement.report import Rated
from annotation.domain.frames import Frame
from annotation.domain.refusals import NotPermitted
from annotation.domain.vertebrae import is_graded
from annotation.domain.workflow import Role
from annotation.reading.models import Finding, Protocol, Reading
from annotation.reading.selectors import (
    closed_readings_in,
    closed_repeats_in,
    findings_of_closed,
)
from annotation.studies.models import Dataset, User
from annotation.studies.pseudonyms import worker_code
from annotation.studies.selectors import levels_by_number, levels_in, roles_in
from annotation.studies.volumes import frame_of

CONTENT: Final = "agreement/5"
"""Form of a report's content; reports kept in another form are computed anew."""


@dataclass(frozen=True)
class Trait:
    """How a finding came about.

    Attributes:
        exposure: "shown", "hidden" or "after_commit": whether the model's proposal was in sight.
        arm: of the protocol, empty where it has none.
        protocol: version.
        incorporated: the reading took part in the consensus.
    """

    exposure: str
    arm: str
    protocol: int
    incorporated: bool


@dataclass(frozen=True)
class Said:
    """All closed readings of a dataset.

    Attributes:
        rated: one per finding on a graded level; readers are letters, levels those that count now.
        again: the same of repeats, which nobody else is compared with.
        letters: letter of each reader by the account's key.
        traits: of every finding, by vertebra and letter.
        settled: settled grade by vertebra, of final cases.
        n_cases: cases that are closed.
        conventions: names of the grade conventions in use.
        fingerprint: of the readings and settlements, 64 hexadecimal digits.
    """

    rated: list[Rated]
    again: list[Rated]
    letters: dict[int, str]
    traits: dict[tuple[str, str], Trait]
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
    readings, repeats = closed_readings_in(dataset), closed_repeats_in(dataset)
    letters = _letters({reading.reader_id for reading in readings})
    levels, settled = levels_in(dataset), settled_grades(dataset)
    counted = incorporated_readings(dataset)
    rated = _all_rated(readings, levels, letters)
    return Said(
        rated=[one for one, _ in rated],
        again=[one for one, _ in _all_rated(repeats, levels, letters)],
        letters=letters,
        traits={
            (one.vertebra, one.reader): _trait(reading, reading.pk in counted)
            for one, reading in rated
        },
        settled=settled,
        n_cases=len({reading.case_id for reading in readings}),
        conventions=sorted({reading.protocol.convention for reading in readings}),
        fingerprint=_fingerprint(dataset, [*readings, *repeats], settled),
    )


def closed_state(dataset: Dataset) -> tuple[str, int]:
    """Return the fingerprint that `closed_readings` would have, and how many readings that is."""
    readings = [*closed_readings_in(dataset), *closed_repeats_in(dataset)]
    return _fingerprint(dataset, readings, settled_grades(dataset)), len(readings)


def _all_rated(
    readings: Sequence[Reading], levels: dict[int, str], letters: dict[int, str]
) -> list[tuple[Rated, Reading]]:
    by_key = {reading.pk: reading for reading in readings}
    found = []
    for finding in findings_of_closed(readings):
        reading, level = by_key[finding.reading_id], levels.get(finding.vertebra_id, "")
        letter = letters.get(reading.reader_id)
        if level and letter and (is_graded(level) or finding.grade_reader is not None):
            found.append((_rated(finding, reading, level, letter), reading))
    return found


def _trait(reading: Reading, is_counted: bool) -> Trait:
    return Trait(exposure_of(reading), reading.arm, reading.protocol.version, is_counted)


def exposure_of(reading: Reading) -> str:
    """Return whether the proposal was in sight; where there was none to show, it was hidden."""
    is_missing = reading.exposure == Protocol.Exposure.SHOWN and not reading.proposal_shown
    return Protocol.Exposure.HIDDEN.value if is_missing else str(reading.exposure)


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
        points_mm=np.asarray(finding.six_points_mm, dtype=np.float64) if heights else None,
    )


def _fingerprint(dataset: Dataset, readings: Sequence[Reading], settled: dict[str, int]) -> str:
    levels, cases = levels_by_number(dataset), {reading.case_id for reading in readings}
    said = sorted(f"{reading.pk} {reading.submitted_at}" for reading in readings)
    said += sorted(f"{vertebra} {grade}" for vertebra, grade in settled.items())
    said += sorted(f"{case} {sorted(levels.get(case, {}).items())}" for case in cases)
    return hashlib.sha256("\n".join([CONTENT, *said]).encode()).hexdigest()
