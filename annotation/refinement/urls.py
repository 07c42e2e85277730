"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.refinement import anomalies_api, api

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/mask/", api.MaskView.as_view(), name="case-mask"),
    path("cases/<uuid:case_id>/strokes/", api.StrokesView.as_view(), name="case-strokes"),
    path("cases/<uuid:case_id>/lease/", api.LeaseView.as_view(), name="case-lease"),
    path("cases/<uuid:case_id>/problems/", api.ProblemsView.as_view(), name="case-problems"),
    path("cases/<uuid:case_id>/vertebrae/", api.VertebraeView.as_view(), name="case-vertebrae"),
    path("cases/<uuid:case_id>/levels/", api.LevelsView.as_view(), name="case-levels"),
    path(
        "cases/<uuid:case_id>/anomalies/",
        anomalies_api.AnomaliesView.as_view(),
        name="case-anomalies",
    ),
    path("cases/<uuid:case_id>/history/", api.HistoryView.as_view(), name="case-history"),
]
