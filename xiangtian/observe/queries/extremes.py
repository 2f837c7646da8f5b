"""Extremes since records began: who holds them since when, how today stands, what was broken lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import Home
from xiangtian.observe.normals import rank
from xiangtian.observe.queries.station_page import ADDED, HISTORY, rollups

WHICH = ("max", "min", "sum")
LATELY_DAYS = 7
LEAST_DAYS = 365
"""A station must have begun so long before for a record to be worth telling: it has seen all seasons."""
LOW_IS_NOTHING = ADDED | frozenset(
    {"wind_speed", "wind_speed_of_gust", "wind_speed_of_gust_1h", "wind_speed_maximum_1h"}
)
"""Elements whose lowest value is worth no record."""
HIGH_IS_NOTHING = frozenset(
    {"visibility_in_air", "visibility_in_air_minimum_1h", "relative_humidity", "precipitation_amount"}
)
"""Elements whose highest value is worth no record; rain since the last report has no period that could be compared."""


@dataclass(frozen=True)
class Record:
    """A record: its value, the climate day, the moment (None: unknown), and where the day comes from."""

    which: str
    value: float
    day: dt.date
    time: dt.datetime | None
    source: str


@dataclass(frozen=True)
class Held:
    """The records of a station and element.

    Attributes
    ----------
    station : str
        Its code.
    element : str
        CF name.
    records : tuple of Record
        Highest, lowest, largest sum of a day; those that make sense for the element.
    first, last : date
        The days between which there are values.
    years : int
        Calendar years with values.
    today : tuple
        (which, value, place from the top, place from below, years compared) of the running climate day among the
        same calendar days of earlier years.
    """

    station: str
    element: str
    records: tuple[Record, ...]
    first: dt.date
    last: dt.date
    years: int
    today: tuple[tuple[str, float, int, int, int], ...] = ()


@dataclass(frozen=True)
class Broken:
    """A record that was set lately, and the one it beat."""

    station: str
    element: str
    record: Record
    before: Record
    years: int


def which_of(element: str) -> tuple[str, ...]:
    """Give the kinds of record that make sense for an element."""
    kept = [one for one in WHICH if one != "sum" or element in ADDED]
    kept = [one for one in kept if one != "min" or element not in LOW_IS_NOTHING]
    return tuple(one for one in kept if one != "max" or element not in HIGH_IS_NOTHING)


def every(home: Home) -> pl.DataFrame:
    """Give the extremes of all stations and elements, as `Rollups.extremes` does; the other questions take it."""
    return rollups(home).extremes()


def elements_held(frame: pl.DataFrame) -> tuple[str, ...]:
    """Give the elements of which there is anything, in the order of the catalogue."""
    there = set(frame["element"])
    return tuple(name for name in CATALOGUE if name in there and which_of(name))


def held(home: Home, every: pl.DataFrame, element: str, stations: Sequence[str]) -> tuple[Held, ...]:
    """Give the records of an element, with the rank of the running climate day.

    Parameters
    ----------
    home : Home
        Where.
    every : DataFrame
        What `every` gave.
    element : str
        CF name.
    stations : Sequence of str
        Only these.

    Returns
    -------
    tuple of Held
        By station; only those with a value.
    """
    frame = every.filter(pl.col("element") == element, pl.col("station").is_in(list(stations)))
    today = _ranks(home, element, stations, frame["first"].min())  # type: ignore[arg-type]
    return tuple(
        Held(
            row["station"],
            element,
            _records(row),
            row["first"],
            row["last"],
            row["years"],
            today.get(row["station"], ()),
        )
        for row in frame.iter_rows(named=True)
    )


def of_station(home: Home, code: str) -> tuple[Held, ...]:
    """Give the records of a station, by element in the order of the catalogue."""
    frame = rollups(home).extremes([code])
    rows = {row["element"]: row for row in frame.iter_rows(named=True)}
    told = (
        Held(code, name, _records(rows[name]), rows[name]["first"], rows[name]["last"], rows[name]["years"])
        for name in CATALOGUE
        if name in rows
    )
    return tuple(one for one in told if one.records)


def _records(row: dict[str, object]) -> tuple[Record, ...]:
    return tuple(
        Record(which, row[which], row[f"{which}_day"], row.get(f"{which}_time"), row[f"{which}_source"])  # type: ignore[arg-type]
        for which in which_of(str(row["element"]))
        if row[which] is not None
    )


def _ranks(
    home: Home, element: str, stations: Sequence[str], first: dt.date | None
) -> dict[str, tuple[tuple[str, float, int, int, int], ...]]:
    """Rank the running climate day of each station among the same calendar days of earlier years."""
    if first is None:
        return {}
    day = clock.climate_day(clock.now())
    same = [found for year in range(first.year, day.year + 1) if (found := _in_year(day, year))]
    frame = pl.concat([rollups(home).days(one, one, stations, [element]) for one in same]) if same else None
    if frame is None:
        return {}
    told = {}
    for (station,), rows in frame.group_by("station"):
        ranked = [_rank(rows, which, day) for which in which_of(element)]
        told[str(station)] = tuple(one for one in ranked if one is not None)
    return told


def _in_year(day: dt.date, year: int) -> dt.date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _rank(rows: pl.DataFrame, which: str, day: dt.date) -> tuple[str, float, int, int, int] | None:
    present = rows.filter(pl.col("day") == day)[which].drop_nulls()
    earlier = rows.filter(pl.col("day") < day)[which].drop_nulls()
    if present.is_empty() or earlier.is_empty():
        return None
    value = float(present[0])
    return which, value, *rank(earlier.to_numpy(), value), len(earlier)


def broken(home: Home, every: pl.DataFrame, days: int = LATELY_DAYS) -> tuple[Broken, ...]:
    """Give the records that were set within the last climate days.

    Parameters
    ----------
    home : Home
        Where.
    every : DataFrame
        What `every` gave.
    days : int
        How many days, the running one included.

    Returns
    -------
    tuple of Broken
        Newest first. Stations that began less than `LEAST_DAYS` before are left out: everything would be a record.
    """
    since = clock.climate_day(clock.now()) - dt.timedelta(days=days - 1)
    lately = pl.any_horizontal(pl.col(f"{which}_day") >= since for which in WHICH)
    rows = every.filter(lately, pl.col("first") <= since - dt.timedelta(days=LEAST_DAYS))
    found = [one for row in rows.iter_rows(named=True) for one in _broken(home, row, since)]
    return tuple(sorted(found, key=lambda one: (one.record.day, one.station), reverse=True))


def _broken(home: Home, row: dict[str, object], since: dt.date) -> list[Broken]:
    fresh = [one for one in _records(row) if one.day >= since]
    if not fresh:
        return []
    station, element = str(row["station"]), str(row["element"])
    days = rollups(home).days(HISTORY, since - dt.timedelta(days=1), [station], [element])
    years = days["day"].dt.year().n_unique()
    both = ((one, _best(days, one.which)) for one in fresh)
    return [Broken(station, element, one, before, years) for one, before in both if before is not None]


def _best(days: pl.DataFrame, which: str) -> Record | None:
    told = days.filter(pl.col(which).is_not_null())
    if told.is_empty():
        return None
    row = told.sort(which, "day", descending=[which != "min", False]).row(0, named=True)
    return Record(which, row[which], row["day"], row.get(f"{which}_time"), row["source"])
