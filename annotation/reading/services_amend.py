"""A submitted reading stays as it is; a new one with a reason takes its place."""

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Stage
from annotation.preannotation.selectors import newest_proposal
from annotation.reading import selectors
from annotation.reading.models import Finding, Protocol, Reading
from annotation.studies.models import Case, User

ON_AMENDED: list[Callable[[Case], None]] = []
"""What is done anew when an amended reading of a case at consensus is in; `flow` fills it."""

_KEPT: Final = (
    "case",
    "reader",
    "protocol",
    "arm",
    "exposure",
    "purpose",
    "levels_counted_from",
    "levels_confirmed",
    "anomalies",
)


@transaction.atomic
def amend_reading(reading: Reading, *, reason: str) -> Reading:
    """Open a new reading that begins with what a submitted one says and will take its place.

    The old one is kept and counts until the new one is submitted.

    Args:
        reading: the person's own.
        reason: in the reader's words.

    Raises:
        Conflict: code `open` while it can be changed as it is, `amended` if it was amended
            already, `stage` once the case is final or elsewhere, `others_seen` once its reader
            has seen the other readings.
        ContentRefused: if the reason is empty.
    """
    case = Case.objects.select_for_update().select_related(None).get(pk=reading.case_id)
    reading.refresh_from_db()
    refusal = why_not_amended(reading, case)
    if refusal is not None:
        raise refusal
    if not reason.strip():
        raise ContentRefused("Say why the reading is amended.", code="reason_missing")
    amended = Reading.unblinded.create(
        **{name: getattr(reading, name) for name in _KEPT},
        attempt=selectors.attempts_of(reading.reader, case) + 1,
        amends=reading,
        reason=reason.strip(),
        proposal_shown=_has_seen_proposal(reading),
    )
    Finding.unblinded.bulk_create(_copied(row, amended) for row in selectors.findings_of(reading))
    return amended


def why_not_amended(reading: Reading, case: Case) -> Conflict | None:
    """Return why a reading cannot be amended now, None where it can."""
    if reading.status != Reading.Status.SUBMITTED:
        return Conflict("This reading is not submitted; change it as it is.", code="open")
    later = Reading.unblinded.filter(amends=reading).exclude(status=Reading.Status.WITHDRAWN)
    if later.exists():
        return Conflict("This reading is amended already.", code="amended")
    if case.stage not in (Stage.READING.value, Stage.CONSENSUS.value):
        return Conflict(
            f"The case is at stage {case.stage}; its readings stay as they are.", code="stage"
        )
    if reading.others_seen_at is not None:
        return Conflict(
            "You have seen the other readings; an amended one would not be blind any more. "
            "Change the finding in the sitting.",
            code="others_seen",
        )
    return None


@transaction.atomic
def withdraw_amendment(reading: Reading) -> None:
    """Leave an amendment that is not submitted; the reading before it counts again, both are kept.

    Raises:
        Conflict: if it is submitted, or amends nothing.
    """
    Case.objects.select_for_update().get(pk=reading.case_id)
    open_one = Reading.unblinded.filter(
        pk=reading.pk, status=Reading.Status.OPEN, amends__isnull=False
    )
    if not open_one.update(status=Reading.Status.WITHDRAWN):
        raise Conflict("There is no open amendment to leave.", code="not_open")


def note_others_seen(user: User, case: Case) -> None:
    """Note that a reader now knows the other readings of a case; the first time counts."""
    Reading.unblinded.filter(case=case, reader=user, others_seen_at__isnull=True).update(
        others_seen_at=timezone.now()
    )


def _has_seen_proposal(reading: Reading) -> bool:
    """Tell whether the reader knows the proposal by now: shown then, or after the commitment."""
    was_shown_later = reading.exposure == Protocol.Exposure.AFTER_COMMIT
    return reading.proposal_shown or (was_shown_later and newest_proposal(reading.case) is not None)


def _copied(finding: Finding, reading: Reading) -> Finding:
    names = {field.attname for field in Finding._meta.concrete_fields} - {"id", "reading_id"}
    return Finding(reading=reading, **{name: getattr(finding, name) for name in names})
