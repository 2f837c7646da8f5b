"""The health of the network: which reports were due, came, and came in time, by station and hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.metadata.tasks import Task, due_times
from xiangtian.observe.presence import FloatArray, IntArray, Presence, Reports, presence, usual
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.assess_rules import assess_rules
from xiangtian.observe.queries.stations import Site, sites
from xiangtian.observe.queries.tasks import tasks

HOUR = dt.timedelta(hours=1)
LONGEST_H = 72
"""Hours that a matrix may span."""
TICK = dt.timedelta(microseconds=1)
MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Health:
    """Counts of reports by station and hour.

    Attributes
    ----------
    ends : tuple of datetime
        (hours,) end of each hour, UTC; the last one may still be running.
    sites : tuple of Site
        (stations,) national ones first.
    presence : Presence
        (stations, hours) each.
    guessed : frozenset of str
        Stations without a task, whose interval is the one they were seen to keep.
    version : int
        Version of the observations.
    """

    ends: tuple[dt.datetime, ...]
    sites: tuple[Site, ...]
    presence: Presence
    guessed: frozenset[str]
    version: int


def health(home: Home, hours: int, at: dt.datetime | None = None) -> Health:
    """Give the matrix of the last hours.

    Parameters
    ----------
    home : Home
        Where.
    hours : int
        How many, from 1 to `LONGEST_H`; the last is the running one.
    at : datetime, optional
        As it was known at this moment; None: now.

    Returns
    -------
    Health
        Every station that exists then, also one that never reported.

    Raises
    ------
    ValueError
        If the number of hours is not allowed.
    """
    if not 1 <= hours <= LONGEST_H:
        raise ValueError(f"hours={hours}; allowed: 1 to {LONGEST_H}")
    moment = at or clock.now()
    end = _ceil(moment)
    start = end - hours * HOUR
    lake, there = readings(home), sites(moment)
    reports = _reports(lake.keys(start + TICK, min(end, moment), at), [site.code for site in there], start)
    rules = assess_rules(clock.climate_day(moment))
    limit = _limits(there, start, end, rules)
    guessed = _guess(limit, reports, there, rules)
    found = presence(limit, reports, (moment - start).total_seconds() / 60)
    ends = tuple(start + n * HOUR for n in range(1, hours + 1))
    return Health(ends, there, found, guessed, lake.version())


def _ceil(moment: dt.datetime) -> dt.datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if whole == moment else whole + HOUR


def _reports(keys: pl.LazyFrame, codes: list[str], start: dt.datetime) -> Reports:
    place = pl.col("station").cast(pl.Enum(codes), strict=False).to_physical().cast(pl.Int64)
    since = (pl.col("time") - start).dt.total_microseconds()
    late = (pl.col("received") - pl.col("time")).dt.total_microseconds()
    told = keys.select(station=place, minute=since // MINUTE_US - 1, delay=late / MINUTE_US).collect()
    known = told.drop_nulls().filter(pl.col("minute") >= 0)
    return Reports(known["station"].to_numpy(), known["minute"].to_numpy(), known["delay"].to_numpy())


def _limits(there: tuple[Site, ...], start: dt.datetime, end: dt.datetime, rules: Rules) -> FloatArray:
    """Give the minutes each due report may take; NaN where none is due. Of several tasks the strictest counts."""
    place = {site.code: number for number, site in enumerate(there)}
    alike: dict[tuple[object, ...], tuple[Task, set[int]]] = {}
    for task in tasks(start, end):
        if task.station in place:
            key = (task.interval_min, task.offset_min, task.valid_from, task.valid_to, task.network)
            alike.setdefault(key, (task, set()))[1].add(place[task.station])
    limit = np.full((len(there), int((end - start).total_seconds() // 60)), np.nan)
    first = np.datetime64(start.replace(tzinfo=None), "s")
    for task, rows in alike.values():
        minutes = (due_times(task, start, end) - first).astype("timedelta64[m]").astype(np.int64) - 1
        cells = np.ix_(np.array(sorted(rows)), minutes)
        limit[cells] = np.fmin(limit[cells], rules.deadline_min(task.network, task.interval_min))
    return limit


def _guess(limit: FloatArray, reports: Reports, there: tuple[Site, ...], rules: Rules) -> frozenset[str]:
    """Fill in what stations without a task were seen to keep, from their first report on; give their codes."""
    without = np.flatnonzero(np.isnan(limit).all(axis=1))
    guessed = set()
    for number in without[np.isin(without, reports.station)]:
        minutes: IntArray = reports.minute[reports.station == number]
        if (found := usual(minutes)) is not None:
            gap, rest = found
            every = np.arange(limit.shape[1])
            due = (every % gap == rest) & (every >= minutes.min())
            limit[number, due] = rules.deadline_min(there[number].network, gap)
            guessed.add(there[number].code)
    return frozenset(guessed)
