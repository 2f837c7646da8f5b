"""The climatology of the house's stations: made from the roll-ups, kept as a file, remembered by the judge.

Only temperatures and pressures have limits: their records are broken by little. A cloudburst or a squall passes the
records of rain and wind by far and is no fault.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import Home
from xiangtian.lake.rollups import Rollups
from xiangtian.observe.climate import MONTHS, Climatology, FloatArray, Range, fit

Limits = tuple[dict[str, FloatArray], dict[str, FloatArray]]
EIGHT_HOURS = np.timedelta64(8 * 3600, "s")
_EXTREME = re.compile(r"_(maximum|minimum)_\d+h$")


def _family(name: str) -> str:
    """Give the element of whose course in time another is an extreme: they share their limits."""
    return _EXTREME.sub("", name)


FAMILIES: dict[str, tuple[str, ...]] = {
    head: tuple(name for name in CATALOGUE if _family(name) == head)
    for head, one in CATALOGUE.items()
    if one.unit in ("degC", "hPa") and _family(head) == head and not head.startswith(("tendency", "vapor"))
}
"""Elements with limits, and those that are extremes of them."""


def build(home: Home) -> int:
    """Fit the climatology anew and put it in its place; give how many calendar months of stations have limits."""
    roll = Rollups(home)
    parts = [_fitted(head, roll.months(elements=names)) for head, names in FAMILIES.items()]
    told = pl.concat(parts)
    aside = _path(home).with_name(f".climatology.{os.getpid()}")
    told.write_ipc(aside)
    aside.replace(_path(home))
    return told.height


class Memory:
    """The climatology as it was last read; a new file is read when it appears."""

    def __init__(self, home: Home) -> None:
        self._path = _path(home)
        self._stamp: tuple[int, int] | None = None
        self._held: Climatology | None = None

    def limits(self, stations: npt.NDArray[np.str_], time: npt.NDArray[np.datetime64], names: list[str]) -> Limits:
        """Give the limits of the elements of a sheet.

        Parameters
        ----------
        stations : npt.NDArray[np.str_]
            (n,) identifiers.
        time : npt.NDArray[np.datetime64]
            (n,) UTC; the calendar month is that of Beijing.
        names : list[str]
            CF names.

        Returns
        -------
        tuple[dict[str, FloatArray], dict[str, FloatArray]]
            Element to (n,) lowest and highest believable value, of the elements of which anything is known there.
        """
        held = self._now()
        low: dict[str, FloatArray] = {}
        high: dict[str, FloatArray] = {}
        if held is None or not len(stations):
            return low, high
        month = (time + EIGHT_HOURS).astype("datetime64[M]").astype(np.int64) % MONTHS + 1
        for name in names:
            if _family(name) in held.elements:
                least, most = held.limits(stations, month, _family(name))
                if np.isfinite(least).any():
                    low[name], high[name] = least, most
        return low, high

    def _now(self) -> Climatology | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._stamp = self._held = None
            return None
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._held, self._stamp = _read(pl.read_ipc(io.BytesIO(self._path.read_bytes()))), stamp
        return self._held


def _path(home: Home) -> Path:
    return home.cache / "climatology.arrow"


def _fitted(head: str, months: pl.DataFrame) -> pl.DataFrame:
    one = months.group_by("station", "year", "month").agg(
        pl.col("low").min(), pl.col("high").max(), pl.col("days").max()
    )
    stations = one["station"].unique().sort()
    place = stations.to_frame().with_row_index("place")
    one = one.join(place, on="station")
    columns = [one[name].to_numpy() for name in ("place", "month", "low", "high", "days")]
    at, month, days = (columns[number].astype(np.int64) for number in (0, 1, 4))
    fitted = fit(at, month, columns[2], columns[3], days, len(stations))
    row, column = np.nonzero(np.isfinite(fitted.low))
    return pl.DataFrame(
        {
            "station": stations.gather(row),
            "element": pl.Series([head] * len(row), dtype=pl.String),
            "month": column + 1,
            "low": fitted.low[row, column],
            "high": fitted.high[row, column],
            "years": fitted.years[row, column],
        }
    )


def _read(told: pl.DataFrame) -> Climatology:
    stations = told["station"].unique().sort()
    place = dict(zip(stations.to_list(), range(len(stations)), strict=True))
    ranges = {}
    for (head,), part in told.group_by("element"):
        low, high = (np.full((len(stations), MONTHS), np.nan) for _ in range(2))
        years = np.zeros((len(stations), MONTHS), np.int64)
        where = ([place[name] for name in part["station"]], part["month"].to_numpy() - 1)
        low[where], high[where], years[where] = part["low"], part["high"], part["years"]
        ranges[str(head)] = Range(low, high, years)
    return Climatology(stations.to_list(), ranges)
