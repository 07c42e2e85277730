"""The agreement of readers over HTTP, as the page shows it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.agreement import computing, selectors, services
from annotation.agreement.models import AgreementReport
from annotation.domain.refusals import Conflict, NotVisible
from annotation.studies.models import Dataset
from annotation.studies.selectors import get_dataset, person_of
from annotation.work.models import Job
from annotation.work.services import describe_job

ARM = OpenApiParameter(
    "arm",
    str,
    default=services.ALL,
    description="all, hidden, shown, after_commit, arm:NAME or protocol:VERSION; see `arms`.",
)
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
    g = HeightPlotSerializer(allow_null=True)


class DifferingSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    n_different = serializers.IntegerField()


class MapRowSerializer(serializers.Serializer[Any]):
    level = serializers.CharField()
    grade = DifferingSerializer()
    moderate = DifferingSerializer()
    shape = DifferingSerializer()
    g = DifferingSerializer()


class PointDistancesSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    median = serializers.FloatField()
    p95 = serializers.FloatField()
    p99 = serializers.FloatField()
    largest = serializers.FloatField()
    lateral_p95 = serializers.FloatField()


class ReaderPairSerializer(serializers.Serializer[Any]):
    readers = serializers.ListField(child=serializers.CharField())
    confusion = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    n_near_limit = serializers.IntegerField(allow_null=True)
    heights = HeightPlotsSerializer()
    points = PointDistancesSerializer(allow_null=True)
    map = MapRowSerializer(many=True)


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


class LimitsAccuracySerializer(serializers.Serializer[Any]):
    fracture = AccuracySerializer()
    moderate = AccuracySerializer()


class ReaderAccuracySerializer(LimitsAccuracySerializer):
    reader = serializers.CharField()
    incorporated = serializers.BooleanField()
    n = serializers.IntegerField()
    n_patients = serializers.IntegerField(allow_null=True)
    patients = LimitsAccuracySerializer(allow_null=True)


class MissedMasksSerializer(serializers.Serializer[Any]):
    tracks = serializers.ListField(child=serializers.CharField())
    n = serializers.IntegerField()
    n_missed = serializers.IntegerField()


class MasksSerializer(serializers.Serializer[Any]):
    rows = AgreementRowSerializer(many=True)
    missed = MissedMasksSerializer(many=True)


class ExpertSerializer(serializers.Serializer[Any]):
    letter = serializers.CharField()
    name = serializers.CharField()


class FrozenReportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    origin = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()


class AgreementSerializer(serializers.Serializer[Any]):
    report = FrozenReportSerializer()
    frozen = FrozenReportSerializer(many=True)
    mine = serializers.CharField(allow_null=True)
    n_cases = serializers.IntegerField()
    conventions = serializers.ListField(child=serializers.CharField())
    draws = serializers.IntegerField()
    arm = serializers.CharField()
    arms = serializers.ListField(child=serializers.CharField())
    experts = ExpertSerializer(many=True)
    within = AgreementRowSerializer(many=True)
    masks = MasksSerializer()
    readers = serializers.ListField(child=serializers.CharField())
    n_patients = serializers.IntegerField()
    n_vertebrae = serializers.IntegerField()
    n_by_two = serializers.IntegerField()
    rows = AgreementRowSerializer(many=True)
    pairs = ReaderPairSerializer(many=True)
    levels = LevelAgreementSerializer(many=True)
    against_consensus = ReaderAccuracySerializer(many=True)
    against_others = ReaderAccuracySerializer(many=True)


class ComputingSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Job.State.values)
    percent = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)


def describe_report(report: AgreementReport) -> dict[str, Any]:
    """Return what a report is called."""
    return {
        "id": report.pk,
        "name": report.label,
        "origin": report.source,
        "made_at": report.made_at,
    }


def asked_report(request: Request, dataset: Dataset) -> AgreementReport:
    """Return the report that a request names, or the one on the readings as they stand.

    Raises:
        NotVisible: if no frozen report of this dataset has the number.
        Conflict: code `computing` while a worker computes it.
    """
    found = asked_report_or_job(request, dataset)
    if isinstance(found, Job):
        raise Conflict(
            "The report is being computed; the page Agreement shows how far it is.",
            code="computing",
        )
    return found


def asked_report_or_job(request: Request, dataset: Dataset) -> AgreementReport | Job:
    """Return the report that a request names, or the job that computes it; see `asked_report`."""
    asked = request.query_params.get("report", "")
    if not asked:
        return computing.report_or_job(dataset)
    rows = dataset.agreement_reports.exclude(label="")
    found = rows.filter(pk=int(asked)).first() if asked.isdecimal() else None
    if found is None:
        raise NotVisible("This report does not exist or is not yours to see.")
    return found


def onlooked(request: Request, slug: str) -> Dataset:
    """Return a dataset whose agreement the person may see."""
    user = person_of(request)
    dataset = get_dataset(user, slug)
    selectors.require_onlooker(user, dataset)
    return dataset


class AgreementView(APIView):
    """How far readers agree on the cases whose readings are all in; readers are letters."""

    @extend_schema(
        parameters=[ARM, FROZEN], responses={200: AgreementSerializer, 202: ComputingSerializer}
    )
    def get(self, request: Request, slug: str) -> Response:
        dataset = onlooked(request, slug)
        report = asked_report_or_job(request, dataset)
        if isinstance(report, Job):
            return _being_computed(report)
        content = services.complete(report.content)
        asked = request.query_params.get("arm", services.ALL)
        arm = asked if asked in content["arms"] else services.ALL
        shown = {
            "report": describe_report(report),
            "frozen": [describe_report(row) for row in selectors.frozen_reports(dataset)],
            "mine": None if report.source else selectors.letter_of(person_of(request), dataset),
            **content,
            **content["arms"][arm],
            "arm": arm,
            "arms": list(content["arms"]),
        }
        return Response(AgreementSerializer(shown).data)

    @extend_schema(request=None, responses={202: ComputingSerializer, 204: None})
    def post(self, request: Request, slug: str) -> Response:
        """Compute a report again whose computation failed."""
        job = computing.compute_anew(onlooked(request, slug))
        return Response(status=status.HTTP_204_NO_CONTENT) if job is None else _being_computed(job)


def _being_computed(job: Job) -> Response:
    found = ComputingSerializer(describe_job(job)).data
    return Response(found, status=status.HTTP_202_ACCEPTED)
