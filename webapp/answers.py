"""How a refusal is answered, and how a server that cannot store says so."""

import errno
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
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


_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_POSTGRES_DISK_FULL = "53100"
_log = logging.getLogger(__name__)


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
    if response is None:
        return _answer_unable(exc)
    response.data = _plain(exc, response.data)
    return response


def _answer_unable(exc: Exception) -> Response | None:
    """Say that nothing could be stored now, so that whoever sent something keeps it and waits."""
    if any(_means_full(cause) for cause in _chain(exc)):
        _log.error("the disk is full: %s", exc)
        detail = "The server's disk is full. Nothing was changed; ask the operator to make room."
        set_rollback()
        return Response(
            {"detail": detail, "code": "disk_full"}, status=status.HTTP_507_INSUFFICIENT_STORAGE
        )
    if isinstance(exc, OperationalError | InterfaceError):
        _log.error("the data base does not work: %s", exc)
        detail = "The server cannot use its data base now. Nothing was changed."
        set_rollback()
        return Response(
            {"detail": detail, "code": "database_away"}, status=status.HTTP_503_SERVICE_UNAVAILABLE
        )
    return None


def _chain(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _means_full(exc: BaseException) -> bool:
    if isinstance(exc, OSError):
        return exc.errno in _FULL_ERRNOS
    if getattr(exc, "sqlstate", "") == _POSTGRES_DISK_FULL:
        return True
    return isinstance(exc, OperationalError) and "disk is full" in str(exc)


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
