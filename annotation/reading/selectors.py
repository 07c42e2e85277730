"""The one door to readings: who may see which, and whether the model's proposal is shown."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.domain.allocation import readers_wanted
from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Role, Stage
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import newest_proposal
from annotation.reading.models import (
    Assignment,
    Finding,
    PlantedError,
    Protocol,
    Purpose,
    Reading,
)
from annotation.studies.models import Case, Dataset, User
from annotation.studies.selectors import cases_visible_to, roles_in

_OPENED_UP = (Stage.CONSENSUS.value, Stage.FINAL.value)
_NOT_YOURS = "This reading does not exist or is not yours to see."


def live_assignments(user: User, case: Case) -> QuerySet[Assignment]:
    """Return what the person is to read or has read of a case, the newest first."""
    rows = Assignment.objects.filter(reader=user, case=case, ended_at=None)
    return rows.exclude(purpose=Purpose.ADJUDICATION).order_by("-created_at")


def open_assignment(user: User, case: Case) -> Assignment | None:
    """Return what of a case the person is still to hand in, None for nothing."""
    return live_assignments(user, case).filter(done_at=None).first()


def stage_for(user: User, case: Case) -> str:
    """Return the stage of a case as this person is to know it.

    A closed case that comes back to a reader is at reading for this reader until it is handed in,
    in every word and at every address: nothing tells it from a case that is read first. So is a
    case at consensus for a reader who amends the own reading.
    """
    if case.stage not in _OPENED_UP:
        return case.stage
    is_read = comes_back(user, case) or (
        case.stage == Stage.CONSENSUS.value and is_amending(user, case)
    )
    return Stage.READING.value if is_read else case.stage


def comes_back(user: User, case: Case) -> bool:
    """Tell whether a closed case is to be read again by this reader, who is not told so."""
    repeats = live_assignments(user, case).filter(purpose=Purpose.REPEAT, done_at=None)
    return case.stage in _OPENED_UP and repeats.exists()


def repeated_since(user: User, case: Case) -> datetime | None:
    """Return when a case came back to its reader, None if it never did.

    The time of the first reading would tell the reader that there was one.
    """
    repeats = live_assignments(user, case).filter(purpose=Purpose.REPEAT)
    return repeats.values_list("created_at", flat=True).first()


def readings_visible_to(user: User, case: Case) -> QuerySet[Reading]:
    """Return the readings of a case that a person may see at all.

    A reader sees the own readings. Others' are seen by the readers of the dataset once all are in,
    which is at consensus and after; whenever the case goes back, they are hidden again. Students,
    managers and strangers see none.
    """
    seen = Q(reader=user)
    if stage_for(user, case) in _OPENED_UP:
        seen |= Q(status=Reading.Status.SUBMITTED)
    readings = Reading.unblinded.filter(case=case).filter(seen)
    return readings if Role.READER in roles_in(user, case.dataset) else readings.none()


def own_reading(user: User, case: Case) -> Reading | None:
    """Return the person's newest reading of a case, if there is one."""
    own = readings_visible_to(user, case).filter(reader=user).order_by("-opened_at")
    own = own.exclude(status=Reading.Status.WITHDRAWN)
    if case.stage == Stage.FINAL.value:  # an amendment that came too late
        own = own.exclude(status=Reading.Status.OPEN, amends__isnull=False)
    return own.first()


def is_amending(user: User, case: Case) -> bool:
    """Tell whether the person is amending a reading, as blind as one who reads."""
    own = Reading.unblinded.filter(case=case, reader=user, status=Reading.Status.OPEN)
    return own.filter(amends__isnull=False, others_seen_at__isnull=True).exists()


def attempts_of(user: User, case: Case) -> int:
    """Return how many readings of a case the person has begun."""
    return Reading.unblinded.filter(reader=user, case=case).count()


def own_readings_in(user: User, dataset: Dataset) -> QuerySet[Reading]:
    """Return all readings a person has begun in a dataset."""
    return Reading.unblinded.filter(reader=user, case__dataset=dataset)


