"""Extremes since records began: of one element at every station, and what was broken lately."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE, Element
from xiangtian.core.home import home
from xiangtian.kit.views import viewer
from xiangtian.observe import queries
from xiangtian.observe.queries import extremes as asking
from xiangtian.observe.queries.field_table import table
from xiangtian.observe.views.words import called, district_name, districts, unit_words

A_PAGE = 50
USUAL = ("air_temperature", "precipitation_amount", "wind_speed_of_gust")


@dataclass(frozen=True)
class Line:
    """A station with its records."""

    site: queries.Site
    district: str
    held: asking.Held
    records: tuple[asking.Record | None, ...]
    """One a kind of record of the element."""


def _element(request: HttpRequest, there: tuple[str, ...]) -> Element:
    usual = next((name for name in USUAL if name in there), USUAL[0])
    name = request.GET.get("element", "")
    return CATALOGUE[name if name in CATALOGUE and asking.which_of(name) else usual]


def _lines(request: HttpRequest, every: pl.DataFrame, element: Element) -> list[Line]:
    district, words = request.GET.get("district", ""), request.GET.get("q", "").strip().lower()
    fits = {
        site.code: site
        for site in queries.sites()
        if district in ("", site.district) and words in f"{site.code} {site.zh}".lower()
    }
    found = asking.held(home(), every, element.name, list(fits))
    kinds = asking.which_of(element.name)
    by_code = {one.station: one for one in found}
    return [
        Line(site, district_name(site.district), one, tuple(_of(one, kind) for kind in kinds))
        for code, site in fits.items()
        if (one := by_code.get(code))
    ]


def _of(held: asking.Held, kind: str) -> asking.Record | None:
    return next((record for record in held.records if record.which == kind), None)


def _kinds(element: Element) -> list[tuple[str, str]]:
    words = {"max": _("最高"), "min": _("最低"), "sum": _("最大日总量")}
    return [(kind, words[kind]) for kind in asking.which_of(element.name)]


@require_safe
def extremes(request: HttpRequest) -> HttpResponse:
    """Show the records of an element."""
    viewer(request)
    every = asking.every(home())
    there = asking.elements_held(every)
    element = _element(request, there)
    lines = _lines(request, every, element)
    told = {
        "element": element,
        "unit": unit_words(element),
        "elements": [(name, called(CATALOGUE[name])) for name in there],
        "districts": districts(),
        "district": request.GET.get("district", ""),
        "words": request.GET.get("q", ""),
        "kinds": _kinds(element),
        "lines": Paginator(lines, A_PAGE).get_page(request.GET.get("page", "1")),
        "broken": _broken(every),
        "lately": asking.LATELY_DAYS,
        "least": asking.LEAST_DAYS,
    }
    return render(request, "observe/extremes.html", told)


def _broken(every: pl.DataFrame) -> list[tuple[queries.Site, str, str, asking.Broken]]:
    known = {site.code: site for site in queries.sites()}
    told = [(known.get(one.station), CATALOGUE[one.element], one) for one in asking.broken(home(), every)]
    return [(site, called(element), unit_words(element), one) for site, element, one in told if site]


@require_safe
def extremes_csv(request: HttpRequest) -> HttpResponse:
    """Give the records of an element as CSV."""
    viewer(request)
    element = _element(request, ())
    head = [
        "站号",
        "站名",
        "区县",
        "要素",
        "记录",
        "值",
        "单位",
        "气候日",
        "时刻(北京时)",
        "来源",
        "资料起",
        "资料止",
        "年数",
    ]
    name = f"{element.name}_extremes_{clock.now():%Y%m%dT%H%MZ}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = table(head, _rows(_lines(request, asking.every(home()), element), element))
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=disposition)


def _rows(lines: list[Line], element: Element) -> Iterator[list[object]]:
    kinds = {"max": "最高", "min": "最低", "sum": "最大日总量"}
    for line in lines:
        for one in line.held.records:
            time = clock.beijing(one.time) if one.time else ""
            value = [element.zh, kinds[one.which], one.value, element.unit, one.day, time, one.source]
            yield [
                line.site.code,
                line.site.zh,
                line.district,
                *value,
                line.held.first,
                line.held.last,
                line.held.years,
            ]
