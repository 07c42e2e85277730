"""Addresses of the pages that cross rooms, all below /api/."""

from django.urls import URLPattern, path

from webapp.pages.cases import CaseView, MovesView, StraightenedView
from webapp.pages.datasets import DatasetsView, DatasetView
from webapp.pages.keys import KeysView
from webapp.pages.session import SessionView
from webapp.pages.week import WeekView
from webapp.pages.worklist import NextView, WorklistView

urlpatterns: list[URLPattern] = [
    path("session/", SessionView.as_view(), name="session"),
    path("session/keys/", KeysView.as_view(), name="session-keys"),
    path("datasets/", DatasetsView.as_view(), name="datasets"),
    path("datasets/<slug:slug>/", DatasetView.as_view(), name="dataset"),
    path("datasets/<slug:slug>/worklist/", WorklistView.as_view(), name="worklist"),
    path("datasets/<slug:slug>/next/", NextView.as_view(), name="next"),
    path("datasets/<slug:slug>/week/", WeekView.as_view(), name="week"),
    path("cases/<uuid:case_id>/", CaseView.as_view(), name="case"),
    path("cases/<uuid:case_id>/moves/", MovesView.as_view(), name="case-moves"),
    path(
        "proposals/<uuid:proposal_id>/straightened/",
        StraightenedView.as_view(),
        name="straightened",
    ),
]
