"""Which reports were due, which of them came, and which came in time: hour by hour, for many stations at once.

Minutes are counted from the beginning of a window; minute 0 is the first one after it, so that an hour holds the
minutes from 1 past to the full hour. A report that was not due (another minute than the task says) counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
AN_HOUR = 60
FEWEST = 4
"""With fewer reports nothing is guessed of a station's interval."""


@dataclass(frozen=True)
class Presence:
    """Counts of reports by station and hour: (stations, hours) each."""

    due: IntArray
    arrived: IntArray
    punctual: IntArray


@dataclass(frozen=True)
class Reports:
    """What came in: (n,) number of the station, minute of the window, minutes from the observation to its receipt."""

    station: IntArray
    minute: IntArray
    delay_min: FloatArray


def presence(limit_min: FloatArray, reports: Reports, elapsed_min: float) -> Presence:
    """Count due, arrived and punctual reports.

    A report whose time to arrive has not run out yet is due only once it has arrived.

    Parameters
    ----------
    limit_min : FloatArray
        (stations, minutes) how many minutes after its time a report is still punctual; NaN where none is due. The
        number of minutes is a multiple of 60.
    reports : Reports
        All of the window; several versions of one report count once, and are punctual if the first was.
    elapsed_min : float
        How much of the window is over; what lies later is not due yet.

    Returns
    -------
    Presence
        Arrived is never more than due, punctual never more than arrived.

    Raises
    ------
    ValueError
        If the window is no whole number of hours.
    """
    stations, minutes = limit_min.shape
    if minutes % AN_HOUR:
        raise ValueError(f"a window of {minutes} min: allowed are whole hours")
    cell = reports.station * minutes + reports.minute
    limit = limit_min.ravel()
    arrived, punctual = np.zeros((2, limit.size), bool)
    arrived[cell] = True
    punctual[cell[reports.delay_min <= limit[cell]]] = True
    last = np.tile(np.arange(1, minutes + 1), stations) + limit
    due = (last <= elapsed_min) | (arrived & np.isfinite(limit))
    return Presence(*(_hourly(part, limit_min.shape) for part in (due, arrived & due, punctual)))


def _hourly(cells: npt.NDArray[np.bool_], shape: tuple[int, ...]) -> IntArray:
    stations, minutes = shape
    return np.asarray(cells.reshape(stations, minutes // AN_HOUR, AN_HOUR).sum(axis=2, dtype=np.int64))


def usual(minutes: IntArray) -> tuple[int, int] | None:
    """Guess from the minutes of a station's reports how often it reports.

    Parameters
    ----------
    minutes : IntArray
        (n,) minutes of the window, in any order, perhaps with repetitions.

    Returns
    -------
    tuple of int or None
        The most common gap (min; the shortest of several) and the most common remainder of a minute by it; None with
        fewer than `FEWEST` reports.
    """
    seen = np.unique(minutes)
    if len(seen) < FEWEST:
        return None
    gaps, counts = np.unique(np.diff(seen), return_counts=True)
    gap = int(gaps[counts.argmax()])
    return gap, int(np.bincount(seen % gap).argmax())
