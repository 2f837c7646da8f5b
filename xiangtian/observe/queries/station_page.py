"""What the page of one station tells: hours, wind rose, comparison with its own history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.lake import rolling
from xiangtian.lake.rollups import Rollups
from xiangtian.met.windrose import Rose, rose
from xiangtian.observe.normals import Band, band
from xiangtian.observe.queries.account import readings

SPEEDS = ("wind_speed", "wind_speed_10min", "wind_speed_2min")
"""The first of these that the station reports makes its wind rose."""
DIRECTION = "wind_from_direction"
REFUSED = (int(Flag.SUSPECT), int(Flag.WRONG))
ADDED = frozenset(
    name for name, one in CATALOGUE.items() if one.unit in ("mm", "min") and name != "precipitation_period"
)
"""Elements of which a day is told by its sum."""
HISTORY = dt.date(1850, 1, 1)
"""No station has older days."""


@lru_cache(maxsize=4)
def rollups(home: Home) -> Rollups:
    """Give the roll-ups of a home; one for all threads of this process."""
    return Rollups(home, readings(home))


def hours(
    home: Home, code: str, start: dt.datetime, end: dt.datetime, elements: Sequence[str], at: dt.datetime | None
) -> pl.DataFrame:
    """Give the hours of a station that end after `start` and not after `end`, as `Rollups.hours` does.

    Parameters
    ----------
    home : Home
        Where.
    code : str
        The station's.
    start : datetime
        UTC.
    end : datetime
        UTC.
    elements : Sequence of str
        CF names.
    at : datetime or None
        As was known at this moment (made from the readings); None: now (from the roll-ups).

    Returns
    -------
    DataFrame
        With the columns of `rolling.HOURS`, ordered by element and time.
    """
    if at is None:
        found = rollups(home).hours(start, end, [code], elements)
    else:
        rows = readings(home).read(start + dt.timedelta(microseconds=1), end, [code], elements, at)
        found = rolling.hours(rows)
    return found.select(*rolling.HOURS).sort("element", "time")


def wind(home: Home, code: str, start: dt.datetime, end: dt.datetime, at: dt.datetime | None) -> tuple[str, Rose]:
    """Give a station's wind rose of a period, and the element of speed it was made of; doubted values are left out."""
    rows = readings(home).read(start, end, [code], [*SPEEDS, DIRECTION], at)
    speed = next((name for name in SPEEDS if rows[name].is_not_null().any()), SPEEDS[0])
    way, pace = (_good(rows, name).to_numpy() for name in (DIRECTION, speed))
    return speed, rose(way, pace)


def _good(rows: pl.DataFrame, name: str) -> pl.Series:
    refused = pl.col(f"{name}_qc").is_in(REFUSED).fill_null(False)
    return rows.select(pl.when(~refused).then(name).fill_null(float("nan"))).to_series()


@dataclass(frozen=True)
class Climate:
    """A station's last days beside its own history.

    Attributes
    ----------
    days : DataFrame
        `day`, `value` (the mean of the day, or its sum), `min`, `max`, one row a climate day.
    figure : str
        "mean" or "sum".
    band : Band
        Of the figure, for each row.
    first : date or None
        The first day of the history.
    """

    days: pl.DataFrame
    figure: str
    band: Band
    first: dt.date | None


def climate(home: Home, code: str, element: str, days: int, moment: dt.datetime) -> Climate:
    """Compare the last climate days of a station with the same calendar days of its earlier years.

    Parameters
    ----------
    home : Home
        Where.
    code : str
        The station's.
    element : str
        CF name.
    days : int
        How many climate days, the one of the moment included.
    moment : datetime
        Where they end; the values are those known now.

    Returns
    -------
    Climate
        A day without a value has none; the band is NaN where no earlier year speaks.
    """
    last = clock.climate_day(moment)
    figure = "sum" if element in ADDED else "mean"
    whole = rollups(home).days(HISTORY, last, [code], [element])
    told = whole.select("day", pl.col(figure).alias("value"), "min", "max").sort("day")
    every = pl.DataFrame({"day": [last - dt.timedelta(days=n) for n in reversed(range(days))]})
    wanted = every["day"].to_numpy()
    found = band(told["day"].to_numpy(), told["value"].fill_null(np.nan).to_numpy(), wanted)
    return Climate(every.join(told, on="day", how="left"), figure, found, told["day"].min())  # type: ignore[arg-type]
