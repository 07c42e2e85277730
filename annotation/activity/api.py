"""Active time over HTTP: spans come in; own time and the manager's export go out."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.activity import selectors
from annotation.activity.services import LONGEST_SECONDS, Span, record_spans
from annotation.domain.workflow import Role, Stage
from annotation.studies.models import Dataset
from annotation.studies.selectors import (
    get_case,
    get_dataset,
    person_of,
    require_role,
    stage_shown_to,
)

MOST_SPANS = 200


class SpanSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    case = serializers.UUIDField()
    stage = serializers.ChoiceField(choices=list(Stage))
    number = serializers.IntegerField(min_value=0, max_value=255, default=0)
    tool = serializers.RegexField(r"^\w{0,24}$", allow_blank=True, default="")
    seconds = serializers.FloatField(min_value=0.0, max_value=LONGEST_SECONDS)
    n_inputs = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)
    started_at = serializers.DateTimeField()


class SpansSerializer(serializers.Serializer[Any]):
    spans = SpanSerializer(many=True)


class RawSpansSerializer(serializers.Serializer[Any]):
    """Spans before each is looked at on its own: one bad span keeps no other back."""

    spans = serializers.ListField(child=serializers.DictField(), max_length=MOST_SPANS)


class RefusedSpanSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()


class SpansAnswerSerializer(serializers.Serializer[Any]):
    kept = serializers.ListField(child=serializers.CharField())
    refused = RefusedSpanSerializer(many=True)


class OwnTimeSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=list(Stage))
    seconds = serializers.FloatField()
    median_seconds = serializers.FloatField(allow_null=True)
    n_cases = serializers.IntegerField()
    idle_seconds = serializers.FloatField()


class ActivityRowSerializer(serializers.Serializer[Any]):
    case = serializers.CharField()
    stage = serializers.ChoiceField(choices=list(Stage))
    person = serializers.CharField()
    number = serializers.IntegerField()
    level = serializers.CharField(allow_blank=True)
    tool = serializers.CharField(allow_blank=True)
    active_seconds = serializers.FloatField()
    inputs = serializers.IntegerField()


class ActivityView(APIView):
    """Where the browser's spans arrive."""

    @extend_schema(request=SpansSerializer, responses=SpansAnswerSerializer)
    def post(self, request: Request) -> Response:
        user = person_of(request)
        given = RawSpansSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        spans, refused = [], []
        for raw in given.validated_data["spans"]:
            one = SpanSerializer(data=raw)
            if one.is_valid():
                spans.append(Span(**one.validated_data))
            else:
                refused.append({"id": str(raw.get("id", "")), "detail": _sentence(one.errors)})
        answers = record_spans(user, spans)
        refused += [{"id": str(key), "detail": why} for key, why in answers.items() if why]
        kept = [str(key) for key, why in answers.items() if not why]
        return Response({"kept": kept, "refused": refused})


def _sentence(errors: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in errors.items())


class OwnTimeView(APIView):
    """How long I have been active on a case at a stage, and my median."""

    @extend_schema(
        parameters=[OpenApiParameter("stage", str, description="Without it, where the case is.")],
        responses=OwnTimeSerializer,
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        asked = request.query_params.get("stage")
        stage = asked if asked in {one.value for one in Stage} else stage_shown_to(user, case)
        middle, n_cases = selectors.own_median(user, case, stage)
        return Response(
            {
                "stage": stage,
                "seconds": selectors.own_seconds(user, case, stage),
                "median_seconds": middle,
                "n_cases": n_cases,
                "idle_seconds": settings.ACTIVE_IDLE_SECONDS,
            }
        )


def _managed(request: Request, slug: str) -> Dataset:
    user = person_of(request)
    dataset = get_dataset(user, slug)
    require_role(user, dataset, Role.MANAGER)
    return dataset


class ActivityTableView(APIView):
    """The export as JSON; people are pseudonyms, readings that are still blind are left out."""

    @extend_schema(responses=ActivityRowSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response([asdict(row) for row in selectors.exported_rows(_managed(request, slug))])


class ActivityCsvView(APIView):
    """The export as CSV; people are pseudonyms, readings that are still blind are left out."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        rows = selectors.exported_rows(_managed(request, slug))
        answer = HttpResponse(selectors.as_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{slug}-activity.csv"'
        return answer
