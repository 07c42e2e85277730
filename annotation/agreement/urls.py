"""Addresses of the agreement."""

from django.urls import path

from annotation.agreement import api

_AGREEMENT = "datasets/<slug:slug>/agreement"

urlpatterns = [
    path(f"{_AGREEMENT}/", api.AgreementView.as_view(), name="agreement"),
    path(f"{_AGREEMENT}.csv", api.AgreementCsvView.as_view(), name="agreement-csv"),
]
