"""The one door to readings: who may see which, and whether the model's proposal is shown."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Role, Stage
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import newest_proposal
from annotation.reading.models import Finding, Protocol, Reading
from annotation.studies.models import Case, Dataset, User
from annotation.studies.selectors import cases_visible_to, roles_in

_OPENED_UP = (Stage.CONSENSUS.value, Stage.FINAL.value)


def readings_visible_to(user: User, case: Case) -> QuerySet[Reading]:
    """Return the readings of a case that a person may see at all.

    A reader sees the own readings. Others' are seen by the readers of the dataset once all are in,
    which is at consensus and after; whenever the case goes back, they are hidden again. Students,
    managers and strangers see none.
    """
    seen = Q(reader=user)
    if case.stage in _OPENED_UP:
        seen |= Q(status=Reading.Status.SUBMITTED)
    readings = Reading.unblinded.filter(case=case).filter(seen)
    return readings if Role.READER in roles_in(user, case.dataset) else readings.none()


def own_reading(user: User, case: Case) -> Reading | None:
    """Return the person's newest reading of a case, if there is one."""
    return readings_visible_to(user, case).filter(reader=user).order_by("-opened_at").first()


def own_submitted_since(user: User, dataset: Dataset, since: datetime) -> QuerySet[Reading]:
    """Return the readings a person has handed in since a moment."""
    own = Reading.unblinded.filter(reader=user, case__dataset=dataset)
    return own.filter(status=Reading.Status.SUBMITTED, submitted_at__gte=since)


def get_own_reading(user: User, reading_id: UUID) -> Reading:
    """Return one of the person's own readings.

    Raises:
        NotVisible: in the same words for others' readings and for keys that do not exist.
    """
    own = Reading.unblinded.filter(reader=user, case__in=cases_visible_to(user))
    found = own.select_related("case__dataset", "case__volume", "protocol").filter(pk=reading_id)
    reading = found.first()
    if reading is None or Role.READER not in roles_in(user, reading.case.dataset):
        raise NotVisible("This reading does not exist or is not yours to see.")
    return reading


def findings_of(reading: Reading) -> QuerySet[Finding]:
    """Return the findings of a reading that was got by this door, from cranial to caudal."""
    findings = Finding.unblinded.filter(reading=reading)
    return findings.select_related("vertebra").order_by("vertebra__number")


def submitted_readings(case: Case) -> list[Reading]:
    """Return the readings that were handed in for a case, for the consensus room alone.

    The order follows the random keys, so that A and B say nothing about who came first.
    """
    rows = Reading.unblinded.filter(case=case, status=Reading.Status.SUBMITTED)
    newest: dict[int, Reading] = {}
    for row in rows.order_by("protocol__version", "attempt"):
        newest[row.reader_id] = row
    return sorted(newest.values(), key=lambda row: row.pk)


def closed_readings_in(dataset: Dataset) -> list[Reading]:
    """Return each reader's newest reading of every case whose readings are all in."""
    rows = Reading.unblinded.filter(
        case__dataset=dataset, case__stage__in=_OPENED_UP, status=Reading.Status.SUBMITTED
    )
    newest: dict[tuple[UUID, int], Reading] = {}
    rows = rows.select_related("case__volume", "protocol")
    for row in rows.order_by("protocol__version", "attempt"):
        newest[row.case_id, row.reader_id] = row
    return list(newest.values())


def findings_of_closed(readings: Iterable[Reading]) -> QuerySet[Finding]:
    """Return the findings of readings that came through `closed_readings_in`."""
    keys = [reading.pk for reading in readings]
    return Finding.unblinded.filter(reading__in=keys).select_related("vertebra").order_by("id")


def protocol_of(case: Case) -> Protocol | None:
    """Return the newest protocol of the case's dataset, None where none is written yet."""
    return case.dataset.protocols.order_by("-version").first()


def readers_needed(case: Case) -> int:
    """Return how many readings the protocol asks for."""
    protocol = protocol_of(case) or Protocol()
    return protocol.readers_per_case


def is_proposal_hidden_from(user: User, case: Case) -> bool:
    """Tell whether the protocol keeps the model's points and grades from this person now.

    A hidden proposal is kept from every reader until all readings are in, at the check too; shown
    after commitment, it is kept from a reader until the own reading is handed in.
    """
    if Role.READER not in roles_in(user, case.dataset) or case.stage in _OPENED_UP:
        return False
    exposure = (protocol_of(case) or Protocol()).proposal_exposure
    if exposure == Protocol.Exposure.SHOWN:
        return False
    if exposure == Protocol.Exposure.HIDDEN:
        return True
    own = own_reading(user, case)
    return own is None or own.status != Reading.Status.SUBMITTED


def proposal_visible_to(user: User, case: Case) -> PreAnnotation | None:
    """Return the proposal a person may see, None where there is none or the protocol hides it."""
    return None if is_proposal_hidden_from(user, case) else newest_proposal(case)
