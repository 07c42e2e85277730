"""What waits for a person in a data set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus.waiting import Waiting
from annotation.domain.vertebrae import place_of
from annotation.domain.workflow import Move, Role, Stage
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import newest_attempt
from annotation.reading.models import Assignment
from annotation.reading.selectors import is_proposal_hidden_from, open_assignment, stage_for
from annotation.refinement.lease_api import LeaseSerializer
from annotation.refinement.leases import describe_lease
from annotation.refinement.models import Lease
from annotation.refinement.selectors import last_submission, lease_of, standing_return
from annotation.studies.models import Case, CaseEvent, Dataset, User
from annotation.studies.selectors import (
    assignments_of,
    cases_visible_to,
    get_dataset,
    person_of,
    roles_in,
    vertebrae_of,
)
from annotation.work.models import Job
from annotation.work.services import describe_job
from webapp.pages.standing import WORK_KINDS, open_moves, waits_for, work_of

SCOPES = ("mine", "ready", "all")
_MACHINE_STAGES = (Stage.RECEIVED.value, Stage.QUEUED.value)


class JobStateSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Job.Kind.values)
    state = serializers.ChoiceField(choices=Job.State.values)
    percent = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)


class WorkRowSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    stage = serializers.ChoiceField(choices=list(Stage))
    levels = serializers.CharField(allow_blank=True)
    n_levels = serializers.IntegerField()
    thumbnail_url = serializers.CharField(allow_null=True)
    held_by = LeaseSerializer(allow_null=True)
    waiting_since = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)
    returned = serializers.BooleanField()
    look_at = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField(allow_null=True)
    work = serializers.ChoiceField(choices=WORK_KINDS, allow_null=True)
    job = JobStateSerializer(allow_null=True)
    moves = serializers.ListField(child=serializers.ChoiceField(choices=list(Move)))


class NextSerializer(serializers.Serializer[Any]):
    next = WorkRowSerializer(allow_null=True)


class StageCountSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=list(Stage))
    n = serializers.IntegerField()
    longest_wait_days = serializers.FloatField()


class WorklistSerializer(serializers.Serializer[Any]):
    next = WorkRowSerializer(allow_null=True)
    rows = WorkRowSerializer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    stages = StageCountSerializer(many=True)


@dataclass(frozen=True)
class Standing:
    """A case with what decides its place in a person's list."""

    case: Case
    work: str | None
    lease: Lease | None
    returned: CaseEvent | None
    is_mine: bool
    sureness: float
    stage: str
    given: Assignment | None
    sitting: Waiting

    @property
    def is_free(self) -> bool:
        """Tell whether the person could begin with it now."""
        if self.stage == Stage.CONSENSUS.value and not self.sitting.is_to_do:
            return False
        return self.work is not None and (self.lease is None or self.is_mine)

    def is_within(self, scope: str) -> bool:
        """Tell whether a list of mine, ready or all cases shows it."""
        return scope == "all" or (self.is_mine if scope == "mine" else self.is_free)

    @property
    def rank(self) -> int:
        """Returned to me first, then mine, ready, the rest."""
        if self.is_mine:
            return 0 if self.returned else 1
        return 2 if self.is_free else 3

    @property
    def place(self) -> tuple[int, float, float, datetime, int]:
        """By rank, then in the order given out; of what is ready the worst, then the longest."""
        worst = self.sureness if self.rank == 2 else 0.0
        given = self.given.position if self.given else 0
        return (self.rank, given, worst, self.waiting_since, self.case.number)

    @property
    def waiting_since(self) -> datetime:
        """Since when it waits for this person."""
        return self.given.created_at if self.given else self.case.stage_since


def list_work(user: User, dataset: Dataset, scope: str) -> dict[str, Any]:
    """Return the worklist of a person in a data set.

    Args:
        user: a member.
        dataset: the data set.
        scope: mine, ready or all.
    """
    cases = _cases(user, dataset)
    standings = _in_order(user, cases)
    first = next((one for one in standings if one.is_free), None)
    return {
        "next": _describe(user, first) if first else None,
        "rows": [_describe(user, one) for one in standings if one.is_within(scope)],
        "counts": {
            "returned": sum(one.rank == 0 for one in standings),
            "mine": sum(one.rank == 1 for one in standings),
            "ready": sum(one.rank == 2 for one in standings),
            "all": len(standings),
        },
        "stages": _count_stages(standings),
    }


def find_next(user: User, dataset: Dataset, besides: str) -> dict[str, Any] | None:
    """Return the row of the case a person takes next, None where nothing is free.

    Args:
        user: a member.
        dataset: the data set.
        besides: key of a case that is not meant: the one that is open; empty for none.
    """
    cases = [case for case in _cases(user, dataset) if str(case.pk) != besides]
    first = next((one for one in _in_order(user, cases) if one.is_free), None)
    return _describe(user, first) if first else None


def _in_order(user: User, cases: list[Case]) -> list[Standing]:
    sureness = _sureness_of(user, cases)
    standings = (_stand(user, case, sureness.get(case.pk, 1.0)) for case in cases)
    return sorted(standings, key=lambda one: one.place)