def own_submitted_since(user: User, dataset: Dataset, since: datetime) -> QuerySet[Reading]:
    """Return the readings a person has handed in since a moment."""
    own = own_readings_in(user, dataset)
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
        raise NotVisible(_NOT_YOURS)
    if reading.purpose == Purpose.FIRST and comes_back(user, reading.case):
        raise NotVisible(_NOT_YOURS)  # a repeat is not to be copied from the first
    return reading


def findings_of(reading: Reading) -> QuerySet[Finding]:
    """Return the findings of a reading that was got by this door, from cranial to caudal."""
    findings = Finding.unblinded.filter(reading=reading)
    return findings.select_related("vertebra").order_by("vertebra__number")


def submitted_readings(case: Case) -> list[Reading]:
    """Return the readings that were handed in for a case, for the consensus room alone.

    The order follows the random keys of the readings as they were first handed in, so that A and B
    say nothing about who came first and stay who they are when a reading is amended. Repeats
    are nobody's second opinion and are left out.
    """
    rows = Reading.unblinded.filter(case=case, status=Reading.Status.SUBMITTED)
    rows = rows.exclude(purpose=Purpose.REPEAT)
    newest: dict[int, Reading] = {}
    for row in rows.order_by("protocol__version", "attempt"):
        newest[row.reader_id] = row
    begun = committed_before(newest.values())
    return sorted(newest.values(), key=lambda row: begun[row.pk].pk)


def first_submissions(readings: Iterable[Reading]) -> list[datetime]:
    """Return when each reading was first handed in: of an amended one, the reading it began as."""
    moments: list[datetime] = []
    for reading in readings:
        first = reading
        while first.amends is not None:
            first = first.amends
        if first.submitted_at is not None:
            moments.append(first.submitted_at)
    return moments


def closed_readings_in(dataset: Dataset) -> list[Reading]:
    """Return each reader's newest reading of every case whose readings are all in.

    Repeats and adjudications are nobody's independent reading and are left out.
    """
    newest: dict[tuple[UUID, int], Reading] = {}
    for row in _closed(dataset).filter(purpose=Purpose.FIRST):
        newest[row.case_id, row.reader_id] = row
    return list(newest.values())


def closed_repeats_in(dataset: Dataset) -> list[Reading]:
    """Return each reader's newest repeat of every case whose readings are all in."""
    newest: dict[tuple[UUID, int], Reading] = {}
    for row in _closed(dataset).filter(purpose=Purpose.REPEAT):
        newest[row.case_id, row.reader_id] = row
    return list(newest.values())


def committed_before(readings: Iterable[Reading]) -> dict[UUID, Reading]:
    """Return what closed readings were when they were first handed in, by their own key.

    Readings that amend none are their own first version.
    """
    found = {reading.pk: reading for reading in readings}
    later = {key: row for key, row in found.items() if row.amends_id is not None}
    while later:
        before = Reading.unblinded.in_bulk([row.amends_id for row in later.values()])
        found |= {key: before[row.amends_id] for key, row in later.items() if row.amends_id}
        later = {key: found[key] for key in later if found[key].amends_id is not None}
    return found


def _closed(dataset: Dataset) -> QuerySet[Reading]:
    rows = Reading.unblinded.filter(
        case__dataset=dataset, case__stage__in=_OPENED_UP, status=Reading.Status.SUBMITTED
    )
    rows = rows.select_related("case__volume", "protocol")
    return rows.order_by("protocol__version", "attempt")


def planted_grades(dataset: Dataset) -> dict[int, int | None]:
    """Return the grades that planted errors propose in closed cases, by the vertebra's key."""
    rows = PlantedError.objects.filter(case__dataset=dataset, case__stage__in=_OPENED_UP)
    return dict(rows.values_list("vertebra", "planted_grade"))


def findings_of_closed(readings: Iterable[Reading]) -> QuerySet[Finding]:
    """Return the findings of readings that came through `closed_readings_in`."""
    keys = [reading.pk for reading in readings]
    return Finding.unblinded.filter(reading__in=keys).select_related("vertebra").order_by("id")


