"""Addresses of the room, all below /api/."""

from django.urls import URLPattern, path

from annotation.reading import api, mask_api, protocol_api

_READING = "readings/<uuid:reading_id>"

_DATASET = "datasets/<slug:slug>"
_READERS = f"{_DATASET}/readers"

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/reading/", api.OpenReadingView.as_view(), name="case-reading"),
    path(f"{_READING}/", api.ReadingView.as_view(), name="reading"),
    path(f"{_READING}/findings/<int:number>/", api.FindingView.as_view(), name="finding"),
    path(f"{_READING}/others_normal/", api.OthersNormalView.as_view(), name="others-normal"),
    path(f"{_READING}/amend/", api.AmendReadingView.as_view(), name="amend-reading"),
    path(f"{_READING}/withdraw/", api.WithdrawAmendmentView.as_view(), name="withdraw-amendment"),
    path(f"{_READING}/mask/", mask_api.OwnMaskView.as_view(), name="own-mask"),
    path(f"{_READING}/strokes/", mask_api.OwnStrokesView.as_view(), name="own-strokes"),
    path(f"{_READING}/acts/", mask_api.OwnActsView.as_view(), name="own-acts"),
    path(f"{_READING}/acts/<int:sequence>/", mask_api.OwnActView.as_view(), name="own-act"),
    path(
        f"{_READING}/acts/<int:sequence>/mask/", mask_api.OwnMomentView.as_view(), name="own-moment"
    ),
    path(f"{_READING}/revisions/", mask_api.OwnRevisionsView.as_view(), name="own-revisions"),
    path(f"{_READING}/versions/", mask_api.OwnVersionsView.as_view(), name="own-versions"),
    path(f"{_READING}/versions/<int:key>/", mask_api.OwnVersionView.as_view(), name="own-version"),
    path(f"{_READING}/submit/", api.SubmitReadingView.as_view(), name="submit-reading"),
    path(f"{_DATASET}/protocols/", protocol_api.ProtocolsView.as_view(), name="protocols"),
    path(f"{_DATASET}/readers/", protocol_api.ReadersView.as_view(), name="readers"),
    path(
        f"{_DATASET}/readers/assign_open/",
        protocol_api.AssignOpenView.as_view(),
        name="assign-open",
    ),
    path(
        f"{_DATASET}/readers/substitute/", protocol_api.SubstituteView.as_view(), name="substitute"
    ),
    path(
        f"{_DATASET}/readers/bring_back/", protocol_api.BringBackView.as_view(), name="bring-back"
    ),
]
