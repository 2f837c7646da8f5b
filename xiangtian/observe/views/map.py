"""The map of observations; what it shows it asks for itself."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xiangtian.kit.views import viewer

EARLY = ("/api/map/districts", "/api/map/choices")
ASKED = ("element", "how", "hours", "at", "fitted", "safe")


@require_safe
def observe_map(request: HttpRequest) -> HttpResponse:
    """Show the page; what the script will ask first is named so that the browser fetches it beside the script."""
    viewer(request)
    wanted = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    plain = {"element": "air_temperature", "how": "now"} if not wanted else {}
    first = f"/api/map/field?{urlencode(plain)}" if plain else ""
    early = [*EARLY, first] if first else list(EARLY)
    return render(request, "observe/map.html", {"early": early})
