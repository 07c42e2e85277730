"""A reader's own reading over HTTP; nothing here shows another's."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.anomalies import Anomaly
from annotation.domain.findings import (
    AO_CLASSES,
    AO_MODIFIERS,
    AO_NEUROLOGY,
    CONFIDENCES,
    DEFORMITIES,
    FOREIGN_MATERIAL,
    NOT_GRADED,
    SHAPES,
)
from annotation.domain.proposal import CountedFrom
from annotation.domain.vertebrae import LEVELS
from annotation.reading import selectors, services
from annotation.reading.models import Finding, FindingFields, Reading
from annotation.reading.provenance import PlacedBy
from annotation.reading.services_amend import (
    amend_reading,
    why_not_amended,
    withdraw_amendment,
)
from annotation.reading.slices import columns_in
from annotation.reading.statements import say_of_case
from annotation.studies.selectors import get_case, person_of


class SixPointsField(serializers.ListField):
    """(3, 2, 3): anterior, middle, posterior; superior, inferior; LPS millimetres."""

    def __init__(self, **kwargs: Any) -> None:
        point = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
        ends = serializers.ListField(child=point, min_length=2, max_length=2)
        super().__init__(child=ends, min_length=3, max_length=3, **kwargs)


class PointsByField(serializers.ListField):
    """(3, 2): who placed each point."""

    def __init__(self, **kwargs: Any) -> None:
        who = serializers.ChoiceField(choices=[by.value for by in PlacedBy])
        ends = serializers.ListField(child=who, min_length=2, max_length=2)
        super().__init__(child=ends, min_length=3, max_length=3, **kwargs)


class FindingSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(read_only=True)
    level = serializers.ChoiceField(choices=list(LEVELS), allow_null=True)
    six_points_mm = SixPointsField(allow_null=True)
    points_by = PointsByField(allow_null=True, required=False)
    heights_mm = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, read_only=True
    )
    g = serializers.FloatField(allow_null=True, read_only=True)
    grade_measured = serializers.IntegerField(allow_null=True, read_only=True)
    shape_measured = serializers.CharField(allow_null=True, read_only=True)
    grade_reader = serializers.ChoiceField(choices=[0, 1, 2, 3], allow_null=True)
    shape_reader = serializers.ChoiceField(choices=list(SHAPES), allow_null=True)
    not_graded_reason = serializers.ChoiceField(choices=list(NOT_GRADED), allow_null=True)
    deformity = serializers.ListField(child=serializers.ChoiceField(choices=list(DEFORMITIES)))
    foreign_material = serializers.ListField(
        child=serializers.ChoiceField(choices=list(FOREIGN_MATERIAL))
    )
    ao_class = serializers.ChoiceField(choices=list(AO_CLASSES), allow_null=True)
    ao_neurology = serializers.ChoiceField(choices=list(AO_NEUROLOGY), allow_null=True)
    ao_modifiers = serializers.ListField(child=serializers.ChoiceField(choices=list(AO_MODIFIERS)))
    slice_first = serializers.IntegerField(min_value=0, max_value=32_767, allow_null=True)
    slice_last = serializers.IntegerField(min_value=0, max_value=32_767, allow_null=True)
    confidence = serializers.ChoiceField(choices=list(CONFIDENCES), allow_null=True)
    remark = serializers.CharField(allow_blank=True, max_length=2000)
    touched = serializers.BooleanField(read_only=True)


class ChangedFindingSerializer(FindingSerializer):
    """What of a finding is to be changed; also inside another serializer, unlike `partial`."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class AmendSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_blank=True, max_length=2000)


class ReadingOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    case = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Reading.Status.values)
    protocol_version = serializers.IntegerField()
    convention = serializers.CharField()
    proposal_shown = serializers.BooleanField()
    findings = FindingSerializer(many=True)
    levels_confirmed = serializers.BooleanField()
    levels_counted_from = serializers.ChoiceField(choices=list(CountedFrom), allow_blank=True)
    anomalies = serializers.ListField(
        child=serializers.ChoiceField(choices=[one.value for one in Anomaly])
    )
    columns = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    )
    classifies_ao = serializers.BooleanField()
    amends = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    may_amend = serializers.BooleanField()
    paints = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class OthersNormalSerializer(serializers.Serializer[Any]):
    numbers = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=255))


class SaidOfCaseSerializer(serializers.Serializer[Any]):
    levels_confirmed = serializers.BooleanField(required=False)
    levels_counted_from = serializers.ChoiceField(
        choices=list(CountedFrom), allow_blank=True, required=False
    )
    anomalies = serializers.ListField(
        child=serializers.ChoiceField(choices=[one.value for one in Anomaly]), required=False
    )


