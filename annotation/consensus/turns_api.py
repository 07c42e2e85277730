"""Putting a disagreement off, or before a third reader, over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.consensus import asking, selectors
from annotation.consensus.api import ConsensusOutSerializer, answer_consensus
from annotation.consensus.models import Disagreement, Turn
from annotation.studies.models import User
from annotation.studies.selectors import person_of

_NOT_NOW = OpenApiResponse(description="It is settled, asked already, or another holds the pen.")


class AskSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


def _after(request: Request, key: UUID, act: Callable[[Disagreement, User], Turn]) -> Response:
    user = person_of(request)
    disagreement = selectors.get_disagreement(user, key)
    act(disagreement, user)
    return answer_consensus(user, disagreement.sitting.case)


class DeferView(APIView):
    """Put a disagreement off; it stays open and goes to the end of the list."""

    @extend_schema(request=None, responses={200: ConsensusOutSerializer, 409: _NOT_NOW})
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        return _after(
            request, disagreement_id, lambda row, user: asking.defer_disagreement(row, by=user)
        )


class AskThirdReaderView(APIView):
    """Put a disagreement before a third reader."""

    @extend_schema(request=AskSerializer, responses={200: ConsensusOutSerializer, 409: _NOT_NOW})
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        note = given.validated_data["note"]
        return _after(
            request,
            disagreement_id,
            lambda row, user: asking.ask_third_reader(row, by=user, note=note),
        )


class TakeQuestionBackView(APIView):
    """Decide between the two after all."""

    @extend_schema(request=None, responses={200: ConsensusOutSerializer, 409: _NOT_NOW})
    def post(self, request: Request, disagreement_id: UUID) -> Response:
        return _after(
            request, disagreement_id, lambda row, user: asking.take_question_back(row, by=user)
        )
