"""The masks of a disagreement over HTTP, and what a closed sitting made of them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.bridge.runs import decode_runs, encode_runs
from annotation.consensus import fusing, mask_settling, room, selectors
from annotation.consensus.api import ConsensusOutSerializer, answer_consensus
from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Stage
from annotation.imaging.nifti import mask_bytes
from annotation.reading.services_amend import note_others_seen
from annotation.refinement.api import BYTES, BytesRenderer
from annotation.studies.blobs import blob_store
from annotation.studies.selectors import get_case, person_of
from annotation.studies.volumes import grid_of

_NOT_NOW = OpenApiResponse(description="The case is not at consensus, or another holds the pen.")


class SettleMasksSerializer(serializers.Serializer[Any]):
    taken = serializers.ChoiceField(choices=["a", "b", "fused", "staple"])
    remark = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class DisagreementMasksView(APIView):
    """One vertebra in both masks: 1 where A paints it, 2 where B does, 4 more where they differ."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses={(200, BYTES): OpenApiTypes.BINARY})
    def get(self, request: Request, disagreement_id: UUID) -> HttpResponse:
        user = person_of(request)
        disagreement = selectors.get_disagreement(user, disagreement_id)
        if disagreement.mask_a_id is None:
            raise NotVisible("The masks do not differ here.", code="no_mask")
        case = disagreement.sitting.case
        if case.stage == Stage.CONSENSUS.value:
            room.require_opened(disagreement.sitting)
        note_others_seen(user, case)
        answer = HttpResponse(encode_runs(fusing.outlines(disagreement)), content_type=BYTES)
        answer["Cache-Control"] = "private, no-store"
        return answer


class SettleMasksView(APIView):
    """Settle the masks of one disagreement."""

    @extend_schema(
        request=SettleMasksSerializer,
        responses={
            200: ConsensusOutSerializer,
            409: _NOT_NOW,
            422: OpenApiResponse(description="The masks do not differ here, or are too few."),
        },
    )
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        user = person_of(request)
        disagreement = selectors.get_disagreement(user, disagreement_id)
        given = SettleMasksSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        mask_settling.settle_masks(disagreement, by=user, **given.validated_data)
        return answer_consensus(user, disagreement.sitting.case)


class ReopenMasksView(APIView):
    """Take a settlement of masks back."""

    @extend_schema(request=None, responses={200: ConsensusOutSerializer, 409: _NOT_NOW})
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        user = person_of(request)
        disagreement = selectors.get_disagreement(user, disagreement_id)
        mask_settling.reopen_masks(disagreement, by=user)
        return answer_consensus(user, disagreement.sitting.case)


class UncertainView(APIView):
    """Where the independent masks of a final case differed, as NIfTI: 1 at each such voxel."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses={(200, BYTES): OpenApiTypes.BINARY})
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        user = person_of(request)
        case = get_case(user, case_id)
        made = selectors.get_consensus_mask(user, case)
        voxels = decode_runs(blob_store().read(made.uncertain_blob))
        answer = HttpResponse(mask_bytes(voxels, grid_of(case.volume)), content_type=BYTES)
        name = f"{case.code}_uncertain_sitting-{made.sitting.number}.nii.gz"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer
