"""Declared numbering anomalies of a case over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.anomalies import Anomaly
from annotation.refinement import leases
from annotation.studies.anomalies import declare_anomalies, newest_declaration
from annotation.studies.models import Case
from annotation.studies.selectors import get_case, person_of


class AnomaliesSerializer(serializers.Serializer[Any]):
    has_T13 = serializers.BooleanField(default=False)  # noqa: N815 - the name of the level
    has_L6 = serializers.BooleanField(default=False)  # noqa: N815
    lacks_T12 = serializers.BooleanField(default=False)  # noqa: N815
    lacks_L5 = serializers.BooleanField(default=False)  # noqa: N815


class DeclaredAnomaliesSerializer(AnomaliesSerializer):
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)


def describe_anomalies(case: Case) -> dict[str, Any]:
    """Return what is declared for a case, by whom and when."""
    newest = newest_declaration(case)
    declared = newest.anomalies if newest else []
    return {
        **{anomaly.value: anomaly.value in declared for anomaly in Anomaly},
        "by": newest.by.display_name if newest and newest.by else "",
        "at": newest.at if newest else None,
    }


class AnomaliesView(APIView):
    """Which vertebrae this spine has or lacks, unlike most; declared by who works on the mask."""

    @extend_schema(responses=DeclaredAnomaliesSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = get_case(person_of(request), case_id)
        return Response(DeclaredAnomaliesSerializer(describe_anomalies(case)).data)

    @extend_schema(
        request=AnomaliesSerializer,
        responses={
            200: DeclaredAnomaliesSerializer,
            409: OpenApiResponse(description="`stage`, or `held` by another."),
            422: OpenApiResponse(description="`anomalies_contradict`."),
        },
    )
    def put(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        given = AnomaliesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        leases.require_worker(case, user)
        leases.require_not_held_by_other(case, user)
        names = [name for name, is_so in given.validated_data.items() if is_so]
        declare_anomalies(case, names, by=user)
        return Response(DeclaredAnomaliesSerializer(describe_anomalies(case)).data)
