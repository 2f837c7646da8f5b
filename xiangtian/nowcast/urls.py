"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from xiangtian.nowcast import views

app_name = "nowcast"

urlpatterns = [
    path("", views.board, name="board"),
    path("parts/", views.parts, name="parts"),
]
