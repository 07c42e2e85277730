"""Addresses of the agreement."""

from django.urls import path

from annotation.agreement import api, automation_api, exports, published_api

_AGREEMENT = "datasets/<slug:slug>/agreement"

urlpatterns = [
    path(f"{_AGREEMENT}/", api.AgreementView.as_view(), name="agreement"),
    path(f"{_AGREEMENT}/automation/", automation_api.AutomationView.as_view(), name="automation"),
    path(f"{_AGREEMENT}/published/", published_api.PublishedView.as_view(), name="published"),
    path(f"{_AGREEMENT}.csv", exports.AgreementCsvView.as_view(), name="agreement-csv"),
    path(f"{_AGREEMENT}.json", exports.AgreementJsonView.as_view(), name="agreement-json"),
    path(f"{_AGREEMENT}.pdf", exports.AgreementPdfView.as_view(), name="agreement-pdf"),
]
