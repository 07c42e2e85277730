"""The consensus over HTTP; readers are A and B, never names."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus import room, selectors, services
from annotation.consensus.models import (
    Disagreement,
    MaskSettlement,
    Settlement,
    Sitting,
    Turn,
)
from annotation.consensus.room_api import (
    RoomSerializer,
    SignatureSerializer,
    describe_room,
    describe_signatures,
)
from annotation.domain.anomalies import Anomaly
from annotation.domain.discrepancy import Kind
from annotation.domain.proposal import CountedFrom
from annotation.domain.workflow import Stage
from annotation.reading.api import (
    ChangedFindingSerializer,
    FindingSerializer,
    describe_finding,
)
from annotation.reading.models import Finding, Reading
from annotation.reading.selectors import committed_before, findings_of
from annotation.reading.services_amend import note_others_seen
from annotation.studies.models import Case, User
from annotation.studies.selectors import get_case, person_of

MASKS_TAKEN = ["agreed", "a", "b", "fused", "staple", "adjudicated"]
TAKEN = ["agreed", "a", "b", "mean", "edited", "adjudicated"]


class SettlementOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    taken = serializers.ChoiceField(choices=TAKEN)
    basis = serializers.CharField(allow_blank=True)
    finding = FindingSerializer()
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    remark = serializers.CharField(allow_blank=True)


class AskedSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)


class MaskSettlementOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    taken = serializers.ChoiceField(choices=MASKS_TAKEN)
    basis = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    remark = serializers.CharField(allow_blank=True)


class MasksOutSerializer(serializers.Serializer[Any]):
    a_name = serializers.CharField(allow_blank=True)
    b_name = serializers.CharField(allow_blank=True)
    dice = serializers.FloatField()
    hd95_mm = serializers.FloatField(allow_null=True)
    n_uncertain = serializers.IntegerField()
    n_masks = serializers.IntegerField()
    settled = MaskSettlementOutSerializer(allow_null=True)


class DisagreementOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    level = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    rank = serializers.IntegerField()
    reason = serializers.CharField()
    a = FindingSerializer(allow_null=True)
    b = FindingSerializer(allow_null=True)
    a_name = serializers.CharField(allow_blank=True)
    b_name = serializers.CharField(allow_blank=True)
    deferred_at = serializers.DateTimeField(allow_null=True)
    asked = AskedSerializer(allow_null=True)
    settled = SettlementOutSerializer(allow_null=True)
    masks = MasksOutSerializer(allow_null=True)
    open = serializers.BooleanField()


class StatementSerializer(serializers.Serializer[Any]):
    levels_counted_from = serializers.ChoiceField(choices=list(CountedFrom), allow_blank=True)
    anomalies = serializers.ListField(
        child=serializers.ChoiceField(choices=[one.value for one in Anomaly])
    )


class ConsensusOutSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    code = serializers.CharField()
    disagreements = DisagreementOutSerializer(many=True)
    agreed = serializers.IntegerField()
    open = serializers.IntegerField()
    n_masks = serializers.IntegerField()
    may_settle = serializers.BooleanField()
    proposal_shown = serializers.BooleanField()
    classifies_ao = serializers.BooleanField()
    statements = StatementSerializer(many=True)
    signatures = SignatureSerializer(many=True)
    room = RoomSerializer()


class SettleSerializer(serializers.Serializer[Any]):
    taken = serializers.ChoiceField(choices=["a", "b", "mean", "edited"])
    finding = ChangedFindingSerializer(required=False)
    remark = serializers.CharField(required=False, allow_blank=True, max_length=2000)


def describe_settlement(row: Settlement) -> dict[str, Any]:
    """Return a settlement as it is shown."""
    return {
        "id": row.pk,
        "taken": row.taken,
        "basis": row.basis,
        "finding": {**describe_finding(row), "remark": ""},
        "by": row.by.display_name if row.by else "",
        "at": row.at,
        "remark": row.remark,
    }


def _describe_consensus(user: User, case: Case, sitting: Sitting) -> dict[str, Any]:
    standing = selectors.standing_settlements(sitting)
    disagreements = sitting.disagreements.select_related("vertebra", "mask_a", "mask_b")
    rows = list(disagreements.order_by("rank"))
    findings = _findings_by_reading(sitting)
    masks, n_masks = selectors.standing_masks(sitting), sitting.masks.count()
    names, turns = _names_of(sitting), _turns_of(sitting)
    shown = [
        {
            **_describe_disagreement(row, findings, standing),
            "a_name": names.get(row.reading_a_id, ""),
            "b_name": names.get(row.reading_b_id, ""),
            **_describe_turns(turns.get(row.pk, [])),
            "masks": _describe_masks(row, masks.get(row.vertebra.number), names, n_masks),
            "open": selectors.is_open(row, standing, masks),
        }
        for row in rows
    ]
    readings = list(sitting.readings.select_related("protocol"))
    begun = committed_before(readings)
    readings.sort(key=lambda row: begun[row.pk].pk)  # as A and B are named
    at_work = describe_room(user, sitting)
    agreed = [row for row in standing.values() if row.taken == Settlement.Taken.AGREED]
    return {
        "case": case.pk,
        "code": case.code,
        "disagreements": shown,
        "agreed": len(agreed),
        "open": sum(bool(row["open"]) for row in shown),
        "n_masks": n_masks,
        "may_settle": case.stage == Stage.CONSENSUS.value and at_work["role"] != "onlooker",
        "proposal_shown": selectors.is_proposal_shown(user, case),
        "classifies_ao": any(row.protocol.classifies_ao for row in readings),
        "statements": [
            {"levels_counted_from": row.levels_counted_from, "anomalies": row.anomalies}
            for row in readings
        ],
        "signatures": describe_signatures(sitting) if sitting.closed_at else [],
        "room": at_work,
    }


def _describe_masks(
    row: Disagreement, settled: MaskSettlement | None, names: dict[object, str], n_masks: int
) -> dict[str, Any] | None:
    if row.mask_a is None or row.mask_b is None:
        return None
    return {
        "a_name": names.get(row.mask_a.reading_id, ""),
        "b_name": names.get(row.mask_b.reading_id, ""),
        "dice": row.dice,
        "hd95_mm": row.hd95_mm,
        "n_uncertain": row.n_uncertain,
        "n_masks": n_masks,
        "settled": {
            "id": settled.pk,
            "taken": settled.taken,
            "basis": settled.basis,
            "by": settled.by.display_name if settled.by else "",
            "at": settled.at,
            "remark": settled.remark,
        }
        if settled
        else None,
    }


def _names_of(sitting: Sitting) -> dict[object, str]:
    """Return the readers' names by reading, once the sitting is closed."""
    if sitting.closed_at is None:
        return {}
    rows = sitting.readings.select_related("reader")
    return {row.pk: row.reader.display_name for row in rows}


