"""Ranking tables of any element, as a page and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from xiangtian.core import clock, moments
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import home
from xiangtian.core.places import city
from xiangtian.kit.views import fragment, viewer
from xiangtian.observe.queries import field as asking
from xiangtian.observe.queries import field_table
from xiangtian.observe.queries.field import HIDDEN, Shown, Unanswerable, Wanted, ways
from xiangtian.observe.queries.ranking import MOST, NETWORKS, Placed, Scope, ranking
from xiangtian.observe.views.board import UNITS

COUNTS = (10, 20, 50, 100, MOST)
USUAL = "air_temperature"
BAR_PX = 120


@dataclass(frozen=True)
class Asked:
    """What the page was asked for; what can't be read is as usual."""

    element: str
    how: str
    hours: float
    at: str
    lowest: bool
    most: int
    scope: Scope

    @property
    def ways(self) -> tuple[str, ...]:
        """What can be made of the element."""
        return ways(self.element)

    @property
    def field(self) -> str:
        """The moment as a date-time field holds it: Beijing time; "" for now."""
        try:
            moment = _moment(self.at)
        except moments.BadMoment:
            return ""
        return clock.beijing(moment).replace(" ", "T") if moment else ""

    @property
    def address(self) -> str:
        """The same question as the map's address writes it."""
        at = f"{self.field}:00+08:00" if self.field else ""
        told = {"element": self.element, "how": self.how, "hours": f"{self.hours:g}", "at": at}
        return urlencode({name: text for name, text in told.items() if text})

    def wanted(self) -> Wanted:
        """Give the question; raises `Unanswerable` or `BadMoment` with words."""
        return asking.wanted(self.element, self.how, self.hours, _moment(self.at))


@dataclass(frozen=True)
class Line:
    """A row of the table, ready to be shown."""

    placed: Placed
    district: str
    value: str
    width: int
    """Width of the bar, px."""


def _moment(text: str) -> dt.datetime | None:
    """Read a moment as the form writes it (Beijing time, no zone) or as an address does."""
    if text and "Z" not in text and "+" not in text:
        text = f"{text}+08:00"
    return moments.asked(text)


def asked(get: Mapping[str, str]) -> Asked:
    """Read the parameters of the page."""
    element = get.get("element", USUAL)
    element = element if element in CATALOGUE and element not in HIDDEN else USUAL
    how = get.get("how", "")
    district, network, most = get.get("district", ""), get.get("network", ""), get.get("n", "")
    return Asked(
        element=element,
        how=how if how in ways(element) else ways(element)[0],
        hours=_number(get.get("hours", "")),
        at=get.get("at", "").strip(),
        lowest=get.get("order") == "low",
        most=int(most) if most.isdigit() and 0 < int(most) <= MOST else COUNTS[1],
        scope=Scope(
            district if district in city().by_code else "",
            network if network in NETWORKS else "",
            get.get("all") != "yes",
        ),
    )


def _number(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 1.0


def _context(request: HttpRequest) -> dict[str, Any]:
    viewer(request)
    wanted = asked(request.GET)
    told: dict[str, Any] = {"asked": wanted, "counts": COUNTS, "most": MOST}
    try:
        found = asking.shown(home(), wanted.wanted())
    except (Unanswerable, moments.BadMoment) as error:
        return told | {"hindrance": str(error), "lines": [], "live": False}
    placed = ranking(found, wanted.scope, lowest=wanted.lowest, most=wanted.most)
    unit = UNITS.get(found.element.unit, found.element.unit)
    shown = {"lines": [_line(one, found) for one in placed], "moment": found.moment, "unit": unit, "bar": BAR_PX}
    return told | shown | {"live": found.wanted.at is None, "title": _title(found)}


def _title(found: Shown) -> str:
    wanted, name = found.wanted, _named(found.element)
    if wanted.how == "now":
        return name
    window = gettext("%(h)s小时") % {"h": f"{wanted.hours:g}"}
    return f"{name} · {window}{gettext(field_table.WAYS[wanted.how])}"


def _line(one: Placed, found: Shown) -> Line:
    district = city().by_code.get(one.spot.site.district)
    value = f"{one.spot.value:.{found.element.decimals}f}"
    width = round(abs(one.share) * BAR_PX)
    return Line(one, _named(district) if district else "", value, width)


def _named(thing: Any) -> str:
    return str(thing.en) if (get_language() or "").startswith("en") else str(thing.zh)


@require_safe
def ranking_page(request: HttpRequest) -> HttpResponse:
    """Show the table with its filters."""
    told = _context(request)
    choices = {
        "elements": [(one.name, _named(one)) for one in CATALOGUE.values() if one.name not in HIDDEN],
        "ways": [(way, gettext(field_table.WAYS[way])) for way in told["asked"].ways],
        "districts": [(one.code, _named(one)) for one in city().districts],
    }
    return render(request, "observe/ranking.html", told | choices)


@fragment
@require_safe
def ranking_lines(request: HttpRequest) -> HttpResponse:
    """Give the table anew."""
    return render(request, "observe/_ranking.html", _context(request))


@require_safe
def ranking_csv(request: HttpRequest) -> HttpResponse:
    """Give the table as CSV; what can't be asked is told with status 422."""
    viewer(request)
    wanted = asked(request.GET)
    try:
        found = asking.shown(home(), wanted.wanted())
    except (Unanswerable, moments.BadMoment) as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    placed = ranking(found, wanted.scope, lowest=wanted.lowest, most=wanted.most)
    rows = ([one.place, *field_table.row(one.spot, found)] for one in placed)
    body = field_table.table(["名次", *field_table.heading(found)], rows)
    name = f"ranking_{field_table.stem(found)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
