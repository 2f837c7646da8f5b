"""A rolling window of what many stations said last, in memory, as arrays.

It can be thrown away at any time and built again from stored readings and flags with `push`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.observe.qc.model import BoolArray, FloatArray, History, Judged, Sheet, TimeArray
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, hour_sum

NAT = np.datetime64("NaT", "s")
OLDEST = np.iinfo(np.int64).min


class Window:
    """The last readings of every station heard.

    Parameters
    ----------
    minutes : int
        How far back it reaches.
    interval_min : int
        Shortest reporting interval it has room for; a station that reports more often is remembered less far back.
    """

    def __init__(self, minutes: int = 125, interval_min: int = 5) -> None:
        if minutes <= 0 or interval_min <= 0:
            raise ValueError(f"a window of {minutes} min for reports every {interval_min} min; both must be above 0")
        self.minutes = minutes
        self.slots = minutes // interval_min + 1
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
        held = self._times[rows]
        same = held == sheet.time[:, None]
        age = np.where(np.isnat(held), OLDEST, held.astype(np.int64))
        slot = np.where(same.any(axis=1), same.argmax(axis=1), age.argmin(axis=1))
        keep = sheet.time.astype(np.int64) >= np.take_along_axis(age, slot[:, None], axis=1)[:, 0]
        rows, slot = rows[keep], slot[keep]
        self._times[rows, slot] = sheet.time[keep]
        for name in sheet.values.keys() - self._values.keys():
            self._values[name] = np.full(self._times.shape, np.nan)
            self._trusted[name] = np.zeros(self._times.shape, bool)
        for name, held_values in self._values.items():
            held_values[rows, slot] = sheet.of(name)[keep]
            trusted = judged.trusted(name)[keep] if name in judged.flags else False
            self._trusted[name][rows, slot] = trusted

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
        return self._before(rows, sheet.time, list(sheet.values), self.slots if k is None else min(k, self.slots))

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
            the hour (`precipitation_amount_1h`), summed from shorter reports where the station does not report it.
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
        names = (set(sheet.values) | ({HOUR, AMOUNT} if AMOUNT in sheet.values else set())) & self._values.keys()
        latest = {name: self._latest(name, rows, fresh, order) for name in sorted(names)}
        place = self._place[rows]
        time = stamp.max(axis=1, initial=OLDEST).astype("datetime64[s]")
        found = Sheet(self._station[rows], time, place[:, 0], place[:, 1], place[:, 2], latest)
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
        part = {HOUR: found.of(HOUR), AMOUNT: self._values[AMOUNT][rows, newest]}
        present = Sheet(found.station, found.time, found.lon, found.lat, found.alt, part)
        total, trusted = hour_sum(present, self._before(rows, found.time, [AMOUNT], self.slots))
        trusted &= self._trusted[AMOUNT][rows, newest] | np.isfinite(part[HOUR])
        return np.where(trusted, total, np.nan)

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
        index = rows[:, None]
        values = {name: np.where(there, self._values[name][index, order], np.nan) for name in held}
        trusted = {name: there & self._trusted[name][index, order] for name in held}
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
