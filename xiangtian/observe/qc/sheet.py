"""Readings as arrays: a sheet of present ones, and what their stations said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TimeArray = npt.NDArray[np.datetime64]

MINUTE = np.timedelta64(60, "s")


@dataclass(frozen=True)
class Sheet:
    """A batch of readings, each station at most once for the checks (see `split.rounds` for batches that repeat one).

    Attributes
    ----------
    station : npt.NDArray[np.str_]
        (n,) station identifiers, str.
    time : TimeArray
        (n,) datetime64[s], UTC.
    lon : FloatArray
        (n,) WGS-84 degrees east; NaN where unknown, which leaves the row out of comparisons with neighbours.
    lat : FloatArray
        (n,) WGS-84 degrees north, as `lon`.
    alt : FloatArray
        (n,) m above sea level, as `lon` for temperature and pressure.
    values : dict[str, FloatArray]
        Element to (n,) float64.
    marks : dict[str, npt.NDArray[np.int8]]
        Element to (n,) int8 of `core.flags.Mark`; an element without marks has none.
    """

    station: npt.NDArray[np.str_]
    time: TimeArray
    lon: FloatArray
    lat: FloatArray
    alt: FloatArray
    values: dict[str, FloatArray]
    marks: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse columns of different length."""
        columns = {"time": self.time, "lon": self.lon, "lat": self.lat, "alt": self.alt}
        columns |= dict(self.values) | {f"mark of {name}": mark for name, mark in self.marks.items()}
        wrong = [f"{name} {column.shape}" for name, column in columns.items() if column.shape != self.station.shape]
        if wrong:
            raise ValueError(f"a sheet of {self.station.shape} stations has {', '.join(wrong)}; give one row a reading")

    def __len__(self) -> int:
        """Count the readings."""
        return len(self.station)

    def of(self, element: str) -> FloatArray:
        """Give the values of an element, all NaN where the sheet has no such column."""
        found = self.values.get(element)
        return np.full(len(self), np.nan) if found is None else found

    def mark(self, element: str) -> npt.NDArray[np.int8]:
        """Give the marks of an element, all NONE where the sheet has no such column."""
        found = self.marks.get(element)
        return np.zeros(len(self), np.int8) if found is None else found

    def take(self, rows: npt.NDArray[np.intp] | BoolArray) -> Sheet:
        """Give some of the rows, in the order asked for."""
        return Sheet(
            self.station[rows],
            self.time[rows],
            self.lon[rows],
            self.lat[rows],
            self.alt[rows],
            {name: column[rows] for name, column in self.values.items()},
            {name: column[rows] for name, column in self.marks.items()},
        )


@dataclass(frozen=True)
class PastRain:
    """The reports of rain in the hour before a reading, the reading's own left out; every field is (n,).

    Attributes
    ----------
    total : FloatArray
        mm, 0 where there were none.
    reports : FloatArray
        How many.
    newest_min : FloatArray
        Minutes since the newest of them, infinity where there were none.
    trusted : BoolArray
        No part of them was doubted.
    """

    total: FloatArray
    reports: FloatArray
    newest_min: FloatArray
    trusted: BoolArray


@dataclass(frozen=True)
class History:
    """What the stations of a sheet said before, row by row.

    Attributes
    ----------
    times : TimeArray
        (n, k) datetime64[s], rising, newest last, NaT where there is nothing (padding stands first).
    values : Mapping[str, FloatArray]
        Element to (n, k), as received, NaN where missing.
    trusted : Mapping[str, BoolArray]
        Element to (n, k) bool: may serve as evidence against later values. Values judged wrong or stuck may not.
    rain : PastRain | None
        The rain of the hour before, where it is kept in more detail than `values`; None: it is summed from `values`.
    totals : Mapping[str, FloatArray]
        Element to (n,) its sum over the clock hours that ended last, the present reading not counted yet
        (`totals.HOURS` says how many hours of which element); NaN where they were not heard whole.
    """

    times: TimeArray
    values: Mapping[str, FloatArray] = field(default_factory=dict)
    trusted: Mapping[str, BoolArray] = field(default_factory=dict)
    rain: PastRain | None = None
    totals: Mapping[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def none(cls, rows: int) -> History:
        """Give the history of stations never heard before."""
        return cls(np.full((rows, 0), np.datetime64("NaT"), "datetime64[s]"))

    def minutes_before(self, time: TimeArray) -> FloatArray:
        """Give (n, k) minutes from each past reading to the present one, NaN in padding."""
        return np.asarray((time[:, None] - self.times) / MINUTE, float)
