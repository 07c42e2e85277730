"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.refinement import anomalies_api, api, heights_api, lease_api, pin_api

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/mask/", api.MaskView.as_view(), name="case-mask"),
    path("cases/<uuid:case_id>/strokes/", api.StrokesView.as_view(), name="case-strokes"),
    path("cases/<uuid:case_id>/lease/", lease_api.LeaseView.as_view(), name="case-lease"),
    path(
        "cases/<uuid:case_id>/lease/ask/", lease_api.LeaseAskView.as_view(), name="case-lease-ask"
    ),
    path(
        "cases/<uuid:case_id>/lease/answer/",
        lease_api.LeaseAnswerView.as_view(),
        name="case-lease-answer",
    ),
    path("cases/<uuid:case_id>/problems/", api.ProblemsView.as_view(), name="case-problems"),
    path(
        "cases/<uuid:case_id>/anomalies/",
        anomalies_api.AnomaliesView.as_view(),
        name="case-anomalies",
    ),
    path(
        "cases/<uuid:case_id>/mask_heights/",
        heights_api.MaskHeightsView.as_view(),
        name="case-mask-heights",
    ),
    path("cases/<uuid:case_id>/history/", api.HistoryView.as_view(), name="case-history"),
    path("cases/<uuid:case_id>/pins/", pin_api.PinsView.as_view(), name="case-pins"),
    path("cases/<uuid:case_id>/pins/<uuid:pin_id>/", pin_api.PinView.as_view(), name="case-pin"),
    path("cases/<uuid:case_id>/overrides/", pin_api.OverridesView.as_view(), name="case-overrides"),
    path(
        "cases/<uuid:case_id>/overrides/<int:override_id>/",
        pin_api.OverrideView.as_view(),
        name="case-override",
    ),
]
