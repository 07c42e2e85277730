"""Data sets of a person, with the model that serves each."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.workflow import Role
from annotation.preannotation.selectors import describe_model, model_in_service
from annotation.studies.models import Dataset, User, WorkingGrid
from annotation.studies.selectors import datasets_of, get_dataset, person_of, roles_in


class ModelInServiceSerializer(serializers.Serializer[Any]):
    version = serializers.CharField()
    trained_on = serializers.CharField()
    phantoms_only = serializers.BooleanField()


class DatasetSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)))
    working_grid = serializers.ChoiceField(choices=WorkingGrid.values)
    level_scheme = serializers.ChoiceField(choices=["T", "Th"])
    model = ModelInServiceSerializer(allow_null=True)
    radiograph_model = ModelInServiceSerializer(allow_null=True)


def describe_dataset(user: User, dataset: Dataset) -> dict[str, Any]:
    """Return a data set as a member sees it."""
    return {
        "slug": dataset.slug,
        "name": dataset.name,
        "roles": sorted(role.value for role in roles_in(user, dataset)),
        "working_grid": dataset.working_grid,
        "level_scheme": dataset.level_scheme,
        "model": describe_model(model_in_service(dataset)),
        "radiograph_model": describe_model(model_in_service(dataset, for_radiographs=True)),
    }


class DatasetsView(APIView):
    """The data sets of which the person is a member."""

    @extend_schema(responses=DatasetSerializer(many=True))
    def get(self, request: Request) -> Response:
        user = person_of(request)
        return Response([describe_dataset(user, dataset) for dataset in datasets_of(user)])


class DatasetView(APIView):
    """One data set."""

    @extend_schema(responses=DatasetSerializer)
    def get(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        return Response(describe_dataset(user, get_dataset(user, slug)))
