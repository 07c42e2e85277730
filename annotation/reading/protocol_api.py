"""Versions of the protocol and the readers' progress over HTTP, for managers."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.domain.genant import CONVENTIONS
from annotation.domain.refusals import NotPermitted
from annotation.domain.workflow import Role
from annotation.reading import allotting, progress, protocols
from annotation.reading.models import Protocol
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import get_dataset, person_of, require_role, roles_in


class ArmSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)
    exposure = serializers.ChoiceField(choices=Protocol.Exposure.values)
    weight = serializers.FloatField()


class LimitsSerializer(serializers.Serializer[Any]):
    noise_of_g = serializers.FloatField()
    great_difference_of_g = serializers.FloatField()
    great_distance_mm = serializers.FloatField()
    mask_dice = serializers.FloatField()
    mask_hd95_mm = serializers.FloatField()


class ProtocolSaidSerializer(serializers.Serializer[Any]):
    convention = serializers.CharField()
    readers_per_case = serializers.IntegerField()
    overlap_share = serializers.FloatField()
    proposal_exposure = serializers.ChoiceField(choices=Protocol.Exposure.values)
    arms = ArmSerializer(many=True)
    grades_cervical = serializers.BooleanField()
    classifies_ao = serializers.BooleanField()
    repeat_share = serializers.FloatField()
    repeat_after_days = serializers.IntegerField()
    catch_share = serializers.FloatField()
    limits = LimitsSerializer()
    adjudicator = serializers.IntegerField(allow_null=True)
    wash_out_days = serializers.IntegerField()
    way = serializers.ChoiceField(choices=Protocol.Way.values)
    due_days = serializers.IntegerField(allow_null=True)
    independent_masks = serializers.IntegerField()
    masks_begin = serializers.ChoiceField(choices=Protocol.MasksBegin.values)
    note = serializers.CharField(allow_blank=True, max_length=2000)


class ProposedProtocolSerializer(ProtocolSaidSerializer):
    """What of the newest version is to be different."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class ProtocolVersionSerializer(ProtocolSaidSerializer):
    version = serializers.IntegerField()
    allocation_seed = serializers.IntegerField()
    adjudicator_name = serializers.CharField(allow_blank=True)
    made_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    in_use = serializers.BooleanField(allow_null=True)


class ConventionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    mild = serializers.FloatField()
    moderate = serializers.FloatField()
    severe = serializers.FloatField()


class ReaderNameSerializer(serializers.Serializer[Any]):
    key = serializers.IntegerField()
    name = serializers.CharField()


class ProtocolsSerializer(serializers.Serializer[Any]):
    versions = ProtocolVersionSerializer(many=True)
    beginning = ProtocolSaidSerializer()
    conventions = ConventionSerializer(many=True)
    readers = ReaderNameSerializer(many=True)


class ForecastSerializer(serializers.Serializer[Any]):
    minutes_per_case = serializers.FloatField(allow_null=True)
    minutes_left = serializers.FloatField(allow_null=True)
    n_cases = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)


class ReaderProgressSerializer(serializers.Serializer[Any]):
    key = serializers.IntegerField()
    name = serializers.CharField()
    is_reader = serializers.BooleanField()
    is_away = serializers.BooleanField()
    assigned = serializers.IntegerField()
    open = serializers.IntegerField()
    submitted = serializers.IntegerField()
    overdue = serializers.IntegerField()
    ended = serializers.IntegerField()
    next_due = serializers.DateTimeField(allow_null=True)
    forecast = ForecastSerializer()


class CatchSerializer(serializers.Serializer[Any]):
    key = serializers.IntegerField()
    name = serializers.CharField()
    n = serializers.IntegerField()
    detected = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ProgressSerializer(serializers.Serializer[Any]):
    readers = ReaderProgressSerializer(many=True)
    n_waiting = serializers.IntegerField()
    places_open = serializers.IntegerField()
    way = serializers.ChoiceField(choices=Protocol.Way.values)
    forecast = ForecastSerializer()
    catches = CatchSerializer(many=True)


class AssignedSerializer(serializers.Serializer[Any]):
    assigned = serializers.IntegerField()
    cases = serializers.IntegerField()
    short = serializers.IntegerField()


class SubstituteSerializer(serializers.Serializer[Any]):
    reader = serializers.IntegerField()
    reason = serializers.CharField(max_length=200)
    give_on = serializers.BooleanField(default=True)


class BringBackSerializer(serializers.Serializer[Any]):
    reader = serializers.IntegerField()


