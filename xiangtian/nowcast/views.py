"""The page of the next two hours: chances of rain amounts, storm cells, and the severe weather they may bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.core.places import city
from xiangtian.kit.views import fragment, viewer
from xiangtian.lake.grids import GridRef
from xiangtian.nowcast import queries

MINUTES = (10, 30, 60, 120)
AMOUNTS_MM = (1, 5, 10, 20, 30, 50, 70)
KINDS = {"district": "区县", "catchment": "流域", "road": "道路", "metro": "轨道交通"}
WINDOWS = ((0, 30), (0, 60), (60, 120))
COMPASS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


@dataclass(frozen=True)
class Line:
    """A place and its chance, per cent; None where nothing is known."""

    name: str
    kind: str
    percent: float | None


@dataclass(frozen=True)
class Told:
    """One chance of severe weather, per cent; None with the reason where it can't be told."""

    percent: float | None
    reason: str
    cells: int


def _number(request: HttpRequest, key: str, allowed: tuple[int, ...], usual: int) -> int:
    asked = request.GET.get(key, "")
    return int(asked) if asked.isdecimal() and int(asked) in allowed else usual


def _asked(request: HttpRequest) -> dict[str, Any]:
    window = _number(request, "window", tuple(range(len(WINDOWS))), 1)
    kind = request.GET.get("kind", "")
    return {
        "minutes": _number(request, "minutes", MINUTES, 60),
        "mm": _number(request, "mm", AMOUNTS_MM, 20),
        "window": window,
        "kind": kind if kind in KINDS else "",
    }


def _age(run: GridRef | None) -> float | None:
    return (clock.now() - run.time).total_seconds() / 60 if run else None


def _chances(run: GridRef, asked: dict[str, Any]) -> tuple[list[Line], str]:
    """Give the places, the likeliest first, and what is wrong, if anything is."""
    try:
        found = queries.chances(home(), run, asked["minutes"], asked["mm"])
    except ValueError as error:
        return [], str(error)
    lines = [
        Line(one.name, say(KINDS.get(one.kind, one.kind)), None if one.share is None else 100 * one.share)
        for one in found
        if asked["kind"] in ("", one.kind)
    ]
    return sorted(lines, key=lambda line: -1.0 if line.percent is None else line.percent, reverse=True), ""


def _severe(run: GridRef, window: int) -> tuple[list[str], list[tuple[str, list[Told]]]]:
    """Give the kinds as columns, and for each district its row of chances."""
    begin, end = WINDOWS[window]
    mine = [one for one in run.attrs["chances"] if (one["from_min"], one["to_min"]) == (begin, end)]
    kinds = list(dict.fromkeys((one["hazard"], one["kind"]) for one in mine))
    by = {(one["area"], one["hazard"], one["kind"]): one for one in mine}
    rows = [
        (district.zh, [_told(by[district.code, *kind]) for kind in kinds])
        for district in city().districts
        if kinds and (district.code, *kinds[0]) in by
    ]
    return [_kind(*kind) for kind in kinds], rows


def _told(one: dict[str, Any]) -> Told:
    chance = one["probability"]
    return Told(None if chance is None else 100 * chance, one["reason"], len(one["evidence"]))


def _kind(hazard: str, kind: str) -> str:
    name, _, level = kind.partition("_")
    said = {
        "rate": say("雨强 ≥ %(level)s 毫米/时"),
        "amount": say("3 小时 ≥ %(level)s 毫米"),
        "gust": say("雷暴大风 ≥ %(level)s 米/秒"),
        "any": say("冰雹"),
        "severe": say("大冰雹"),
    }
    return said.get(name, hazard) % {"level": level} if level else said.get(name, hazard)


def _cells(run: GridRef) -> list[dict[str, Any]]:
    """Give the cells, the strongest first, with where they go in words and where they are in half an hour."""
    cells = sorted(run.attrs["cells"], key=lambda one: one["rain_mm_h"] or 0, reverse=True)
    return [
        {
            **one,
            "toward": say(COMPASS[round(one["toward_deg"] / 45) % 8]),
            "km_h": 3.6 * one["speed_m_s"],
            "half_hour": next((then for then in one["ahead"] if then["minutes"] == 30), None),
        }
        for one in cells
    ]


def _board(request: HttpRequest) -> dict[str, Any]:
    asked = _asked(request)
    futures, storms = queries.newest_futures(), queries.newest_storms()
    lines, wrong = _chances(futures, asked) if futures else ([], "")
    columns, rows = _severe(storms, asked["window"]) if storms else ([], [])
    return {
        **asked,
        "futures": futures,
        "futures_age": _age(futures),
        "members": futures.attrs["members"] if futures else 0,
        "lines": lines,
        "wrong": wrong,
        "storms": storms,
        "storms_age": _age(storms),
        "columns": columns,
        "rows": rows,
        "cells": _cells(storms) if storms else [],
        "note": storms.attrs["note"] if storms else "",
        "all_minutes": MINUTES,
        "all_mm": AMOUNTS_MM,
        "kinds": KINDS.items(),
        "windows": list(enumerate(WINDOWS)),
        "query": request.GET.urlencode(),
    }


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what the next two hours may bring, place by place."""
    viewer(request)
    return render(request, "nowcast/board.html", _board(request))


@fragment
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Give the tables of the page anew."""
    viewer(request)
    return render(request, "nowcast/_board.html", _board(request))
