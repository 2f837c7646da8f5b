"""A month, added up from its days: rows by station, element, network, district and person, each with its figures."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from xiangtian.core.clock import BEIJING, CLIMATE_DAY_END_HOUR, UTC
from xiangtian.observe.assess.counts import Count, CountArray, Figure, figures, index
from xiangtian.observe.assess.rules import Rules

TextArray = npt.NDArray[np.str_]
GROUPS: tuple[str, ...] = ("network", "district", "station", "element", "person")
ALL = "all"


@dataclass(frozen=True)
class DayCounts:
    """What one climate day adds.

    Attributes
    ----------
    day : date
        The climate day.
    rules : Rules
        The table it was judged under.
    keys : Mapping
        Group of `GROUPS` to (n,) keys; persons by their number as text, "0" where nobody owned the minutes.
    counts : Mapping
        Group to (n, 11) counts; besides `ALL` with one row.
    """

    day: dt.date
    rules: Rules
    keys: Mapping[str, TextArray]
    counts: Mapping[str, CountArray]


@dataclass(frozen=True)
class Personal:
    """The personal measures: base number, errors and errors per 10 000."""

    base: float
    errors: float
    rate: float | None
    charged: int
    """Charges that stand."""


@dataclass(frozen=True)
class Row:
    """One line of a month.

    Attributes
    ----------
    group, key, name : str
        What it is about; the name as people read it.
    figures : Mapping
        Metric to figure of the month.
    index : float or None
        Quality index, per cent.
    daily : tuple of (float or None)
        Index of each judged day of the month.
    daily_counts : CountArray
        (days, 11) its counts.
    rules : tuple of str
        Versions of the tables it was judged under.
    counts : Mapping
        Name of `Count` in small letters to the number.
    district : str
        Of a station: where it stood.
    personal : Personal or None
        Of a person.
    """

    group: str
    key: str
    name: str
    figures: Mapping[str, Figure]
    index: float | None
    daily: tuple[float | None, ...]
    daily_counts: CountArray = field(repr=False, compare=False)
    rules: tuple[str, ...]
    counts: Mapping[str, int]
    district: str = ""
    personal: Personal | None = None


def days_of(year: int, month: int) -> list[dt.date]:
    """Give the climate days of a month.

    Raises
    ------
    ValueError
        If there is no such month.
    """
    if not 1 <= month <= 12 or not dt.MINYEAR < year < dt.MAXYEAR:
        raise ValueError(f"{year}-{month} 不是月份，请写成 2026-07 (no such month, write it like 2026-07)")
    return [dt.date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def bounds_of(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Give the two moments between which a climate day lies: from 20:00 (excluded) to 20:00 Beijing time, as UTC.

    >>> bounds_of(dt.date(2026, 7, 1))[0].isoformat()
    '2026-06-30T12:00:00+00:00'
    """
    end = dt.datetime.combine(day, dt.time(CLIMATE_DAY_END_HOUR), BEIJING).astimezone(UTC)
    return end - dt.timedelta(days=1), end


def rows(days: Sequence[DayCounts], group: str, name: Callable[[str], str]) -> list[Row]:
    """Add up the days of a month.

    Parameters
    ----------
    days : Sequence of DayCounts
        The judged days, in order.
    group : str
        One of `GROUPS`, or `ALL`.
    name : Callable
        Gives the name of a key.

    Returns
    -------
    list of Row
        By key. Where the table changed within the month, the index is the mean over the tables, weighted by days.
    """
    keys = sorted({str(key) for one in days for key in one.keys[group]})
    place = {key: at for at, key in enumerate(keys)}
    daily = np.zeros((len(keys), len(days), len(Count)), np.int64)
    for at, one in enumerate(days):
        daily[[place[str(key)] for key in one.keys[group]], at] = one.counts[group]
    return [_row(group, key, name(key), daily[at], days) for at, key in enumerate(keys)]


def idle(group: str, key: str, name: str, days: int) -> Row:
    """Give the row of somebody for whom nothing was due on any of so many days."""
    nothing = np.zeros(len(Count), np.int64)
    counts = {one.name.lower(): 0 for one in Count}
    return Row(group, key, name, figures(nothing), None, (None,) * days, np.tile(nothing, (days, 1)), (), counts)


def _row(group: str, key: str, name: str, daily: CountArray, days: Sequence[DayCounts]) -> Row:
    total = daily.sum(axis=0)
    due = [at for at, counts in enumerate(daily) if counts.any()]
    return Row(
        group,
        key,
        name,
        figures(total),
        _index(daily, days, due),
        tuple(index(figures(counts), one.rules.weights) for counts, one in zip(daily, days, strict=True)),
        daily,
        tuple(dict.fromkeys(days[at].rules.version for at in due)),
        {one.name.lower(): int(total[one]) for one in Count},
    )


def _index(daily: CountArray, days: Sequence[DayCounts], due: Sequence[int]) -> float | None:
    by_version: dict[str, list[int]] = {}
    for at in due:
        by_version.setdefault(days[at].rules.version, []).append(at)
    told = [
        (index(figures(daily[places].sum(axis=0)), days[places[0]].rules.weights), len(places))
        for places in by_version.values()
    ]
    known = [(value, number) for value, number in told if value is not None]
    number = sum(number for _, number in known)
    return sum(value * number for value, number in known) / number if number else None
