"""How long the sun was up: the end of what a sunshine recorder can tell."""

from __future__ import annotations

import numpy as np

from xiangtian.observe.qc.sheet import FloatArray, TimeArray

HORIZON_DEGREE = -0.833
"""Height of the sun's centre when its upper edge touches the horizon: refraction 34', half the disc 16'."""
DAY_MIN = 1440.0
MIDNIGHT = np.datetime64("2000-01-01T00:00:00", "s")
YEAR_DAYS = 365.2422


def daylight_minutes(lon: FloatArray, lat: FloatArray, time: TimeArray, period_min: float) -> FloatArray:
    """Give for how long the sun was above the horizon in the time that ends with a reading.

    Parameters
    ----------
    lon : FloatArray
        (n,) degrees east, NaN unknown.
    lat : FloatArray
        (n,) degrees north, NaN unknown.
    time : TimeArray
        (n,) datetime64[s], UTC, the end of the period.
    period_min : float
        Its length, min, at most a day.

    Returns
    -------
    FloatArray
        (n,) minutes, NaN where the place is unknown; good to some two minutes below 60 degrees of latitude.

    References
    ----------
    Declination and equation of time: Spencer 1971, "Fourier series representation of the position of the sun",
    Search 2(5), 172.
    """
    days = (time - MIDNIGHT) / np.timedelta64(1, "D")
    turn = 2.0 * np.pi * (days % YEAR_DAYS) / YEAR_DAYS
    cosine = np.sin(np.radians(HORIZON_DEGREE)) - np.sin(np.radians(lat)) * np.sin(_declination(turn))
    cosine = cosine / (np.cos(np.radians(lat)) * np.cos(_declination(turn)))
    half = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))) * 4.0
    end = (days % 1.0) * DAY_MIN + 4.0 * lon + _equation_of_time_min(turn) - DAY_MIN / 2
    total = np.zeros(len(lon))
    for noon in (-DAY_MIN, 0.0, DAY_MIN):
        shift = end - noon
        total = total + np.maximum(np.minimum(shift, half) - np.maximum(shift - period_min, -half), 0.0)
    return np.asarray(total)


def _declination(turn: FloatArray) -> FloatArray:
    """Give the sun's declination, radians."""
    return np.asarray(
        0.006918 - 0.399912 * np.cos(turn) + 0.070257 * np.sin(turn) - 0.006758 * np.cos(2 * turn)
        + 0.000907 * np.sin(2 * turn) - 0.002697 * np.cos(3 * turn) + 0.00148 * np.sin(3 * turn)
    )  # fmt: skip


def _equation_of_time_min(turn: FloatArray) -> FloatArray:
    """Give solar minus mean time, min."""
    series = (
        0.000075 + 0.001868 * np.cos(turn) - 0.032077 * np.sin(turn)
        - 0.014615 * np.cos(2 * turn) - 0.040849 * np.sin(2 * turn)
    )  # fmt: skip
    return np.asarray(229.18 * series)
