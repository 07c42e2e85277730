"""Addresses of the pages that cross rooms, all below /api/."""

from django.urls import URLPattern, path

from webapp.pages.session import SessionView

urlpatterns: list[URLPattern] = [
    path("session/", SessionView.as_view(), name="session"),
]
