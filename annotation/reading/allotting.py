"""Gives cases to readers: by rule, in an order that is stored, in an arm that is balanced."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from annotation.domain.allocation import Arm, Load, choose_arm, choose_readers
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Role, Stage
from annotation.reading import progress, selectors
from annotation.reading.catches import plant_if_drawn
from annotation.reading.models import Absence, Assignment, Protocol, Purpose, Reading
from annotation.studies.models import Case, Dataset, User
from annotation.studies.qualifying import waiting_in

NOT_YOURS: Final = "This case is not among your readings."


def arms_of(protocol: Protocol) -> list[Arm]:
    """Return the arms of a protocol; without any, the one arm that it is."""
    arms = [Arm(one["name"], one["exposure"], one["weight"]) for one in protocol.arms]
    return arms or [Arm("", protocol.proposal_exposure)]


@transaction.atomic
def take_case(case: Case, user: User, protocol: Protocol) -> Assignment:
    """Give a case to the reader who asks for it.

    Raises:
        Conflict: if it is not for this reader to take.
    """
    lock_allotting(case.dataset)
    if not selectors.may_read(user, case):
        raise Conflict(NOT_YOURS, code="not_assigned")
    return _give(case, user, protocol)


@transaction.atomic
def assign_case(case: Case) -> list[Assignment]:
    """Give a case at reading to as many readers as it still lacks, the least loaded first."""
    lock_allotting(case.dataset)
    protocol = selectors.protocol_of(case)
    if protocol is None or case.stage != Stage.READING.value:
        return []
    had = Assignment.objects.filter(case=case).exclude(purpose=Purpose.REPEAT)
    n_live = had.filter(purpose=Purpose.FIRST, ended_at=None).count()
    loads = loads_of(case.dataset, besides={protocol.adjudicator_id, *_readers(had)})
    chosen = choose_readers(
        loads,
        n=selectors.readers_needed(case) - n_live,
        seed=protocol.allocation_seed,
        case_number=case.number,
    )
    people = User.objects.in_bulk(chosen)
    return [_give(case, people[key], protocol) for key in chosen]


@transaction.atomic
def assign_open_cases(dataset: Dataset) -> dict[str, int]:
    """Give every case at reading the readers it lacks, the longest waiting first.

    Returns:
        How many readings were assigned, of how many cases, and how many cases still lack readers.
    """
    lock_allotting(dataset)
    lacking = progress.lacking_readers(dataset)
    given = [(len(assign_case(case)), wanted) for case, wanted in lacking]
    return {
        "assigned": sum(n for n, _ in given),
        "cases": sum(n > 0 for n, _ in given),
        "short": sum(n < wanted for n, wanted in given),
    }


@transaction.atomic
def substitute_reader(
    dataset: Dataset, *, reader: int, reason: str, give_on: bool
) -> dict[str, int]:
    """End what a reader has open; no new case comes, and what was begun is kept without counting.

    Args:
        dataset: where the reader drops out.
        reader: key of the account.
        reason: why, for the record.
        give_on: whether other readers get the cases at once.

    Returns:
        How many readings were ended, how many given to others, and how many cases lack a reader.

    Raises:
        ContentRefused: if there is no reason, or the person has nothing open.
    """
    lock_allotting(dataset)
    rows = Assignment.objects.filter(case__dataset=dataset, reader=reader, ended_at=None)
    rows = rows.exclude(purpose=Purpose.ADJUDICATION)  # that is the protocol's to name
    unread = list(rows.filter(done_at=None).select_related("case__dataset").order_by("position"))
    if not reason.strip():
        raise ContentRefused("Say why the readings are taken from the reader.", code="no_reason")
    if not unread:
        raise ContentRefused("This person has no open reading here.", code="nothing_open")
    ended = Assignment.objects.filter(pk__in=[row.pk for row in unread])
    ended.update(ended_at=timezone.now(), ended_reason=reason.strip())
    said = {"reason": reason.strip()}
    Absence.objects.get_or_create(dataset=dataset, reader_id=reader, ended_at=None, defaults=said)
    first = [row.case for row in unread if row.purpose == Purpose.FIRST]
    n_given = [len(assign_case(case)) for case in first] if give_on else []
    n_short = len(first) - sum(n > 0 for n in n_given)
    return {"ended": len(unread), "given": sum(n_given), "short": n_short}


@transaction.atomic
def bring_back(dataset: Dataset, *, reader: int) -> None:
    """Let a reader who dropped out get new cases again; what was taken away stays away.

    Raises:
        Conflict: code `not_away` if the reader did not drop out.
    """
    lock_allotting(dataset)
    away = dataset.absences.filter(reader=reader, ended_at=None)
    if not away.update(ended_at=timezone.now()):
        raise Conflict("This reader has not dropped out.", code="not_away")


def assign_on_arrival(case: Case) -> None:
    """Assign a case that has come to reading, where the protocol assigns."""
    protocol = selectors.protocol_of(case)
    if protocol is not None and protocol.way == Protocol.Way.ASSIGN:
        assign_case(case)


def loads_of(dataset: Dataset, *, besides: Iterable[int | None] = ()) -> dict[int, Load]:
    """Return the load of every reader who may get new cases, by key.

    That is who can sign in, has passed the dataset's test and has not dropped out.
    """
    readers = dataset.memberships.filter(role=Role.READER.value, user__is_active=True)
    keys = set(readers.values_list("user", flat=True)) - set(besides)
    keys -= waiting_in(dataset, Role.READER) | selectors.away_from(dataset)
    rows = Assignment.objects.filter(case__dataset=dataset, ended_at=None, reader__in=keys)
    counts = rows.order_by().values("reader")
    counted = counts.annotate(n_open=Count("pk", filter=Q(done_at=None)), n_all=Count("pk"))
    loads = {one["reader"]: Load(one["n_open"], one["n_all"]) for one in counted}
    return {key: loads.get(key, Load()) for key in keys}


def note_done(reading: Reading) -> None:
    """Keep that the reading an assignment asked for is handed in."""
    rows = Assignment.objects.filter(
        case=reading.case_id, reader=reading.reader_id, purpose=reading.purpose, done_at=None
    )
    rows.filter(ended_at=None).update(done_at=reading.submitted_at)


def _give(case: Case, user: User, protocol: Protocol) -> Assignment:
    arm = _arm_for(case, user, protocol)
    if arm.exposure == Protocol.Exposure.SHOWN:
        plant_if_drawn(case, protocol)
    now = timezone.now()
    days = protocol.due_days
    return Assignment.objects.create(
        case=case,
        reader=user,
        protocol=protocol,
        position=next_position(user, case.dataset),
        arm=arm.name,
        exposure=arm.exposure,
        due_at=None if days is None else now + timedelta(days=days),
        paints=_paints(case, protocol),
        created_at=now,
    )


def _paints(case: Case, protocol: Protocol) -> bool:
    """Tell whether the next reader of a case paints a mask: the first readers do, until enough do.

    One mask alone is compared with none; and a radiograph has no mask in three dimensions.
    """
    if case.image.is_radiograph or selectors.wanted_by(protocol, case) < 2:
        return False
    rows = Assignment.objects.filter(case=case, purpose=Purpose.FIRST, ended_at=None, paints=True)
    return rows.count() < protocol.independent_masks


def _arm_for(case: Case, user: User, protocol: Protocol) -> Arm:
    given = Assignment.objects.filter(protocol=protocol, purpose=Purpose.FIRST, ended_at=None)
    return choose_arm(
        arms_of(protocol),
        had=given.filter(reader=user).values_list("arm", flat=True),
        in_case=Counter(given.filter(case=case).values_list("arm", flat=True)).elements(),
        seed=protocol.allocation_seed,
        key=f"{user.pk}/{case.number}",
    )


def next_position(user: User, dataset: Dataset) -> int:
    rows = Assignment.objects.filter(reader=user, case__dataset=dataset)
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return 1 if last is None else last + 1


def _readers(rows: Iterable[Assignment]) -> set[int]:
    return {row.reader_id for row in rows}


def lock_allotting(dataset: Dataset) -> None:
    """Let one act at a time give cases away, so that places and arms are counted right."""
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
