"""A disagreement that is put off, or put before a third reader."""

from django.db import transaction
from django.utils import timezone

from annotation.consensus import room, selectors
from annotation.consensus.models import Disagreement, Sitting, Turn
from annotation.domain.refusals import Conflict, NotPermitted
from annotation.domain.workflow import Role
from annotation.reading.models import Assignment, Protocol, Purpose
from annotation.studies.models import Membership, User


@transaction.atomic
def defer_disagreement(disagreement: Disagreement, *, by: User) -> Turn:
    """Put a disagreement off: it stays open and goes to the end of the list for everyone.

    Raises:
        NotPermitted: for onlookers.
        Conflict: if it is settled, another holds the pen, or a third reader was asked.
    """
    selectors.lock_sitting(disagreement.sitting, by)
    room.require_decider(disagreement.sitting, by, disagreement)
    _require_open(disagreement)
    return _note(disagreement, Turn.Kind.DEFERRED, by)


@transaction.atomic
def ask_third_reader(disagreement: Disagreement, *, by: User, note: str = "") -> Turn:
    """Put a disagreement before the adjudicator of the protocol, else before any third reader.

    Raises:
        NotPermitted: for anyone but the readers whose readings lie on the table.
        Conflict: code `settled`, `asked` already, or `no_third_reader`.
    """
    sitting = disagreement.sitting
    selectors.lock_sitting(sitting, by)
    parties = room.parties_of(sitting)
    if by.pk not in parties.readers:
        raise NotPermitted("Only those who read this case ask for a third reader.")
    room.require_opened(sitting)
    _require_open(disagreement)
    if disagreement.pk in room.asked_turns(sitting):
        raise Conflict("A third reader was asked already.", code="asked")
    dataset = sitting.case.dataset
    others = Membership.objects.filter(dataset=dataset, role=Role.READER.value)
    if not others.exclude(user__in=parties.readers).exists():
        raise Conflict("This dataset has no third reader.", code="no_third_reader")
    if parties.adjudicator is not None:
        assign_adjudication(sitting, parties.adjudicator)
    return _note(disagreement, Turn.Kind.ASKED, by, note)


@transaction.atomic
def take_question_back(disagreement: Disagreement, *, by: User) -> Turn:
    """Decide between the two after all.

    Raises:
        NotPermitted: for anyone but the readers whose readings lie on the table.
        Conflict: if no third reader is asked.
    """
    sitting = disagreement.sitting
    selectors.lock_sitting(sitting, by)
    if by.pk not in room.parties_of(sitting).readers:
        raise NotPermitted("Only those who read this case take the question back.")
    if disagreement.pk not in room.asked_turns(sitting):
        raise Conflict("No third reader is asked.", code="not_asked")
    turn = _note(disagreement, Turn.Kind.TAKEN_BACK, by)
    if not room.asked_turns(sitting):
        end_adjudication(sitting, "The question was taken back.")
    return turn


def ask_again(disagreement: Disagreement, turn: Turn) -> None:
    """Let a question of the sitting before stand in a new one, as it was asked."""
    Turn.objects.create(
        disagreement=disagreement, kind=Turn.Kind.ASKED, by=turn.by, at=turn.at, note=turn.note
    )


def assign_adjudication(sitting: Sitting, reader: int) -> Assignment:
    """Return the open assignment by which a third reader decides on a case, made once."""
    standing = Assignment.objects.filter(
        case=sitting.case,
        reader=reader,
        purpose=Purpose.ADJUDICATION,
        ended_at__isnull=True,
    ).first()
    if standing is not None:
        standing.done_at = None
        standing.save(update_fields=["done_at"])
        return standing
    newest = sitting.readings.select_related("protocol").order_by("-protocol__version").first()
    if newest is None:
        raise Conflict("This sitting has no readings.", code="stage")
    rows = Assignment.objects.filter(reader=reader, case__dataset=sitting.case.dataset)
    last = rows.order_by("-position").first()
    return Assignment.objects.create(
        case=sitting.case,
        reader_id=reader,
        protocol=newest.protocol,
        purpose=Purpose.ADJUDICATION,
        position=last.position + 1 if last else 1,
        exposure=Protocol.Exposure.HIDDEN,
    )


def end_adjudication(sitting: Sitting, reason: str = "") -> None:
    """End what third readers had to do on a case: done, or with a reason come to nothing."""
    rows = Assignment.objects.filter(
        case=sitting.case,
        purpose=Purpose.ADJUDICATION,
        ended_at__isnull=True,
        done_at__isnull=True,
    )
    now = timezone.now()
    if reason:
        rows.update(ended_at=now, ended_reason=reason)
    else:
        rows.update(done_at=now)


def _require_open(disagreement: Disagreement) -> None:
    still_open = {row.pk for row in selectors.open_disagreements(disagreement.sitting)}
    if disagreement.pk not in still_open:
        raise Conflict("This disagreement is settled; open it again first.", code="settled")


def _note(disagreement: Disagreement, kind: Turn.Kind, by: User, note: str = "") -> Turn:
    turn = Turn.objects.create(disagreement=disagreement, kind=kind, by=by, note=note)
    room.tell_of(disagreement.sitting)
    return turn
