"""The page of the network's health; the matrix itself is asked for by the page."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.kit.views import viewer
from xiangtian.observe.views.station_page import BEIJING_FIELD, asked
from xiangtian.observe.views.words import districts

SPANS = (("24", "24 h"), ("48", "48 h"), ("72", "72 h"))


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Show the frame of the matrix."""
    viewer(request)
    at = asked(request)
    hours = request.GET.get("hours", "24")
    told = {
        "at": at,
        "field": (at or clock.now()).astimezone(clock.BEIJING).strftime(BEIJING_FIELD),
        "spans": SPANS,
        "hours": hours if hours in dict(SPANS) else "24",
        "districts": districts(),
        "json": json.dumps(dict(districts()), ensure_ascii=False),
    }
    return render(request, "observe/health.html", told)