def protocol_of(case: Case) -> Protocol | None:
    """Return the newest protocol of the case's dataset, None where none is written yet."""
    return case.dataset.protocols.order_by("-version").first()


def wanted_by(protocol: Protocol, case: Case) -> int:
    """Return how many readers a version of the protocol wants for a case."""
    return readers_wanted(
        readers_per_case=protocol.readers_per_case,
        overlap_share=protocol.overlap_share,
        seed=protocol.allocation_seed,
        case_number=case.number,
    )


def readers_needed(case: Case) -> int:
    """Return how many readings close a case.

    That is what the strictest version wants under which someone reads it: a new version takes no
    reading away from a case that was begun.
    """
    begun = Assignment.objects.filter(case=case, purpose=Purpose.FIRST, ended_at=None)
    versions = {row.protocol_id: row.protocol for row in begun.select_related("protocol")}
    newest = protocol_of(case) or Protocol()
    return max(wanted_by(one, case) for one in versions.values() or [newest])


def has_room(case: Case) -> bool:
    """Tell whether a case at reading has fewer readers than it needs."""
    taken = Assignment.objects.filter(case=case, purpose=Purpose.FIRST, ended_at=None)
    return taken.values("reader").distinct().count() < readers_needed(case)


def away_from(dataset: Dataset) -> set[int]:
    """Return the keys of the readers who dropped out and were not brought back."""
    return set(dataset.absences.filter(ended_at=None).values_list("reader", flat=True))


def may_read(user: User, case: Case) -> bool:
    """Tell whether a reader may begin or go on with a reading of a case that is open for it.

    That is so for what was assigned to the reader; where the protocol lets readers pull, also for
    what has too few readers. What was taken from a reader is not the reader's to pull again, and
    who dropped out pulls nothing.
    """
    own = Assignment.objects.filter(reader=user, case=case)
    own = own.exclude(purpose=Purpose.ADJUDICATION)
    if own.exists():
        return own.filter(ended_at=None).exists()
    protocol = protocol_of(case) or Protocol()
    if protocol.way == Protocol.Way.ASSIGN or protocol.adjudicator_id == user.pk:
        return False
    return user.pk not in away_from(case.dataset) and has_room(case)


def exposure_for(user: User, case: Case) -> str:
    """Return whether a reader's reading of a case is made with the proposal in sight.

    Before the arm is known the proposal is hidden, unless every arm shows it.
    """
    given = live_assignments(user, case).first()
    if given is not None:
        return given.exposure
    protocol = protocol_of(case) or Protocol()
    arms = {arm["exposure"] for arm in protocol.arms}
    if not arms:
        return protocol.proposal_exposure
    return arms.pop() if len(arms) == 1 else Protocol.Exposure.HIDDEN.value


def is_proposal_hidden_from(user: User, case: Case) -> bool:
    """Tell whether the model's points and grades are kept from this person now.

    A hidden proposal is kept from the reader until all readings are in, at the check too; shown
    after commitment, it is kept from a reader until the own reading is handed in.
    """
    if Role.READER not in roles_in(user, case.dataset) or stage_for(user, case) in _OPENED_UP:
        return False
    exposure = exposure_for(user, case)
    if exposure != Protocol.Exposure.AFTER_COMMIT:
        return exposure == Protocol.Exposure.HIDDEN
    own = own_reading(user, case)
    is_committed = own is not None and own.status == Reading.Status.SUBMITTED
    return not is_committed or open_assignment(user, case) is not None


def reads_with_proposal(user: User, case: Case) -> bool:
    """Tell whether the person is to read or has read a case, not yet closed, with the proposal."""
    if stage_for(user, case) in _OPENED_UP:
        return False
    return live_assignments(user, case).filter(exposure=Protocol.Exposure.SHOWN).exists()


def proposal_visible_to(user: User, case: Case) -> PreAnnotation | None:
    """Return the proposal a person may see, None where there is none or the protocol hides it."""
    return None if is_proposal_hidden_from(user, case) else newest_proposal(case)
