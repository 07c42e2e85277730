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
from annotation.studies.selectors import roles_in
from annotation.work.services import tell

_WORKERS = {Stage.REFINING: Role.STUDENT, Stage.CHECKING: Role.READER}


def describe_lease(lease: Lease, user: User) -> dict[str, object]:
    """Return a lease as it is shown to a person."""
    return {
        "holder_name": lease.holder.display_name,
        "is_me": lease.holder_id == user.pk,
        "until": lease.until.isoformat(),
    }


def require_worker(case: Case, user: User) -> None:
    """Refuse whoever does not paint at the case's stage.

    Raises:
        Conflict: if nobody paints at this stage; says where the case is.
        NotPermitted: if the person has not the role that does.
    """
    role = _WORKERS.get(Stage(case.stage))
    if role is None:
        raise Conflict(f"The case is at stage {case.stage}; its mask is not open.", code="stage")
    if role not in roles_in(user, case.dataset):
        raise NotPermitted(f"At stage {case.stage} only a {role.value} works on the mask.")


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
    if not free.update(holder=by, taken_at=now, until=until):
        _lend_first(case, by, until)
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)
    return leases.get(), True


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
def release_lease(case: Case, *, by: User) -> None:
    """Give a case back; without effect for whoever does not hold it."""
    if Lease.objects.filter(case=case, holder=by).delete()[0]:
        tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)
