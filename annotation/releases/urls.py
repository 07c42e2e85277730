"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.releases import api

urlpatterns: list[URLPattern] = [
    path("datasets/<slug:slug>/releases/", api.ReleasesView.as_view(), name="releases"),
    path("releases/<uuid:release_id>/", api.ReleaseView.as_view(), name="release"),
    path(
        "releases/<uuid:release_id>/download/",
        api.ReleaseDownloadView.as_view(),
        name="release-download",
    ),
]
