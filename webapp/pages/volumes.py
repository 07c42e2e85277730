"""Slices, previews and thumbnails: immutable bytes behind an access check."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from annotation.bridge.encode import SliceIndex, read_index, read_slice
from annotation.bridge.meta import with_defaults
from annotation.domain.refusals import NotVisible
from annotation.studies.blobs import blob_store
from annotation.studies.models import User, Volume
from annotation.studies.selectors import get_volume

_FOR_EVER: Final = "private, max-age=31536000, immutable"

View = Callable[..., HttpResponse]


def _answering(view: Callable[..., HttpResponse]) -> View:
    """Look the volume up for whoever asks; 401 for visitors, 404 for what is not theirs."""

    @wraps(view)
    @require_safe
    def _checked(request: HttpRequest, volume: UUID, **place: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            detail = {"detail": "You are not signed in.", "code": "not_authenticated"}
            return JsonResponse(detail, status=401)
        try:
            response = view(get_volume(request.user, volume, place.pop("hash", "")), **place)
        except NotVisible as refusal:
            return JsonResponse({"detail": refusal.detail, "code": refusal.code}, status=404)
        response["Cache-Control"] = _FOR_EVER
        return response

    return _checked


@_answering
def show_meta(volume: Volume) -> HttpResponse:
    return JsonResponse(with_defaults(volume.meta))


@_answering
def show_slice(volume: Volume, k: int) -> HttpResponse:
    return _slice(volume.slices_blob, k)


@_answering
def show_slice_gzip(volume: Volume, k: int) -> HttpResponse:
    return _slice(volume.slices_gzip_blob, k)


@_answering
def show_preview(volume: Volume) -> HttpResponse:
    return _bytes(blob_store().read(volume.preview_blob))


@_answering
def show_thumbnail(volume: Volume) -> HttpResponse:
    return HttpResponse(blob_store().read(volume.thumbnail_blob), content_type="image/png")


def _slice(key: str, k: int) -> HttpResponse:
    index = _index_of(key)
    try:
        with blob_store().open(key) as stream:
            return _bytes(read_slice(stream, index, k))
    except IndexError as error:
        raise NotVisible(f"The volume has no slice {k}.") from error


@lru_cache(maxsize=256)
def _index_of(key: str) -> SliceIndex:
    with blob_store().open(key) as stream:
        return read_index(stream)


def _bytes(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/octet-stream")


urlpatterns: list[URLPattern] = [
    path("<uuid:volume>/meta.json", show_meta),
    path("<uuid:volume>/<str:hash>/s/<int:k>.j2c", show_slice),
    path("<uuid:volume>/<str:hash>/s/<int:k>.gz", show_slice_gzip),
    path("<uuid:volume>/<str:hash>/preview.gz", show_preview),
    path("<uuid:volume>/<str:hash>/thumbnail.png", show_thumbnail),
]
