"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.refinement import (
    acts_api,
    anomalies_api,
    api,
    heights_api,
    lease_api,
    pin_api,
)

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
    path("cases/<uuid:case_id>/acts/", acts_api.ActsView.as_view(), name="case-acts"),
    path("cases/<uuid:case_id>/acts/<int:sequence>/", acts_api.ActView.as_view(), name="case-act"),
    path(
        "cases/<uuid:case_id>/acts/<int:sequence>/mask/",
        acts_api.MomentView.as_view(),
        name="case-moment",
    ),
    path(
        "cases/<uuid:case_id>/revisions/", acts_api.RevisionsView.as_view(), name="case-revisions"
    ),
    path("cases/<uuid:case_id>/versions/", acts_api.VersionsView.as_view(), name="case-versions"),
    path(
        "cases/<uuid:case_id>/versions/<int:key>/",
        acts_api.VersionView.as_view(),
        name="case-version",
    ),
    path(
        "cases/<uuid:case_id>/levels-done/", acts_api.LevelsDoneView.as_view(), name="levels-done"
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
