"""Imports and tables of participants over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.refusals import ContentRefused, NotVisible
from annotation.domain.workflow import Role
from annotation.imaging.radiographs import LEFT, RIGHT
from annotation.studies import intake
from annotation.studies.models import Dataset, ImportBatch, User
from annotation.studies.participants import import_participants
from annotation.studies.selectors import get_dataset, person_of, require_role, roles_in


class ImportFindingSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    accepted = serializers.BooleanField()
    code = serializers.CharField()
    reason = serializers.CharField()
    place = serializers.CharField(allow_blank=True)
    n_slices = serializers.IntegerField()
    spacing_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    positions_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    gaps = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    case = serializers.UUIDField(allow_null=True)
    case_code = serializers.CharField(allow_null=True)
    duplicate = serializers.BooleanField()


class RemovedSerializer(serializers.Serializer[Any]):
    values = serializers.IntegerField()
    private = serializers.IntegerField()
    dates = serializers.IntegerField()


class ImportOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ImportBatch.State.values)
    percent = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)
    n_files = serializers.IntegerField()
    n_bytes = serializers.IntegerField()
    findings = ImportFindingSerializer(many=True)
    removed = RemovedSerializer()


class FilesSerializer(serializers.Serializer[Any]):
    file = serializers.ListField(child=serializers.FileField())


class FilesAddedSerializer(serializers.Serializer[Any]):
    n_files = serializers.IntegerField()
    n_bytes = serializers.IntegerField()


class FinishSerializer(serializers.Serializer[Any]):
    front = serializers.ChoiceField(choices=[LEFT, RIGHT], required=False, allow_blank=True)


class TableSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()


class ParticipantsTakenSerializer(serializers.Serializer[Any]):
    updated = serializers.IntegerField()
    problems = serializers.ListField(child=serializers.CharField())


def describe_import(batch: ImportBatch) -> dict[str, Any]:
    """Return an import as its page shows it."""
    job = batch.job
    return {
        "id": batch.pk,
        "state": batch.state,
        "percent": job.percent if job else 0,
        "message": (job.failure or job.message) if job else "",
        "n_files": batch.n_files,
        "n_bytes": batch.n_bytes,
        "findings": batch.findings,
        "removed": {"values": 0, "private": 0, "dates": 0} | batch.removed,
    }


def _managed_dataset(request: Request, slug: str) -> tuple[User, Dataset]:
    user = person_of(request)
    dataset = get_dataset(user, slug)
    require_role(user, dataset, Role.MANAGER)
    return user, dataset


def _batch(request: Request, import_id: UUID) -> ImportBatch:
    user = person_of(request)
    batch = ImportBatch.objects.select_related("dataset", "job").filter(pk=import_id).first()
    if batch is None or Role.MANAGER not in roles_in(user, batch.dataset):
        raise NotVisible("This import does not exist or is not yours to see.")
    return batch


class ImportsView(APIView):
    """The imports of a data set; begins another."""

    @extend_schema(responses=ImportOutSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        _, dataset = _managed_dataset(request, slug)
        batches = dataset.imports.select_related("job")[:50]
        return Response([describe_import(batch) for batch in batches])

    @extend_schema(request=None, responses={201: ImportOutSerializer})
    def post(self, request: Request, slug: str) -> Response:
        user, dataset = _managed_dataset(request, slug)
        batch = intake.begin_import(dataset, by=user)
        return Response(describe_import(batch), status=status.HTTP_201_CREATED)


class ImportView(APIView):
    """One import."""

    @extend_schema(responses=ImportOutSerializer)
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(describe_import(_batch(request, import_id)))


class ImportFilesView(APIView):
    """Adds files; their names go no further."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": FilesSerializer},
        responses={
            200: FilesAddedSerializer,
            422: OpenApiResponse(description="Too many files or bytes."),
        },
    )
    def post(self, request: Request, import_id: UUID) -> Response:
        batch = _batch(request, import_id)
        for file in request.FILES.getlist("file"):
            intake.add_file(batch, file)
        batch.refresh_from_db()
        return Response({"n_files": batch.n_files, "n_bytes": batch.n_bytes})


class FinishImportView(APIView):
    """Closes an import and has it read; `front` is of radiographs that do not say it."""

    @extend_schema(request=FinishSerializer, responses=ImportOutSerializer)
    def post(self, request: Request, import_id: UUID) -> Response:
        batch = _batch(request, import_id)
        given = FinishSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        front = given.validated_data.get("front", "")
        return Response(describe_import(intake.finish_import(batch, front=front)))


class ParticipantsView(APIView):
    """Takes a table of participants."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": TableSerializer},
        responses={
            200: ParticipantsTakenSerializer,
            422: OpenApiResponse(description="The file is no such table."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        _, dataset = _managed_dataset(request, slug)
        file = request.FILES.get("file")
        if file is None:
            raise ContentRefused("No file was sent.", code="empty")
        updated, problems = import_participants(dataset, file.read())
        return Response({"updated": updated, "problems": problems})
