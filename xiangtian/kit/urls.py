"""Addresses of the jobs page and of the page of partners."""

from __future__ import annotations

from django.urls import path

from xiangtian.kit import partner_views, views

app_name = "kit"

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("lists/", views.job_lists, name="job-lists"),
]

partners = (
    [
        path("", partner_views.partners, name="list"),
        path("add/", partner_views.partner_add, name="add"),
        path("<int:number>/token/", partner_views.token_issue, name="token"),
        path("<int:number>/switch/", partner_views.partner_switch, name="switch"),
        path("tokens/<str:prefix>/revoke/", partner_views.token_revoke, name="revoke"),
    ],
    "partners",
)
"""The page of partners, with the name of its space; it stands at /partners/."""
