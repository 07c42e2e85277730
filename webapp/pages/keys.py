"""The keys a person has chosen."""

import re
from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.studies.keymaps import keep_keys, keys_of
from annotation.studies.selectors import person_of

_COMMAND: Final = re.compile(r"[a-zA-Z][\w.]{0,59}")
_MOST_COMMANDS: Final = 300


class KeysSerializer(serializers.Serializer[Any]):
    """Keys by command as the table writes them ("B", "Ctrl+Enter"); only what was changed."""

    keys = serializers.DictField(
        child=serializers.ListField(
            child=serializers.CharField(min_length=1, max_length=32), max_length=4
        )
    )
    letters = serializers.BooleanField()

    def validate_keys(self, keys: dict[str, list[str]]) -> dict[str, list[str]]:
        """Refuse what is no table of commands.

        Raises:
            serializers.ValidationError: naming the first name that is none.
        """
        if len(keys) > _MOST_COMMANDS:
            raise serializers.ValidationError(f"At most {_MOST_COMMANDS} commands have keys.")
        for command in keys:
            if not _COMMAND.fullmatch(command):
                raise serializers.ValidationError(f"{command!r} is no name of a command.")
        return keys


class KeysView(APIView):
    """Keys of the person who is signed in; the browser's table of commands gives them meaning."""

    @extend_schema(responses=KeysSerializer)
    def get(self, request: Request) -> Response:
        return Response(keys_of(person_of(request)))

    @extend_schema(request=KeysSerializer, responses=KeysSerializer)
    def put(self, request: Request) -> Response:
        user = person_of(request)
        given = KeysSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(keep_keys(user, **given.validated_data))
