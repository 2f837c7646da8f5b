"""What a station's own history says of a calendar day or month: the band in which earlier years lay.

A band describes; it judges nothing (the range check has limits of its own). Below `FEW_YEARS` years it is only a hint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DayArray = npt.NDArray[np.datetime64]

HALF_WINDOW = 7
"""Days to each side of a calendar day that speak for it."""
FEW_YEARS = 10
"""Fewer years give no normal: WMO-No. 1203 asks for at least 80 % of 30 years, and for 10 of a provisional one."""
LEAP = 366


@dataclass(frozen=True)
class Band:
    """What earlier years say of each of (n,) calendar days; NaN where they say nothing.

    Attributes
    ----------
    low, high : FloatArray
        Lowest and highest value.
    p10, p50, p90 : FloatArray
        Quantiles, linear between neighbours (Hyndman and Fan 1996, definition 7, doi:10.1080/00031305.1996.10473566).
    years : IntArray
        How many different years speak.
    """

    low: FloatArray
    p10: FloatArray
    p50: FloatArray
    p90: FloatArray
    high: FloatArray
    years: IntArray


def calendar_day(days: DayArray) -> IntArray:
    """Give the place of dates in a leap year, 0 (1 January) to 365; 29 February has a place of its own.

    >>> calendar_day(np.array(["2023-03-01", "2024-03-01", "2024-12-31"], "datetime64[D]")).tolist()
    [60, 60, 365]
    """
    year = days.astype("datetime64[Y]")
    place = (days.astype("datetime64[D]") - year.astype("datetime64[D]")).astype(np.int64)
    leap = (year + 1).astype("datetime64[D]") - year.astype("datetime64[D]") == np.timedelta64(LEAP, "D")
    return np.asarray(place + (~leap & (place >= 59)))


def band(days: DayArray, values: FloatArray, wanted: DayArray, half_window: int = HALF_WINDOW) -> Band:
    """Give the band of earlier years around calendar days.

    Parameters
    ----------
    days : DayArray
        (n,) dates of the history, in any order.
    values : FloatArray
        (n,) what was measured on them; NaN where missing.
    wanted : DayArray
        (m,) dates asked for; only days before the earliest of them speak.
    half_window : int
        Days to each side of the calendar day that speak for it, 0 or more.

    Returns
    -------
    Band
        (m,) each.

    Raises
    ------
    ValueError
        If days and values differ in length, or the window is negative.
    """
    if days.shape != values.shape or half_window < 0:
        raise ValueError(f"{days.shape} days, {values.shape} values, window {half_window}: one value a day, 0 or more")
    if not len(wanted):
        nothing = np.zeros(0)
        return Band(nothing, nothing, nothing, nothing, nothing, np.zeros(0, np.int64))
    speaks = np.isfinite(values) & (days < wanted.min())
    days, values = days[speaks], values[speaks]
    place, year = calendar_day(days), days.astype("datetime64[Y]").astype(np.int64)
    told = [_of_day(place, year, values, target, half_window) for target in calendar_day(wanted)]
    low, p10, p50, p90, high, years = np.array(told).T
    return Band(low, p10, p50, p90, high, years.astype(np.int64))


def _of_day(place: IntArray, year: IntArray, values: FloatArray, target: int, half_window: int) -> list[float]:
    gap = np.abs(place - target)
    near = np.minimum(gap, LEAP - gap) <= half_window
    if not near.any():
        return [np.nan] * 5 + [0]
    return [*np.quantile(values[near], [0, 0.1, 0.5, 0.9, 1]), len(np.unique(year[near]))]


def rank(earlier: npt.ArrayLike, value: float) -> tuple[int, int]:
    """Give the place of a value among earlier ones, from the highest and from the lowest; equals share the better.

    >>> rank([30.0, 31.0, 35.0], 31.0)
    (2, 2)
    """
    known = np.asarray(earlier, float)
    return int((known > value).sum()) + 1, int((known < value).sum()) + 1
