"""Who works on a mask now: one person at a time, for a while, renewed by working."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.domain.refusals import Conflict, NotPermitted
from annotation.domain.workflow import Role, Stage
from annotation.refinement.models import Lease
from annotation.refinement.selectors import lease_of
from annotation.studies.models import Case, User
from annotation.studies.qualifying import require_qualified
from annotation.studies.selectors import roles_in, stage_shown_to
from annotation.work.services import tell

_WORKERS = {Stage.REFINING: Role.STUDENT, Stage.CHECKING: Role.READER}


def describe_lease(lease: Lease, user: User) -> dict[str, object]:
    """Return a lease as it is shown to a person."""
    asked_by: User | None = lease.asked_by
    return {
        "holder_name": lease.holder.display_name,
        "is_me": lease.holder_id == user.pk,
        "until": lease.until.isoformat(),
        "taken_at": lease.taken_at.isoformat(),
        "asked_by": asked_by.display_name if asked_by else "",
        "asked_by_me": lease.asked_by_id == user.pk,
    }


def require_worker(case: Case, user: User) -> None:
    """Refuse whoever does not paint at the case's stage.

    Raises:
        Conflict: if nobody paints at this stage; says where the case is.
        NotPermitted: if the person has not the role that does.
    """
    stage = stage_shown_to(user, case)
    role = _WORKERS.get(Stage(stage))
    if role is None:
        raise Conflict(f"The case is at stage {stage}; its mask is not open.", code="stage")
    if role not in roles_in(user, case.dataset):
        raise NotPermitted(f"At stage {stage} only a {role.value} works on the mask.")
    require_qualified(user, case.dataset, role)


@transaction.atomic
def take_lease(case: Case, *, by: User, take_over: bool = False) -> tuple[Lease, bool]:
    """Lend a case to a person, or lend it on.

    Args:
        case: at a stage where a mask is worked on.
        by: who wants it.
        take_over: take it even where someone else holds it; everyone who looks is told.

    Returns:
        The lease, and whether it changed hands.

    Raises:
        Conflict: if someone else holds it; `lease` in `extra` says who and until when.
        NotPermitted: if the person does not work at this stage.
    """
    require_worker(case, by)
    now = timezone.now()
    until = now + timedelta(minutes=settings.LEASE_MINUTES)
    leases = Lease.objects.filter(case=case)
    if leases.filter(holder=by).update(until=until):
        return leases.get(), False
    free = leases if take_over else leases.filter(until__lte=now)
    if not free.update(holder=by, taken_at=now, until=until, asked_by=None):
        _lend_first(case, by, until)
    _tell_of(case)
    return leases.get(), True


def ask_for_lease(case: Case, *, by: User) -> Lease | None:
    """Let the holder know that someone else would like to work on a case.

    Returns:
        The lease; None where nobody holds the case, so that it may be taken.

    Raises:
        NotPermitted: if the person does not work at this stage.
    """
    require_worker(case, by)
    lease = lease_of(case)
    if lease is None or lease.holder_id == by.pk:
        return lease
    if lease.asked_by_id != by.pk:
        Lease.objects.filter(pk=lease.pk, holder=lease.holder_id).update(asked_by=by)
        _tell_of(case)
    return lease_of(case)


@transaction.atomic
def hand_over(case: Case, *, by: User) -> Lease:
    """Lend a case on to whoever asked for it.

    Raises:
        Conflict: code `not_holder` if the person does not hold the case, `nobody_asked` if it was
            not asked for or who asked does no longer work here.
    """
    renew_held(case, by=by)
    lease = Lease.objects.select_related("asked_by").get(case=case)
    if lease.asked_by is None or _WORKERS[Stage(case.stage)] not in roles_in(
        lease.asked_by, case.dataset
    ):
        raise Conflict("Nobody asks for this case any more.", code="nobody_asked")
    now = timezone.now()
    Lease.objects.filter(pk=lease.pk).update(
        holder=lease.asked_by,
        asked_by=None,
        taken_at=now,
        until=now + timedelta(minutes=settings.LEASE_MINUTES),
    )
    _tell_of(case)
    return Lease.objects.select_related("holder", "asked_by").get(case=case)


@transaction.atomic
def refuse_asking(case: Case, *, by: User) -> Lease | None:
    """Keep a case that someone asked for; whoever asked sees that it was refused."""
    if Lease.objects.filter(case=case, holder=by).exclude(asked_by=None).update(asked_by=None):
        _tell_of(case)
    return lease_of(case)


def _tell_of(case: Case) -> None:
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)


def _lend_first(case: Case, by: User, until: datetime) -> None:
    try:
        with transaction.atomic():
            Lease.objects.create(case=case, holder=by, until=until)
    except IntegrityError:
        raise _held_by_other(case, by) from None


def _held_by_other(case: Case, user: User) -> Conflict:
    lease = Lease.objects.select_related("holder").get(case=case)
    return Conflict(
        f"{lease.holder.display_name} is working here until {lease.until:%H:%M} UTC.",
        code="held",
        lease=describe_lease(lease, user),
    )


def renew_held(case: Case, *, by: User) -> None:
    """Extend the lease of its holder, whose row stays locked until the transaction ends.

    Raises:
        Conflict: code `not_holder`, if the person does not hold the case.
    """
    until = timezone.now() + timedelta(minutes=settings.LEASE_MINUTES)
    if not Lease.objects.filter(case=case, holder=by).update(until=until):
        lease = lease_of(case)
        raise Conflict(
            "You do not hold this case; nothing was changed.",
            code="not_holder",
            lease=describe_lease(lease, by) if lease else None,
        )


def require_not_held_by_other(case: Case, user: User) -> None:
    """Refuse while someone else works on the mask.

    Raises:
        Conflict: code `held`.
    """
    lease = lease_of(case)
    if lease is not None and lease.holder_id != user.pk:
        raise _held_by_other(case, user)


@transaction.atomic
def release_lease(case: Case, *, by: User, until: datetime | None = None) -> None:
    """Give a case back; without effect for whoever does not hold it.

    Args:
        case: the case.
        by: its holder.
        until: give it back only if it was not renewed since it was lent until then: a page that
            is left does not take the case from the page that follows it.
    """
    held = Lease.objects.filter(case=case, holder=by)
    if until is not None:
        held = held.filter(until=until)
    if held.delete()[0]:
        _tell_of(case)
