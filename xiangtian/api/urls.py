"""Addresses of the API. It asks for the log-in itself (401), so the pages' redirect to the log-in is left out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver

from xiangtian.api.root import api

app_name = api.urls_namespace
urlpatterns: list[URLPattern | URLResolver] = list(api.urls[0])
for pattern in urlpatterns:
    if isinstance(pattern, URLPattern):
        pattern.callback = login_not_required(pattern.callback)
