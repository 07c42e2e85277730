"""The heights in a mask over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.refinement.heights import heights_of
from annotation.studies.selectors import get_case, person_of


class BodyHeightsSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    heights_mm = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, allow_null=True
    )


class MaskHeightsSerializer(serializers.Serializer[Any]):
    is_measured = serializers.BooleanField()
    bodies = BodyHeightsSerializer(many=True)


class MaskHeightsView(APIView):
    """Heights of the bodies in a case's newest mask; a worker measures them once."""

    @extend_schema(responses=MaskHeightsSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        found = heights_of(get_case(person_of(request), case_id))
        bodies = [
            {"number": number, "heights_mm": heights}
            for number, heights in sorted((found or {}).items())
        ]
        shown = {"is_measured": found is not None, "bodies": bodies}
        return Response(MaskHeightsSerializer(shown).data)
