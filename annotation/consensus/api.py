"""The consensus over HTTP; readers are A and B, never names."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus import selectors, services
from annotation.consensus.models import Disagreement, Settlement, Sitting
from annotation.domain.discrepancy import Kind
from annotation.domain.workflow import Stage
from annotation.reading.api import (
    ChangedFindingSerializer,
    FindingSerializer,
    describe_finding,
)
from annotation.reading.models import Finding, Reading
from annotation.reading.selectors import findings_of
from annotation.studies.models import Case, User
from annotation.studies.selectors import get_case, person_of

TAKEN = ["agreed", "a", "b", "mean", "edited"]


class SettlementOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    taken = serializers.ChoiceField(choices=TAKEN)
    finding = FindingSerializer()
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    remark = serializers.CharField(allow_blank=True)


class DisagreementOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    level = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    rank = serializers.IntegerField()
    reason = serializers.CharField()
    a = FindingSerializer(allow_null=True)
    b = FindingSerializer(allow_null=True)
    settled = SettlementOutSerializer(allow_null=True)


class ConsensusOutSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    code = serializers.CharField()
    disagreements = DisagreementOutSerializer(many=True)
    agreed = serializers.IntegerField()
    open = serializers.IntegerField()
    may_settle = serializers.BooleanField()
    proposal_shown = serializers.BooleanField()


class SettleSerializer(serializers.Serializer[Any]):
    taken = serializers.ChoiceField(choices=["a", "b", "mean", "edited"])
    finding = ChangedFindingSerializer(required=False)
    remark = serializers.CharField(required=False, allow_blank=True, max_length=2000)


def describe_settlement(row: Settlement) -> dict[str, Any]:
    """Return a settlement as it is shown."""
    return {
        "id": row.pk,
        "taken": row.taken,
        "finding": {**describe_finding(row), "remark": ""},
        "by": row.by.display_name if row.by else "",
        "at": row.at,
        "remark": row.remark,
    }


def _describe_consensus(user: User, case: Case, sitting: Sitting) -> dict[str, Any]:
    standing = selectors.standing_settlements(sitting)
    rows = list(sitting.disagreements.select_related("vertebra").order_by("rank"))
    findings = _findings_by_reading(sitting)
    shown = [_describe_disagreement(row, findings, standing) for row in rows]
    agreed = [row for row in standing.values() if row.taken == Settlement.Taken.AGREED]
    return {
        "case": case.pk,
        "code": case.code,
        "disagreements": shown,
        "agreed": len(agreed),
        "open": sum(row["settled"] is None for row in shown),
        "may_settle": case.stage == Stage.CONSENSUS.value,
        "proposal_shown": selectors.is_proposal_shown(user, case),
    }


def _findings_by_reading(sitting: Sitting) -> dict[tuple[object, int], Finding]:
    readings: list[Reading] = list(sitting.readings.all())
    return {
        (reading.pk, row.vertebra_id): row for reading in readings for row in findings_of(reading)
    }


def _describe_disagreement(
    row: Disagreement,
    findings: dict[tuple[object, int], Finding],
    standing: dict[int, Settlement],
) -> dict[str, Any]:
    a = findings.get((row.reading_a_id, row.vertebra_id))
    b = findings.get((row.reading_b_id, row.vertebra_id))
    settled = standing.get(row.vertebra.number)
    spoken = [said.level for said in (a, b) if said is not None and said.level]
    return {
        "id": row.pk,
        "number": row.vertebra.number,
        "level": (settled.level if settled else None) or next(iter(spoken), None),
        "kind": row.kind,
        "rank": row.rank,
        "reason": row.reason,
        "a": describe_finding(a) if a else None,
        "b": describe_finding(b) if b else None,
        "settled": describe_settlement(settled) if settled else None,
    }


def _answer(user: User, case: Case) -> Response:
    sitting = selectors.get_sitting(user, case)
    return Response(ConsensusOutSerializer(_describe_consensus(user, case, sitting)).data)


class ConsensusView(APIView):
    """On what the readings of a case differ, and how it was settled."""

    @extend_schema(responses=ConsensusOutSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        return _answer(user, get_case(user, case_id))


class ConfirmThresholdView(APIView):
    """Settle all threshold noise by the mean of both readings."""

    @extend_schema(request=None, responses=ConsensusOutSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        services.confirm_threshold(case, by=user)
        return _answer(user, case)


class SettleView(APIView):
    """Settle one disagreement."""

    @extend_schema(
        request=SettleSerializer,
        responses={
            200: ConsensusOutSerializer,
            409: OpenApiResponse(description="The case is not at consensus."),
            422: OpenApiResponse(description="There is nothing to take, or a remark is missing."),
        },
    )
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        user = person_of(request)
        disagreement = selectors.get_disagreement(user, disagreement_id)
        given = SettleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.settle_disagreement(
            disagreement,
            by=user,
            taken=given.validated_data["taken"],
            said=given.validated_data.get("finding"),
            remark=given.validated_data.get("remark", ""),
        )
        return _answer(user, disagreement.sitting.case)


class ReopenDisagreementView(APIView):
    """Take a settlement back."""

    @extend_schema(request=None, responses=ConsensusOutSerializer)
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        user = person_of(request)
        disagreement = selectors.get_disagreement(user, disagreement_id)
        services.reopen_disagreement(disagreement, by=user)
        return _answer(user, disagreement.sitting.case)
