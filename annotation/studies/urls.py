"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.studies import api

urlpatterns: list[URLPattern] = [
    path("datasets/<slug:slug>/imports/", api.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:import_id>/", api.ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/files/", api.ImportFilesView.as_view(), name="import-files"),
    path("imports/<uuid:import_id>/finish/", api.FinishImportView.as_view(), name="import-finish"),
    path("datasets/<slug:slug>/participants/", api.ParticipantsView.as_view(), name="participants"),
]
