"""Sign-in and sign-out."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.workflow import Role
from annotation.studies.models import Membership, User


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    username = serializers.CharField()


class DatasetMembershipSerializer(serializers.Serializer[Any]):
    dataset = serializers.CharField()
    dataset_name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)))


class SessionSerializer(serializers.Serializer[Any]):
    user = PersonSerializer(allow_null=True)
    memberships = DatasetMembershipSerializer(many=True)


class SignInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


def describe_session(user: object) -> dict[str, Any]:
    """Return who is signed in and what they are in which dataset."""
    if not isinstance(user, User):
        return {"user": None, "memberships": []}
    rows = Membership.objects.filter(user=user).select_related("dataset")
    found: dict[str, dict[str, Any]] = {}
    for row in rows.order_by("dataset__name", "role"):
        entry = found.setdefault(
            row.dataset.slug,
            {"dataset": row.dataset.slug, "dataset_name": row.dataset.name, "roles": []},
        )
        entry["roles"].append(row.role)
    person = {"id": user.pk, "name": user.display_name, "username": user.username}
    return {"user": person, "memberships": list(found.values())}


class SessionView(APIView):
    """Who am I; sign in; sign out."""

    permission_classes = [AllowAny]

    @method_decorator(ensure_csrf_cookie)
    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        return Response(describe_session(request.user))

    @method_decorator(csrf_protect)
    @extend_schema(
        request=SignInSerializer,
        responses={
            200: SessionSerializer,
            400: OpenApiResponse(description="Wrong name or password; `tries_left` says how many."),
            429: OpenApiResponse(description="Locked for `minutes`."),
        },
    )
    def post(self, request: Request) -> Response:
        given = SignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = request._request
        user = authenticate(asked, **given.validated_data)
        if user is not None:
            login(asked, user)
            return Response(describe_session(user))
        return _refuse_sign_in(asked, given.validated_data["username"])

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _refuse_sign_in(asked: HttpRequest, username: str) -> Response:
    """Say how many tries are left; at none, `answer_locked` replaces this answer."""
    failures = AxesProxyHandler.get_failures(asked, {"username": username})
    return Response(
        {
            "detail": "Name or password is wrong.",
            "code": "bad_credentials",
            "tries_left": max(0, settings.AXES_FAILURE_LIMIT - failures),
        },
        status=status.HTTP_400_BAD_REQUEST,
    )


def answer_locked(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> JsonResponse:
    """Answer a sign-in to a locked account; named in the settings for the lock-out."""
    wait = get_cool_off(request)
    minutes = max(1, round(wait.total_seconds() / 60)) if wait else 1
    detail = f"Too many wrong passwords. Try again in {minutes} minutes."
    return JsonResponse(
        {"detail": detail, "code": "locked", "minutes": minutes},
        status=status.HTTP_429_TOO_MANY_REQUESTS,
    )
