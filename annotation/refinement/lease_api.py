"""Who works on the mask of a case, over HTTP: take, ask, hand over, give back."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.refinement import leases, selectors, services
from annotation.refinement.models import Lease
from annotation.studies.models import Case, User
from annotation.studies.selectors import get_case, person_of

_UNTIL_HELP = "Give the case back only if it was not renewed since it was lent until then."


class LeaseSerializer(serializers.Serializer[Any]):
    holder_name = serializers.CharField()
    is_me = serializers.BooleanField()
    until = serializers.DateTimeField()
    taken_at = serializers.DateTimeField()
    asked_by = serializers.CharField(allow_blank=True)
    asked_by_me = serializers.BooleanField()


class LeaseNowSerializer(serializers.Serializer[Any]):
    lease = LeaseSerializer(allow_null=True)


class TakeLeaseSerializer(serializers.Serializer[Any]):
    take_over = serializers.BooleanField(default=False)


class LeaseAnswerSerializer(serializers.Serializer[Any]):
    hand_over = serializers.BooleanField()


class GiveBackSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField(required=False)


def _shown(lease: Lease | None, user: User) -> Response:
    return Response({"lease": leases.describe_lease(lease, user) if lease else None})


def _asked_case(request: Request, case_id: UUID) -> tuple[User, Case]:
    user = person_of(request)
    return user, get_case(user, case_id)


class LeaseView(APIView):
    """Who works on the mask of a case."""

    @extend_schema(responses=LeaseNowSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        user, case = _asked_case(request, case_id)
        return _shown(selectors.lease_of(case), user)

    @extend_schema(
        request=TakeLeaseSerializer,
        responses={200: LeaseSerializer, 409: OpenApiResponse(description="Held by another.")},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user, case = _asked_case(request, case_id)
        given = TakeLeaseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        lease = services.take_lease(case, by=user, take_over=given.validated_data["take_over"])
        return Response(leases.describe_lease(lease, user))

    @extend_schema(
        request=None,
        responses={204: None},
        parameters=[OpenApiParameter("until", OpenApiTypes.DATETIME, description=_UNTIL_HELP)],
    )
    def delete(self, request: Request, case_id: UUID) -> Response:
        user, case = _asked_case(request, case_id)
        given = GiveBackSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        leases.release_lease(case, by=user, until=given.validated_data.get("until"))
        return Response(status=status.HTTP_204_NO_CONTENT)


class LeaseAskView(APIView):
    """Ask the holder for a case."""

    @extend_schema(request=None, responses=LeaseNowSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        user, case = _asked_case(request, case_id)
        return _shown(leases.ask_for_lease(case, by=user), user)


class LeaseAnswerView(APIView):
    """What the holder says to whoever asked: here it is, or not now."""

    @extend_schema(
        request=LeaseAnswerSerializer,
        responses={200: LeaseNowSerializer, 409: OpenApiResponse(description="Nobody asks.")},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user, case = _asked_case(request, case_id)
        given = LeaseAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if given.validated_data["hand_over"]:
            return _shown(services.hand_over(case, by=user), user)
        return _shown(leases.refuse_asking(case, by=user), user)
