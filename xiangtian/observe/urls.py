"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from xiangtian.observe import views

app_name = "observe"

urlpatterns = [
    path("", views.board, name="board"),
    path("lists/", views.board_lists, name="board-lists"),
    path("quarantine/<int:number>/", views.quarantined, name="quarantined"),
    path("quarantine/<int:number>/resend/", views.resend, name="resend"),
    path("quarantine/<int:number>/close/", views.close, name="close"),
    path("push", views.push, name="push"),
    path("push/<path:name>", views.push, name="push-named"),
]
