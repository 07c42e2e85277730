"""Keeps spans of active time; the same span counts once however often it arrives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from annotation.activity.models import Activity
from annotation.domain.workflow import Role, Stage
from annotation.studies.models import Case, User
from annotation.studies.selectors import cases_visible_to, roles_in

LONGEST_SECONDS: Final = 600.0
WORKERS: Final[Mapping[Stage, Role]] = {
    Stage.REFINING: Role.STUDENT,
    Stage.CHECKING: Role.READER,
    Stage.READING: Role.READER,
    Stage.CONSENSUS: Role.READER,
}
"""Who works at a stage: only their time there is time spent on the case."""


@dataclass(frozen=True)
class Span:
    """Active time as a browser counted it; fields as in `Activity`."""

    id: UUID
    case: UUID
    stage: str
    seconds: float
    started_at: datetime
    number: int = 0
    tool: str = ""
    n_inputs: int = 0


@transaction.atomic
def record_spans(user: User, spans: Iterable[Span]) -> dict[UUID, str]:
    """Keep spans of a person; a span that arrives again counts once, with its longest time.

    Args:
        user: whose browser counted.
        spans: in any order; the same one may be there twice.

    Returns:
        By the id of each span, why it was not kept; empty where it was.
    """
    given = list(spans)
    cases = {case.pk: case for case in cases_visible_to(user).filter(pk__in=_cases(given))}
    answers: dict[UUID, str] = {}
    for span in sorted(given, key=lambda one: one.started_at):
        answers[span.id] = _refusal(user, cases.get(span.case), span) or _keep(user, span)
    return answers


def _cases(spans: list[Span]) -> set[UUID]:
    return {span.case for span in spans}


def _refusal(user: User, case: Case | None, span: Span) -> str:
    if case is None:
        return "This case does not exist or is not yours to see."
    role = WORKERS.get(Stage(span.stage))
    if role is None or role not in roles_in(user, case.dataset):
        return f"You do not work at stage {span.stage}."
    return ""


def _keep(user: User, span: Span) -> str:
    row, is_new = Activity.objects.get_or_create(
        pk=span.id,
        defaults={
            "person": user,
            "case_id": span.case,
            "stage": span.stage,
            "number": span.number,
            "tool": span.tool,
            "seconds": span.seconds,
            "n_inputs": span.n_inputs,
            "started_at": span.started_at,
        },
    )
    if is_new:
        return ""
    if (row.person_id, row.case_id, row.stage) != (user.pk, span.case, span.stage):
        return "Another span has this id."
    Activity.objects.filter(pk=span.id, seconds__lt=span.seconds).update(
        seconds=span.seconds, n_inputs=span.n_inputs
    )
    return ""
