"""Pins and overrides of a case over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.refinement import overrides, pins
from annotation.refinement.models import Pin
from annotation.studies.selectors import get_case, person_of


class PlaceField(serializers.ListField):
    """LPS millimetres."""

    child = serializers.FloatField()

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=3, max_length=3, **options)


class PinSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField(allow_null=True)
    at_mm = PlaceField()
    kind = serializers.ChoiceField(choices=Pin.Kind.values)
    text = serializers.CharField()
    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = serializers.CharField(allow_blank=True)


class NewPinSerializer(serializers.Serializer[Any]):
    at_mm = PlaceField()
    kind = serializers.ChoiceField(choices=Pin.Kind.values, default=Pin.Kind.NOTE.value)
    text = serializers.CharField(max_length=2000)
    number = serializers.IntegerField(
        min_value=1, max_value=255, allow_null=True, required=False, default=None
    )


class ResolvePinSerializer(serializers.Serializer[Any]):
    resolved = serializers.BooleanField()


class OverrideSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    level = serializers.CharField(allow_blank=True)
    message = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class NewOverrideSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40)
    number = serializers.IntegerField(allow_null=True, required=False, default=None)
    at_mm = PlaceField(allow_null=True, required=False, default=None)
    reason = serializers.CharField(max_length=2000)


class PinsView(APIView):
    """Remarks and questions at spots of a case; none are shown while it is read."""

    @extend_schema(responses=PinSerializer(many=True))
    def get(self, request: Request, case_id: UUID) -> Response:
        case = get_case(person_of(request), case_id)
        shown = [pins.describe_pin(pin) for pin in pins.pins_of(case)]
        return Response(PinSerializer(shown, many=True).data)

    @extend_schema(
        request=NewPinSerializer,
        responses={
            201: PinSerializer,
            409: OpenApiResponse(description="Nobody works on the mask at this stage."),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        given = NewPinSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        pin = pins.set_pin(case, by=user, **given.validated_data)
        shown = PinSerializer(pins.describe_pin(pin)).data
        return Response(shown, status=status.HTTP_201_CREATED)


class PinView(APIView):
    """One pin: dealt with, or not."""

    @extend_schema(request=ResolvePinSerializer, responses=PinSerializer)
    def patch(self, request: Request, case_id: UUID, pin_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        given = ResolvePinSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        is_resolved = given.validated_data["resolved"]
        pin = pins.resolve_pin(case, pin_id, by=user, is_resolved=is_resolved)
        return Response(PinSerializer(pins.describe_pin(pin)).data)


class OverridesView(APIView):
    """Problems that a reader accepts as they are."""

    @extend_schema(
        request=NewOverrideSerializer,
        responses={
            201: OverrideSerializer,
            403: OpenApiResponse(description="Only readers accept a problem."),
            404: OpenApiResponse(description="The problem is not there any more."),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        given = NewOverrideSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = overrides.accept_problem(case, by=user, **given.validated_data)
        shown = OverrideSerializer(overrides.describe_override(row)).data
        return Response(shown, status=status.HTTP_201_CREATED)


class OverrideView(APIView):
    """One override, taken back."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, case_id: UUID, override_id: int) -> Response:
        user = person_of(request)
        overrides.lift_override(get_case(user, case_id), override_id, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
