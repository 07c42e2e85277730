"""One case with all that its screens begin with, and the moves on it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.bridge.meta import with_defaults
from annotation.consensus.signing import settle_case
from annotation.domain.frames import Frame, SpacingSource, has_mm
from annotation.domain.genant import DEFAULT_CONVENTION
from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Move, Role, Stage, destination
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import (
    grade_withheld_reason,
    model_for,
    newest_attempt,
    shown_vertebrae,
)
from annotation.preannotation.services import NO_RADIOGRAPH_MODEL, ask_for_preannotation
from annotation.reading.catches import shown_to
from annotation.reading.models import Protocol, Reading
from annotation.reading.selectors import (
    is_proposal_hidden_from,
    open_assignment,
    own_reading,
    proposal_visible_to,
    protocol_of,
    stage_for,
    wanted_by,
)
from annotation.reading.services import return_from_reading
from annotation.refinement import services as refinement
from annotation.refinement.api import VertebraSerializer, describe_vertebrae
from annotation.refinement.lease_api import LeaseSerializer
from annotation.refinement.leases import describe_lease
from annotation.refinement.models import MaskRevision, MaskTrack
from annotation.refinement.selectors import lease_of, person_shown, standing_return, tracks_for
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, Image, User
from annotation.studies.selectors import (
    cases_visible_to,
    get_case,
    person_of,
    role_for,
    roles_in,
)
from annotation.studies.services import advance_case
from annotation.studies.volumes import grid_of
from webapp.pages.standing import WORK_KINDS, may_retry, open_moves, work_of


class ThreeNumbersField(serializers.ListField):
    """Three numbers: a point, three heights, or a spacing."""

    child = serializers.FloatField()

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=3, max_length=3, **options)


class SuggestionSerializer(serializers.Serializer[Any]):
    """What a classifier of slices says, and the sagittal slice that decided."""

    is_fractured = serializers.BooleanField()
    score = serializers.FloatField()
    slice_k = serializers.FloatField()
    n_slices = serializers.IntegerField()
    k_needed = serializers.IntegerField()
    slice_scores = serializers.ListField(child=serializers.FloatField())


class ProposedVertebraSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    level = serializers.CharField()
    confidence = serializers.FloatField()
    centroid_mm = ThreeNumbersField()
    is_partial = serializers.BooleanField()
    six_points_mm = serializers.ListField(
        child=serializers.ListField(child=ThreeNumbersField()), allow_null=True
    )
    heights_mm = ThreeNumbersField(allow_null=True)
    g = serializers.FloatField(allow_null=True)
    grade = serializers.IntegerField(allow_null=True)
    shape = serializers.CharField(allow_null=True)
    withheld_reason = serializers.CharField(allow_null=True)
    suggestion = SuggestionSerializer(allow_null=True, required=False)


class ProposalOutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    model = serializers.CharField()
    trained_on = serializers.CharField()
    phantoms_only = serializers.BooleanField()
    counted_from = serializers.CharField()
    created_at = serializers.DateTimeField()
    vertebrae = ProposedVertebraSerializer(many=True)
    straightened_url = serializers.CharField(allow_null=True)


class ReturnedSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class OwnReadingSerializer(serializers.Serializer[Any]):
    mine = serializers.ChoiceField(choices=["none", "open", "submitted"])
    needed = serializers.IntegerField()


class TrackSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=MaskTrack.Kind.values)
    revision = serializers.IntegerField()
    author_kind = serializers.ChoiceField(choices=MaskRevision.AuthorKind.values)


class CaseDetailSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    dataset = serializers.CharField()
    title = serializers.CharField()
    stage = serializers.ChoiceField(choices=list(Stage))
    work = serializers.ChoiceField(choices=WORK_KINDS, allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)))
    moves = serializers.ListField(child=serializers.ChoiceField(choices=list(Move)))
    volume = serializers.UUIDField()
    spacing_mm = ThreeNumbersField(allow_null=True)
    kind = serializers.ChoiceField(choices=Image.Kind.values)
    frame = serializers.ChoiceField(choices=[frame.value for frame in Frame])
    spacing_source = serializers.ChoiceField(
        choices=[source.value for source in SpacingSource], allow_null=True
    )
    remarks = serializers.ListField(child=serializers.CharField())
    vertebrae = VertebraSerializer(many=True)
    proposal = ProposalOutSerializer(allow_null=True)
    proposal_hidden = serializers.BooleanField()
    counted_from = serializers.CharField(allow_blank=True)
    lease = LeaseSerializer(allow_null=True)
    returned = ReturnedSerializer(allow_null=True)
    series = serializers.DictField()
    convention = serializers.CharField()
    readings = OwnReadingSerializer(allow_null=True)
    grade_withheld_reason = serializers.CharField(allow_null=True)
    tracks = TrackSerializer(many=True)


class MakeMoveSerializer(serializers.Serializer[Any]):
    move = serializers.ChoiceField(choices=list(Move))
    reason = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


def describe_case(user: User, case: Case) -> dict[str, Any]:
    """Return a case as this person may see it."""
    proposal = proposal_visible_to(user, case)
    is_hidden = is_proposal_hidden_from(user, case)
    vertebrae = describe_vertebrae(case)
    if is_hidden:
        vertebrae = [{**one, "centroid_mm": None, "confidence": None} for one in vertebrae]
    protocol = protocol_of(case)
    lease = lease_of(case)
    return {
        "id": case.pk,
        "code": case.code,
        "dataset": case.dataset.slug,
        "title": case.title,
        "stage": stage_for(user, case),
        "work": work_of(user, case),
        "roles": sorted(role.value for role in roles_in(user, case.dataset)),
        "moves": open_moves(user, case),
        "volume": case.volume_id,
        **_describe_image(case),
        "vertebrae": vertebrae,
        "proposal": _describe_proposal(proposal, user) if proposal else None,
        "proposal_hidden": is_hidden,
        "counted_from": vertebrae[0]["counted_from"] if vertebrae else "",
        "lease": describe_lease(lease, user) if lease else None,
        "returned": _describe_return(case),
        "series": _describe_series(case),
        "convention": protocol.convention if protocol else DEFAULT_CONVENTION,
        "readings": _describe_readings(user, case),
        "grade_withheld_reason": grade_withheld_reason(case.image) or None,
        "tracks": [
            {"kind": row.track.kind, "revision": row.number, "author_kind": row.author_kind}
            for row in tracks_for(user, case)
        ],
    }


def _describe_image(case: Case) -> dict[str, Any]:
    """Return what kind of image it is, its spacing where it has one, and remarks of the intake."""
    grid = grid_of(case.volume)
    is_radiograph = case.image.is_radiograph
    return {
        "spacing_mm": grid.spacing_mm if has_mm(grid.frame) else None,
        "kind": case.image.kind,
        "frame": grid.frame.value,
        "spacing_source": with_defaults(case.volume.meta)["spacing_source"],
        "remarks": [*case.image.flags, *_without_model(case)] if is_radiograph else [],
    }


def _without_model(case: Case) -> list[str]:
    is_read = model_for(case) is not None or newest_attempt(case) is not None
    return [] if is_read else [NO_RADIOGRAPH_MODEL]


def _describe_proposal(proposal: PreAnnotation, user: User) -> dict[str, Any]:
    has_picture = bool(proposal.straightened_blob)
    return {
        "id": proposal.pk,
        "model": proposal.model.version,
        "trained_on": proposal.model.trained_on,
        "phantoms_only": proposal.model.phantoms_only,
        "counted_from": proposal.counted_from,
        "created_at": proposal.delivered_at,
        "vertebrae": [
            {
                "number": one.number,
                "level": one.row.level,
                "confidence": one.row.confidence,
                "centroid_mm": one.row.centroid_mm,
                "is_partial": one.row.is_partial,
                "six_points_mm": one.row.six_points_mm,
                "heights_mm": one.row.heights_mm,
                "g": one.row.g,
                "grade": one.row.grade,
                "shape": one.row.shape or None,
                "withheld_reason": one.withheld_reason,
                "suggestion": one.row.suggestion,
            }
            for one in shown_to(user, proposal.case, shown_vertebrae(proposal))
        ],
        "straightened_url": f"/api/proposals/{proposal.pk}/straightened/" if has_picture else None,
    }


def _describe_return(case: Case) -> dict[str, Any] | None:
    event = standing_return(case)
    if event is None:
        return None
    return {
        "reason": event.reason,
        "note": event.note,
        "by": person_shown(event),
        "at": event.at,
    }


def _describe_series(case: Case) -> dict[str, Any]:
    """Return what of the series and the patient passed the allow-list at intake."""
    series = case.image.series
    return {
        **series.allowed,
        "modality": series.modality,
        "contrast": series.contrast or None,
        "sex": case.patient.sex or None,
        "age_years": series.study.age_years,
    }


def _describe_readings(user: User, case: Case) -> dict[str, Any] | None:
    if Role.READER not in roles_in(user, case.dataset):
        return None
    own = own_reading(user, case)
    protocol = own.protocol if own else protocol_of(case) or Protocol()
    is_to_do = open_assignment(user, case) is not None and (
        own is None or own.status == Reading.Status.SUBMITTED
    )
    mine = "none" if own is None or is_to_do else own.status
    return {"mine": mine, "needed": wanted_by(protocol, case)}


Act = Callable[[Case, User, str, str], None]

_BY_A_ROOM: Final[Mapping[Move, Act]] = {
    Move.SUBMIT_MASK: lambda case, by, _, note: refinement.submit_mask(case, by=by, note=note),
    Move.RETURN_MASK: lambda case, by, reason, note: refinement.return_mask(
        case, by=by, reason=reason, note=note
    ),
    Move.APPROVE_MASK: lambda case, by, _, note: refinement.approve_mask(case, by=by, note=note),
    Move.RETURN_FROM_READING: lambda case, by, reason, note: return_from_reading(
        case, by=by, reason=reason, note=note
    ),
    Move.SETTLE: lambda case, by, _, __: settle_case(case, by=by),
}
"""Moves whose content a room checks first; the others go to `advance_case` as they are."""


def make_move(case: Case, move: Move, *, by: User, reason: str, note: str) -> None:
    """Make a move for a person through the room that answers for it.

    Raises:
        MoveNotAllowed, NotPermitted, Conflict, ContentRefused: as the room says.
    """
    if move is Move.QUEUE and may_retry(by, case):
        ask_for_preannotation(case)
        return
    destination(move, Stage(stage_for(by, case)), role_for(by, case, move))
    if move in _BY_A_ROOM:
        _BY_A_ROOM[move](case, by, reason, note)
    else:
        role = role_for(by, case, move)
        advance_case(case, move=move, by=by, role=role, reason=reason, note=note)


class CaseView(APIView):
    """One case."""

    @extend_schema(responses=CaseDetailSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        return Response(describe_case(user, get_case(user, case_id)))


class MovesView(APIView):
    """Moves a case on its way."""

    @extend_schema(
        request=MakeMoveSerializer,
        responses={
            200: CaseDetailSerializer,
            409: OpenApiResponse(description="The case is elsewhere; the sentence says where."),
            422: OpenApiResponse(description="The content is not ready; `problems` says why."),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user = person_of(request)
        case = get_case(user, case_id)
        given = MakeMoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        make_move(case, Move(said["move"]), by=user, reason=said["reason"], note=said["note"])
        return Response(describe_case(user, get_case(user, case_id)))


class StraightenedView(APIView):
    """The straightened picture of a proposal, for whom the protocol shows it."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, proposal_id: UUID) -> HttpResponse:
        user = person_of(request)
        found = PreAnnotation.objects.filter(pk=proposal_id, case__in=cases_visible_to(user))
        proposal = found.select_related("case__dataset").first()
        if (
            proposal is None
            or not proposal.straightened_blob
            or is_proposal_hidden_from(user, proposal.case)
        ):
            raise NotVisible("This picture does not exist or is not yours to see.")
        content = blob_store().read(proposal.straightened_blob)
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Cache-Control"] = "private, no-cache"
        return response
