"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.rounds import api

urlpatterns: list[URLPattern] = [
    path("datasets/<slug:slug>/rounds/", api.RoundsView.as_view(), name="rounds"),
    path("datasets/<slug:slug>/effort/", api.EffortView.as_view(), name="effort"),
    path("datasets/<slug:slug>/models/", api.ModelsView.as_view(), name="models"),
    path("datasets/<slug:slug>/systems/", api.SystemsView.as_view(), name="systems"),
    path("rounds/<uuid:round_id>/", api.RoundView.as_view(), name="round"),
]
