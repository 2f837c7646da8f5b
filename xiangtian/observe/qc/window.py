"""A rolling window of what many stations said last, in memory, as arrays.

It can be thrown away at any time and built again from stored readings and flags with `push`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.observe.qc.model import BoolArray, FloatArray, History, Judged, Sheet, TimeArray
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, PERIOD, SIX_HOURS, hour_sum
from xiangtian.observe.qc.rules import Rules
from xiangtian.observe.qc.totals import Amounts, minutes_of

NAT = np.datetime64("NaT", "s")
OLDEST = np.iinfo(np.int64).min
SAME_SHARE = 0.9
"""Readings nearer to each other than this share of the interval count as more frequent than it."""


def remembered(rules: Rules) -> frozenset[str]:
    """Name the elements that some check compares with the past or with neighbours."""
    return frozenset({*rules.steps, *rules.changes, *rules.stuck, *rules.buddies, AMOUNT, HOUR, PERIOD})


class Window:
    """The last readings of every station heard.

    A station that reports more often than the interval is remembered by one reading an interval and its newest one;
    its rain is remembered whole (`totals.Amounts`).

    Parameters
    ----------
    minutes : int
        How far back it reaches.
    interval_min : int
        Spacing of what is remembered.
    elements : frozenset[str] | None
        What to remember; None is what the default rules compare with (`remembered`).
    """

    def __init__(self, minutes: int = 125, interval_min: int = 5, elements: frozenset[str] | None = None) -> None:
        if minutes <= 0 or interval_min <= 0:
            raise ValueError(f"a window of {minutes} min for reports every {interval_min} min; both must be above 0")
        self.minutes = minutes
        self.slots = minutes // interval_min + 1
        self._interval = SAME_SHARE * 60.0 * interval_min
        self._elements = remembered(Rules()) if elements is None else elements
        self._amounts = Amounts()
        self._row: dict[str, int] = {}
        self._station = np.zeros(0, "U1")
        self._place = np.zeros((0, 3))
        self._times: TimeArray = np.full((0, self.slots), NAT)
        self._values: dict[str, FloatArray] = {}
        self._trusted: dict[str, BoolArray] = {}

    def __len__(self) -> int:
        """Count the stations heard."""
        return len(self._row)

    def push(self, sheet: Sheet, judged: Judged) -> None:
        """Remember judged readings, in which each station stands at most once.

        A reading of a time already held replaces it (a correction); else it takes the place of the oldest one, unless
        it is older still. Late readings find their place by their time.
        """
        rows = self._rows(sheet, learn=True)
        self._place[rows] = np.column_stack([sheet.lon, sheet.lat, sheet.alt])
        self._amounts.learn(rows, sheet, judged)
        slot, keep = self._slot(rows, sheet.time)
        rows, slot = rows[keep], slot[keep]
        self._times[rows, slot] = sheet.time[keep]
        for name in (sheet.values.keys() & self._elements) - self._values.keys():
            self._values[name] = np.full(self._times.shape, np.nan)
            self._trusted[name] = np.zeros(self._times.shape, bool)
        for name, held_values in self._values.items():
            held_values[rows, slot] = sheet.of(name)[keep]
            trusted = judged.trusted(name)[keep] if name in judged.flags else False
            self._trusted[name][rows, slot] = trusted

    def put_hours(self, stations: list[str], hour_end: TimeArray, rain_mm: FloatArray) -> None:
        """Remember hourly rain known from elsewhere (roll-ups, after a restart).

        Parameters
        ----------
        stations : list[str]
            (m,) stations; those never heard are left out.
        hour_end : TimeArray
            (m,) datetime64[s], UTC, the end of the hour; a station may stand in several hours.
        rain_mm : FloatArray
            (m,) mm, NaN unknown.
        """
        rows = np.fromiter((self._row.get(name, -1) for name in stations), np.intp, len(stations))
        hour = minutes_of(hour_end) // 60
        for one in np.unique(hour):
            use = (hour == one) & (rows >= 0) & np.isfinite(rain_mm)
            self._amounts.put_hours(rows[use], hour[use], rain_mm[use])

    def history(self, sheet: Sheet, k: int | None = None) -> History:
        """Give what the stations of a sheet said before it.

        Parameters
        ----------
        sheet : Sheet
            The present readings; a late one gets only what is older than itself.
        k : int | None
            Newest readings wanted per station; None gives all that is held.

        Returns
        -------
        History
            Rows as in the sheet, rising times, newest last.
        """
        rows = self._rows(sheet, learn=False)
        past = self._before(rows, sheet.time, list(sheet.values), self.slots if k is None else min(k, self.slots))
        rain = self._amounts.before(rows, sheet.time)
        return History(past.times, past.values, past.trusted, rain, self._amounts.totals(rows, sheet, rain))

    def neighbours_now(self, sheet: Sheet, max_age_min: float = 15.0) -> Sheet:
        """Give the latest trusted readings of all other stations, to be neighbours of a sheet.

        Parameters
        ----------
        sheet : Sheet
            The present readings. Its newest time counts as the present; later readings are not used.
        max_age_min : float
            Oldest reading that still counts.

        Returns
        -------
        Sheet
            One row per station not in the sheet that said anything in time; elements as in the sheet, and the rain of
            the hour (`precipitation_amount_1h`), summed from shorter reports where the station does not report it, and
            of the six clock hours that ended last.
        """
        own = np.array([self._row[name] for name in sheet.station.tolist() if name in self._row], np.intp)
        present = sheet.time.max() if len(sheet) else NAT
        age = History(self._times).minutes_before(np.full(len(self), present))
        fresh = (age >= 0) & (age <= max_age_min)
        fresh[own] = False
        rows = np.flatnonzero(fresh.any(axis=1))
        fresh = fresh[rows]
        stamp = np.where(fresh, self._times[rows].astype(np.int64), OLDEST)
        order = np.argsort(stamp, axis=1, kind="stable")[:, ::-1]
        rain: set[str] = {HOUR, AMOUNT} if {HOUR, AMOUNT} & set(sheet.values) else set()
        names = (set(sheet.values) | rain) & self._values.keys()
        latest = {name: self._latest(name, rows, fresh, order) for name in sorted(names)}
        place = self._place[rows]
        time = stamp.max(axis=1, initial=OLDEST).astype("datetime64[s]")
        found = Sheet(self._station[rows], time, place[:, 0], place[:, 1], place[:, 2], latest)
        if rain:
            latest[SIX_HOURS] = self._amounts.ended(rows, time)[AMOUNT]
        if AMOUNT in latest:
            latest[HOUR] = self._hour(found, rows, stamp.argmax(axis=1))
        return found

    def _latest(
        self, name: str, rows: npt.NDArray[np.intp], fresh: BoolArray, order: npt.NDArray[np.intp]
    ) -> FloatArray:
        """Give each row's newest fresh, trusted and present value of an element, NaN where there is none."""
        values = self._values[name][rows]
        use = np.take_along_axis(fresh & self._trusted[name][rows] & np.isfinite(values), order, axis=1)
        slot = np.take_along_axis(order, use.argmax(axis=1)[:, None], axis=1)
        return np.where(use.any(axis=1), np.take_along_axis(values, slot, axis=1)[:, 0], np.nan)

    def _hour(self, found: Sheet, rows: npt.NDArray[np.intp], newest: npt.NDArray[np.intp]) -> FloatArray:
        """Give the trusted rain of the hour that ends with each row's newest reading, NaN where it is not known."""
        held = {name: self._values[name][rows, newest] for name in (AMOUNT, PERIOD) if name in self._values}
        present = Sheet(found.station, found.time, found.lon, found.lat, found.alt, held | {HOUR: found.of(HOUR)})
        past = History(found.time[:, None], rain=self._amounts.before(rows, found.time))
        total, trusted = hour_sum(present, past)
        trusted &= self._trusted[AMOUNT][rows, newest] | np.isfinite(found.of(HOUR))
        return np.where(trusted, total, np.nan)

    def _slot(self, rows: npt.NDArray[np.intp], time: TimeArray) -> tuple[npt.NDArray[np.intp], BoolArray]:
        """Give the slot of each reading, and whether there is room for it.

        A reading of a time already held replaces it; one that comes soon after the newest takes its place, unless that
        one has to stay to mark the interval; else the oldest gives way, unless it is newer still.
        """
        held, count = self._times[rows], np.arange(len(rows))
        age = np.where(np.isnat(held), OLDEST, held.astype(np.int64))
        same = held == time[:, None]
        newest = age.argmax(axis=1)
        last = age[count, newest]
        others = age.copy()
        others[count, newest] = OLDEST
        crowded = (last - np.maximum(others.max(axis=1, initial=OLDEST), OLDEST // 2) < self._interval) & (
            time.astype(np.int64) > last
        )
        slot = np.where(crowded, newest, age.argmin(axis=1))
        slot = np.where(same.any(axis=1), same.argmax(axis=1), slot)
        return slot, time.astype(np.int64) >= age[count, slot]

    def _before(self, rows: npt.NDArray[np.intp], time: TimeArray, names: list[str], k: int) -> History:
        """Give the last `k` readings before a time of some rows of the window; row -1 is a station never heard."""
        known = rows >= 0
        times = np.where(known[:, None], self._times[rows], NAT) if len(self) else np.full((len(rows), k), NAT)
        age = History(times).minutes_before(time)
        times = np.where((age > 0) & (age <= self.minutes), times, NAT)
        order = np.argsort(np.where(np.isnat(times), OLDEST, times.astype(np.int64)), axis=1, kind="stable")
        order = order[:, order.shape[1] - k :]
        times = np.take_along_axis(times, order, axis=1)
        there = ~np.isnat(times)
        held = [name for name in names if name in self._values]
        place = np.maximum(rows, 0)[:, None] * self.slots + order
        values = {name: np.where(there, self._values[name].ravel().take(place), np.nan) for name in held}
        trusted = {name: there & self._trusted[name].ravel().take(place) for name in held}
        return History(times, values, trusted)

    def _rows(self, sheet: Sheet, *, learn: bool) -> npt.NDArray[np.intp]:
        """Give the window's row of each reading, -1 for stations never heard; `learn` makes rows for these."""
        stations = sheet.station.tolist()
        if learn:
            fresh = [name for name in dict.fromkeys(stations) if name not in self._row]
            self._row.update({name: len(self._row) + place for place, name in enumerate(fresh)})
            self._grow(fresh)
        return np.fromiter((self._row.get(name, -1) for name in stations), np.intp, len(stations))

    def _grow(self, fresh: list[str]) -> None:
        if not fresh:
            return
        shape = (len(fresh), self.slots)
        self._station = np.concatenate([self._station, np.array(fresh)])
        self._place = np.concatenate([self._place, np.full((len(fresh), 3), np.nan)])
        self._times = np.concatenate([self._times, np.full(shape, NAT)])
        for name, held in self._values.items():
            self._values[name] = np.concatenate([held, np.full(shape, np.nan)])
            self._trusted[name] = np.concatenate([self._trusted[name], np.zeros(shape, bool)])
        self._amounts.grow(len(fresh))
