"""The range of values that a station's own history makes believable in a calendar month.

Nothing but arrays: months of past years in, limits out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

DAYS_OF_A_MONTH = 20
"""A month of a year counts if so many of its days have a usable value."""
YEARS = 10
"""A calendar month has limits if it counts in so many years."""
WIDER = 0.2
"""The range of the records is widened by this share of itself at either end."""
MONTHS = 12


@dataclass(frozen=True)
class Range:
    """What is believable of one element, for (station, 12) stations and calendar months.

    Attributes
    ----------
    low, high : FloatArray
        (station, 12) limits in the unit of the element; NaN where the history is too short.
    years : IntArray
        (station, 12) years in which the month counts.
    """

    low: FloatArray
    high: FloatArray
    years: IntArray


def fit(station: IntArray, month: IntArray, low: FloatArray, high: FloatArray, days: IntArray, stations: int) -> Range:
    """Fit limits from the extremes of past months.

    The limits of a calendar month are the lowest and highest value ever seen in it, widened by `WIDER` of their
    distance at either end. Months of fewer than `DAYS_OF_A_MONTH` days don't count, and calendar months that count in
    fewer than `YEARS` years have no limits: a short record would call the first hot day a fault.

    Parameters
    ----------
    station : IntArray
        (n,) place of the station, 0 to `stations` - 1.
    month : IntArray
        (n,) calendar month, 1 to 12; each (station, year, month) stands once.
    low : FloatArray
        (n,) lowest value of that month of a year; NaN: it doesn't count.
    high : FloatArray
        (n,) highest value, as `low`.
    days : IntArray
        (n,) days with a usable value.
    stations : int
        How many stations there are.

    Returns
    -------
    Range
        For the stations in their places.

    Raises
    ------
    ValueError
        If a month is not 1 to 12, or a low is above its high.

    References
    ----------
    The method, limits from the station's own extremes of past years, is that of QX/T 118-2020 (quality control of
    surface meteorological observation data) and of Meteorological Monthly (China) 2010, no. 7. The numbers (20 days,
    10 years, 20 %) are this house's defaults.
    """
    if month.size and not (month.min() >= 1 and month.max() <= MONTHS):
        raise ValueError(f"months are {month.min()} to {month.max()}: 1 to 12 are allowed")
    if (crossed := np.flatnonzero(low > high)).size:
        at = crossed[0]
        raise ValueError(f"row {at} has a low of {low[at]:g} above its high of {high[at]:g}: they are changed round")
    counts = (days >= DAYS_OF_A_MONTH) & np.isfinite(low) & np.isfinite(high)
    where = (station[counts], month[counts] - 1)
    shape = (stations, MONTHS)
    least, most, years = np.full(shape, np.inf), np.full(shape, -np.inf), np.zeros(shape, np.int64)
    np.minimum.at(least, where, low[counts])
    np.maximum.at(most, where, high[counts])
    np.add.at(years, where, 1)
    known = years >= YEARS
    least, most = np.where(known, least, np.nan), np.where(known, most, np.nan)
    slack = WIDER * (most - least)
    return Range(least - slack, most + slack, years)


class Climatology:
    """The limits of many stations and elements, looked up a sheet at a time."""

    def __init__(self, stations: Sequence[str], ranges: Mapping[str, Range]) -> None:
        self._place = {name: place for place, name in enumerate(stations)}
        self._ranges = dict(ranges)

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements of which anything is known."""
        return tuple(self._ranges)

    def limits(
        self, stations: npt.NDArray[np.str_], month: npt.NDArray[np.integer] | int, element: str
    ) -> tuple[FloatArray, FloatArray]:
        """Give the limits of an element at some stations.

        Parameters
        ----------
        stations : npt.NDArray[np.str_]
            (n,) identifiers.
        month : npt.NDArray[np.integer] | int
            Calendar month, 1 to 12: one, or (n,) of them.
        element : str
            CF name.

        Returns
        -------
        tuple[FloatArray, FloatArray]
            (n,) lowest and (n,) highest believable value; NaN where nothing is known.
        """
        found = self._ranges.get(element)
        if found is None:
            return np.full(len(stations), np.nan), np.full(len(stations), np.nan)
        rows = np.fromiter((self._place.get(name, -1) for name in stations.tolist()), np.intp, len(stations))
        columns = np.broadcast_to(np.asarray(month, np.intp) - 1, rows.shape)
        known = rows >= 0
        low, high = (np.where(known, part[rows, columns], np.nan) for part in (found.low, found.high))
        return low, high
