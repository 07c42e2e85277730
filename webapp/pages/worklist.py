"""What waits for a person in a data set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus.waiting import Waiting
from annotation.domain.workflow import Move, Stage
from annotation.reading.models import Assignment
from annotation.refinement.lease_api import LeaseSerializer
from annotation.refinement.leases import describe_lease
from annotation.refinement.models import Lease
from annotation.studies.models import Case, CaseEvent, Dataset, User
from annotation.studies.selectors import get_dataset, person_of
from annotation.work.models import Job
from webapp.pages.at_once import Levels, Sight, cases_in_sight, levels_at_once
from webapp.pages.standing import WORK_KINDS

SCOPES = ("mine", "ready", "all")


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
    sight = Sight(user, dataset)
    standings = _in_order(sight, cases_in_sight(sight))
    first = next((one for one in standings if one.is_free), None)
    named = levels_at_once(dataset, None)
    return {
        "next": _describe(sight, first, named) if first else None,
        "rows": [_describe(sight, one, named) for one in standings if one.is_within(scope)],
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
    sight = Sight(user, dataset)
    cases = [case for case in cases_in_sight(sight) if str(case.pk) != besides]
    first = next((one for one in _in_order(sight, cases) if one.is_free), None)
    return _describe(sight, first, levels_at_once(dataset, [first.case])) if first else None


def _in_order(sight: Sight, cases: list[Case]) -> list[Standing]:
    standings = (_stand(sight, case) for case in cases)
    return sorted(standings, key=lambda one: one.place)


def _stand(sight: Sight, case: Case) -> Standing:
    work = sight.work_of(case)
    lease = sight.leases.get(case.pk) if work in ("refine", "check") else None
    returned = sight.returned(case) if work == "refine" else None
    given = sight.readings.open_assignment(case) if work == "read" else None
    is_mine = given is not None or (work is not None and _is_mine(sight, case, lease, returned))
    return Standing(
        case=case,
        work=work,
        lease=lease,
        returned=returned,
        is_mine=is_mine,
        sureness=sight.sureness.get(case.pk, 1.0) if sight.may_know(case) else 1.0,
        stage=sight.readings.stage_for(case),
        given=given,
        sitting=sight.waits_for(case),
    )


def _is_mine(sight: Sight, case: Case, lease: Lease | None, returned: CaseEvent | None) -> bool:
    if lease is not None:
        return lease.holder_id == sight.user.pk
    return returned is not None and sight.submitters.get(case.pk) == sight.user.pk


def _describe(sight: Sight, one: Standing, named: Mapping[UUID, Levels]) -> dict[str, Any]:
    case = one.case
    levels, counted_from = named.get(case.pk, ([], set()))
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
        "held_by": describe_lease(one.lease, sight.user) if one.lease else None,
        "waiting_since": one.waiting_since,
        "note": one.returned.note if one.returned else "",
        "returned": one.returned is not None,
        "look_at": _look_at(one, counted_from),
        "due_at": one.given.due_at if one.given else None,
        "work": one.work,
        "job": sight.job_of(case),
        "moves": sight.open_moves(case),
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
