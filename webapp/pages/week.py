"""What a person did in the last seven days, for that person alone."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.activity.selectors import own_seconds_by_case
from annotation.domain.workflow import Move, Stage
from annotation.reading.selectors import own_submitted_since
from annotation.studies.models import CaseEvent, Dataset, User
from annotation.studies.selectors import get_dataset, person_of

DAYS: Final = 7
_HANDED_IN: Final = (Move.SUBMIT_MASK.value, Move.APPROVE_MASK.value, Move.RETURN_MASK.value)
_CHECKED: Final = (Move.APPROVE_MASK.value, Move.RETURN_MASK.value)


class FirstCheckSerializer(serializers.Serializer[Any]):
    approved = serializers.IntegerField()
    of = serializers.IntegerField()


class WeekSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    handed_in = serializers.IntegerField()
    active_seconds = serializers.FloatField()
    median_seconds = serializers.FloatField(allow_null=True)
    first_check = FirstCheckSerializer(allow_null=True)
    most_frequent_return = serializers.CharField(allow_null=True)


def describe_week(user: User, dataset: Dataset) -> dict[str, Any]:
    """Return the last seven days of a person in a data set.

    The median is over cases handed in, of the active seconds at the stage they were handed in from.
    """
    since = timezone.now() - timedelta(days=DAYS)
    moves = CaseEvent.objects.filter(case__dataset=dataset, by=user, at__gte=since)
    handed_in = moves.filter(move__in=_HANDED_IN)
    readings = list(own_submitted_since(user, dataset, since).values_list("case", flat=True))
    seconds = {
        stage.value: own_seconds_by_case(user, dataset, stage.value)
        for stage in (Stage.REFINING, Stage.CHECKING, Stage.READING)
    }
    done = {(stage, case) for stage, case in handed_in.values_list("from_stage", "case")}
    done |= {(Stage.READING.value, case) for case in readings}
    timed = [seconds[stage][case] for stage, case in done if case in seconds[stage]]
    checks = _first_checks(dataset, handed_in.filter(move=Move.SUBMIT_MASK.value))
    returns = Counter(check.reason for check in checks if check.reason)
    return {
        "days": DAYS,
        "handed_in": handed_in.count() + len(readings),
        "active_seconds": _active_since(user, dataset, since),
        "median_seconds": median(timed) if timed else None,
        "first_check": {
            "approved": sum(check.move == Move.APPROVE_MASK.value for check in checks),
            "of": len(checks),
        }
        if checks
        else None,
        "most_frequent_return": returns.most_common(1)[0][0] if returns else None,
    }


def _active_since(user: User, dataset: Dataset, since: datetime) -> float:
    stages = (own_seconds_by_case(user, dataset, one.value, since=since) for one in Stage)
    return sum(sum(by_case.values()) for by_case in stages)


def _first_checks(dataset: Dataset, submissions: QuerySet[CaseEvent]) -> list[CaseEvent]:
    """Return the check that followed the first submission of each case, where one did."""
    first: dict[Any, CaseEvent] = {}
    for event in submissions.order_by("id"):
        first.setdefault(event.case_id, event)
    oldest = min((event.pk for event in first.values()), default=0)
    checks = CaseEvent.objects.filter(case__dataset=dataset, pk__gt=oldest)
    found: dict[Any, CaseEvent] = {}
    for event in checks.filter(move__in=_CHECKED).order_by("id"):
        if event.case_id in first and event.pk > first[event.case_id].pk:
            found.setdefault(event.case_id, event)
    return [found[case] for case in first if case in found]


class WeekView(APIView):
    """My last seven days; nobody else's is answered to anyone."""

    @extend_schema(responses=WeekSerializer)
    def get(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        return Response(describe_week(user, get_dataset(user, slug)))
