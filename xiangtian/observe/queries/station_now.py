"""What a station says now: its newest values with their age, its rain sums, and by what they were measured."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE, NAMES, Element
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.lake.answers import AMOUNT, PERIOD, sums, window_name
from xiangtian.observe.models import Defect, SensorPosition
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.devices import Measured, measured

LOOKED_BACK = dt.timedelta(hours=24)
"""A value that is older is not called current."""
WINDOWS_H = (1.0, 3.0, 6.0, 12.0, 24.0, 72.0)
DEFECTS = 20
HIDDEN = frozenset({"precipitation_period"})


@dataclass(frozen=True)
class Value:
    """The newest word of a station on an element.

    Attributes
    ----------
    element : Element
        Of the catalogue.
    value : float or None
        None: it said that the value is missing.
    flag : int
        `core.flags.Flag`.
    time : datetime
        When it was measured, UTC.
    age_min : float
        How long ago that was.
    """

    element: Element
    value: float | None
    flag: int
    time: dt.datetime
    age_min: float


def values(home: Home, code: str, at: dt.datetime | None) -> tuple[Value, ...]:
    """Give the newest value of each element that a station has reported within `LOOKED_BACK`.

    Parameters
    ----------
    home : Home
        Where.
    code : str
        The station's.
    at : datetime or None
        As was known at this moment; None: now.

    Returns
    -------
    tuple of Value
        In the order of the catalogue; elements of which it was only said that there is no task are left out.
    """
    moment = at or clock.now()
    rows = readings(home).series(code, moment - LOOKED_BACK, moment, list(NAMES), at)
    found = (_newest(rows, name, moment) for name in NAMES if name not in HIDDEN)
    return tuple(one for one in found if one is not None)


def _newest(rows: pl.DataFrame, name: str, moment: dt.datetime) -> Value | None:
    flag = f"{name}_qc"
    told = rows.filter(pl.col(flag).is_not_null() & (pl.col(flag) != int(Flag.NO_TASK)))
    if told.is_empty():
        return None
    row = told.select("time", name, flag).row(-1)
    return Value(CATALOGUE[name], row[1], row[2], row[0], (moment - row[0]).total_seconds() / 60)


def rain(home: Home, code: str, at: dt.datetime | None) -> tuple[tuple[float, float | None, int], ...]:
    """Give a station's rain over the last hours: (window h, sum mm or None, readings used)."""
    moment = at or clock.now()
    rows = readings(home).series(code, moment - dt.timedelta(hours=max(WINDOWS_H)), moment, [AMOUNT, PERIOD], at)
    found = sums(rows, moment, WINDOWS_H)
    if found.is_empty():
        return tuple((window, None, 0) for window in WINDOWS_H)
    row = found.row(0, named=True)
    names = ((window, window_name(window)) for window in WINDOWS_H)
    return tuple((window, row[f"sum_{name}"], row[f"n_{name}"]) for window, name in names)


def devices(code: str, moment: dt.datetime) -> tuple[Measured, ...]:
    """Give what measures each element of a station at a moment, by element; only where a sensor position is known."""
    rows = SensorPosition.objects.filter(station__code=code, valid_from__lte=moment)
    elements = rows.values_list("element", flat=True).distinct().order_by("element")
    found = (measured(code, element, moment) for element in elements)
    return tuple(one for one in found if one.position is not None)


def defects(code: str, moment: dt.datetime) -> list[Defect]:
    """Give the last defects of a station that were known at a moment, newest first."""
    return list(Defect.objects.filter(station=code, found_at__lte=moment).order_by("-starts", "-id")[:DEFECTS])
