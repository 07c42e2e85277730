"""Who takes part in a sitting, who is in its room, who holds the pen, and from when on it opens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotation.consensus.models import Attendance, Disagreement, Sitting, Turn
from annotation.domain.refusals import Conflict, NotPermitted
from annotation.domain.workflow import Role
from annotation.reading.models import Protocol, Reading
from annotation.reading.selectors import first_submissions
from annotation.studies.models import User
from annotation.studies.selectors import roles_in
from annotation.work.services import tell

PRESENT: Final = timedelta(seconds=45)
"""A person not heard of for longer has left the room."""


@dataclass(frozen=True)
class Parties:
    """Who takes part in a sitting.

    Attributes:
        readers: keys of those whose readings lie on the table.
        adjudicator: key of the third reader that the protocol names, None where it names none of
            use: then any other reader of the dataset may be the third.
    """

    readers: frozenset[int]
    adjudicator: int | None


def parties_of(sitting: Sitting) -> Parties:
    """Return who takes part in a sitting."""
    readings = _readings_of(sitting)
    readers = frozenset(reading.reader_id for reading in readings)
    named = protocol_of(readings).adjudicator
    is_of_use = (
        named is not None
        and named.pk not in readers
        and Role.READER in roles_in(named, sitting.case.dataset)
    )
    return Parties(readers, named.pk if named is not None and is_of_use else None)


def _readings_of(sitting: Sitting) -> list[Reading]:
    return list(sitting.readings.select_related("protocol__adjudicator", "reader"))


def protocol_of(readings: Iterable[Reading]) -> Protocol:
    """Return the newest of the protocols by which a case was read."""
    return max((reading.protocol for reading in readings), key=lambda one: one.version)


def role_in(sitting: Sitting, user: User, parties: Parties | None = None) -> str:
    """Return `reader`, `adjudicator` for whoever may be the third, or `onlooker`."""
    parties = parties or parties_of(sitting)
    if Role.READER not in roles_in(user, sitting.case.dataset):
        return "onlooker"
    if user.pk in parties.readers:
        return "reader"
    return "adjudicator" if parties.adjudicator in (None, user.pk) else "onlooker"


def asked_turns(sitting: Sitting) -> dict[UUID, Turn]:
    """Return the question that stands for each disagreement on which a third reader was asked."""
    rows = Turn.objects.filter(disagreement__sitting=sitting).exclude(kind=Turn.Kind.DEFERRED)
    newest = {
        row.disagreement_id: row
        for row in rows.select_related("by", "disagreement").order_by("at", "id")
    }
    return {key: row for key, row in newest.items() if row.kind == Turn.Kind.ASKED}


def opens_at(sitting: Sitting) -> datetime | None:
    """Return from when on a sitting may decide, None where no time has to pass."""
    return opens_for(_readings_of(sitting))


def opens_for(readings: Sequence[Reading]) -> datetime | None:
    """Return when the wash-out of readings has passed, None where the protocol asks for none.

    It runs from the later of the first submissions; an amendment does not begin it anew.
    """
    if not readings:
        return None
    days = protocol_of(readings).wash_out_days
    submitted = first_submissions(readings)
    return max(submitted) + timedelta(days=days) if days and submitted else None


def require_opened(sitting: Sitting) -> None:
    """Refuse while the wash-out lasts.

    Raises:
        Conflict: code `wash_out`; `opens_at` in `extra`.
    """
    moment = opens_at(sitting)
    if moment is not None and timezone.now() < moment:
        days = protocol_of(_readings_of(sitting)).wash_out_days
        raise Conflict(
            f"The sitting opens on {day_of(moment)}: {days} days after the later reading.",
            code="wash_out",
            opens_at=moment.isoformat(),
        )


def day_of(moment: datetime) -> str:
    """Return a day as people write it, in the time zone of the deployment."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


def people_in(sitting: Sitting) -> list[Attendance]:
    """Return who is in the room now, in the order in which they came."""
    rows = sitting.attendances.filter(seen_at__gt=timezone.now() - PRESENT)
    return list(rows.select_related("person"))


