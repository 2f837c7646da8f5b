"""The model of lightning that all formats share: flashes or strokes as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.radar.errors import RadarError

FloatArray = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]
FLASH, GROUND, CLOUD = "flash", "cloud-to-ground", "in-cloud"
"""Kinds: a flash seen from space (of unknown kind), a stroke or flash to the ground, one within or between clouds."""
_CENTURY_S = 3.2e9
MOST = 2_000_000
"""More flashes than this are in no file of one satellite pass, or of one network's minutes."""


@dataclass(frozen=True)
class Strokes:
    """Flashes or strokes, the earliest first; (n,) each.

    Attributes
    ----------
    time : Times
        datetime64[ns], UTC.
    lon, lat : FloatArray
        Degrees WGS-84, longitude -180 to 180.
    strength : FloatArray
        In `unit`; NaN where not stated.
    unit : str
        "J" (optical energy), "kA" (peak current, negative where it lowers negative charge to the ground) or
        "uJ sr-1 m-2 um-1" (radiance).
    kind : ndarray
        Text: `FLASH`, `GROUND` or `CLOUD`.
    quality : ndarray
        uint8, the format's own flag: 0 good.
    source : str
        Format and instrument.
    """

    time: Times
    lon: FloatArray
    lat: FloatArray
    strength: FloatArray
    unit: str
    kind: npt.NDArray[np.str_]
    quality: npt.NDArray[np.uint8]
    source: str


def moments(begin: np.datetime64, seconds: FloatArray) -> Times:
    """Give the moments so many seconds after a beginning; none where a number is missing or beyond a century.

    >>> moments(np.datetime64("2026-07-01", "ns"), np.array([0.5, np.nan])).astype(str).tolist()
    ['2026-07-01T00:00:00.500000000', 'NaT']
    """
    usable = np.abs(seconds) < _CENTURY_S
    found = begin + np.round(np.where(usable, seconds, 0.0) * 1e9).astype("timedelta64[ns]")
    found[~usable] = np.datetime64("NaT")
    return np.asarray(found)


def strokes(
    time: Times,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    strength: npt.ArrayLike,
    unit: str,
    source: str,
    kind: str | npt.NDArray[np.str_] = FLASH,
    quality: npt.ArrayLike = 0,
) -> Strokes:
    """Build the model from what a format gives.

    Parameters
    ----------
    time : Times
        (n,) UTC.
    lon, lat : ArrayLike
        (n,) degrees.
    strength : ArrayLike
        (n,) in `unit`.
    unit, source : str
        As in `Strokes`.
    kind : str or ndarray
        Of all, or (n,).
    quality : ArrayLike
        Of all, or (n,).

    Returns
    -------
    Strokes
        In the order of time; what has no time or no position on earth is left out.

    Raises
    ------
    RadarError
        If there are too many.
    """
    if time.size > MOST:
        raise RadarError(f"{time.size} flashes in one file; at most {MOST} are read")
    at = time.astype("datetime64[ns]")
    east, north = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    usable = ~np.isnat(at) & (np.abs(north) <= 90.0) & (np.abs(east) <= 360.0)
    order = np.flatnonzero(usable)
    order = order[np.argsort(at[order], kind="stable")]
    return Strokes(
        at[order],
        (east[order] + 180.0) % 360.0 - 180.0,
        north[order],
        np.asarray(strength, np.float64)[order],
        unit,
        np.broadcast_to(np.asarray(kind), at.shape)[order],
        np.broadcast_to(np.asarray(quality, np.uint8), at.shape)[order],
        source,
    )
