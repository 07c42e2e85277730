"""The room of a sitting over HTTP: who is there, who holds the pen, who has signed."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus import room, selectors, signing
from annotation.consensus.models import Sitting
from annotation.domain.refusals import Conflict
from annotation.domain.workflow import Role, Stage
from annotation.studies.models import Case, User
from annotation.studies.selectors import get_case, person_of, require_role

ROLES = ["reader", "adjudicator", "onlooker"]


class PresentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    is_me = serializers.BooleanField()
    role = serializers.ChoiceField(choices=ROLES)
    holds_pen = serializers.BooleanField()


class RoomSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=ROLES)
    people = PresentSerializer(many=True)
    pen = serializers.ChoiceField(choices=["mine", "anothers", "free"])
    pen_holder = serializers.CharField(allow_blank=True)
    signed = serializers.IntegerField()
    to_sign = serializers.IntegerField()
    i_sign = serializers.BooleanField()
    i_signed = serializers.BooleanField()


class PenSerializer(serializers.Serializer[Any]):
    act = serializers.ChoiceField(choices=["take", "hand_over"])
    to = serializers.IntegerField(required=False, allow_null=True)


class SignatureSerializer(serializers.Serializer[Any]):
    person = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class SignaturesSerializer(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    signatures = SignatureSerializer(many=True)


class SignInPlaceSerializer(serializers.Serializer[Any]):
    person = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, max_length=2000)


def describe_room(user: User, sitting: Sitting) -> dict[str, Any]:
    """Return who is in the room, who holds the pen and how many have signed; never who is A."""
    parties = room.parties_of(sitting)
    people = room.people_in(sitting)
    held = Sitting.objects.values_list("pen", flat=True).get(pk=sitting.pk)
    holder = next((row.person for row in people if row.person_id == held), None)
    signers, missing = signing.signers_of(sitting), signing.unsigned(sitting)
    pen = "free" if holder is None else "mine" if holder.pk == user.pk else "anothers"
    return {
        "role": room.role_in(sitting, user, parties),
        "people": [
            {
                "id": row.pk,
                "name": row.person.display_name,
                "is_me": row.person_id == user.pk,
                "role": room.role_in(sitting, row.person, parties),
                "holds_pen": row.person_id == held,
            }
            for row in people
        ],
        "pen": pen,
        "pen_holder": holder.display_name if holder is not None else "",
        "signed": len(signers) - len(missing),
        "to_sign": len(signers),
        "i_sign": user in signers,
        "i_signed": user in signers and user not in missing,
    }


def describe_signatures(sitting: Sitting) -> list[dict[str, Any]]:
    """Return the signatures that hold: whose, by whom and when."""
    return [
        {
            "person": row.in_place_of_id or row.by_id,
            "name": (row.in_place_of or row.by).display_name,
            "at": row.at,
            "by": row.by.display_name,
            "reason": row.reason,
        }
        for row in signing.signatures_of(sitting)
    ]


def _entered(request: Request, case_id: UUID) -> tuple[User, Sitting]:
    """Return the sitting in whose room a reader may be now."""
    user = person_of(request)
    case = get_case(user, case_id)
    sitting = selectors.get_sitting(user, case)
    if case.stage != Stage.CONSENSUS.value:
        raise Conflict(f"The case is at stage {case.stage}; this sitting is closed.", code="stage")
    room.require_opened(sitting)
    return user, sitting


def _answer_room(user: User, sitting: Sitting) -> Response:
    return Response(RoomSerializer(describe_room(user, sitting)).data)


class PresenceView(APIView):
    """I am in the room; sent again and again while I stay."""

    @extend_schema(request=None, responses=RoomSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        user, sitting = _entered(request, case_id)
        room.enter_room(sitting, by=user)
        return _answer_room(user, sitting)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, case_id: UUID) -> Response:
        user, sitting = _entered(request, case_id)
        room.leave_room(sitting, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PenView(APIView):
    """Take the pen where it is free, or hand it over."""

    @extend_schema(
        request=PenSerializer,
        responses={200: RoomSerializer, 409: OpenApiResponse(description="Another holds it.")},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user, sitting = _entered(request, case_id)
        given = PenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if given.validated_data["act"] == "take":
            room.take_pen(sitting, by=user)
        else:
            room.hand_pen(sitting, by=user, to=given.validated_data.get("to"))
        return _answer_room(user, sitting)


class SignaturesView(APIView):
    """For managers: who still has to sign, and signing in place of a reader who has left."""

    @extend_schema(responses=SignaturesSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        _, case = _managed(request, case_id)
        return _answer_signatures(case)

    @extend_schema(
        request=SignInPlaceSerializer,
        responses={
            200: SignaturesSerializer,
            409: OpenApiResponse(description="Nothing is missing, or something is open."),
            422: OpenApiResponse(description="The reason is missing."),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        user, case = _managed(request, case_id)
        given = SignInPlaceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        signing.sign_in_place(case, by=user, of=said["person"], reason=said["reason"])
        return _answer_signatures(case)


def _managed(request: Request, case_id: UUID) -> tuple[User, Case]:
    user = person_of(request)
    case = get_case(user, case_id)
    require_role(user, case.dataset, Role.MANAGER)
    return user, case


def _answer_signatures(case: Case) -> Response:
    sitting = selectors.newest_sitting(case)
    if sitting is None or case.stage not in (Stage.CONSENSUS.value, Stage.FINAL.value):
        return Response({"open": 0, "signatures": []})
    rows = describe_signatures(sitting)
    rows += [
        {"person": user.pk, "name": user.display_name, "at": None, "by": "", "reason": ""}
        for user in signing.unsigned(sitting)
    ]
    shown = {"open": len(selectors.open_disagreements(sitting)), "signatures": rows}
    return Response(SignaturesSerializer(shown).data)
