"""Addresses of the jobs page."""

from __future__ import annotations

from django.urls import path

from xiangtian.kit import views

app_name = "kit"

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("lists/", views.job_lists, name="job-lists"),
]
