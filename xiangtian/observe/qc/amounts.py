"""Amounts remembered for many stations: rain by the minute for the last hour, and totals by the clock hour.

Rings of arrays: a place is found by the minute or the hour itself, so late reports and corrections find it too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.observe.qc.sheet import BoolArray, FloatArray, PastRain

RowArray = npt.NDArray[np.intp]
CountArray = npt.NDArray[np.int64]

NEVER = np.iinfo(np.int64).min // 2
RING_MIN = 64
"""A little more than the hour that is summed, and a power of two."""
HEARD_SHARE = 0.9
"""Hours count as heard when reports cover so much of each."""
HOUR_MIN = 60


@kernel
def _past(rows: Any, minute: Any, held: Any, amount: Any, trusted: Any) -> Any:  # pragma: no cover (compiled)
    total, reports = np.zeros(len(rows)), np.zeros(len(rows))
    newest, sound = np.full(len(rows), np.inf), np.ones(len(rows), np.bool_)
    for place in range(len(rows)):
        row = rows[place]
        if row < 0:
            continue
        for slot in range(held.shape[1]):
            age = minute[place] - held[row, slot]
            if 0 < age < HOUR_MIN:
                total[place] += amount[row, slot]
                reports[place] += 1.0
                newest[place] = min(newest[place], age)
                sound[place] &= trusted[row, slot]
    return total, reports, newest, sound


class Minutes:
    """The reports of the last hour, by the minute in which they came; of several in one minute the last is kept."""

    def __init__(self) -> None:
        self._minute: CountArray = np.full((0, RING_MIN), NEVER)
        self._amount: FloatArray = np.zeros((0, RING_MIN))
        self._trusted: BoolArray = np.zeros((0, RING_MIN), bool)

    def grow(self, count: int) -> None:
        """Make room for so many more stations."""
        self._minute = np.concatenate([self._minute, np.full((count, RING_MIN), NEVER)])
        self._amount = np.concatenate([self._amount, np.zeros((count, RING_MIN))])
        self._trusted = np.concatenate([self._trusted, np.zeros((count, RING_MIN), bool)])

    def put(self, rows: RowArray, minute: CountArray, amount: FloatArray, trusted: BoolArray) -> FloatArray:
        """Remember reports.

        Parameters
        ----------
        rows : RowArray
            (m,) stations, each at most once.
        minute : CountArray
            (m,) minutes since 1970 in which they came.
        amount : FloatArray
            (m,) mm, none missing.
        trusted : BoolArray
            (m,) whether they are evidence.

        Returns
        -------
        FloatArray
            (m,) the amount held for that minute before (a correction replaces it), NaN where there was none.
        """
        place = minute % RING_MIN
        held = self._minute[rows, place]
        before = np.where(held == minute, self._amount[rows, place], np.nan)
        keep = minute >= held
        rows, place = rows[keep], place[keep]
        self._minute[rows, place] = minute[keep]
        self._amount[rows, place] = amount[keep]
        self._trusted[rows, place] = trusted[keep]
        return before

    def before(self, rows: RowArray, minute: CountArray) -> PastRain:
        """Give the rain of the hour before a minute; row -1 is a station never heard."""
        return PastRain(*_past(rows, minute, self._minute, self._amount, self._trusted))


class Hours:
    """Totals by the clock hour, numbered by the hour at whose end they are complete.

    Parameters
    ----------
    hours : int
        How many ended hours are summed.
    """

    def __init__(self, hours: int) -> None:
        self.hours = hours
        self._slots = hours + 2
        self._hour: CountArray = np.full((0, self._slots), NEVER)
        self._amount: FloatArray = np.zeros((0, self._slots))
        self._covered: FloatArray = np.zeros((0, self._slots))

    def grow(self, count: int) -> None:
        """Make room for so many more stations."""
        self._hour = np.concatenate([self._hour, np.full((count, self._slots), NEVER)])
        self._amount = np.concatenate([self._amount, np.zeros((count, self._slots))])
        self._covered = np.concatenate([self._covered, np.zeros((count, self._slots))])

    def add(self, rows: RowArray, hour: CountArray, amount: FloatArray, minutes: FloatArray) -> None:
        """Add (m,) amounts, and the minutes they cover, to an hour; each station stands at most once."""
        rows, hour, place, amount, minutes = self._turned(rows, hour, amount, minutes)
        self._amount[rows, place] += amount
        self._covered[rows, place] += minutes
        self._hour[rows, place] = hour

    def put(self, rows: RowArray, hour: CountArray, amount: FloatArray) -> None:
        """Take (m,) totals of whole hours as the stations report them."""
        rows, hour, place, amount, _ = self._turned(rows, hour, amount, amount)
        self._amount[rows, place] = amount
        self._covered[rows, place] = HOUR_MIN
        self._hour[rows, place] = hour

    def total(self, rows: RowArray, last: CountArray, now: FloatArray, minutes: FloatArray) -> FloatArray:
        """Sum the hours that end with an hour.

        Parameters
        ----------
        rows : RowArray
            (m,) stations, -1 for those never heard.
        last : CountArray
            (m,) number of the last ended hour.
        now : FloatArray
            (m,) an amount of that hour which is not held yet; left out where the hour is held whole.
        minutes : FloatArray
            (m,) the minutes it covers.

        Returns
        -------
        FloatArray
            (m,) totals, NaN where any of the hours was not heard for nine tenths.
        """
        if not len(self._hour):
            return np.full(len(rows), np.nan)
        hour = self._hour[rows]
        part = (hour > (last - self.hours)[:, None]) & (hour <= last[:, None]) & (rows >= 0)[:, None]
        newest = part & (hour == last[:, None])
        held = self._covered[rows]
        short = np.where(newest, held, 0.0).sum(axis=1) + minutes <= HOUR_MIN
        minutes = np.where(short, minutes, 0.0)
        covered = held + np.where(newest, minutes[:, None], 0.0)
        heard = (part & (covered >= HEARD_SHARE * HOUR_MIN)).sum(axis=1)
        heard += ~newest.any(axis=1) & (minutes >= HEARD_SHARE * HOUR_MIN)
        amount = np.where(part, self._amount[rows], 0.0).sum(axis=1) + np.where(short, now, 0.0)
        return np.asarray(np.where(heard == self.hours, amount, np.nan))

    def _turned(
        self, rows: RowArray, hour: CountArray, amount: FloatArray, minutes: FloatArray
    ) -> tuple[RowArray, CountArray, CountArray, FloatArray, FloatArray]:
        """Clear places that hold an older hour, and leave out what is older than what is held."""
        place = hour % self._slots
        held = self._hour[rows, place]
        keep = hour >= held
        fresh = hour > held
        self._amount[rows[fresh], place[fresh]] = 0.0
        self._covered[rows[fresh], place[fresh]] = 0.0
        return rows[keep], hour[keep], place[keep], amount[keep], minutes[keep]
