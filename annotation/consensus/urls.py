"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.consensus import api, masks_api, normals_api, room_api, turns_api

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
    path(f"{_CONSENSUS}/presence/", room_api.PresenceView.as_view(), name="presence"),
    path(f"{_CONSENSUS}/pen/", room_api.PenView.as_view(), name="pen"),
    path(f"{_CONSENSUS}/signatures/", room_api.SignaturesView.as_view(), name="signatures"),
    path(f"{_CONSENSUS}/uncertain/", masks_api.UncertainView.as_view(), name="uncertain-voxels"),
    path(
        f"{_DISAGREEMENT}/masks/",
        masks_api.DisagreementMasksView.as_view(),
        name="disagreement-masks",
    ),
    path(
        f"{_DISAGREEMENT}/settle_masks/", masks_api.SettleMasksView.as_view(), name="settle-masks"
    ),
    path(
        f"{_DISAGREEMENT}/reopen_masks/", masks_api.ReopenMasksView.as_view(), name="reopen-masks"
    ),
    path(f"{_DISAGREEMENT}/defer/", turns_api.DeferView.as_view(), name="defer"),
    path(f"{_DISAGREEMENT}/ask/", turns_api.AskThirdReaderView.as_view(), name="ask"),
    path(f"{_DISAGREEMENT}/take_back/", turns_api.TakeQuestionBackView.as_view(), name="take-back"),
    path(f"{_DISAGREEMENT}/settle/", api.SettleView.as_view(), name="settle-disagreement"),
    path(
        f"{_DISAGREEMENT}/reopen/",
        api.ReopenDisagreementView.as_view(),
        name="reopen-disagreement",
    ),
]
