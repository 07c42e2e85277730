"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.activity import api

urlpatterns: list[URLPattern] = [
    path("activity/", api.ActivityView.as_view(), name="activity"),
    path("cases/<uuid:case_id>/activity/", api.OwnTimeView.as_view(), name="case-activity"),
    path("datasets/<slug:slug>/activity.csv", api.ActivityCsvView.as_view(), name="activity-csv"),
    path(
        "datasets/<slug:slug>/activity.json", api.ActivityTableView.as_view(), name="activity-json"
    ),
]
