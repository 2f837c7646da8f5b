"""Several stations side by side: choose, see the curves, read how well they agree."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import home
from xiangtian.kit.views import viewer
from xiangtian.observe import queries
from xiangtian.observe.queries import compare as comparing
from xiangtian.observe.queries.station_page import ADDED
from xiangtian.observe.views.station_page import BEIJING_FIELD, asked
from xiangtian.observe.views.words import called, unit_words

SPANS = (("24", "24 h"), ("72", "3 d"), ("168", "7 d"), ("720", "30 d"))
FOUND = 30
"""Most stations that a search lists."""


def _chosen(request: HttpRequest) -> list[str]:
    """Read `stations=A,B`, what was added, and what was taken away; at most as many as can be compared."""
    told = ",".join((request.GET.get("stations", ""), *request.GET.getlist("add")))
    codes = list(dict.fromkeys(code.strip() for code in told.split(",") if code.strip()))
    gone = set(request.GET.getlist("drop"))
    return [code for code in codes if code not in gone][: comparing.MOST_STATIONS]


def _searched(sites: Sequence[queries.Site], words: str, codes: Sequence[str]) -> list[queries.Site]:
    sought = words.strip().lower()
    if not sought:
        return []
    fits = (site for site in sites if site.code not in codes and sought in f"{site.code} {site.zh}".lower())
    return list(fits)[:FOUND]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show the stations asked for."""
    viewer(request)
    at = asked(request)
    sites = queries.sites(at or clock.now())
    known = {site.code: site for site in sites}
    codes = [code for code in _chosen(request) if code in known]
    element = CATALOGUE.get(request.GET.get("element", ""), CATALOGUE["air_temperature"])
    hours = request.GET.get("hours", "24")
    hours = hours if hours in dict(SPANS) else "24"
    found = comparing.compare(home(), codes, element.name, float(hours), at) if codes else None
    words = request.GET.get("q", "")
    told = {
        "at": at,
        "field": (at or clock.now()).astimezone(clock.BEIJING).strftime(BEIJING_FIELD),
        "lines": [(known[one.code], one) for one in found.figures] if found else [],
        "found": found,
        "codes": ",".join(codes),
        "names": json.dumps([f"{known[code].zh} {code}" for code in codes], ensure_ascii=False),
        "element": element,
        "unit": unit_words(element),
        "summed": element.name in ADDED,
        "elements": [(name, called(one)) for name, one in CATALOGUE.items()],
        "spans": SPANS,
        "hours": hours,
        "words": words,
        "searched": _searched(sites, words, codes),
        "full": len(codes) == comparing.MOST_STATIONS,
        "most": comparing.MOST_STATIONS,
    }
    return render(request, "observe/compare.html", told)
