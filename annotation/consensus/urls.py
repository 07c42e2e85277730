"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.consensus import api, normals_api

_CONSENSUS = "cases/<uuid:case_id>/consensus"
_DISAGREEMENT = "disagreements/<uuid:disagreement_id>"

urlpatterns: list[URLPattern] = [
    path("datasets/<slug:slug>/normals/", normals_api.NormalsView.as_view(), name="normals"),
    path(f"{_CONSENSUS}/", api.ConsensusView.as_view(), name="case-consensus"),
    path(
        f"{_CONSENSUS}/confirm_threshold/",
        api.ConfirmThresholdView.as_view(),
        name="confirm-threshold",
    ),
    path(f"{_DISAGREEMENT}/settle/", api.SettleView.as_view(), name="settle-disagreement"),
    path(
        f"{_DISAGREEMENT}/reopen/",
        api.ReopenDisagreementView.as_view(),
        name="reopen-disagreement",
    ),
]
