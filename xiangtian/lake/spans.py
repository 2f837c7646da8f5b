"""Hours and climate days as spans of time: where they begin, which is over."""

from __future__ import annotations

import datetime as dt

HOUR, DAY, TICK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(microseconds=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
BEGINS_H = 12
"""A climate day begins at 12 UTC (20:00 Beijing time) of the day before."""


def begin(day: dt.date) -> dt.datetime:
    """Give the moment (UTC) at which a climate day begins."""
    return dt.datetime.combine(day - DAY, dt.time(BEGINS_H), dt.UTC)


def closed_day(closed: dt.datetime) -> dt.date:
    """Give the last climate day that is over when an hour is."""
    return (closed - HOUR * BEGINS_H).date()


def floor(moment: dt.datetime) -> dt.datetime:
    """Give the last full hour that is not after a moment."""
    return EPOCH + HOUR * ((moment - EPOCH) // HOUR)


def ceil(moment: dt.datetime) -> dt.datetime:
    """Give the first full hour that is not before a moment."""
    return EPOCH - HOUR * ((EPOCH - moment) // HOUR)
