"""Releases over HTTP."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Role
from annotation.releases import services
from annotation.releases.models import Release
from annotation.studies.blobs import blob_store
from annotation.studies.selectors import datasets_of, get_dataset, person_of, require_role
from annotation.work.models import Job


class ProofStepSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    ok = serializers.BooleanField(allow_null=True)
    evidence = serializers.CharField(allow_blank=True)


class TableRowSerializer(serializers.Serializer[Any]):
    row = serializers.CharField()
    training = serializers.CharField()
    validation = serializers.CharField()
    test = serializers.CharField()
    all = serializers.CharField()


class ReleaseFileSerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    n_bytes = serializers.IntegerField()


class ReleaseOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.values)
    percent = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)
    n_cases = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)
    n_bytes = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    proof = ProofStepSerializer(many=True)
    table = TableRowSerializer(many=True)
    files = ReleaseFileSerializer(many=True)
    download_url = serializers.CharField(allow_null=True)


class StartReleaseSerializer(serializers.Serializer[Any]):
    version = serializers.CharField(max_length=20)
    licence = serializers.CharField(max_length=80)


def describe_release(release: Release) -> dict[str, Any]:
    """Return a release as its page shows it; it can be fetched once its proof holds."""
    job = release.job
    is_done = job is not None and job.state == Job.State.DONE and bool(release.blob)
    return {
        "id": release.pk,
        "version": release.version,
        "state": job.state if job else Job.State.FAILED,
        "percent": job.percent if job else 0,
        "message": (job.failure or job.message) if job else "",
        "n_cases": len(release.manifest.get("cases", [])),
        "sha256": release.blob or None,
        "n_bytes": release.n_bytes,
        "created_at": release.created_at,
        "proof": release.proof,
        "table": release.table,
        "files": release.files,
        "download_url": f"/api/releases/{release.pk}/download/" if is_done else None,
    }


def _release(request: Request, release_id: UUID) -> Release:
    mine = Release.objects.filter(dataset__in=datasets_of(person_of(request)))
    release = mine.select_related("job", "dataset").filter(pk=release_id).first()
    if release is None:
        raise NotVisible("This release does not exist or is not yours to see.")
    return release


class ReleasesView(APIView):
    """The releases of a data set, newest first; builds another."""

    @extend_schema(responses=ReleaseOutSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        dataset = get_dataset(person_of(request), slug)
        return Response([describe_release(row) for row in dataset.releases.select_related("job")])

    @extend_schema(
        request=StartReleaseSerializer,
        responses={
            201: ReleaseOutSerializer,
            409: OpenApiResponse(description="There is a release of this version."),
            422: OpenApiResponse(description="No case is final."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        dataset = get_dataset(user, slug)
        given = StartReleaseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        release = services.start_release(dataset, by=user, **given.validated_data)
        return Response(describe_release(release), status=status.HTTP_201_CREATED)


class ReleaseView(APIView):
    """One release."""

    @extend_schema(responses=ReleaseOutSerializer)
    def get(self, request: Request, release_id: UUID) -> Response:
        return Response(describe_release(_release(request, release_id)))


class ReleaseDownloadView(APIView):
    """The archive of a release, for managers, once its proof holds."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, release_id: UUID) -> FileResponse:
        release = _release(request, release_id)
        require_role(person_of(request), release.dataset, Role.MANAGER)
        if describe_release(release)["download_url"] is None:
            raise NotVisible("This release is not finished.")
        name = f"{release.dataset.slug}-{release.version}.zip"
        return FileResponse(blob_store().open(release.blob), as_attachment=True, filename=name)
