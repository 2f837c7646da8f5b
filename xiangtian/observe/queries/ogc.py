"""What partners may ask: the stations within their agreement, and the readings of those."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Q

from xiangtian.core import clock
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.kit.access import Scope
from xiangtian.observe import models
from xiangtian.observe.edr.answers import Place, Series
from xiangtian.observe.edr.asked import Span
from xiangtian.observe.edr.parameters import QC
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.stations import Site, sites

MOST_VALUES = 200_000
MOST_DAYS = 31
RECENT = dt.timedelta(hours=24)
"""A station whose newest reading is older has none."""
AHEAD = dt.timedelta(minutes=10)
"""Clocks of stations may go ahead of ours by so much."""
UNNAMED = 4
"""Parameters that a question without names counts as, before it is known how many have values."""


class TooMuch(ValueError):
    """The answer would be too large; the message says how to narrow the question."""


@dataclass(frozen=True)
class Window:
    """Time from `start` to `end`, both included; `newest`: only the newest reading of each station in it."""

    start: dt.datetime
    end: dt.datetime
    newest: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which readings: parameters (None: every element of the agreement), from when, as known when (None: now)."""

    names: tuple[str, ...] | None
    window: Window
    at: dt.datetime | None


def closed(home: Home, span: Span | None, now: dt.datetime) -> Window:
    """Close an interval: it begins with the archive and ends now at the latest; None: the newest of `RECENT`.

    Raises
    ------
    TooMuch
        If it is longer than `MOST_DAYS`.
    """
    if span is None:
        return Window(now - RECENT, now + AHEAD, newest=True)
    bounds = readings(home).bounds() if span.start is None else None
    end = min(span.end or now, now + AHEAD)
    start = span.start or (bounds[0] if bounds else end)
    if end - start > dt.timedelta(days=MOST_DAYS):
        days = (end - start).days
        raise TooMuch(f"datetime 跨 {days} 天：一次至多 {MOST_DAYS} 天 (ask for {MOST_DAYS} days at a time)")
    return Window(start, end)


def visible(scope: Scope, window: Window) -> list[Place]:
    """Give the stations that somebody may see, by code.

    A station counts by the district it stands in at the end of the time asked about. One that stood in a district
    outside the agreement at any time of it is left out whole, and so are stations outside the city and, unless
    the home is in an exercise, those of exercises.
    """
    away = _elsewhere(scope, window.start, window.end)
    held = [site for site in sites(window.end) if _counts(site, scope) and site.code not in away]
    return [_place(site) for site in sorted(held, key=lambda site: site.code)]


def _counts(site: Site, scope: Scope) -> bool:
    return bool(site.district) and site.district in scope.districts and (not site.drill or clock.scenario() is not None)


def _elsewhere(scope: Scope, start: dt.datetime, end: dt.datetime) -> frozenset[str]:
    first, last = clock.administrative_day(start), clock.administrative_day(end)
    there = models.Site.objects.filter(valid_from__lte=last).filter(Q(valid_to=None) | Q(valid_to__gte=first))
    return frozenset(there.exclude(district__in=scope.districts).values_list("station__code", flat=True))


def _place(site: Site) -> Place:
    return Place(site.code, site.zh, site.en, site.lon, site.lat, site.alt_m, site.district, site.network, site.wigos)


def since(scope: Scope, places: Sequence[Place]) -> dt.datetime | None:
    """Give the first day (its beginning in Beijing) on which any of some stations stood where it may be seen."""
    codes = [place.code for place in places]
    there = models.Site.objects.filter(station__code__in=codes, district__in=scope.districts)
    day = there.order_by("valid_from").values_list("valid_from", flat=True).first()
    return dt.datetime.combine(day, dt.time(), clock.BEIJING) if day else None


def told(home: Home, places: Sequence[Place], scope: Scope, wanted: Wanted) -> list[Series]:
    """Give the readings of some stations.

    Parameters
    ----------
    home : Home
        Whose lake.
    places : Sequence of Place
        Stations that may be seen.
    scope : Scope
        Whose elements.
    wanted : Wanted
        Which readings.

    Returns
    -------
    list of Series
        Stations that said anything of these parameters, in the given order. A value that was judged wrong is None
        unless its quality code is asked for beside it; moments without anything are left out.

    Raises
    ------
    TooMuch
        If it is more than `MOST_VALUES` values, or longer than `MOST_DAYS`.
    """
    names = wanted.names if wanted.names is not None else scope.elements
    elements = list(dict.fromkeys(name.removesuffix(QC) for name in names))
    rows = _rows(home, [place.code for place in places], elements, wanted)
    rows = rows.with_columns(_unless_wrong(name, names) for name in names if not name.endswith(QC))
    said = [name for name in names if rows[name].null_count() < rows.height]
    if wanted.names is not None:
        said = list(names) if said else []
    if not said:
        return []
    spoken = rows.select("station", "time", *said).filter(pl.any_horizontal(pl.col(said).is_not_null()))
    _bound(spoken.height * len(said))
    return _series(spoken, places, said)


def _rows(home: Home, codes: list[str], elements: list[str], wanted: Wanted) -> pl.DataFrame:
    lake, start, end = readings(home), wanted.window.start, wanted.window.end
    if wanted.window.newest:
        kept = [column for name in elements for column in (name, name + QC)]
        near = pl.col("station").is_in(codes) & pl.col("time").is_between(start, end)
        return lake.latest(wanted.at).filter(near).select("station", "time", *kept)
    keys = lake.keys(start, end, wanted.at).filter(pl.col("station").is_in(codes))
    count = keys.select(pl.struct("station", "time").n_unique()).collect().item()
    _bound(count * (UNNAMED if wanted.names is None else len(wanted.names)))
    return lake.read(start, end, codes, elements, wanted.at)


def _unless_wrong(name: str, names: Sequence[str]) -> pl.Expr:
    if name + QC in names:
        return pl.col(name)
    wrong = (pl.col(name + QC) == int(Flag.WRONG)).fill_null(value=False)
    return pl.when(~wrong).then(name).alias(name)


def _bound(values: int) -> None:
    if values > MOST_VALUES:
        narrower = "请缩短 datetime、减少站点，或用 parameter-name 少选要素"
        raise TooMuch(
            f"约 {values} 个值，一次至多 {MOST_VALUES}：{narrower} "
            f"(too many values: shorten datetime, take fewer stations, or name fewer parameters)"
        )


def _series(rows: pl.DataFrame, places: Sequence[Place], names: Sequence[str]) -> list[Series]:
    parts = {str(key[0]): part for key, part in rows.partition_by("station", as_dict=True).items()}
    return [_one(place, parts[place.code], names) for place in places if place.code in parts]


def _one(place: Place, rows: pl.DataFrame, names: Sequence[str]) -> Series:
    return Series(place, rows["time"].to_list(), {name: rows[name].to_list() for name in names})
