"""Addresses of the site: every room brings its own."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from xiangtian.kit.urls import partners
from xiangtian.observe.api.addresses import open_doors
from xiangtian.observe.urls import wis2
from xiangtian.web import views

PAGES = {"warn": "warn", "nowcast": "nowcast", "observe": "observe", "verify": "verify", "jobs": "kit"}
"""Rooms with pages, by where they stand."""
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("log-in/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("log-out/", auth.LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/", include("xiangtian.api.urls")),
    path("", include("xiangtian.publish.urls")),
    path("wis2/", include(wis2)),
    path("ogc/", include(open_doors)),
    path("partners/", include(partners)),
    *(path(f"{place}/", include(f"xiangtian.{room}.urls")) for place, room in PAGES.items()),
]
