"""What the cases of a data set are for one person, in a number of queries that never grows.

The answers are those of `webapp.pages.standing` and of the rooms for one case; each query is made
when it is first needed.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from annotation.consensus.waiting import Waiting, sittings_waiting
from annotation.domain.vertebrae import place_of
from annotation.domain.workflow import Move, Role, Stage, moves_from
from annotation.preannotation.models import PreAnnotation
from annotation.reading.at_once import ReadingsAtOnce
from annotation.refinement.models import Lease
from annotation.refinement.selectors import is_return
from annotation.studies.models import Case, CaseEvent, Dataset, LevelAssignment, User
from annotation.studies.qualifying import waiting_in
from annotation.studies.selectors import cases_visible_to, roles_in
from annotation.work.services import describe_job
from webapp.pages.standing import NOTHING, WORK

_MACHINE_STAGES = (Stage.RECEIVED.value, Stage.QUEUED.value)

Levels = tuple[list[str], set[str]]
"""Names of levels from cranial to caudal, and from what they were counted."""


class Sight:
    """One person before all cases of one data set, as they stand now."""

    def __init__(self, user: User, dataset: Dataset) -> None:
        self.user, self.dataset = user, dataset
        self.roles = roles_in(user, dataset)
        self.untested = {role for role in self.roles if user.pk in waiting_in(dataset, role)}
        self.readings = ReadingsAtOnce(user, dataset, self.roles)

    def work_of(self, case: Case) -> str | None:
        """Return what the person can do on a case now, None for nothing."""
        role, work = WORK.get(Stage(self.readings.stage_for(case)), (Role.SYSTEM, ""))
        if role not in self.roles or role in self.untested:
            return None
        if work == "settle":
            return work if self.waits_for(case).is_open else None
        return None if work == "read" and not self.readings.has_reading_to_do(case) else work

    def waits_for(self, case: Case) -> Waiting:
        """Return what a case at consensus is for the person; of other cases, nothing."""
        if self.readings.stage_for(case) != Stage.CONSENSUS.value:
            return NOTHING
        return self._sittings.get(case.pk, NOTHING)

    def open_moves(self, case: Case) -> list[str]:
        """Return the moves the person has; a failed pre-annotation may be asked for again."""
        stage = Stage(self.readings.stage_for(case))
        moves = [move.value for move in moves_from(stage, self.roles)]
        return [Move.QUEUE.value, *moves] if self._may_retry(case) else moves

    def may_know(self, case: Case) -> bool:
        """Tell whether the person may know how sure the model is of a case.

        Whoever reads too is told nothing: the order would say what the model says of a case.
        """
        is_refined = case.stage == Stage.REFINING.value
        return is_refined and not self.readings.is_proposal_hidden(case)

    def returned(self, case: Case) -> CaseEvent | None:
        """Return the event by which a case came back to refining, None if it did not."""
        last = self._arrivals.get(case.pk) if case.stage == Stage.REFINING.value else None
        return last if last is not None and is_return(last) else None

    def job_of(self, case: Case) -> dict[str, Any] | None:
        """Return the job of a case that a machine has in hand."""
        attempt = self._attempts.get(case.pk) if case.stage in _MACHINE_STAGES else None
        return describe_job(attempt.job) if attempt is not None and attempt.job else None

    def _may_retry(self, case: Case) -> bool:
        if case.stage != Stage.QUEUED.value or Role.MANAGER not in self.roles:
            return False
        attempt = self._attempts.get(case.pk)
        return attempt is None or attempt.status == PreAnnotation.Status.FAILED

    @cached_property
    def _sittings(self) -> dict[UUID, Waiting]:
        at_consensus = self.dataset.cases.filter(stage=Stage.CONSENSUS.value)
        return sittings_waiting(self.user, at_consensus)

    @cached_property
    def leases(self) -> dict[UUID, Lease]:
        """Return the leases that hold now."""
        rows = Lease.objects.filter(case__dataset=self.dataset, until__gt=timezone.now())
        return {row.case_id: row for row in rows.select_related("holder", "asked_by")}

    @cached_property
    def submitters(self) -> dict[UUID, int | None]:
        """Return who handed in the mask of each case at refining last."""
        rows = self._events.filter(move=Move.SUBMIT_MASK.value)
        return dict(rows.order_by("id").values_list("case", "by"))

    @cached_property
    def sureness(self) -> dict[UUID, float]:
        """Return how sure the model is of its least sure vertebra, for masks that are refined."""
        delivered = PreAnnotation.objects.filter(
            case__dataset=self.dataset,
            case__stage=Stage.REFINING.value,
            status=PreAnnotation.Status.DONE,
        )
        rows = delivered.annotate(least=Min("vertebrae__confidence")).order_by("delivered_at")
        return {
            case: least for case, least in rows.values_list("case", "least") if least is not None
        }

    @cached_property
    def _arrivals(self) -> dict[UUID, CaseEvent]:
        rows = self._events.filter(to_stage=Stage.REFINING.value).select_related("by")
        return {row.case_id: row for row in rows.order_by("id")}

    @property
    def _events(self) -> Any:
        here = {"case__dataset": self.dataset, "case__stage": Stage.REFINING.value}
        return CaseEvent.objects.filter(**here)

    @cached_property
    def _attempts(self) -> dict[UUID, PreAnnotation]:
        rows = PreAnnotation.objects.filter(
            case__dataset=self.dataset, case__stage__in=_MACHINE_STAGES
        )
        return {row.case_id: row for row in rows.select_related("job").order_by("created_at")}


def cases_in_sight(sight: Sight) -> list[Case]:
    """Return the cases a person sees in a data set, by number."""
    rows = cases_visible_to(sight.user).filter(dataset=sight.dataset)
    if Role.MANAGER not in sight.roles:
        rows = rows.exclude(stage=Stage.EXCLUDED.value)
    return list(rows.defer("volume__meta", "volume__record").order_by("number"))


def levels_at_once(dataset: Dataset, cases: Iterable[Case] | None) -> dict[UUID, Levels]:
    """Return the levels of cases whose vertebrae have names; of all cases where none are given."""
    rows = LevelAssignment.objects.filter(
        vertebra__case__dataset=dataset, vertebra__is_retired=False
    )
    if cases is not None:
        rows = rows.filter(vertebra__case__in=list(cases))
    newest = {
        vertebra: (case, level, counted_from)
        for case, vertebra, level, counted_from in rows.order_by("id").values_list(
            "vertebra__case", "vertebra", "level", "counted_from"
        )
    }
    found: dict[UUID, Levels] = {}
    for case, level, counted_from in newest.values():
        if level:
            levels, counted = found.setdefault(case, ([], set()))
            levels.append(level)
            counted.add(counted_from)
    for levels, _ in found.values():
        levels.sort(key=place_of)
    return found
