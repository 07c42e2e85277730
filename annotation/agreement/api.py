"""The agreement of readers over HTTP: a report as JSON and as a table."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.agreement import selectors, services
from annotation.agreement.models import AgreementReport
from annotation.domain.refusals import NotVisible
from annotation.studies.models import Dataset
from annotation.studies.selectors import get_dataset, person_of

ARM = OpenApiParameter("arm", str, enum=services.ARMS, default="all")
FROZEN = OpenApiParameter("report", int, description="A frozen report; without it, as it is now.")


class AgreementRowSerializer(serializers.Serializer[Any]):
    group = serializers.CharField()
    of = serializers.CharField()
    readers = serializers.ListField(child=serializers.CharField())
    statistic = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n_units = serializers.IntegerField()
    n_clusters = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    n_undefined = serializers.IntegerField()


class HeightPlotSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    bias = serializers.FloatField()
    sd = serializers.FloatField()
    limits = serializers.ListField(child=serializers.FloatField())
    slope = serializers.FloatField(allow_null=True)
    points = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    every = serializers.IntegerField()


class HeightPlotsSerializer(serializers.Serializer[Any]):
    anterior = HeightPlotSerializer(allow_null=True)
    middle = HeightPlotSerializer(allow_null=True)
    posterior = HeightPlotSerializer(allow_null=True)


class ReaderPairSerializer(serializers.Serializer[Any]):
    readers = serializers.ListField(child=serializers.CharField())
    confusion = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    n_near_limit = serializers.IntegerField(allow_null=True)
    heights = HeightPlotsSerializer()


class LevelAgreementSerializer(serializers.Serializer[Any]):
    level = serializers.CharField()
    n = serializers.IntegerField()
    n_different = serializers.IntegerField()


class ShareSerializer(serializers.Serializer[Any]):
    hits = serializers.IntegerField()
    of = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class AccuracySerializer(serializers.Serializer[Any]):
    sensitivity = ShareSerializer()
    specificity = ShareSerializer()
    positive_predictive = ShareSerializer()
    negative_predictive = ShareSerializer()
    accuracy = ShareSerializer()
    f1 = serializers.FloatField(allow_null=True)


class ReaderAccuracySerializer(serializers.Serializer[Any]):
    reader = serializers.CharField()
    incorporated = serializers.BooleanField()
    n = serializers.IntegerField()
    fracture = AccuracySerializer()
    moderate = AccuracySerializer()


class FrozenReportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()


class AgreementSerializer(serializers.Serializer[Any]):
    report = FrozenReportSerializer()
    frozen = FrozenReportSerializer(many=True)
    mine = serializers.CharField(allow_null=True)
    n_cases = serializers.IntegerField()
    conventions = serializers.ListField(child=serializers.CharField())
    draws = serializers.IntegerField()
    arm = serializers.ChoiceField(choices=services.ARMS)
    readers = serializers.ListField(child=serializers.CharField())
    n_patients = serializers.IntegerField()
    n_vertebrae = serializers.IntegerField()
    n_by_two = serializers.IntegerField()
    rows = AgreementRowSerializer(many=True)
    pairs = ReaderPairSerializer(many=True)
    levels = LevelAgreementSerializer(many=True)
    against_consensus = ReaderAccuracySerializer(many=True)
    against_others = ReaderAccuracySerializer(many=True)


def _describe(report: AgreementReport) -> dict[str, Any]:
    return {"id": report.pk, "name": report.label, "made_at": report.made_at}


def _report(request: Request, dataset: Dataset) -> AgreementReport:
    asked = request.query_params.get("report", "")
    if not asked:
        return services.report_of(dataset)
    rows = dataset.agreement_reports.exclude(label="")
    found = rows.filter(pk=int(asked)).first() if asked.isdecimal() else None
    if found is None:
        raise NotVisible("This report does not exist or is not yours to see.")
    return found


def _arm(request: Request) -> str:
    asked = request.query_params.get("arm", "all")
    return asked if asked in services.ARMS else "all"


def _onlooked(request: Request, slug: str) -> Dataset:
    user = person_of(request)
    dataset = get_dataset(user, slug)
    selectors.require_onlooker(user, dataset)
    return dataset


class AgreementView(APIView):
    """How far readers agree on the cases whose readings are all in; readers are letters."""

    @extend_schema(parameters=[ARM, FROZEN], responses=AgreementSerializer)
    def get(self, request: Request, slug: str) -> Response:
        dataset = _onlooked(request, slug)
        report, arm = _report(request, dataset), _arm(request)
        content = {key: value for key, value in report.content.items() if key != "arms"}
        shown = {
            "report": _describe(report),
            "frozen": [_describe(row) for row in selectors.frozen_reports(dataset)],
            "mine": selectors.letter_of(person_of(request), dataset),
            "arm": arm,
            **content,
            **report.content["arms"][arm],
        }
        return Response(AgreementSerializer(shown).data)


COLUMNS = tuple(AgreementRowSerializer().fields)


class AgreementCsvView(APIView):
    """Every statistic of a report as CSV, all arms below each other."""

    @extend_schema(parameters=[FROZEN], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        report = _report(request, _onlooked(request, slug))
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["arm", *COLUMNS])
        for arm, content in report.content["arms"].items():
            for row in content["rows"]:
                cells = [
                    "-".join(row[name]) if name == "readers" else row[name] for name in COLUMNS
                ]
                writer.writerow([arm, *cells])
        answer = HttpResponse(table.getvalue(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{slug}-agreement.csv"'
        return answer
