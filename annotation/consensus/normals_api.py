"""What is normal at each level over HTTP."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus.normals import normal_levels
from annotation.domain.normals import MINIMUM_N
from annotation.domain.workflow import Role
from annotation.studies.selectors import get_dataset, person_of, require_role


class NormalLevelSerializer(serializers.Serializer[Any]):
    level = serializers.CharField()
    n = serializers.IntegerField()
    n_used = serializers.IntegerField()
    pooled = serializers.ListField(child=serializers.CharField())
    ratios = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True
    )
    spread = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True
    )
    heights_mm = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, allow_null=True
    )


class NormalsSerializer(serializers.Serializer[Any]):
    minimum_n = serializers.IntegerField()
    levels = NormalLevelSerializer(many=True)


class NormalsView(APIView):
    """Normal height ratios of this deployment, for readers and managers; none are shipped."""

    @extend_schema(responses=NormalsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        require_role(user, get_dataset(user, slug), Role.READER, Role.MANAGER)
        levels = [asdict(level) for level in normal_levels()]
        return Response(NormalsSerializer({"minimum_n": MINIMUM_N, "levels": levels}).data)
