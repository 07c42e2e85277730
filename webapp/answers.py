"""How a refusal is answered."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted, NotVisible, Refused
from annotation.domain.workflow import MoveNotAllowed

_STATUS_OF: Mapping[type[Refused], int] = {
    NotVisible: status.HTTP_404_NOT_FOUND,
    NotPermitted: status.HTTP_403_FORBIDDEN,
    Conflict: status.HTTP_409_CONFLICT,
    ContentRefused: status.HTTP_422_UNPROCESSABLE_ENTITY,
}


def answer_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into `{detail, code, ...}`; anything unforeseen stays an error."""
    if isinstance(exc, MoveNotAllowed):
        exc = Conflict(str(exc), code="move_not_allowed")
    if isinstance(exc, Refused):
        set_rollback()
        code = next(
            (answer for kind, answer in _STATUS_OF.items() if isinstance(exc, kind)),
            status.HTTP_400_BAD_REQUEST,
        )
        return Response({"detail": exc.detail, "code": exc.code, **exc.extra}, status=code)
    response = exception_handler(exc, context)
    if response is not None:
        response.data = _plain(exc, response.data)
    return response


def _plain(exc: Exception, data: Any) -> dict[str, Any]:
    """Return DRF's own refusals in our form, with field errors under `fields`."""
    if isinstance(exc, exceptions.ValidationError):
        return {"detail": _first_sentence(data), "code": "invalid", "fields": data}
    if isinstance(exc, Http404):
        return {"detail": "This does not exist or is not yours to see.", "code": "not_found"}
    if isinstance(exc, PermissionDenied):
        return {"detail": "You may not do this.", "code": "not_permitted"}
    if isinstance(exc, exceptions.APIException):
        codes = exc.get_codes()
        return {"detail": str(exc.detail), "code": codes if isinstance(codes, str) else "refused"}
    return dict(data)


def _first_sentence(data: Any) -> str:
    if isinstance(data, dict):
        field, value = next(iter(data.items()), ("", "What was sent is not valid."))
        inner = _first_sentence(value)
        return inner if field in ("", "non_field_errors") else f"{field}: {inner}"
    if isinstance(data, list):
        return _first_sentence(data[0]) if data else "What was sent is not valid."
    return str(data)
