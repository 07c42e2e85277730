"""Level changes of acts: compared with what counts now, then written as assignments."""

import uuid
from collections.abc import Sequence

from django.db.models import Max

from annotation.bridge.strokes import LevelChange
from annotation.domain.proposal import CountedFrom
from annotation.domain.refusals import ContentRefused
from annotation.studies.models import Case, LevelAssignment, Origin, User, Vertebra
from annotation.studies.selectors import assignments_of, vertebrae_of


class LevelMismatch(ValueError):
    """The case does not have the levels that an act says it replaces."""


def numbers_after(case: Case, changes: Sequence[LevelChange]) -> set[int]:
    """Return the vertebra numbers that may be painted once these changes are written.

    Raises:
        LevelMismatch: if a change does not start from what counts now, or a new vertebra does not
            have the next number.
        ContentRefused: if a change is for a vertebra that only an old proposal held.
    """
    numbers = set(vertebrae_of(case).values_list("number", flat=True))
    if not changes:
        return numbers
    levels = {number: row.level for number, row in assignments_of(case).items()}
    highest = highest_number(case)
    for change in changes:
        if change.number in numbers:
            _refuse_other_level(change, levels.get(change.number))
        elif change.number <= highest:
            raise ContentRefused(
                f"The number {change.number} is no vertebra of the case any more.",
                code="unknown_vertebra",
            )
        elif change.number != highest + 1 or change.old is not None:
            raise LevelMismatch(f"the next new vertebra has the number {highest + 1}")
        numbers.add(change.number)
        highest = max(highest, change.number)
    return numbers


def _refuse_other_level(change: LevelChange, now: str | None) -> None:
    if change.old != now:
        raise LevelMismatch(
            f"vertebra {change.number} is {now or 'without a level'}, not"
            f" {change.old or 'without a level'}"
        )


def highest_number(case: Case) -> int:
    """Return the highest vertebra number ever given in a case, 0 without any."""
    return case.vertebrae.aggregate(highest=Max("number"))["highest"] or 0


def write_levels(case: Case, changes: Sequence[LevelChange], *, by: User) -> None:
    """Write the level changes of one act as one event; new numbers become vertebrae.

    What levels were counted from stays as it was said before.

    Args:
        case: whose levels `numbers_after` has compared.
        changes: by ascending number.
        by: who made the act.
    """
    known = {row.number: row for row in case.vertebrae.all()}
    counted = {number: row.counted_from for number, row in assignments_of(case).items()}
    event = uuid.uuid4()
    for change in changes:
        vertebra = known.get(change.number) or Vertebra.objects.create(
            case=case, number=change.number, origin=Origin.PERSON, by=by
        )
        LevelAssignment.objects.create(
            vertebra=vertebra,
            level=change.new or "",
            counted_from=counted.get(change.number, CountedFrom.ASSUMED.value),
            origin=Origin.PERSON,
            by=by,
            event=event,
        )
