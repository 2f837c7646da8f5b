"""The account of the network, minute by minute: batches, stations, quarantine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Flag
from xiangtian.core.home import home
from xiangtian.core.people import rights
from xiangtian.core.places import city
from xiangtian.kit.views import fragment, viewer
from xiangtian.observe import queries
from xiangtian.observe.queries import Site

COLUMNS = (
    "air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "wind_from_direction",
    "precipitation_amount",
)  # fmt: skip
"""Elements the table shows."""
UNITS = {"degC": "°C", "m s-1": "m/s", "degree": "°"}
"""Units as people here write them, where the catalogue's own differ."""
LATE_MIN = 15.0
"""A station whose newest reading is older is called late."""
A_PAGE = 50
BATCHES = 12
QUARANTINED = 50
STATES = ("waiting", "resent", "closed")


@dataclass(frozen=True)
class Cell:
    """A value as it is written, and its quality code; None: the station does not report it."""

    text: str
    flag: int | None


@dataclass(frozen=True)
class StationLine:
    """A station with its newest reading."""

    site: Site
    district: str
    time: dt.datetime | None
    age_min: float | None
    cells: tuple[Cell, ...] = ()

    @property
    def late(self) -> bool:
        """Whether it said nothing for too long, or never anything."""
        return self.age_min is None or self.age_min > LATE_MIN


@dataclass(frozen=True)
class Asked:
    """What the page was asked for."""

    district: str
    late: bool
    words: str
    page: str
    state: str


def asked(request: HttpRequest) -> Asked:
    """Read the filters; what is not known is left out."""
    get, state = request.GET, request.GET.get("state", "")
    district = get.get("district", "")
    return Asked(
        district=district if district in city().by_code else "",
        late=get.get("late") == "yes",
        words=get.get("q", "").strip(),
        page=get.get("page", "1"),
        state=state if state in STATES else "waiting",
    )


def stations(wanted: Asked, now: dt.datetime) -> Page[StationLine]:
    """Give one page of the stations that fit, with their newest readings."""
    latest = queries.readings(home()).latest()
    times: dict[str, dt.datetime] = dict(zip(latest["station"], latest["time"], strict=True))
    called = {one.code: one.en if _english() else one.zh for one in city().districts}
    lines = [_line(site, called, times.get(site.code), now) for site in queries.sites(now) if _fits(site, wanted)]
    page = Paginator([line for line in lines if line.late or not wanted.late], A_PAGE).get_page(wanted.page)
    rows = latest.filter(pl.col("station").is_in([line.site.code for line in page])).iter_rows(named=True)
    values = {row["station"]: row for row in rows}
    page.object_list = [_with_values(line, values.get(line.site.code)) for line in page]
    return page


def _fits(site: Site, wanted: Asked) -> bool:
    named = not wanted.words or wanted.words in site.zh or wanted.words.lower() in site.code.lower()
    return named and wanted.district in ("", site.district)


def _line(site: Site, called: Mapping[str, str], time: dt.datetime | None, now: dt.datetime) -> StationLine:
    age = None if time is None else (now - time).total_seconds() / 60
    return StationLine(site, called.get(site.district, site.district), time, age)


def _with_values(line: StationLine, row: Mapping[str, Any] | None) -> StationLine:
    cells = tuple(_cell(row, name) for name in COLUMNS) if row else ()
    return StationLine(line.site, line.district, line.time, line.age_min, cells)


def _cell(row: Mapping[str, Any], name: str) -> Cell:
    value, flag = row[name], row[f"{name}_qc"]
    text = "–" if value is None else f"{value:.{CATALOGUE[name].decimals}f}"
    return Cell(text, None if flag is None or flag == Flag.GOOD else int(flag))


def _lists(request: HttpRequest) -> dict[str, object]:
    person, wanted, now = viewer(request), asked(request), clock.now()
    return {
        "asked": wanted,
        "batches": queries.batches(BATCHES),
        "stations": stations(wanted, now),
        "columns": _columns(),
        "quarantined": queries.quarantined(wanted.state, QUARANTINED),
        "may_resend": "observe.resend" in rights(person),
        "late_min": f"{LATE_MIN:g}",
    }


def _columns() -> Sequence[str]:
    each = [CATALOGUE[name] for name in COLUMNS]
    return [f"{one.en if _english() else one.zh} {UNITS.get(one.unit, one.unit)}" for one in each]


def _english() -> bool:
    return (get_language() or "").startswith("en")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what came in, how the stations stand, and what was refused."""
    choices = [(one.code, one.en if _english() else one.zh) for one in city().districts]
    return render(request, "observe/board.html", _lists(request) | {"choices": choices})


@fragment
@require_safe
def board_lists(request: HttpRequest) -> HttpResponse:
    """Give the lists of the page anew."""
    return render(request, "observe/_board.html", _lists(request))
