"""The log of acts, any moment of a mask, versions that lost a race, and ticks, over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.bridge.runs import encode_runs
from annotation.domain.refusals import ContentRefused
from annotation.refinement import acts, selectors, ticks
from annotation.refinement.api import BYTES, BytesParser, BytesRenderer
from annotation.refinement.levels import highest_number
from annotation.refinement.models import MaskRevision, MaskTrack
from annotation.refinement.replay import map_sha256
from annotation.studies.models import Case
from annotation.studies.selectors import get_case, person_of

_ACTS_ASKED = (("since", "stage"), ("after", "0"))
_IMMUTABLE = "private, no-store"


class LevelChangeSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    to = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which no class attribute can be called."""
        return {**super().get_fields(), "from": serializers.CharField(allow_null=True)}


class ActSerializer(serializers.Serializer[Any]):
    sequence = serializers.IntegerField()
    tool = serializers.IntegerField()
    number = serializers.IntegerField()
    n_voxels = serializers.IntegerField()
    levels = LevelChangeSerializer(many=True)
    mine = serializers.BooleanField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class RevisionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    track = serializers.CharField()
    number = serializers.IntegerField()
    sequence = serializers.IntegerField()
    cause = serializers.CharField()
    author_kind = serializers.CharField()
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class TickSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=255)
    done = serializers.BooleanField()
    sequence = serializers.IntegerField(min_value=0)


class TickedSerializer(serializers.Serializer[Any]):
    numbers = serializers.ListField(child=serializers.IntegerField())


def _answer(body: bytes, headers: dict[str, object]) -> HttpResponse:
    answer = HttpResponse(body, content_type=BYTES)
    for name, value in headers.items():
        answer[f"X-Lamina-{name}"] = str(value)
    answer["Cache-Control"] = _IMMUTABLE
    return answer


def _main_track(request: Request, case_id: UUID) -> MaskTrack:
    return selectors.get_track(get_case(person_of(request), case_id))


def answer_acts(request: Request, track: MaskTrack) -> Response:
    """Return the acts on a track that are asked for."""
    since, after = (request.query_params.get(*one) for one in _ACTS_ASKED)
    if since not in ("stage", "start"):
        raise ContentRefused("Acts are listed since the stage or the start.", code="invalid")
    if not after.isdecimal():
        raise ContentRefused("Acts follow on the number of an act.", code="invalid")
    found = acts.acts_of(track, whole=since == "start", after=int(after))
    user = person_of(request)
    return Response(ActSerializer([acts.describe_act(one, user) for one in found], many=True).data)


def answer_act(track: MaskTrack, sequence: int) -> HttpResponse:
    """Return one act on a track as it came."""
    return _answer(acts.act_bytes(track, sequence), {})


def answer_moment(track: MaskTrack, sequence: int) -> HttpResponse:
    """Return the mask of a track as it was after an act."""
    revision, mask = acts.mask_at(track, sequence)
    headers = {
        "Revision": revision.number,
        "Last-Sequence": sequence,
        "Sha256": map_sha256(mask),
        "Levels": acts.write_line(acts.levels_at(track, sequence)),
        "Next-Number": highest_number(track.case) + 1,
    }
    return _answer(encode_runs(mask), headers)


def answer_revisions(revisions: list[MaskRevision]) -> Response:
    """Return revisions as they are listed."""
    shown = [acts.describe_revision(one) for one in revisions]
    return Response(RevisionSerializer(shown, many=True).data)


def keep_sent_version(request: Request, case: Case, kind: str) -> Response:
    """Keep the version that was sent beside a track."""
    base = request.query_params.get("base", "")
    if not base.isdecimal():
        raise ContentRefused("A version stands on an act; say which.", code="invalid")
    kept = acts.keep_version(
        case,
        by=person_of(request),
        body=request.data if isinstance(request.data, bytes) else b"",
        base=int(base),
        levels=acts.read_line(request.query_params.get("levels", "")),
        kind=kind,
    )
    return Response(RevisionSerializer(acts.describe_revision(kept)).data, status=201)


def answer_version(case: Case, version: MaskRevision) -> HttpResponse:
    """Return one version that lost a race."""
    headers = {
        "Revision": version.number,
        "Last-Sequence": version.last_sequence,
        "Sha256": version.map_sha256,
        "Levels": version.levels,
        "Next-Number": highest_number(case) + 1,
    }
    return _answer(selectors.bytes_of(version), headers)


class ActsView(APIView):
    """The acts on the mask of a case, oldest first."""

    @extend_schema(
        parameters=[
            OpenApiParameter("since", str, enum=["stage", "start"], default="stage"),
            OpenApiParameter("after", int, default=0, description="Only acts after this one."),
        ],
        responses=ActSerializer(many=True),
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        return answer_acts(request, _main_track(request, case_id))


class ActView(APIView):
    """One act as it came."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses={(200, BYTES): OpenApiTypes.BINARY})
    def get(self, request: Request, case_id: UUID, sequence: int) -> HttpResponse:
        return answer_act(_main_track(request, case_id), sequence)


class MomentView(APIView):
    """The mask as it was after an act; 0 is the start."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses={(200, BYTES): OpenApiTypes.BINARY})
    def get(self, request: Request, case_id: UUID, sequence: int) -> HttpResponse:
        return answer_moment(_main_track(request, case_id), sequence)


class RevisionsView(APIView):
    """Every whole mask kept of a case, versions that lost a race included, oldest first."""

    @extend_schema(responses=RevisionSerializer(many=True))
    def get(self, request: Request, case_id: UUID) -> Response:
        case = get_case(person_of(request), case_id)
        return answer_revisions(acts.revisions_of(case))


class VersionsView(APIView):
    """Where a version that cannot follow on the main track is kept."""

    parser_classes = [BytesParser]

    @extend_schema(
        parameters=[
            OpenApiParameter("base", int, required=True, description="The act it stands on."),
            OpenApiParameter("levels", str, description="`1=T12,2=L1,3=`, as with the mask."),
        ],
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            201: RevisionSerializer,
            422: OpenApiResponse(description="The bytes are no mask of this case."),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        case = get_case(person_of(request), case_id)
        return keep_sent_version(request, case, MaskTrack.Kind.VERSION)


class VersionView(APIView):
    """One version that lost a race."""

    renderer_classes = [JSONRenderer, BytesRenderer]

    @extend_schema(responses={(200, BYTES): OpenApiTypes.BINARY})
    def get(self, request: Request, case_id: UUID, key: int) -> HttpResponse:
        case: Case = get_case(person_of(request), case_id)
        return answer_version(case, acts.get_version(case, key))


class LevelsDoneView(APIView):
    """The levels I have looked through."""

    @extend_schema(responses=TickedSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        return Response({"numbers": ticks.levels_done(case, by=user)})

    @extend_schema(request=TickSerializer, responses=TickedSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        track = _main_track(request, case_id)
        given = TickSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        numbers = ticks.tick_level(
            track, by=user, number=said["number"], is_done=said["done"], sequence=said["sequence"]
        )
        return Response({"numbers": numbers})
