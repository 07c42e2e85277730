"""Addresses of the room, all below /api/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
