"""Who signs a sitting, and what happens once all have."""

from django.db import transaction
from django.utils import timezone

from annotation.consensus import room, selectors
from annotation.consensus.fusing import keep_consensus_mask
from annotation.consensus.models import MaskSettlement, Settlement, Signature, Sitting
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Move, Role, Stage
from annotation.studies.models import Case, Membership, User
from annotation.studies.qualifying import require_qualified
from annotation.studies.selectors import require_role, role_for
from annotation.studies.services import advance_case


def signers_of(sitting: Sitting) -> list[User]:
    """Return who has to sign a sitting.

    Where a third reader decided, that reader signs; else every reader of the case who is still a
    reader of the dataset.
    """
    standing: list[Settlement | MaskSettlement] = [
        *selectors.standing_settlements(sitting).values(),
        *selectors.standing_masks(sitting).values(),
    ]
    deciders = {row.by_id for row in standing if row.taken == Settlement.Taken.ADJUDICATED}
    wanted = deciders or room.parties_of(sitting).readers
    members = Membership.objects.filter(
        dataset=sitting.case.dataset, role=Role.READER.value, user__in=wanted
    )
    return [row.user for row in members.select_related("user").order_by("user_id")]


def signatures_of(sitting: Sitting) -> list[Signature]:
    """Return the signatures that hold."""
    rows = sitting.signatures.filter(void_at__isnull=True)
    return list(rows.select_related("by", "in_place_of"))


def unsigned(sitting: Sitting) -> list[User]:
    """Return who still has to sign."""
    signed = {row.in_place_of_id or row.by_id for row in signatures_of(sitting)}
    return [user for user in signers_of(sitting) if user.pk not in signed]


@transaction.atomic
def settle_case(case: Case, *, by: User) -> None:
    """Sign the sitting of a case on which nothing is open; the last signature makes it final.

    Signing twice is harmless.

    Raises:
        NotPermitted: if the person has not to sign here, or has the dataset's test still to pass.
        Conflict: if disagreements are open, the wash-out lasts, or the case is elsewhere.
    """
    role_for(by, case, Move.SETTLE)
    require_qualified(by, case.dataset, Role.READER)
    sitting = _ready_sitting(case)
    if by not in signers_of(sitting):
        raise NotPermitted(
            "This sitting is signed by those who read the case, or by the third reader who decided."
        )
    if by in unsigned(sitting):
        Signature.objects.create(sitting=sitting, by=by)
    _close_when_signed(sitting, by=by, role=Role.READER)


@transaction.atomic
def sign_in_place(case: Case, *, by: User, of: int | None, reason: str) -> None:
    """Let a manager sign in place of a reader who has left; it is kept who and why.

    Args:
        case: at consensus, nothing open.
        by: a manager of the dataset.
        of: key of the person who has to sign; whoever it is once no signature is missing, because
            who had to sign is no reader of the dataset any more.
        reason: why they cannot.

    Raises:
        NotPermitted: if the person is no manager.
        Conflict: code `not_missing` if that signature is not missing; else as for `settle_case`.
        ContentRefused: if the reason is empty.
    """
    require_role(by, case.dataset, Role.MANAGER)
    sitting = _ready_sitting(case)
    if not reason.strip():
        raise ContentRefused("Say why you sign in place of the reader.", code="reason_missing")
    missing = {user.pk: user for user in unsigned(sitting)}
    if missing and of not in missing:
        raise Conflict("This signature is not missing.", code="not_missing")
    in_place_of = None if of is None else missing.get(of)
    Signature.objects.create(sitting=sitting, by=by, in_place_of=in_place_of, reason=reason.strip())
    _close_when_signed(sitting, by=by, role=Role.SYSTEM)


def void_signatures(sitting: Sitting) -> None:
    """Take all signatures back, because what they stand for has changed; they stay on record."""
    sitting.signatures.filter(void_at__isnull=True).update(void_at=timezone.now())


def _ready_sitting(case: Case) -> Sitting:
    sitting = selectors.newest_sitting(case)
    if case.stage != Stage.CONSENSUS.value or sitting is None:
        raise Conflict(
            f"The case is at stage {case.stage}; nothing is to be settled.", code="stage"
        )
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    room.require_opened(sitting)
    n_open = len(selectors.open_disagreements(sitting))
    if n_open:
        noun = "disagreement is" if n_open == 1 else "disagreements are"
        raise Conflict(f"{n_open} {noun} open.", code="disagreements_open", open=n_open)
    return sitting


def _close_when_signed(sitting: Sitting, *, by: User, role: Role) -> None:
    if unsigned(sitting):
        room.tell_of(sitting)
    else:
        close_sitting(sitting, by=by, role=role)


def close_sitting(sitting: Sitting, *, by: User | None, role: Role) -> None:
    """Close a sitting; its case is final."""
    sitting.closed_at = timezone.now()
    sitting.save(update_fields=["closed_at"])
    keep_consensus_mask(sitting)
    advance_case(sitting.case, move=Move.SETTLE, by=by, role=role)