def _turns_of(sitting: Sitting) -> dict[object, list[Turn]]:
    rows = Turn.objects.filter(disagreement__sitting=sitting).select_related("by")
    found: dict[object, list[Turn]] = {}
    for row in rows.order_by("at", "id"):
        found.setdefault(row.disagreement_id, []).append(row)
    return found


def _describe_turns(turns: list[Turn]) -> dict[str, Any]:
    """Return when a disagreement was last put off, and the question to a third reader if any."""
    deferred = [row.at for row in turns if row.kind == Turn.Kind.DEFERRED]
    others = [row for row in turns if row.kind != Turn.Kind.DEFERRED]
    asked = others[-1] if others and others[-1].kind == Turn.Kind.ASKED else None
    return {
        "deferred_at": deferred[-1] if deferred else None,
        "asked": {"by": asked.by.display_name, "at": asked.at, "note": asked.note}
        if asked
        else None,
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


def answer_consensus(user: User, case: Case) -> Response:
    """Return the sitting of a case to a reader, who from then on knows the others' readings."""
    sitting = selectors.get_sitting(user, case)
    if case.stage == Stage.CONSENSUS.value:
        room.require_opened(sitting)
    note_others_seen(user, case)
    return Response(ConsensusOutSerializer(_describe_consensus(user, case, sitting)).data)


class ConsensusView(APIView):
    """On what the readings of a case differ, and how it was settled."""

    @extend_schema(responses=ConsensusOutSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        return answer_consensus(user, get_case(user, case_id))


class ConfirmThresholdView(APIView):
    """Settle all threshold noise by the mean of both readings."""

    @extend_schema(request=None, responses=ConsensusOutSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        services.confirm_threshold(case, by=user)
        return answer_consensus(user, case)


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
        return answer_consensus(user, disagreement.sitting.case)


class ReopenDisagreementView(APIView):
    """Take a settlement back."""

    @extend_schema(request=None, responses=ConsensusOutSerializer)
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        user = person_of(request)
        disagreement = selectors.get_disagreement(user, disagreement_id)
        services.reopen_disagreement(disagreement, by=user)
        return answer_consensus(user, disagreement.sitting.case)
