"""URL table."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from webapp.pages.health import show_health
from webapp.pages.shell import show_shell

_ROOMS = (
    "studies",
    "activity",
    "refinement",
    "reading",
    "consensus",
    "agreement",
    "qualification",
    "rounds",
    "releases",
)


def answer_unknown(request: HttpRequest, path: str = "") -> HttpResponse:
    """Keep addresses that no room knows from being answered with the front end."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", show_health),
    path("api/", include("webapp.pages.urls")),
    *(path("api/", include(f"annotation.{room}.urls")) for room in _ROOMS),
    path("v/", include("webapp.pages.volumes")),
    re_path(r"^(?:api|v|ws|static)/(?P<path>.*)$", answer_unknown),
    re_path(r"^(?P<path>.*)$", show_shell),
]