def _sureness_of(user: User, cases: list[Case]) -> dict[UUID, float]:
    """Return how sure the model is of its least sure vertebra, for masks that are refined.

    Whoever reads too is told nothing: the order would say what the model says of a case.
    """
    open_masks = [case for case in cases if _may_know(user, case)]
    delivered = PreAnnotation.objects.filter(case__in=open_masks, status=PreAnnotation.Status.DONE)
    rows = delivered.annotate(least=Min("vertebrae__confidence")).order_by("delivered_at")
    return {row.case_id: row.least for row in rows if row.least is not None}


def _may_know(user: User, case: Case) -> bool:
    return case.stage == Stage.REFINING.value and not is_proposal_hidden_from(user, case)


def _cases(user: User, dataset: Dataset) -> list[Case]:
    rows = cases_visible_to(user).filter(dataset=dataset).order_by("number")
    if Role.MANAGER not in roles_in(user, dataset):
        rows = rows.exclude(stage=Stage.EXCLUDED.value)
    return list(rows)


def _stand(user: User, case: Case, sureness: float) -> Standing:
    work = work_of(user, case)
    lease = lease_of(case) if work in ("refine", "check") else None
    returned = standing_return(case) if work == "refine" else None
    given = open_assignment(user, case) if work == "read" else None
    is_mine = given is not None or (work is not None and _is_mine(user, case, lease, returned))
    stage = stage_for(user, case)
    sitting = waits_for(user, case)
    return Standing(case, work, lease, returned, is_mine, sureness, stage, given, sitting)


def _is_mine(user: User, case: Case, lease: Lease | None, returned: CaseEvent | None) -> bool:
    if lease is not None:
        return lease.holder_id == user.pk
    if returned is not None:
        submission = last_submission(case)
        return submission is not None and submission.by_id == user.pk
    return False


def _describe(user: User, one: Standing) -> dict[str, Any]:
    case = one.case
    numbers = {row.number for row in vertebrae_of(case)}
    assignments = {n: row for n, row in assignments_of(case).items() if n in numbers}
    levels = sorted((row.level for row in assignments.values()), key=place_of)
    has_picture = bool(case.volume.thumbnail_blob)
    base = f"/v/{case.volume_id}/{case.volume.hash}"
    return {
        "case": case.pk,
        "code": case.code,
        "title": case.title,
        "stage": one.stage,
        "levels": _span(levels, case.dataset.level_scheme),
        "n_levels": len(set(levels)),
        "thumbnail_url": f"{base}/thumbnail.png" if has_picture else None,
        "held_by": describe_lease(one.lease, user) if one.lease else None,
        "waiting_since": one.waiting_since,
        "note": one.returned.note if one.returned else "",
        "returned": one.returned is not None,
        "look_at": _look_at(one, {row.counted_from for row in assignments.values()}),
        "due_at": one.given.due_at if one.given else None,
        "work": one.work,
        "job": _job(case),
        "moves": open_moves(user, case),
    }


def _span(levels: list[str], scheme: str) -> str:
    shown = [f"Th{name[1:]}" if scheme == "Th" and name[0] == "T" else name for name in levels]
    if not shown:
        return ""
    return shown[0] if shown[0] == shown[-1] else f"{shown[0]}\N{EN DASH}{shown[-1]}"


def _look_at(one: Standing, counted_from: set[str]) -> str:
    if one.returned is not None:
        return f"Returned: {one.returned.reason.replace('_', ' ')}"
    if one.sitting.text:
        return one.sitting.text
    is_open = one.stage not in (Stage.FINAL.value, Stage.EXCLUDED.value)
    return "Level names are assumed" if is_open and "assumed" in counted_from else ""


def _job(case: Case) -> dict[str, Any] | None:
    if case.stage not in _MACHINE_STAGES:
        return None
    attempt = newest_attempt(case)
    return describe_job(attempt.job) if attempt is not None and attempt.job else None


def _count_stages(standings: list[Standing]) -> list[dict[str, Any]]:
    now: datetime = timezone.now()
    waits: dict[str, list[float]] = {}
    for one in standings:
        waits.setdefault(one.stage, []).append((now - one.waiting_since).total_seconds())
    return [
        {
            "stage": stage.value,
            "n": len(waits[stage.value]),
            "longest_wait_days": round(max(waits[stage.value]) / 86_400, 2),
        }
        for stage in Stage
        if stage.value in waits
    ]


class NextView(APIView):
    """What I take next, in the order of the worklist."""

    @extend_schema(
        parameters=[OpenApiParameter("besides", str, description="A case that is not meant.")],
        responses=NextSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        besides = request.query_params.get("besides", "")
        return Response({"next": find_next(user, get_dataset(user, slug), besides)})


class WorklistView(APIView):
    """What waits for me, and where all cases are."""

    @extend_schema(
        parameters=[OpenApiParameter("scope", str, enum=SCOPES, default="all")],
        responses=WorklistSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        scope = request.query_params.get("scope", "all")
        dataset = get_dataset(user, slug)
        return Response(list_work(user, dataset, scope if scope in SCOPES else "all"))
