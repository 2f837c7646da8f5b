"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from xiangtian.publish import views

app_name = "publish"

urlpatterns = [
    path("feed/atom.xml", views.feed, {"list_name": "live"}, name="feed"),
    path("feed/exercise.xml", views.feed, {"list_name": "exercise"}, name="exercise-feed"),
    path("feed/cap/<str:message>.xml", views.cap, name="cap"),
    path("publish/", views.board, name="board"),
    path("publish/receipts/", views.receipts, name="receipts"),
    path("publish/deliveries/<int:number>/retry/", views.retry, name="retry"),
]
