"""Automation bias over HTTP: the manager sees the study, a reader the own figures alone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.agreement import selectors, services
from annotation.agreement.api import FROZEN, ShareSerializer, asked_report, onlooked
from annotation.domain.agreement.automation import QUESTIONS
from annotation.domain.workflow import Role
from annotation.studies.selectors import person_of, roles_in


class TurnedSerializer(ShareSerializer):
    hits = serializers.IntegerField(allow_null=True)


class ByArmSerializer(serializers.Serializer[Any]):
    group = serializers.CharField()
    question = serializers.ChoiceField(choices=list(QUESTIONS))
    wrong_with_wrong = ShareSerializer()
    follows_wrong = ShareSerializer()
    wrong_with_right = ShareSerializer()


class TurnedWrongSerializer(serializers.Serializer[Any]):
    question = serializers.ChoiceField(choices=list(QUESTIONS))
    between = TurnedSerializer()
    within = ShareSerializer()


class OwnAnswersSerializer(serializers.Serializer[Any]):
    question = serializers.ChoiceField(choices=list(QUESTIONS))
    follows_wrong = ShareSerializer()
    wrong_with_wrong = ShareSerializer()
    wrong_alone = ShareSerializer()
    turned_wrong = ShareSerializer()


class ReaderHabitsSerializer(serializers.Serializer[Any]):
    reader = serializers.CharField()
    n_readings = serializers.IntegerField()
    short = ShareSerializer()
    short_below_seconds = serializers.FloatField(allow_null=True)
    untouched_readings = ShareSerializer()
    untouched_findings = ShareSerializer()
    catches = ShareSerializer(allow_null=True)
    questions = OwnAnswersSerializer(many=True)


class AutomationSerializer(serializers.Serializer[Any]):
    about = serializers.ChoiceField(choices=["study", "me"])
    n_cases = serializers.IntegerField()
    arms = ByArmSerializer(many=True)
    turned = TurnedWrongSerializer(many=True)
    readers = ReaderHabitsSerializer(many=True)


class AutomationView(APIView):
    """What the proposal does to readers, of closed cases; who reads here sees the own figures."""

    @extend_schema(parameters=[FROZEN], responses=AutomationSerializer)
    def get(self, request: Request, slug: str) -> Response:
        dataset, user = onlooked(request, slug), person_of(request)
        content = services.complete(asked_report(request, dataset).content)
        found = content["automation"]
        found = {**found, "readers": [{"catches": None, **one} for one in found["readers"]]}
        is_reader = Role.READER in roles_in(user, dataset)
        if is_reader:
            mine = selectors.letter_of(user, dataset)
            own = [one for one in found["readers"] if one["reader"] == mine]
            found = {"arms": [], "turned": [], "readers": own}
        about = "me" if is_reader else "study"
        shown = {"about": about, "n_cases": content["n_cases"], **found}
        return Response(AutomationSerializer(shown).data)
