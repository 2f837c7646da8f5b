"""What the pages of stations ask: hours, wind rose, doubts, own history, several side by side."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.errors import HttpError

from xiangtian.core import clock, moments
from xiangtian.core.elements import CATALOGUE, NAMES
from xiangtian.core.flags import Verdict
from xiangtian.core.home import home
from xiangtian.met.windrose import EDGES, SECTORS
from xiangtian.observe import queries
from xiangtian.observe.api.answers import csv_answer, file_name
from xiangtian.observe.queries import compare as comparing
from xiangtian.observe.queries import station_page as page
from xiangtian.observe.queries import station_quality

router = Router(tags=["observe"])
Told = dict[str, Any]
MOST_DAYS = 31
FIGURES = ("mean", "min", "max", "sum", "n", "n_good")
FIGURES_ZH = {"mean": "平均", "min": "最低", "max": "最高", "sum": "累计", "n": "个数", "n_good": "可用个数"}
DAY = dt.timedelta(days=1)


def _days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise HttpError(422, f"days={days}; allowed: 1 to {MOST_DAYS}")
    return days


def _hours(hours: float, most: float) -> float:
    if math.isnan(hours) or not 0 < hours <= most:
        raise HttpError(422, f"hours={hours}; allowed: above 0, up to {most:g}")
    return hours


def _element(name: str) -> str:
    if name not in CATALOGUE:
        raise HttpError(422, f"element={name!r}; the catalogue has {', '.join(NAMES)}")
    return name


def _plain(values: npt.NDArray[np.float64], decimals: int = 3) -> list[float | None]:
    return [round(float(value), decimals) if math.isfinite(value) else None for value in values]


def _hourly(code: str, days: int, asked: dt.datetime | None) -> pl.DataFrame:
    end = asked or clock.now()
    return page.hours(home(), code, end - _days(days) * DAY, end, NAMES, asked)


@router.get("/stations/{code}/hours", summary="The hours of one station: mean, extremes, sum of each element")
def hours(request: HttpRequest, code: str, days: int = 30, at: str | None = None) -> Told:
    """Give the ends of the hours, and the figures of each element that has any; doubted values are left out."""
    rows = _hourly(code, days, moments.asked(at))
    times = rows.select(pl.col("time").unique().sort())
    elements = {}
    for (name,), part in rows.group_by("element", maintain_order=True):
        whole = times.join(part, on="time", how="left", maintain_order="left")
        elements[str(name)] = {figure: whole[figure].to_list() for figure in FIGURES}
    order = [name for name in NAMES if name in elements]
    return {"times": [time.isoformat() for time in times["time"]], "elements": {name: elements[name] for name in order}}


@router.get("/stations/{code}/rose", summary="The wind rose of one station")
def rose(request: HttpRequest, code: str, hours: float = 24.0, at: str | None = None) -> Told:
    """Give readings by sector (16, from north) and class of speed; calm is counted apart."""
    asked = moments.asked(at)
    end = asked or clock.now()
    begin = end - dt.timedelta(hours=_hours(hours, MOST_DAYS * 24.0))
    speed, found = page.wind(home(), code, begin, end, asked)
    return {
        "speed": speed,
        "sectors": list(SECTORS),
        "edges": list(EDGES),
        "counts": found.counts.tolist(),
        "mean": _plain(found.mean, 2),
        "calm": found.calm,
        "unknown": found.unknown,
        "total": found.total,
        "calm_share": found.calm_share,
        "prevailing": found.prevailing,
    }


@router.get("/stations/{code}/quality", summary="What the checks said of one station, day by day")
def quality(request: HttpRequest, code: str, days: int = 30, at: str | None = None) -> Told:
    """Give values, flags and doubts of each test by administrative day, and the newest doubted values."""
    found = station_quality.quality(home(), code, _days(days), moments.asked(at))
    return {
        "days": [day.isoformat() for day in found.days],
        "values": list(found.values),
        "flags": {str(flag): list(counts) for flag, counts in found.flags.items()},
        "tests": {
            test: {"suspect": [pair[0] for pair in counts], "fail": [pair[1] for pair in counts]}
            for test, counts in found.tests.items()
        },
        "doubts": [
            {
                "time": one.time.isoformat(),
                "element": one.element,
                "value": one.value,
                "flag": one.flag,
                "tests": {test: "fail" if verdict == Verdict.FAIL else "suspect" for test, verdict in one.tests},
            }
            for one in found.doubts
        ],
    }


@router.get("/stations/{code}/climate", summary="The last days of one station beside its own history")
def climate(
    request: HttpRequest, code: str, element: str = "air_temperature", days: int = 30, at: str | None = None
) -> Told:
    """Give climate days (ending 20:00 Beijing time) as known now, and the band of earlier years around each."""
    moment = moments.asked(at) or clock.now()
    found = page.climate(home(), code, _element(element), _days(days), moment)
    around = found.band
    return {
        "element": element,
        "figure": found.figure,
        "first": found.first.isoformat() if found.first else None,
        "days": [day.isoformat() for day in found.days["day"]],
        **{name: found.days[name].to_list() for name in ("value", "min", "max")},
        **{name: _plain(getattr(around, name), 2) for name in ("low", "p10", "p50", "p90", "high")},
        "years": around.years.tolist(),
    }


@router.get("/stations/{code}/series.csv", summary="The readings of one station as CSV (UTF-8 with a mark)")
def series_csv(request: HttpRequest, code: str, hours: float = 24.0, at: str | None = None) -> HttpResponse:
    """Give one row a reading, for each element its value and quality code."""
    asked = moments.asked(at)
    end = asked or clock.now()
    begin = end - dt.timedelta(hours=_hours(hours, 72.0))
    rows = queries.readings(home()).series(code, begin, end, list(NAMES), asked)
    names = [name for name in NAMES if rows[f"{name}_qc"].is_not_null().any() or rows[name].is_not_null().any()]
    head = [
        "站号",
        "时间(北京时)",
        *(words for name in names for words in (_heading(name), f"{CATALOGUE[name].zh}质量码")),
    ]
    columns = [column for name in names for column in (name, f"{name}_qc")]
    told = ([code, clock.beijing(row[0]), *_cells(row[1:])] for row in rows.select("time", *columns).iter_rows())
    return csv_answer(head, told, file_name(code, "series", end))


@router.get("/stations/{code}/hours.csv", summary="The hours of one station as CSV (UTF-8 with a mark)")
def hours_csv(request: HttpRequest, code: str, days: int = 30, at: str | None = None) -> HttpResponse:
    """Give one row an element and hour."""
    asked = moments.asked(at)
    rows = _hourly(code, days, asked).select("element", "time", *FIGURES).iter_rows()
    head = ["站号", "要素", "小时末(北京时)", *FIGURES_ZH.values()]
    told = ([code, _heading(row[0]), clock.beijing(row[1]), *_cells(row[2:])] for row in rows)
    return csv_answer(head, told, file_name(code, "hours", asked or clock.now()))


def _heading(name: str) -> str:
    return f"{CATALOGUE[name].zh}({CATALOGUE[name].unit})"


def _cells(values: Sequence[object]) -> list[object]:
    return ["" if value is None else value for value in values]


def _compared(stations: str, element: str, hours: float, at: str | None) -> comparing.Compared:
    codes = [code.strip() for code in stations.split(",") if code.strip()]
    try:
        return comparing.compare(home(), codes, _element(element), hours, moments.asked(at))
    except moments.BadMoment:
        raise
    except ValueError as error:
        raise HttpError(422, str(error)) from error


@router.get("/compare", summary="Several stations side by side")
def compare(
    request: HttpRequest, stations: str, element: str = "air_temperature", hours: float = 24.0, at: str | None = None
) -> Told:
    """Give one element of up to eight stations on common moments; the first station is the reference."""
    found = _compared(stations, element, hours, at)
    return {
        "stations": list(found.codes),
        "element": element,
        "hourly": found.hourly,
        "step_min": found.step_min,
        "times": [time.isoformat() for time in found.times],
        "values": [_plain(row) for row in found.values],
    }


@router.get("/compare.csv", summary="Several stations side by side as CSV (UTF-8 with a mark)")
def compare_csv(
    request: HttpRequest, stations: str, element: str = "air_temperature", hours: float = 24.0, at: str | None = None
) -> HttpResponse:
    """Give one row a moment, one column a station."""
    found = _compared(stations, element, hours, at)
    names = {site.code: site.zh for site in queries.sites(found.times[-1] if found.times else None)}
    head = ["时间(北京时)", *(f"{_heading(element)} {names.get(code, '')} {code}" for code in found.codes)]
    rows = zip(found.times, found.values.T, strict=True)
    told = ([clock.beijing(time), *_cells(_plain(row))] for time, row in rows)
    return csv_answer(head, told, file_name(element, "compare", clock.now()))
