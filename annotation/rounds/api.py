"""Training rounds and model versions over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.gate import Outcome, Verdict
from annotation.domain.refusals import NotVisible
from annotation.domain.systems import SYSTEMS, PublishedSystem
from annotation.domain.workflow import Role
from annotation.preannotation.models import ModelVersion
from annotation.rounds import choosing, services
from annotation.rounds.effort import describe_effort
from annotation.rounds.models import TrainingRound
from annotation.studies.selectors import datasets_of, get_dataset, person_of, require_role
from annotation.work.models import Job


class GateRowSerializer(serializers.Serializer[Any]):
    metric = serializers.CharField()
    name = serializers.CharField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])


class RoundOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Job.State.values)
    percent = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)
    n_cases = serializers.IntegerField()
    manifest_sha256 = serializers.CharField(allow_blank=True)
    parent_model = serializers.CharField()
    candidate_model = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(
        choices=[outcome.value for outcome in Outcome], allow_null=True
    )
    sentence = serializers.CharField(allow_blank=True)
    gate = GateRowSerializer(many=True)
    evaluated_on = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_blank=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ModelVersionOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    system = serializers.CharField()
    version = serializers.CharField()
    in_service = serializers.BooleanField()
    why_not = serializers.CharField(allow_blank=True)
    trained_on = serializers.CharField()
    phantoms_only = serializers.BooleanField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    metrics = serializers.DictField(child=serializers.FloatField())
    card = serializers.CharField(allow_blank=True)


class SystemOutSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    publication = serializers.CharField()
    reads_radiographs = serializers.BooleanField()
    learns_in_rounds = serializers.BooleanField()
    word = serializers.CharField(allow_blank=True)
    versions = ModelVersionOutSerializer(many=True)


class ChoiceSerializer(serializers.Serializer[Any]):
    model = serializers.UUIDField()
    reason = serializers.CharField(max_length=200)


class MinutesSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    median = serializers.FloatField()
    high = serializers.FloatField()


class ChangesSerializer(serializers.Serializer[Any]):
    untouched = serializers.FloatField()
    small = serializers.FloatField()
    large = serializers.FloatField()


class EffortGroupSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(allow_null=True)
    round = serializers.IntegerField(allow_null=True)
    n_cases = serializers.IntegerField()
    n_timed = serializers.IntegerField()
    minutes = MinutesSerializer(allow_null=True)
    why_no_minutes = serializers.CharField(allow_blank=True)
    n_levels = serializers.IntegerField()
    changes = ChangesSerializer(allow_null=True)
    why_no_changes = serializers.CharField(allow_blank=True)


class EffortSerializer(serializers.Serializer[Any]):
    small_change = serializers.FloatField()
    n_unmeasured = serializers.IntegerField()
    groups = EffortGroupSerializer(many=True)


def describe_round(row: TrainingRound) -> dict[str, Any]:
    """Return a round as its page shows it."""
    job = row.job
    return {
        "id": row.pk,
        "number": row.number,
        "state": job.state if job else Job.State.FAILED,
        "percent": job.percent if job else 0,
        "message": (job.failure or job.message) if job else "",
        "n_cases": row.cases.count(),
        "manifest_sha256": row.manifest_sha256,
        "parent_model": row.parent_model.version,
        "candidate_model": row.candidate_model.version if row.candidate_model else None,
        "outcome": row.outcome or None,
        "sentence": row.sentence,
        "gate": row.gate,
        "evaluated_on": row.evaluated_on,
        "created_at": row.created_at,
        "created_by": row.created_by.display_name if row.created_by else "",
        "finished_at": row.finished_at,
    }


class RoundsView(APIView):
    """The rounds of a data set, newest first; starts another."""

    @extend_schema(responses=RoundOutSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        dataset = get_dataset(person_of(request), slug)
        rows = dataset.rounds.select_related("job", "parent_model", "candidate_model", "created_by")
        return Response([describe_round(row) for row in rows.order_by("-number")])

    @extend_schema(
        request=None,
        responses={
            201: RoundOutSerializer,
            409: OpenApiResponse(description="A round is under way, or no model serves."),
            422: OpenApiResponse(description="No case is final."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        row = services.start_round(get_dataset(user, slug), by=user)
        return Response(describe_round(row), status=status.HTTP_201_CREATED)


class EffortView(APIView):
    """How long final cases took to refine and how much was changed, by proposing model."""

    @extend_schema(responses=EffortSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(describe_effort(get_dataset(person_of(request), slug)))


class RoundView(APIView):
    """One round."""

    @extend_schema(responses=RoundOutSerializer)
    def get(self, request: Request, round_id: UUID) -> Response:
        mine = TrainingRound.objects.filter(dataset__in=datasets_of(person_of(request)))
        row = mine.filter(pk=round_id).first()
        if row is None:
            raise NotVisible("This round does not exist or is not yours to see.")
        return Response(describe_round(row))


class ModelsView(APIView):
    """The model versions that served a data set or came out of its rounds."""

    @extend_schema(responses=ModelVersionOutSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        dataset = get_dataset(person_of(request), slug)
        serving = choosing.serving(dataset)
        return Response([describe_version(row, serving) for row in choosing.versions_of(dataset)])


class SystemsView(APIView):
    """The published systems with the versions a manager may choose from; chooses one."""

    @extend_schema(responses=SystemOutSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        dataset = get_dataset(person_of(request), slug)
        require_role(person_of(request), dataset, Role.MANAGER)
        rows, serving = list(choosing.choosable(dataset)), choosing.serving(dataset)
        return Response([describe_system(one, rows, serving) for one in SYSTEMS.values()])

    @extend_schema(
        request=ChoiceSerializer,
        responses={
            200: SystemOutSerializer(many=True),
            409: OpenApiResponse(description="It cannot serve, or serves already."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        dataset = get_dataset(user, slug)
        asked = ChoiceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        model = ModelVersion.objects.filter(pk=asked.validated_data["model"]).first()
        if model is None:
            raise NotVisible("This model version does not exist or is not yours to choose.")
        choosing.choose_model(dataset, model, by=user, reason=asked.validated_data["reason"])
        return self.get(request, slug)


def describe_version(row: ModelVersion, serving: list[ModelVersion]) -> dict[str, Any]:
    """Return a model version as pages show it."""
    return {
        "id": row.pk,
        "system": row.system,
        "version": row.version,
        "in_service": row in serving,
        "why_not": choosing.why_not(row),
        "trained_on": row.trained_on,
        "phantoms_only": row.phantoms_only,
        "sha256": row.sha256,
        "created_at": row.created_at,
        "metrics": row.metrics,
        "card": row.card,
    }


def describe_system(
    system: PublishedSystem, rows: list[ModelVersion], serving: list[ModelVersion]
) -> dict[str, Any]:
    """Return a system with its versions, and a word where none of them can be chosen."""
    own = [row for row in rows if row.system == system.name]
    return {
        "name": system.name,
        "title": system.title,
        "publication": system.source,
        "reads_radiographs": system.reads_radiographs,
        "learns_in_rounds": system.learns_in_rounds,
        "word": choosing.word_on(system, own),
        "versions": [describe_version(row, serving) for row in own],
    }
