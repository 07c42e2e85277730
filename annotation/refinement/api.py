"""Masks, strokes, leases, problems, levels and history of a case over HTTP."""

import hashlib
from typing import IO, Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.bridge.runs import encode_runs
from annotation.domain.refusals import ContentRefused
from annotation.domain.workflow import Move, Stage
from annotation.preannotation.models import ProposedVertebra
from annotation.refinement import selectors, services
from annotation.refinement.acts import levels_at, write_line
from annotation.refinement.levels import highest_number
from annotation.refinement.models import MaskRevision, MaskTrack
from annotation.refinement.overrides import overrides_at, shown_problems
from annotation.refinement.pin_api import OverrideSerializer
from annotation.refinement.replay import current_state, map_sha256
from annotation.studies.models import Case, CaseEvent
from annotation.studies.selectors import (
    assignments_of,
    get_case,
    person_of,
    stage_shown_to,
    vertebrae_of,
)

BYTES = "application/octet-stream"
REVISION_HELP = (
    "A number; `start`: what people began with; `submitted`: as it was last handed in. "
    "Without it, the mask as it is now."
)
SHARED_TRACKS = [kind.value for kind in selectors.SHARED]


class ProblemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    level = serializers.CharField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    at_mm = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, allow_null=True
    )
    blocking = serializers.BooleanField()
    may_override = serializers.BooleanField()
    override = OverrideSerializer(allow_null=True)


class VertebraSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    uuid = serializers.UUIDField()
    level = serializers.CharField(allow_null=True)
    counted_from = serializers.CharField()
    centroid_mm = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, allow_null=True
    )
    confidence = serializers.FloatField(allow_null=True)
    is_partial = serializers.BooleanField()


class StrokeAnswerSerializer(serializers.Serializer[Any]):
    acknowledged = serializers.IntegerField()
    revision = serializers.IntegerField()
    duplicate = serializers.BooleanField()


class CaseEventOutSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    move = serializers.ChoiceField(choices=[move.value for move in Move])
    from_stage = serializers.ChoiceField(choices=[stage.value for stage in Stage])
    to_stage = serializers.ChoiceField(choices=[stage.value for stage in Stage])
    by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    overrides = OverrideSerializer(many=True)


def _asked_revision(track: MaskTrack, asked: str) -> MaskRevision:
    if asked == "start":
        return selectors.starting_revision(track)
    if asked == "submitted":
        return selectors.submitted_revision(track)
    if not asked.isdecimal():
        raise ContentRefused("A revision is a whole number, start, or submitted.", code="invalid")
    return selectors.get_revision(track, int(asked))


class BytesParser(BaseParser):
    """Takes a body as it is."""

    media_type = BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        return bytes(stream.read())


class BytesRenderer(BaseRenderer):
    """Lets a client ask for bytes; the view answers with them itself."""

    media_type = BYTES
    format = "bytes"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return bytes(JSONRenderer().render(data))


def describe_vertebrae(case: Case) -> list[dict[str, Any]]:
    """Return the vertebrae of a case with what counts for each now."""
    levels = assignments_of(case)
    proposed = {
        row.vertebra_id: row
        for row in ProposedVertebra.objects.filter(
            preannotation__case=case, preannotation__status="done"
        ).order_by("preannotation__created_at")
    }
    found = []
    for row in vertebrae_of(case):
        level, seen = levels.get(row.number), proposed.get(row.pk)
        found.append(
            {
                "number": row.number,
                "uuid": row.uuid,
                "level": level.level if level else None,
                "counted_from": level.counted_from if level else "",
                "centroid_mm": seen.centroid_mm if seen else None,
                "confidence": seen.confidence if seen else None,
                "is_partial": seen.is_partial if seen else False,
            }
        )
    return found


def describe_event(event: CaseEvent, stage: str) -> dict[str, Any]:
    """Return a move as it is shown while the case is at a stage; who reads stays unnamed."""
    return {
        "at": event.at,
        "move": event.move,
        "from_stage": event.from_stage,
        "to_stage": event.to_stage,
        "by": selectors.person_shown(event),
        "reason": event.reason,
        "note": event.note,
        "overrides": overrides_at(event, stage),
    }


def _unless_known(request: Request, what: str) -> HttpResponse:
    """Return an empty answer that a browser may keep but asks about each time; 304 if it has it."""
    tag = f'"{hashlib.sha256(what.encode()).hexdigest()[:32]}"'
    is_known = request.headers.get("If-None-Match") == tag
    answer = HttpResponse(status=304 if is_known else 200, content_type=BYTES)
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def answer_mask(request: Request, track: MaskTrack) -> HttpResponse:
    """Return the mask of a track, now or at the revision that is asked for."""
    asked = request.query_params.get("revision")
    state = None
    if asked is not None:
        revision = _asked_revision(track, asked)
        sequence = revision.last_sequence
    else:
        state = current_state(track)
        revision, sequence = state.revision, state.last_sequence
    standing = {
        "X-Lamina-Revision": str(revision.number),
        "X-Lamina-Last-Sequence": str(sequence),
        "X-Lamina-Levels": write_line(levels_at(track, sequence)),
        "X-Lamina-Next-Number": str(highest_number(track.case) + 1),
    }
    answer = _unless_known(request, f"{revision.pk} {standing}")
    if answer.status_code == status.HTTP_200_OK:
        mask = state.mask if state else None
        answer.content = selectors.bytes_of(revision) if mask is None else encode_runs(mask)
        answer["X-Lamina-Sha256"] = revision.map_sha256 if mask is None else map_sha256(mask)
    for name, value in standing.items():
        answer[name] = value
    return answer


class MaskView(APIView):
    """The mask of a case as run lengths; headers say where it stands and what levels are now."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(
        parameters=[
            OpenApiParameter("track", str, enum=SHARED_TRACKS, default="main"),
            OpenApiParameter("revision", str, description=REVISION_HELP),
        ],
        responses={(200, BYTES): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        user = person_of(request)
        case = get_case(user, case_id)
        kind = request.query_params.get("track", "main")
        return answer_mask(request, selectors.get_track_for(user, case, kind))


class StrokesView(APIView):
    """Where strokes arrive."""

    parser_classes = [BytesParser]

    @extend_schema(
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            200: StrokeAnswerSerializer,
            409: OpenApiResponse(description="`base_mismatch` or `not_holder`."),
            422: OpenApiResponse(description="The bytes are no stroke for this case."),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        track = selectors.get_track(get_case(user, case_id))
        body = request.data if isinstance(request.data, bytes) else b""
        return Response(services.record_stroke(track, by=user, body=body))


class ProblemsView(APIView):
    """What the grammar of the spine finds in the mask."""

    @extend_schema(responses=ProblemSerializer(many=True))
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        shown = shown_problems(case, stage_shown_to(user, case))
        return Response(ProblemSerializer(shown, many=True).data)


class HistoryView(APIView):
    """The moves of a case."""

    @extend_schema(responses=CaseEventOutSerializer(many=True))
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        stage = stage_shown_to(user, case)
        shown = [describe_event(event, stage) for event in selectors.events_until(case, stage)]
        return Response(CaseEventOutSerializer(shown, many=True).data)
