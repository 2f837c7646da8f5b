"""Several stations side by side: one element on common moments, and how well each agrees with the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.met.agreement import Agreement, agreement
from xiangtian.observe.presence import usual
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.station_page import ADDED, REFUSED, hours

MOST_STATIONS = 8
FINE_H = 72
"""Up to so many hours single readings are compared, beyond it hourly figures."""
LONGEST_H = 24 * 31


@dataclass(frozen=True)
class Figures:
    """One station's line: what it has, and how it agrees with the first one."""

    code: str
    n: int
    missing: int
    mean: float | None
    low: float | None
    high: float | None
    total: float | None
    against: Agreement | None
    """None for the first station itself."""


@dataclass(frozen=True)
class Compared:
    """Stations on common moments.

    Attributes
    ----------
    codes : tuple of str
        In the order asked for; the first is the reference.
    element : str
        CF name.
    hourly : bool
        Whether the values are hourly means (sums of rain), or single readings.
    step_min : int
        Minutes from one moment to the next.
    times : tuple of datetime
        (time,) UTC.
    values : ndarray
        (stations, time); NaN where missing, suspect or wrong.
    figures : tuple of Figures
        One a station.
    """

    codes: tuple[str, ...]
    element: str
    hourly: bool
    step_min: int
    times: tuple[dt.datetime, ...]
    values: npt.NDArray[np.float64]
    figures: tuple[Figures, ...]


def compare(home: Home, codes: Sequence[str], element: str, hours_back: float, at: dt.datetime | None) -> Compared:
    """Lay stations side by side.

    Parameters
    ----------
    home : Home
        Where.
    codes : Sequence of str
        Different stations, the reference first; 1 to `MOST_STATIONS`.
    element : str
        CF name.
    hours_back : float
        Length of the period that ends now, above 0 and up to `LONGEST_H`.
    at : datetime or None
        The end of the period, and as was known then; None: now.

    Returns
    -------
    Compared
        On the moments of the station that reports least often; every moment from the first to the last report of
        any of them stands there.

    Raises
    ------
    ValueError
        If there are too many stations or one twice, or the period is not allowed.
    """
    if not 1 <= len(codes) <= MOST_STATIONS or len(set(codes)) < len(codes):
        raise ValueError(f"站点 {len(codes)} 个，须为 1 至 {MOST_STATIONS} 个且不重复 (1 to {MOST_STATIONS} stations)")
    if not 0 < hours_back <= LONGEST_H:
        raise ValueError(f"时段 {hours_back} 小时，须大于 0 且不超过 {LONGEST_H} (hours)")
    end = at or clock.now()
    start = end - dt.timedelta(hours=hours_back)
    hourly = hours_back > FINE_H
    told = [(_hourly if hourly else _fine)(home, code, element, start, end, at) for code in codes]
    step = 60 if hourly else _step(told)
    times = _times(told, step)
    values = np.array([_on(times, rows) for rows in told]).reshape(len(codes), len(times))
    figures = tuple(
        _figures(code, row, values[0] if place else None)
        for place, (code, row) in enumerate(zip(codes, values, strict=True))
    )
    return Compared(tuple(codes), element, hourly, step, times, values, figures)


def _fine(
    home: Home, code: str, element: str, start: dt.datetime, end: dt.datetime, at: dt.datetime | None
) -> pl.DataFrame:
    rows = readings(home).series(code, start, end, [element], at)
    good = pl.when(pl.col(f"{element}_qc").is_in(REFUSED).fill_null(False).not_()).then(element)
    said = pl.col(f"{element}_qc").is_not_null() | pl.col(element).is_not_null()
    return rows.filter(said).select("time", value=good)


def _hourly(
    home: Home, code: str, element: str, start: dt.datetime, end: dt.datetime, at: dt.datetime | None
) -> pl.DataFrame:
    rows = hours(home, code, start, end, [element], at)
    return rows.select("time", value=pl.col("sum" if element in ADDED else "mean"))


def _minutes(rows: pl.DataFrame) -> npt.NDArray[np.int64]:
    return np.asarray(rows["time"].dt.epoch("s").to_numpy() // 60, np.int64)


def _step(told: Sequence[pl.DataFrame]) -> int:
    gaps = [found[0] for rows in told if (found := usual(_minutes(rows)))]
    return max(gaps, default=1)


def _times(told: Sequence[pl.DataFrame], step: int) -> tuple[dt.datetime, ...]:
    spoken = [minutes for rows in told if len(minutes := _minutes(rows))]
    if not spoken:
        return ()
    first = -(-min(int(one.min()) for one in spoken) // step) * step
    last = max(int(one.max()) for one in spoken)
    return tuple(dt.datetime.fromtimestamp(minute * 60, dt.UTC) for minute in range(first, last + 1, step))


def _on(times: Sequence[dt.datetime], rows: pl.DataFrame) -> list[float]:
    known = dict(rows.filter(pl.col("value").is_not_null()).iter_rows())
    return [known.get(time, np.nan) for time in times]


def _figures(code: str, values: npt.NDArray[np.float64], reference: npt.NDArray[np.float64] | None) -> Figures:
    there = values[np.isfinite(values)]
    against = None if reference is None else agreement(reference, values)
    if not len(there):
        return Figures(code, 0, len(values), None, None, None, None, against)
    mean, low, high, total = (float(one) for one in (there.mean(), there.min(), there.max(), there.sum()))
    return Figures(code, len(there), len(values) - len(there), mean, low, high, total, against)