@transaction.atomic
def enter_room(sitting: Sitting, *, by: User) -> None:
    """Note that a person is in the room; the first who may decide there takes the pen.

    Called again and again while they stay.
    """
    now = timezone.now()
    was_there = any(row.person_id == by.pk for row in people_in(sitting))
    Attendance.objects.update_or_create(
        sitting=sitting,
        person=by,
        defaults={"seen_at": now} if was_there else {"seen_at": now, "entered_at": now},
    )
    took = _free_pen(sitting) and role_in(sitting, by) == "reader"
    if took:
        Sitting.objects.filter(pk=sitting.pk).update(pen=by)
    if took or not was_there:
        tell_of(sitting)


def leave_room(sitting: Sitting, *, by: User) -> None:
    """Note that a person has left; a pen they held is free."""
    gone = timezone.now() - 2 * PRESENT
    if sitting.attendances.filter(person=by).update(seen_at=gone):
        tell_of(sitting)


def _free_pen(sitting: Sitting) -> bool:
    held = Sitting.objects.filter(pk=sitting.pk).values_list("pen", flat=True)[0]
    return held is None or all(row.person_id != held for row in people_in(sitting))


@transaction.atomic
def take_pen(sitting: Sitting, *, by: User) -> None:
    """Take the pen where nobody in the room holds it.

    Raises:
        NotPermitted: if the person only looks on.
        Conflict: code `pen`, if someone in the room holds it; says who.
    """
    _require_party(sitting, by)
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    require_pen(sitting, by)
    tell_of(sitting)


@transaction.atomic
def hand_pen(sitting: Sitting, *, by: User, to: int | None = None) -> None:
    """Hand the pen to someone else in the room.

    Args:
        sitting: the newest of a case.
        by: who holds the pen.
        to: key of an attendance; needed only where several others could have it.

    Raises:
        Conflict: code `pen` if the person does not hold it, `nobody_there` if nobody can have it.
    """
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    require_pen(sitting, by)
    parties = parties_of(sitting)
    others = [
        row
        for row in people_in(sitting)
        if row.person_id != by.pk and role_in(sitting, row.person, parties) != "onlooker"
    ]
    chosen = [row for row in others if to in (None, row.pk)]
    if not chosen:
        raise Conflict("Nobody else here could take the pen.", code="nobody_there")
    Sitting.objects.filter(pk=sitting.pk).update(pen=chosen[0].person)
    tell_of(sitting)


def require_pen(sitting: Sitting, by: User) -> None:
    """Give a free pen to who is about to decide, refuse while another in the room holds it.

    Raises:
        Conflict: code `pen`; says who holds it.
    """
    held = Sitting.objects.select_related("pen").get(pk=sitting.pk).pen
    if held is not None and held.pk == by.pk:
        return
    if held is not None and not _free_pen(sitting):
        raise Conflict(f"{held.display_name} holds the pen.", code="pen")
    Sitting.objects.filter(pk=sitting.pk).update(pen=by)


def require_decider(sitting: Sitting, by: User, disagreement: Disagreement | None = None) -> None:
    """Refuse whoever may not decide a disagreement, or anything of the sitting, now.

    Raises:
        NotPermitted: for onlookers, and for a third reader who was not asked.
        Conflict: code `wash_out`, `asked` where a third reader decides, or `pen`.
    """
    role = _require_party(sitting, by)
    require_opened(sitting)
    is_asked = disagreement is not None and disagreement.pk in asked_turns(sitting)
    if role == "adjudicator" and not is_asked:
        raise NotPermitted("A third reader decides where the two ask for it.")
    if role == "reader" and is_asked:
        raise Conflict(
            "A third reader was asked to decide this; take the question back first.", code="asked"
        )
    require_pen(sitting, by)


def _require_party(sitting: Sitting, by: User) -> str:
    role = role_in(sitting, by)
    if role == "onlooker":
        raise NotPermitted("Only those who read this case, or a third reader, decide here.")
    return role


def tell_of(sitting: Sitting) -> None:
    """Tell open pages that something in a sitting has changed; not what."""
    tell(sitting.case.dataset.channel, kind="consensus", case=str(sitting.case_id))
