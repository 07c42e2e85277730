"""Problems that a reader accepts as they are: some spines are as no grammar says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.utils import timezone

from annotation.domain.grammar import SpineProblem
from annotation.domain.refusals import Conflict, ContentRefused, NotVisible
from annotation.domain.workflow import Role, Stage
from annotation.refinement import selectors
from annotation.refinement.models import Override
from annotation.studies.models import Case, CaseEvent, User
from annotation.studies.selectors import require_role, stage_shown_to
from annotation.work.services import tell

SAME_PLACE_MM: Final = 5.0
NEVER_ACCEPTED: Final = frozenset({"empty_mask", "unknown_number", "no_level", "duplicate_level"})
"""Without these a mask cannot be read or released; they are no question of anatomy."""
_OPEN: Final = (Stage.REFINING.value, Stage.CHECKING.value)
_UNBIASED: Final = (Stage.READING.value, Stage.CONSENSUS.value)


@dataclass(frozen=True)
class Standing:
    """A problem as it stands: what stops, unless a reader has accepted it."""

    problem: SpineProblem
    override: Override | None

    @property
    def is_stopping(self) -> bool:
        """Tell whether it stops a submission."""
        return self.problem.blocking and self.override is None

    @property
    def may_override(self) -> bool:
        """Tell whether a reader may accept it."""
        return self.problem.blocking and self.problem.code not in NEVER_ACCEPTED

    def describe(self) -> dict[str, Any]:
        """Return it as it is shown."""
        one = self.problem
        return {
            "code": one.code,
            "number": one.number,
            "level": one.level,
            "message": one.message,
            "at_mm": one.at_mm,
            "blocking": self.is_stopping,
            "may_override": self.may_override,
            "override": describe_override(self.override) if self.override else None,
        }


def standing_problems(case: Case) -> list[Standing]:
    """Return what the grammar finds, each with the override that stands for it; blocking first."""
    accepted = list(case.overrides.filter(lifted_at__isnull=True).select_related("by", "vertebra"))
    found = [Standing(one, _override_of(one, accepted)) for one in selectors.problems_of(case)]
    return sorted(found, key=lambda one: not one.is_stopping)


def shown_problems(case: Case, stage: str) -> list[dict[str, Any]]:
    """Return the problems as they are shown at a stage; none while readings are open."""
    if stage in _UNBIASED:
        return []
    return [one.describe() for one in standing_problems(case)]


def _override_of(problem: SpineProblem, accepted: Iterable[Override]) -> Override | None:
    return next((row for row in accepted if _is_about(row, problem)), None)


def _is_about(row: Override, problem: SpineProblem) -> bool:
    number = row.vertebra.number if row.vertebra else None
    same = (row.code, number, row.level) == (problem.code, problem.number, problem.level or "")
    return problem.blocking and same and _is_near(row.at_mm, problem.at_mm)


def _is_near(one: Sequence[float] | None, other: Sequence[float] | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return float(np.linalg.norm(np.subtract(one, other))) <= SAME_PLACE_MM


@transaction.atomic
def accept_problem(
    case: Case,
    *,
    by: User,
    code: str,
    number: int | None,
    at_mm: Sequence[float] | None,
    reason: str,
) -> Override:
    """Record that a reader accepts a problem as it is, and why.

    Args:
        case: being refined or checked.
        by: a reader of the dataset.
        code: of the problem.
        number: of the problem's vertebra.
        at_mm: where the problem was shown, LPS millimetres.
        reason: in the reader's words.

    Raises:
        NotPermitted: if the person is no reader.
        Conflict: if the mask is not open.
        NotVisible: if there is no such problem now.
        ContentRefused: if it cannot be accepted, or no reason is given.
    """
    require_role(by, case.dataset, Role.READER)
    stage = stage_shown_to(by, case)
    if stage not in _OPEN:
        raise Conflict(f"The case is at stage {stage}; its mask is not open.", code="stage")
    if len(reason.strip()) < 3:
        raise ContentRefused("Say why this is right as it is.", code="no_reason")
    problem = next(
        (
            one.problem
            for one in standing_problems(case)
            if one.is_stopping
            and (one.problem.code, one.problem.number) == (code, number)
            and _is_near(one.problem.at_mm, at_mm)
        ),
        None,
    )
    if problem is None:
        raise NotVisible("This problem is not there any more.", code="no_problem")
    if code in NEVER_ACCEPTED:
        raise ContentRefused("This cannot be accepted; it has to be put right.", code="not_open")
    row = Override.objects.create(
        case=case,
        code=code,
        vertebra=case.vertebrae.filter(number=number).first() if number else None,
        level=problem.level or "",
        at_mm=list(problem.at_mm) if problem.at_mm else None,
        message=problem.message,
        reason=reason.strip(),
        by=by,
    )
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)
    return row


def lift_override(case: Case, override_id: int, *, by: User) -> None:
    """Let a problem stop again; the row stays with the time.

    Raises:
        NotPermitted: if the person is no reader.
        NotVisible: if no such override stands.
    """
    require_role(by, case.dataset, Role.READER)
    standing = Override.objects.filter(pk=override_id, case=case, lifted_at__isnull=True)
    if case.stage not in _OPEN or not standing.update(lifted_at=timezone.now()):
        raise NotVisible("No such override stands.")
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)


def rest_on_overrides(case: Case, event: CaseEvent, standing: Iterable[Standing]) -> None:
    """Write down that a move rested on the overrides of these problems, for those not yet used."""
    used = [one.override.pk for one in standing if one.override is not None]
    Override.objects.filter(pk__in=used, case=case, event__isnull=True).update(event=event)


def describe_override(row: Override) -> dict[str, Any]:
    """Return an override as it is shown."""
    return {
        "id": row.pk,
        "code": row.code,
        "level": row.level,
        "message": row.message,
        "reason": row.reason,
        "by": row.by.display_name,
        "at": row.at,
    }


def overrides_at(event: CaseEvent, stage: str) -> list[dict[str, Any]]:
    """Return the overrides that a move rested on first; none while readings are open."""
    if stage in _UNBIASED:
        return []
    return [describe_override(row) for row in event.overrides.select_related("by")]


def overrides_for_release(case: Case) -> list[dict[str, Any]]:
    """Return what was accepted in the mask of a final case, without who did it."""
    rows = case.overrides.filter(lifted_at__isnull=True, event__isnull=False)
    return [
        {"code": row.code, "level": row.level, "problem": row.message, "reason": row.reason}
        for row in rows
    ]
