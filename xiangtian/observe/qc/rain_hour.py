"""The rain of the hour that ends with a reading, summed from shorter reports where a station reports no hours."""

from __future__ import annotations

import numpy as np

from xiangtian.observe.qc.model import BoolArray, FloatArray, History, PastRain, Sheet

AMOUNT = "precipitation_amount"
PERIOD = "precipitation_period"
HOUR = "precipitation_amount_1h"
SIX_HOURS = "precipitation_amount_6h"
HOUR_MIN = 60.0
COVERED_MIN = 54.0
"""An hour counts as heard when the reports in it cover so many minutes."""


def hour_sum(sheet: Sheet, history: History) -> tuple[FloatArray, BoolArray]:
    """Sum the rain of the hour that ends with each reading.

    Parameters
    ----------
    sheet : Sheet
        The readings; `precipitation_period` (min) is taken from the spacing of the reports where it is missing.
    history : History
        What the stations said before.

    Returns
    -------
    tuple
        (n,) mm, as reported where the station reports hours, else the sum of its reports, NaN where these cover less
        than 54 min; and (n,) bool, whether every part of it may be trusted.
    """
    reported = sheet.of(HOUR)
    if AMOUNT not in sheet.values:
        return reported, np.ones(len(sheet), bool)
    past = past_rain(sheet, history) if history.rain is None else history.rain
    period = period_of(sheet, past)
    covered = np.where(np.isfinite(period), (past.reports + 1) * np.where(np.isfinite(period), period, 0), 0.0)
    heard = (covered >= COVERED_MIN) & (period <= HOUR_MIN)
    summed = np.where(heard, past.total + sheet.of(AMOUNT), np.nan)
    own = np.isfinite(reported)
    return np.where(own, reported, summed), own | past.trusted


def period_of(sheet: Sheet, past: PastRain) -> FloatArray:
    """Give (n,) the period of each amount, min: as told, else the time since the report before; infinity unknown."""
    told = sheet.of(PERIOD)
    return np.where(told > 0, told, past.newest_min)


def past_rain(sheet: Sheet, history: History) -> PastRain:
    """Sum the rain of the hour before each reading from the history's values."""
    minutes = history.minutes_before(sheet.time)
    past = history.values.get(AMOUNT, np.full(minutes.shape, np.nan))
    part = (minutes > 0) & (minutes < HOUR_MIN) & np.isfinite(past)
    return PastRain(
        np.where(part, past, 0.0).sum(axis=1),
        part.sum(axis=1).astype(float),
        np.where(part, minutes, np.inf).min(axis=1, initial=np.inf),
        np.asarray((history.trusted.get(AMOUNT, part) | ~part).all(axis=1)),
    )