class SubstitutedSerializer(serializers.Serializer[Any]):
    ended = serializers.IntegerField()
    given = serializers.IntegerField()
    short = serializers.IntegerField()


def describe_protocol(protocol: Protocol, *, in_use: bool | None) -> dict[str, Any]:
    """Return a version as it is shown to managers."""
    third, author = protocol.adjudicator, protocol.made_by
    said = {name: getattr(protocol, name) for name in protocols.SAID}
    return {
        **said,
        "adjudicator": protocol.adjudicator_id,
        "adjudicator_name": third.display_name if third else "",
        "made_by": author.display_name if author else "",
        "version": protocol.version,
        "allocation_seed": protocol.allocation_seed,
        "created_at": protocol.created_at,
        "in_use": in_use,
    }


def _managed(request: Request, slug: str) -> Dataset:
    user = person_of(request)
    dataset = get_dataset(user, slug)
    require_role(user, dataset, Role.MANAGER)
    return dataset


def _overseen(request: Request, slug: str) -> Dataset:
    """Return the dataset to a manager who does not read there: progress is kept from readers."""
    dataset = _managed(request, slug)
    if Role.READER in roles_in(person_of(request), dataset):
        raise NotPermitted(
            "You read in this data set too; how far the others are is kept from readers."
        )
    return dataset


class ProtocolsView(APIView):
    """All versions of a dataset's protocol."""

    @extend_schema(responses=ProtocolsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        dataset = _managed(request, slug)
        reads_too = Role.READER in roles_in(person_of(request), dataset)
        used = protocols.versions_in_use(dataset)
        versions = protocols.versions_of(dataset)
        beginning = versions[0] if versions else Protocol()
        shown = {
            "versions": [
                describe_protocol(row, in_use=None if reads_too else row.pk in used)
                for row in versions
            ],
            "beginning": describe_protocol(beginning, in_use=None),
            "conventions": list(CONVENTIONS.values()),
            "readers": [
                {"key": one.pk, "name": one.display_name} for one in protocols.readers_of(dataset)
            ],
        }
        return Response(ProtocolsSerializer(shown).data)

    @extend_schema(
        request=ProposedProtocolSerializer,
        responses={
            201: ProtocolVersionSerializer,
            409: OpenApiResponse(description="Nothing differs from the newest version."),
            422: OpenApiResponse(description="`problems` name the fields and say what is wrong."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        dataset = _managed(request, slug)
        given = ProposedProtocolSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        if said.get("adjudicator") is not None:
            said["adjudicator"] = _reader(dataset, said["adjudicator"])
        made = protocols.propose_protocol(dataset, by=person_of(request), said=said)
        shown = describe_protocol(made, in_use=False)
        return Response(ProtocolVersionSerializer(shown).data, status=201)


def _reader(dataset: Dataset, key: int) -> User:
    found = next((one for one in protocols.readers_of(dataset) if one.pk == key), None)
    return found or User(pk=key)


class ReadersView(APIView):
    """How many readings each reader has, open and submitted; never what they say."""

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request, slug: str) -> Response:
        shown = progress.describe_progress(_overseen(request, slug))
        return Response(ProgressSerializer(shown).data)


class AssignOpenView(APIView):
    """Give every case at reading as many readers as it still lacks."""

    @extend_schema(request=None, responses=AssignedSerializer)
    def post(self, request: Request, slug: str) -> Response:
        dataset = _overseen(request, slug)
        shown = allotting.assign_open_cases(dataset)
        return Response(AssignedSerializer(shown).data)


class SubstituteView(APIView):
    """End what a reader has open, and give it to others; drafts are kept."""

    @extend_schema(request=SubstituteSerializer, responses=SubstitutedSerializer)
    def post(self, request: Request, slug: str) -> Response:
        dataset = _overseen(request, slug)
        given = SubstituteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        shown = allotting.substitute_reader(
            dataset, reader=said["reader"], reason=said["reason"], give_on=said["give_on"]
        )
        return Response(SubstitutedSerializer(shown).data)


class BringBackView(APIView):
    """Let a reader who dropped out get new cases again."""

    @extend_schema(
        request=BringBackSerializer,
        responses={204: None, 409: OpenApiResponse(description="The reader did not drop out.")},
    )
    def post(self, request: Request, slug: str) -> Response:
        dataset = _overseen(request, slug)
        given = BringBackSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        allotting.bring_back(dataset, reader=given.validated_data["reader"])
        return Response(status=204)