def describe_finding(finding: FindingFields) -> dict[str, Any]:
    """Return a finding or a settlement as it is shown."""
    return {
        "number": finding.vertebra.number,
        "level": finding.level or None,
        "six_points_mm": finding.six_points_mm,
        "points_by": finding.points_by,
        "heights_mm": finding.heights_mm,
        "g": finding.g,
        "grade_measured": finding.grade_measured,
        "shape_measured": finding.shape_measured or None,
        "grade_reader": finding.grade_reader,
        "shape_reader": finding.shape_reader or None,
        "not_graded_reason": finding.not_graded_reason or None,
        "deformity": finding.deformity,
        "foreign_material": finding.foreign_material,
        "ao_class": finding.ao_class or None,
        "ao_neurology": finding.ao_neurology or None,
        "ao_modifiers": finding.ao_modifiers,
        "slice_first": finding.slice_first,
        "slice_last": finding.slice_last,
        "confidence": finding.confidence or None,
        "remark": finding.remark,
        "touched": finding.touched if isinstance(finding, Finding) else True,
    }


def answer_reading(reading: Reading) -> Response:
    """Return a reading to its own reader."""
    findings = [describe_finding(row) for row in selectors.findings_of(reading)]
    shown = {
        "id": reading.pk,
        "case": reading.case_id,
        "status": reading.status,
        "protocol_version": reading.protocol.version,
        "convention": reading.protocol.convention,
        "proposal_shown": reading.proposal_shown,
        "findings": findings,
        "levels_confirmed": reading.levels_confirmed,
        "levels_counted_from": reading.levels_counted_from,
        "anomalies": reading.anomalies,
        "columns": {str(number): ends for number, ends in columns_in(reading.case).items()},
        "classifies_ao": reading.protocol.classifies_ao,
        "amends": reading.amends_id,
        "reason": reading.reason,
        "may_amend": why_not_amended(reading, reading.case) is None,
        "paints": reading.paints,
        "submitted_at": reading.submitted_at,
    }
    return Response(ReadingOutSerializer(shown).data)


class OpenReadingView(APIView):
    """My reading of a case."""

    @extend_schema(request=None, responses=ReadingOutSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        return answer_reading(services.open_reading(get_case(user, case_id), user=user))


class ReadingView(APIView):
    """One of my readings, and what it says of the whole case."""

    @extend_schema(responses=ReadingOutSerializer)
    def get(self, request: Request, reading_id: UUID) -> Response:
        return answer_reading(selectors.get_own_reading(person_of(request), reading_id))

    @extend_schema(request=SaidOfCaseSerializer, responses=ReadingOutSerializer)
    def patch(self, request: Request, reading_id: UUID) -> Response:
        reading = selectors.get_own_reading(person_of(request), reading_id)
        given = SaidOfCaseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        say_of_case(reading, given.validated_data)
        return answer_reading(reading)


class FindingView(APIView):
    """What a reader says of one vertebra; fields that are not sent stay."""

    @extend_schema(request=ChangedFindingSerializer, responses=FindingSerializer)
    def put(self, request: Request, reading_id: UUID, number: int) -> Response:
        reading = selectors.get_own_reading(person_of(request), reading_id)
        given = ChangedFindingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        finding = services.save_finding(reading, number=number, said=given.validated_data)
        return Response(FindingSerializer(describe_finding(finding)).data)


class OthersNormalView(APIView):
    """Grade 0 for the vertebrae named that nothing is said about yet."""

    @extend_schema(request=OthersNormalSerializer, responses=ReadingOutSerializer)
    def post(self, request: Request, reading_id: UUID) -> Response:
        reading = selectors.get_own_reading(person_of(request), reading_id)
        given = OthersNormalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.mark_others_normal(reading, numbers=given.validated_data["numbers"])
        return answer_reading(reading)


class SubmitReadingView(APIView):
    """Hand a reading in."""

    @extend_schema(
        request=None,
        responses={
            200: ReadingOutSerializer,
            422: OpenApiResponse(description="`problems` say what is missing."),
        },
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        reading = selectors.get_own_reading(person_of(request), reading_id)
        services.submit_reading(reading)
        return answer_reading(reading)


class AmendReadingView(APIView):
    """Open a new reading in place of a submitted one; both are kept."""

    @extend_schema(
        request=AmendSerializer,
        responses={
            200: ReadingOutSerializer,
            409: OpenApiResponse(description="It cannot be amended any more; says why."),
            422: OpenApiResponse(description="The reason is missing."),
        },
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        reading = selectors.get_own_reading(person_of(request), reading_id)
        given = AmendSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return answer_reading(amend_reading(reading, reason=given.validated_data["reason"]))


class WithdrawAmendmentView(APIView):
    """Leave an amendment that is not submitted; answers the reading that counts again."""

    @extend_schema(request=None, responses=ReadingOutSerializer)
    def post(self, request: Request, reading_id: UUID) -> Response:
        user = person_of(request)
        amendment = selectors.get_own_reading(user, reading_id)
        withdraw_amendment(amendment)
        former = selectors.own_reading(user, amendment.case) or amendment
        return answer_reading(former)
