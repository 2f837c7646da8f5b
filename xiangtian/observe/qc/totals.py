"""What the window remembers of amounts: the rain of the last hour by the minute, and hours of rain and sunshine."""

from __future__ import annotations

import numpy as np

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.amounts import CountArray, Hours, Minutes, RowArray
from xiangtian.observe.qc.model import BoolArray, FloatArray, Judged, PastRain, Sheet, TimeArray
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, HOUR_MIN, PERIOD, period_of

SUNSHINE = "duration_of_sunshine_1h"
HOURS: dict[str, int] = {AMOUNT: 6, SUNSHINE: 24}
"""Element to the clock hours of which a total is kept: a blocked funnel shows over six, sunshine is told by the day."""
HOURLY = {HOUR: AMOUNT, SUNSHINE: SUNSHINE}
"""Elements that state a whole hour at its end, and the total they belong to."""


class Amounts:
    """Amounts of every station of a window, row by row."""

    def __init__(self) -> None:
        self._minutes = Minutes()
        self._hours = {name: Hours(count) for name, count in HOURS.items()}

    def grow(self, count: int) -> None:
        """Make room for so many more stations."""
        self._minutes.grow(count)
        for hours in self._hours.values():
            hours.grow(count)

    def learn(self, rows: RowArray, sheet: Sheet, judged: Judged) -> None:
        """Remember a judged sheet, in which each station stands at most once.

        What the limits refuse is left out; what neighbours doubt is kept, for a gauge is judged by what it says.
        """
        minute = minutes_of(sheet.time)
        if AMOUNT in sheet.values:
            self._learn_rain(rows, minute, sheet, judged)
        whole = minute % int(HOUR_MIN) == 0
        for name, total in HOURLY.items():
            if name in sheet.values:
                use = whole & possible(sheet, judged, name)
                self._hours[total].put(rows[use], minute[use] // int(HOUR_MIN), sheet.of(name)[use])

    def put_hours(self, rows: RowArray, hour: CountArray, rain_mm: FloatArray) -> None:
        """Take (m,) hourly rain known from elsewhere, by the number of the hour (of its end, since 1970)."""
        self._hours[AMOUNT].put(rows, hour, rain_mm)

    def before(self, rows: RowArray, time: TimeArray) -> PastRain:
        """Give the rain of the hour before each reading; row -1 is a station never heard."""
        return self._minutes.before(rows, minutes_of(time))

    def ended(self, rows: RowArray, time: TimeArray) -> dict[str, FloatArray]:
        """Give the totals of the clock hours that ended last before a time, of what was learnt."""
        nothing = np.zeros(len(rows))
        last = minutes_of(time) // int(HOUR_MIN)
        return {name: hours.total(rows, last, nothing, nothing) for name, hours in self._hours.items()}

    def totals(self, rows: RowArray, sheet: Sheet, rain: PastRain) -> dict[str, FloatArray]:
        """Give the same before a sheet is learnt: readings of it that end an hour count as if they were."""
        minute = minutes_of(sheet.time)
        last, whole = minute // int(HOUR_MIN), minute % int(HOUR_MIN) == 0
        whole_hour = np.isnan(sheet.of(AMOUNT))
        amount = np.where(whole_hour, sheet.of(HOUR), sheet.of(AMOUNT))
        period = np.where(whole_hour, HOUR_MIN, period_of(sheet, rain))
        told = {AMOUNT: (amount, period), SUNSHINE: (sheet.of(SUNSHINE), np.full(len(sheet), HOUR_MIN))}
        return {name: hours.total(rows, last, *_counted(*told[name], whole)) for name, hours in self._hours.items()}

    def _learn_rain(self, rows: RowArray, minute: CountArray, sheet: Sheet, judged: Judged) -> None:
        use = possible(sheet, judged, AMOUNT)
        period = sheet.of(PERIOD)
        if not (period[use] > 0).all():
            period = period_of(sheet, self._minutes.before(rows, minute))
        rows, minute, period, amount = rows[use], minute[use], period[use], sheet.of(AMOUNT)[use]
        held = self._minutes.put(rows, minute, amount, judged.trusted(AMOUNT)[use])
        new, short = np.isnan(held), period <= HOUR_MIN
        change = amount - np.where(new, 0.0, held)
        hour = -(-minute // int(HOUR_MIN))
        self._hours[AMOUNT].add(rows[short], hour[short], change[short], np.where(new, period, 0.0)[short])


def minutes_of(time: TimeArray) -> CountArray:
    """Give whole minutes since 1970."""
    return np.asarray(time.astype("datetime64[m]").astype(np.int64))


def possible(sheet: Sheet, judged: Judged, name: str) -> BoolArray:
    """Give (n,) where a value is there and within its limits."""
    there = np.isfinite(sheet.of(name))
    return there & (judged.said("limits", name) != Verdict.FAIL) if name in judged.tests else there


def _counted(amount: FloatArray, period: FloatArray, whole: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Give (n,) what a reading adds to the hour that it ends, and the minutes of it."""
    use = whole & np.isfinite(amount) & (period <= HOUR_MIN)
    return np.where(use, amount, 0.0), np.where(use, period, 0.0)
