"""A reader's independent mask over HTTP, below the own reading: nobody else gets there."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.refusals import Conflict
from annotation.reading import selectors, services
from annotation.reading.models import Reading
from annotation.reading.own_masks import own_mask
from annotation.refinement import acts, acts_api
from annotation.refinement.api import (
    BYTES,
    REVISION_HELP,
    BytesParser,
    BytesRenderer,
    StrokeAnswerSerializer,
    answer_mask,
)
from annotation.refinement.models import MaskTrack
from annotation.refinement.services import record_act
from annotation.studies.selectors import person_of

_AS_BYTES = {(200, BYTES): OpenApiTypes.BINARY}


def _own(request: Request, reading_id: UUID) -> tuple[Reading, MaskTrack]:
    reading = selectors.get_own_reading(person_of(request), reading_id)
    return reading, own_mask(reading)


def _require_painting(reading: Reading) -> None:
    """Refuse acts on a mask whose reading is closed, as those on a case that one does not hold."""
    try:
        services.require_open(reading)
    except Conflict as closed:
        raise Conflict(closed.detail, code="not_holder") from None


class OwnMaskView(APIView):
    """My mask of a case as run lengths."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(
        parameters=[OpenApiParameter("revision", str, description=REVISION_HELP)],
        responses=_AS_BYTES,
    )
    def get(self, request: Request, reading_id: UUID) -> HttpResponse:
        return answer_mask(request, _own(request, reading_id)[1])


class OwnStrokesView(APIView):
    """Where strokes on my mask arrive, as long as my reading is open."""

    parser_classes = [BytesParser]

    @extend_schema(
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            200: StrokeAnswerSerializer,
            409: OpenApiResponse(description="`base_mismatch`, or the reading is handed in."),
            422: OpenApiResponse(description="The bytes are no stroke for this mask."),
        },
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        reading, track = _own(request, reading_id)
        body = request.data if isinstance(request.data, bytes) else b""
        allow = partial(_require_painting, reading)
        return Response(record_act(track, by=reading.reader, body=body, allow=allow))


class OwnActsView(APIView):
    """The acts on my mask, oldest first."""

    @extend_schema(
        parameters=[
            OpenApiParameter("since", str, enum=["stage", "start"], default="stage"),
            OpenApiParameter("after", int, default=0, description="Only acts after this one."),
        ],
        responses=acts_api.ActSerializer(many=True),
    )
    def get(self, request: Request, reading_id: UUID) -> Response:
        return acts_api.answer_acts(request, _own(request, reading_id)[1])


class OwnActView(APIView):
    """One act on my mask as it came."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses=_AS_BYTES)
    def get(self, request: Request, reading_id: UUID, sequence: int) -> HttpResponse:
        return acts_api.answer_act(_own(request, reading_id)[1], sequence)


class OwnMomentView(APIView):
    """My mask as it was after an act; 0 is the start."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses=_AS_BYTES)
    def get(self, request: Request, reading_id: UUID, sequence: int) -> HttpResponse:
        return acts_api.answer_moment(_own(request, reading_id)[1], sequence)


class OwnRevisionsView(APIView):
    """Every whole mask kept of mine, versions of another browser included, oldest first."""

    @extend_schema(responses=acts_api.RevisionSerializer(many=True))
    def get(self, request: Request, reading_id: UUID) -> Response:
        reading, _ = _own(request, reading_id)
        return acts_api.answer_revisions(acts.revisions_of(reading.case, own=reading.reader))


class OwnVersionsView(APIView):
    """Where a version that cannot follow on my mask is kept."""

    parser_classes = [BytesParser]

    @extend_schema(
        parameters=[
            OpenApiParameter("base", int, required=True, description="The act it stands on."),
            OpenApiParameter("levels", str, description="`1=T12,2=L1,3=`, as with the mask."),
        ],
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            201: acts_api.RevisionSerializer,
            422: OpenApiResponse(description="The bytes are no mask of this case."),
        },
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        reading, _ = _own(request, reading_id)
        kind = MaskTrack.Kind.OWN_VERSION
        return acts_api.keep_sent_version(request, reading.case, kind)


class OwnVersionView(APIView):
    """One version of my mask that lost a race."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses=_AS_BYTES)
    def get(self, request: Request, reading_id: UUID, key: int) -> HttpResponse:
        reading, _ = _own(request, reading_id)
        version = acts.get_version(reading.case, key, own=reading.reader)
        return acts_api.answer_version(reading.case, version)
