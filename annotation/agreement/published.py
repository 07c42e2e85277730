"""Readings of experts that were published elsewhere: the same statistics on their six points."""

import hashlib
from string import ascii_uppercase
from typing import Any, Final

from annotation.agreement.models import AgreementReport
from annotation.agreement.selectors import Said, Trait
from annotation.agreement.services import ALL, compute
from annotation.domain.agreement.report import Rated
from annotation.domain.genant import (
    CONVENTIONS,
    DEFAULT_CONVENTION,
    GradeConvention,
    measure_points,
)
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.vertebrae import is_graded
from annotation.domain.workflow import Role
from annotation.imaging.expert_readings import (
    ExpertReading,
    ReadingsRefused,
    read_expert_readings,
    read_spacings,
)
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import require_role

LARGEST_BYTES: Final = 64 * 1024 * 1024
_MEASURED: Final = Trait("hidden", "", 0, incorporated=False)


def import_published(
    dataset: Dataset, *, files: tuple[bytes, bytes], name: str, source: str, by: User | None
) -> AgreementReport:
    """Compute the agreement of published readings and keep it as a report of its own.

    Grades are those that the points measure; cervical vertebrae have heights and no grade. The
    readings themselves are not kept.

    Args:
        dataset: beside whose reports it stands.
        files: the readings and the spacings, both JSON.
        name: of the report.
        source: where the readings were published.
        by: a manager; None on the command line.

    Raises:
        NotPermitted: if the person is no manager.
        ContentRefused: naming what is wrong and where.
        Conflict: if these readings were imported before.
    """
    if by is not None:
        require_role(by, dataset, Role.MANAGER)
    if not name.strip() or not source.strip():
        raise ContentRefused("Published readings need a name and a source.", code="no_source")
    if max(map(len, files)) > LARGEST_BYTES:
        raise ContentRefused("A file is larger than 64 MiB.", code="too_large")
    key = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in files)).hexdigest()
    if dataset.agreement_reports.filter(fingerprint=key).exists():
        raise Conflict("These readings were imported before.", code="published_before")
    try:
        readings = read_expert_readings(files[0], read_spacings(files[1]))
    except ReadingsRefused as error:
        raise ContentRefused(str(error), code="published_readings") from None
    if not readings:
        raise ContentRefused("The file holds no reading.", code="published_readings")
    return AgreementReport.objects.create(
        dataset=dataset,
        fingerprint=key,
        label=name.strip()[:40],
        source=source.strip()[:300],
        content=published_content(readings, CONVENTIONS[DEFAULT_CONVENTION]),
    )


def published_content(readings: list[ExpertReading], convention: GradeConvention) -> dict[str, Any]:
    """Return a report's content on published readings; a study counts as a patient."""
    experts = sorted({one.expert for one in readings})
    letters = {expert: _letter(place) for place, expert in enumerate(experts)}
    rated = [_rated(one, letters[one.expert], convention) for one in readings]
    said = Said(
        rated=rated,
        again=[],
        letters={},
        traits={(one.vertebra, one.reader): _MEASURED for one in rated},
        settled={},
        n_cases=len({one.study for one in readings}),
        conventions=[convention.name],
        fingerprint="",
    )
    named = [{"letter": letter, "name": expert} for expert, letter in letters.items()]
    return {**compute(said, arms=(ALL,)), "experts": named}


def _letter(place: int) -> str:
    again, first = divmod(place, len(ascii_uppercase))
    return f"{ascii_uppercase[first]}{again or ''}"


def _rated(one: ExpertReading, letter: str, convention: GradeConvention) -> Rated:
    measured = measure_points(one.points_mm, convention)
    graded = is_graded(one.level)
    return Rated(
        patient=one.study,
        vertebra=f"{one.study} {one.level}",
        level=one.level,
        reader=letter,
        grade=measured.grade if graded else None,
        shape=measured.shape.value if graded else None,
        g=measured.g,
        heights_mm=measured.heights_mm,
        points_mm=one.points_mm,
    )
