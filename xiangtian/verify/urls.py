"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from xiangtian.verify import views

app_name = "verify"

urlpatterns = [
    path("", views.board, name="board"),
    path("forecasts/", views.ahead, name="forecasts"),
    path("of/<str:code>/", views.of_event, name="of-event"),
    path("trace/<str:identifier>/", views.trace, name="trace"),
]
