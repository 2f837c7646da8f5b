"""What the map shows: one value a station of any element, now or over a window, as known at a moment."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import polars as pl

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE, Element
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.lake.answers import AMOUNT, PERIOD
from xiangtian.lake.observations import Observations
from xiangtian.observe import windows
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.station_page import rollups
from xiangtian.observe.queries.stations import Site, sites

LONGEST_H = 744.0
"""A window may be a month long."""
READ_H = 72.0
"""Longer windows are made from rolled-up hours: whole hours, as they are known now."""
HOWS = ("now", "max", "min", "mean", "change", "sum")
CODES = ("present_weather", "wind_from_direction", "wind_gust_from_direction")
"""Elements that are shown as they are: no mean, no difference, no field."""
HIDDEN = (PERIOD,)
BACK_H = 3.0
"""A station that has said nothing of an element for longer than this, or than the element's own period and an hour
more, shows no value."""
WIND_BACK = dt.timedelta(minutes=20)
WIND = ("wind_speed", "wind_speed_2min", "wind_speed_10min", "wind_from_direction")
NEAR = dt.timedelta(minutes=30)
"""How far from its moment a value may lie that takes part in a change."""


class Unanswerable(ValueError):
    """A question that has no answer; the message says what is allowed."""


@dataclass(frozen=True)
class Wanted:
    """What is asked: an element, how its readings become one value, over how many hours, as known when (None: now)."""

    element: str
    how: str = "now"
    hours: float = 1.0
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Spot:
    """What a station shows; `value` None with a flag: it said there is none; without a flag: it said nothing."""

    site: Site
    value: float | None = None
    flag: int | None = None
    time: dt.datetime | None = None
    n: int = 0
    doubted: int = 0
    speed: float | None = None
    direction: float | None = None

    @property
    def good(self) -> bool:
        """Whether the value may be used: it is there, and neither suspect nor wrong."""
        return self.value is not None and self.flag not in windows.DOUBTED


@dataclass(frozen=True)
class Shown:
    """All stations at a moment; `version` is that of the lake."""

    wanted: Wanted
    moment: dt.datetime
    version: int
    spots: tuple[Spot, ...] = field(repr=False)

    @property
    def element(self) -> Element:
        """The element shown."""
        return CATALOGUE[self.wanted.element]


def ways(element: str) -> tuple[str, ...]:
    """Give what can be made of an element's readings.

    >>> ways("precipitation_amount"), ways("wind_from_direction")
    (('sum', 'now'), ('now',))
    """
    if element == AMOUNT:
        return "sum", "now"
    return ("now",) if element in CODES else ("now", "max", "min", "mean", "change")


def wanted(element: str, how: str = "", hours: float = 1.0, at: dt.datetime | None = None) -> Wanted:
    """Check a question from outside; an empty `how` takes the element's first.

    Raises
    ------
    Unanswerable
        If the element, the way or the window is not among those that are known.
    """
    if element not in CATALOGUE or element in HIDDEN:
        raise Unanswerable(f"没有要素“{element}”，请从要素目录中选 (no element {element!r} in the catalogue)")
    allowed, longest = ways(element), READ_H if how == "change" else LONGEST_H
    chosen = how or allowed[0]
    if chosen not in allowed:
        named = f"要素 {element} 不能按“{chosen}”统计；可用："
        raise Unanswerable(f"{named}{', '.join(allowed)} (not a way to show this element)")
    if math.isnan(hours) or not 0 < hours <= longest:
        raise Unanswerable(f"hours={hours:g}：时段须大于 0、不超过 {longest:g} 小时 (a window of up to {longest:g} h)")
    return Wanted(element, chosen, hours if chosen != "now" else 0.0, at)


def shown(home: Home, asked: Wanted) -> Shown:
    """Give what all stations show; the same question about the same lake is answered once a minute.

    Parameters
    ----------
    home : Home
        Whose lake.
    asked : Wanted
        A checked question (`wanted`).

    Returns
    -------
    Shown
        Stations in the order of `sites`: national ones first.
    """
    lake = readings(home)
    minute = (asked.at or clock.now()).replace(second=0, microsecond=0)
    return _shown(home, asked, lake.version(), minute)


@lru_cache(maxsize=64)
def _shown(home: Home, asked: Wanted, version: int, minute: dt.datetime) -> Shown:
    lake = readings(home)
    moment = asked.at or clock.now()
    found = _values(home, asked, moment)
    values = {row["station"]: row for row in found.iter_rows(named=True)}
    winds = _winds(lake, asked.at, moment)
    spots = (_spot(site, values.get(site.code), winds.get(site.code, (None, None))) for site in sites(moment))
    return Shown(asked, moment, version, tuple(spots))


def _spot(site: Site, row: Mapping[str, Any] | None, wind: tuple[float | None, float | None]) -> Spot:
    if row is None:
        return Spot(site, speed=wind[0], direction=wind[1])
    return Spot(site, row["value"], row["flag"], row["time"], row["n"], row["doubted"], *wind)


def _values(home: Home, asked: Wanted, moment: dt.datetime) -> pl.DataFrame:
    lake = readings(home)
    if asked.hours > READ_H:
        return _long(home, asked, moment)
    if asked.how == "sum":
        window = moment - dt.timedelta(hours=asked.hours)
        return windows.rain(lake.read(window, moment, None, [AMOUNT, PERIOD], asked.at), moment, asked.hours)
    if asked.how == "now":
        return windows.newest(_rows(lake, asked, moment - _back(asked.element), moment))
    start = moment - dt.timedelta(hours=asked.hours)
    if asked.how == "change":
        late, early = _rows(lake, asked, moment - NEAR, moment), _rows(lake, asked, start - NEAR, start + NEAR)
        return windows.change(pl.concat([early, late]).unique(["station", "time"]), moment, asked.hours, NEAR)
    inside = _rows(lake, asked, start, moment).filter(pl.col("time") > start)
    return windows.summary(inside, asked.how)


def _long(home: Home, asked: Wanted, moment: dt.datetime) -> pl.DataFrame:
    """Read whole hours; of a past moment only those that were over, of the present also the one that runs."""
    end = moment.replace(minute=0, second=0, microsecond=0)
    if asked.at is None and end < moment:
        end += dt.timedelta(hours=1)
    hours = rollups(home).hours(end - dt.timedelta(hours=math.ceil(asked.hours)), end, None, [asked.element])
    return windows.of_hours(hours, asked.how)


def _rows(lake: Observations, asked: Wanted, start: dt.datetime, end: dt.datetime) -> pl.DataFrame:
    name = asked.element
    rows = lake.read(start, end, None, [name], asked.at)
    return rows.select("station", "time", value=pl.col(name), flag=pl.col(f"{name}_qc"))


def _back(element: str) -> dt.timedelta:
    tail = element.rpartition("_")[2]
    own = float(tail[:-1]) + 1 if tail.endswith("h") and tail[:-1].isdigit() else 0.0
    return dt.timedelta(hours=max(BACK_H, own))


def _winds(
    lake: Observations, at: dt.datetime | None, moment: dt.datetime
) -> dict[str, tuple[float | None, float | None]]:
    """Give each station's newest good wind: speed (m/s) and direction it comes from (degrees)."""
    rows = lake.read(moment - WIND_BACK, moment, None, WIND, at)
    speeds = [pl.when(_trusted(name)).then(name) for name in WIND[:3]]
    told = rows.select("station", "time", speed=pl.coalesce(speeds), turn=pl.when(_trusted(WIND[3])).then(WIND[3]))
    last = told.filter(pl.col("speed").is_not_null()).sort("time").group_by("station").last()
    return {row["station"]: (row["speed"], row["turn"]) for row in last.iter_rows(named=True)}


def _trusted(name: str) -> pl.Expr:
    return pl.col(f"{name}_qc").is_in((int(Flag.SUSPECT), int(Flag.WRONG))).fill_null(False).not_()
