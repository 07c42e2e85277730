"""The test of a dataset over HTTP: the own standing, for the manager everybody's."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.workflow import Role
from annotation.qualification import selectors, services
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import get_dataset, person_of, roles_in


class DemandSerializer(serializers.Serializer[Any]):
    truth = serializers.CharField(
        allow_null=True, help_text="Short name of the data set with the known truth."
    )
    of_students = serializers.BooleanField()
    of_readers = serializers.BooleanField()
    dice = serializers.FloatField(min_value=0, max_value=1)
    dice_least = serializers.FloatField(min_value=0, max_value=1)
    level_errors = serializers.IntegerField(min_value=0, max_value=1000)
    kappa = serializers.FloatField(min_value=-1, max_value=1)
    attempts = serializers.IntegerField(min_value=1, max_value=100)


class TestLimitsSerializer(serializers.Serializer[Any]):
    dice = serializers.FloatField()
    dice_least = serializers.FloatField()
    level_errors = serializers.IntegerField()
    kappa = serializers.FloatField()


class TestResultSerializer(serializers.Serializer[Any]):
    n_vertebrae = serializers.IntegerField()
    dice = serializers.FloatField(allow_null=True, required=False)
    dice_least = serializers.FloatField(allow_null=True, required=False)
    level_errors = serializers.IntegerField(required=False)
    n_missing = serializers.IntegerField(required=False)
    agreement = serializers.FloatField(allow_null=True, required=False)
    kappa = serializers.FloatField(allow_null=True, required=False)
    limits = TestLimitsSerializer()


class TestVertebraSerializer(serializers.Serializer[Any]):
    level = serializers.CharField()
    found = serializers.CharField(allow_null=True, required=False)
    dice = serializers.FloatField(required=False)
    true = serializers.IntegerField(required=False)
    said = serializers.IntegerField(allow_null=True, required=False)


class AttemptSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    house = serializers.CharField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    n_cases = serializers.IntegerField()
    n_handed_in = serializers.IntegerField()
    result = TestResultSerializer(allow_null=True)
    vertebrae = TestVertebraSerializer(many=True)


class QualificationStandingSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=["student", "reader"])
    standing = serializers.ChoiceField(choices=["to_do", "open", "failed", "exhausted", "passed"])
    attempts_left = serializers.IntegerField()
    attempts = AttemptSerializer(many=True)


class QualificationPersonSerializer(QualificationStandingSerializer):
    person = serializers.CharField()


class QualificationSerializer(serializers.Serializer[Any]):
    demand = DemandSerializer(allow_null=True)
    mine = QualificationStandingSerializer(many=True)
    people = QualificationPersonSerializer(many=True)


class BeginTestSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=["student", "reader"])


def _describe(dataset: Dataset, user: User) -> dict[str, Any]:
    demand = selectors.demand_of(dataset)
    is_manager = Role.MANAGER in roles_in(user, dataset)
    shown: dict[str, Any] | None = None
    if demand is not None:
        shown = {name: getattr(demand, name) for name in services.SETTINGS}
        shown["truth"] = demand.truth.slug if is_manager else None
    return {
        "demand": shown,
        "mine": selectors.standings_in(dataset, user),
        "people": selectors.people_in(dataset) if is_manager else [],
    }


class QualificationView(APIView):
    """What the test asks for and where I stand; a manager sets it and sees where all stand."""

    @extend_schema(responses=QualificationSerializer)
    def get(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        found = _describe(get_dataset(user, slug), user)
        return Response(QualificationSerializer(found).data)

    @extend_schema(
        request=DemandSerializer,
        responses={200: QualificationSerializer, 422: OpenApiResponse(description="what is wrong")},
    )
    def put(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        dataset = get_dataset(user, slug)
        given = DemandSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        limits = dict(given.validated_data)
        truth = limits.pop("truth")
        services.ask_for_test(
            dataset, by=user, truth=get_dataset(user, truth) if truth else None, limits=limits
        )
        return Response(QualificationSerializer(_describe(dataset, user)).data)


class BeginTestView(APIView):
    """Begin my test, or go on with it: the answer says where its cases are."""

    @extend_schema(request=BeginTestSerializer, responses=QualificationStandingSerializer)
    def post(self, request: Request, slug: str) -> Response:
        user = person_of(request)
        dataset = get_dataset(user, slug)
        given = BeginTestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        role = Role(given.validated_data["role"])
        services.begin_attempt(dataset, user=user, role=role)
        standing = selectors.standing_of(dataset, user, role)
        return Response(QualificationStandingSerializer(standing).data)
