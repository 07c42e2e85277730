"""Unannounced repeats: the same reader reads the same case again, and is not told so.

A case comes back once it is final, in the arm in which it was read first, after the time the
protocol keeps between. Who gets a case back is drawn in blocks over each reader's own readings.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotation.domain.allocation import is_repeated
from annotation.domain.workflow import Stage
from annotation.reading.allotting import lock_allotting, next_position
from annotation.reading.catches import catch_cases
from annotation.reading.models import Assignment, Protocol, Purpose
from annotation.reading.protocols import readers_of
from annotation.reading.selectors import away_from
from annotation.studies.models import Case, Dataset, User


def give_repeats_due() -> int:
    """Give back what is due in every dataset whose protocol repeats; return how many readings."""
    repeating = Protocol.objects.filter(repeat_share__gt=0).values("dataset")
    return sum(give_repeats(one) for one in Dataset.objects.filter(pk__in=repeating))


@transaction.atomic
def give_repeats(dataset: Dataset) -> int:
    """Give each reader the repeats that are due, as the last of the reader's order."""
    lock_allotting(dataset)
    away = away_from(dataset)
    readers = [reader for reader in readers_of(dataset) if reader.pk not in away]
    due = [row for reader in readers for row in _due(dataset, reader)]
    for row in due:
        _give_back(row)
    return len(due)


def _due(dataset: Dataset, reader: User) -> list[Assignment]:
    rows = Assignment.objects.filter(case__dataset=dataset, reader=reader)
    first = rows.filter(purpose=Purpose.FIRST).select_related("protocol", "case__dataset")
    repeated = set(rows.filter(purpose=Purpose.REPEAT).values_list("case", flat=True))
    spoiled = catch_cases(dataset)
    return [
        row
        for place, row in enumerate(first.order_by("position"))
        if row.case_id not in repeated and row.case_id not in spoiled and _is_due(row, place)
    ]


def _is_due(row: Assignment, place: int) -> bool:
    protocol = row.protocol
    if row.done_at is None or row.ended_at is not None or row.case.stage != Stage.FINAL.value:
        return False
    if row.done_at + timedelta(days=protocol.repeat_after_days) > timezone.now():
        return False
    return is_repeated(
        share=protocol.repeat_share,
        seed=protocol.allocation_seed,
        reader=row.reader_id,
        place=place,
    )


def _give_back(row: Assignment) -> None:
    now = timezone.now()
    days = row.protocol.due_days
    Assignment.objects.create(
        case=row.case,
        reader=row.reader,
        protocol=row.protocol,
        purpose=Purpose.REPEAT,
        position=next_position(row.reader, row.case.dataset),
        arm=row.arm,
        exposure=row.exposure,
        due_at=None if days is None else now + timedelta(days=days),
        created_at=now,
    )


def give_back_repeat(case: Case, user: User, *, why: str) -> None:
    """End a repeat that its reader does not want to read; why is kept, the case stays where it is.

    Args:
        case: that came back to the reader.
        user: the reader.
        why: what the reader says of it.
    """
    rows = Assignment.objects.filter(case=case, reader=user, purpose=Purpose.REPEAT)
    rows.filter(done_at=None, ended_at=None).update(ended_at=timezone.now(), ended_reason=why)
