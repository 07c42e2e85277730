"""Addresses of the test, all below /api/."""

from django.urls import URLPattern, path

from annotation.qualification import api

_QUALIFICATION = "datasets/<slug:slug>/qualification"

urlpatterns: list[URLPattern] = [
    path(f"{_QUALIFICATION}/", api.QualificationView.as_view(), name="qualification"),
    path(f"{_QUALIFICATION}/attempts/", api.BeginTestView.as_view(), name="qualification-begin"),
]
