"""The page of one station: what it says now, its charts, its records, its defects, what it measures with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xiangtian.core import clock, moments
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import home
from xiangtian.kit.views import fragment, viewer
from xiangtian.observe import queries
from xiangtian.observe.models import Defect
from xiangtian.observe.queries import Site, extremes, station_now
from xiangtian.observe.views.words import called, district_name, unit_words

LATE_MIN = 15.0
SPANS = (("24", "24 h"), ("72", "3 d"), ("720", "30 d"))
COMPARED = (
    "air_temperature", "precipitation_amount", "relative_humidity", "surface_air_pressure", "wind_speed",
    "visibility_in_air",
)  # fmt: skip
"""Elements that the page compares with the station's own history."""
BEIJING_FIELD = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Shown:
    """A value as it is written."""

    name: str
    text: str
    unit: str
    flag: int
    time: dt.datetime
    age_min: float

    @property
    def late(self) -> bool:
        """Whether it is too old to speak of the present."""
        return self.age_min > LATE_MIN


def asked(request: HttpRequest) -> dt.datetime | None:
    """Read `at=`: a moment with a zone, or Beijing time as a date-time field writes it.

    Raises
    ------
    BadRequest
        With words, if it is no moment of the past.
    """
    text = request.GET.get("at", "").strip()
    try:
        local = dt.datetime.strptime(text, BEIJING_FIELD).replace(tzinfo=clock.BEIJING).isoformat()
    except ValueError:
        local = text
    try:
        return moments.asked(local)
    except moments.BadMoment as error:
        raise BadRequest(str(error)) from error


def find_site(code: str, moment: dt.datetime) -> Site:
    """Give the station, as it stood at a moment, or else as it stands now.

    Raises
    ------
    Http404
        If no station has this code.
    """
    for when in (moment, clock.now()):
        for site in queries.sites(when):
            if site.code == code:
                return site
    raise Http404(f"没有站号为 {code} 的站 (no station {code})")


def _now(site: Site, at: dt.datetime | None) -> dict[str, object]:
    values = [_shown(one) for one in station_now.values(home(), site.code, at)]
    rain = station_now.rain(home(), site.code, at)
    return {"site": site, "values": values, "rain": [one for one in rain if one[1] is not None], "at": at}


def _shown(one: station_now.Value) -> Shown:
    text = "–" if one.value is None else f"{one.value:.{one.element.decimals}f}"
    return Shown(called(one.element), text, unit_words(one.element), one.flag, one.time, one.age_min)


@require_safe
def station(request: HttpRequest, code: str) -> HttpResponse:
    """Show a station, now or as it was known at a past moment."""
    viewer(request)
    at = asked(request)
    site = find_site(code, at or clock.now())
    told = {
        "district": district_name(site.district),
        "spans": SPANS,
        "choices": [(name, called(CATALOGUE[name])) for name in COMPARED],
        "records": [
            (called(CATALOGUE[one.element]), unit_words(CATALOGUE[one.element]), one) for one in _records(code, at)
        ],
        "devices": [(called(CATALOGUE[one.element]), one) for one in station_now.devices(code, at or clock.now())],
        "defects": [(called(CATALOGUE[one.element]) if one.element else "", one) for one in _defects(code, at)],
        "field": (at or clock.now()).astimezone(clock.BEIJING).strftime(BEIJING_FIELD),
    }
    return render(request, "observe/station.html", _now(site, at) | told)


def _defects(code: str, at: dt.datetime | None) -> list[Defect]:
    return station_now.defects(code, at or clock.now())


def _records(code: str, at: dt.datetime | None) -> list[extremes.Held]:
    """Give the records as they stand; none for a past moment, at which other ones stood."""
    return [] if at else [one for one in extremes.of_station(home(), code) if one.element in COMPARED]


@fragment
@require_safe
def station_values(request: HttpRequest, code: str) -> HttpResponse:
    """Give the newest values anew."""
    viewer(request)
    at = asked(request)
    return render(request, "observe/_station_now.html", _now(find_site(code, at or clock.now()), at))
