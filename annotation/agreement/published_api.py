"""Published readings over HTTP: a manager uploads them, a report of their own comes back."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.agreement.api import FrozenReportSerializer, describe_report, onlooked
from annotation.agreement.published import import_published
from annotation.studies.selectors import person_of


class PublishedInSerializer(serializers.Serializer[Any]):
    readings = serializers.FileField()
    spacings = serializers.FileField()
    name = serializers.CharField(max_length=40)
    origin = serializers.CharField(max_length=300)


class PublishedView(APIView):
    """Readings of experts published as JSON, their spacings given apart."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": PublishedInSerializer},
        responses={
            201: FrozenReportSerializer,
            409: OpenApiResponse(description="imported before"),
            422: OpenApiResponse(description="what is wrong in the files, and where"),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        dataset = onlooked(request, slug)
        given = PublishedInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        report = import_published(
            dataset,
            files=(said["readings"].read(), said["spacings"].read()),
            name=said["name"],
            source=said["origin"],
            by=person_of(request),
        )
        shown = FrozenReportSerializer(describe_report(report)).data
        return Response(shown, status=status.HTTP_201_CREATED)
