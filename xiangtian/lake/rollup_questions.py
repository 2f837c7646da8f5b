"""What may be asked of the roll-ups: hours, climate days, extremes, sums.

What is over stands in the tables; what is still running is made from the observations when it is asked for.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

import polars as pl

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake import rolled, rolling, spans
from xiangtian.lake.answers import AMOUNT, PERIOD
from xiangtian.lake.questions import Questions
from xiangtian.lake.rolled import OWN, Rolled
from xiangtian.lake.table import Table

CLOSED = "closed"
"""Mark in the hourly table: the last hour that is in it, h since 1970."""


class RollupQuestions:
    """The roll-ups of a home, to be read; threads may share one."""

    def __init__(self, home: Home, readings: Questions | None = None) -> None:
        self._lock = home.lake / "rollups.lock"
        self._aside = home.lake / "damaged"
        self._hourly = Rolled(Table(home.lake / "hourly", rolled.HOURLY))
        self._daily = Rolled(Table(home.lake / "daily", rolled.DAILY))
        self._readings = readings or Questions(home)
        self._one = threading.RLock()

    def hours(
        self,
        start: dt.datetime,
        end: dt.datetime,
        stations: Sequence[str] | None = None,
        elements: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Give the hours that end after `start` and not after `end`.

        Parameters
        ----------
        start : datetime
            UTC; an hour that ends at this moment is not given.
        end : datetime
            UTC; an hour that is still running at its end is given as far as it has come.
        stations : Sequence of str, optional
            Only these; None: all.
        elements : Sequence of str, optional
            Only these (CF names); None: all.

        Returns
        -------
        DataFrame
            `station`, `element`, `time` (end of the hour, UTC), `n` (values there), `n_good` (neither suspect nor
            wrong), `mean`, `min`, `max`, `sum` of those (null where there are none; `sum` only of rain, sunshine and
            evaporation), `min_time`, `max_time`, `source`; ordered by station, element and time.
        """
        with self._one:
            done = self._closed()
            found = [self._hourly.read(start + spans.TICK, min(end, done), stations, elements)]
        if end > done:
            found.append(owned(self._running(max(start, done), end, stations, elements)))
        return pl.concat(found).sort("station", "element", "time")

    def days(
        self,
        first: dt.date,
        last: dt.date,
        stations: Sequence[str] | None = None,
        elements: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Give climate days from `first` to `last`, both included.

        Parameters
        ----------
        first : date
            The day that ends at 20:00 Beijing time of this date.
        last : date
            As `first`; a day that is still running is given as far as it has come.
        stations : Sequence of str, optional
            Only these; None: all.
        elements : Sequence of str, optional
            Only these (CF names); None: all.

        Returns
        -------
        DataFrame
            As `hours`, with `day` in the place of `time`; `source` is "house" or names the archive.
        """
        with self._one:
            kept = self._daily.read(first, last, stations, elements)
            done = spans.closed_day(self._closed())
        if last <= done:
            return kept.sort("station", "element", "day")
        begun = max(first, done + spans.DAY)
        own = owned(self._days_made(self.hours(spans.begin(begun), spans.begin(last + spans.DAY), stations, elements)))
        other = kept.join(own, on=["station", "element", "day"], how="anti")
        return pl.concat([other, own]).sort("station", "element", "day")

    def extremes(self, stations: Sequence[str] | None = None, elements: Sequence[str] | None = None) -> pl.DataFrame:
        """Give the extremes since records began.

        Parameters
        ----------
        stations : Sequence of str, optional
            Only these; None: all.
        elements : Sequence of str, optional
            Only these (CF names); None: all.

        Returns
        -------
        DataFrame
            One row for each station and element, ordered so: `min`, `max`, `sum` (the largest sum of a day), each
            with `<which>_day`, `<which>_source`, the first two with `<which>_time`; `first` and `last` day, and
            `years` (calendar years with a usable value).
        """
        return rolled.extremes(self._ever(stations, elements))

    def months(self, stations: Sequence[str] | None = None, elements: Sequence[str] | None = None) -> pl.DataFrame:
        """Give the extremes of every calendar month since records began.

        Parameters
        ----------
        stations : Sequence of str, optional
            Only these; None: all.
        elements : Sequence of str, optional
            Only these (CF names); None: all.

        Returns
        -------
        DataFrame
            `station`, `element`, `year`, `month`, `low` and `high` (lowest and highest usable value), `days` (climate
            days with a usable value); ordered by the first four.
        """
        return rolled.months(self._ever(stations, elements))

    def totals(
        self, start: dt.datetime, end: dt.datetime, stations: Sequence[str] | None = None, element: str = AMOUNT
    ) -> pl.DataFrame:
        """Add up rain (or sunshine, evaporation) over any span of whole hours, long ones from days.

        Parameters
        ----------
        start : datetime
            UTC, excluded; a moment within an hour counts that hour from its start.
        end : datetime
            UTC, included; a moment within an hour counts that hour as far as it has come.
        stations : Sequence of str, optional
            Only these; None: all.
        element : str
            CF name of an element that adds up.

        Returns
        -------
        DataFrame
            `station`, `sum` (null where nothing can be added up), `n_good` (values used); ordered by station.
        """
        start, end = spans.floor(start), spans.ceil(end)
        first, after = clock.climate_day(start + spans.TICK), clock.climate_day(end + spans.TICK)
        first = first if spans.begin(first) == start else first + spans.DAY
        if after <= first:
            parts = [self.hours(start, end, stations, [element])]
        else:
            parts = [self.hours(start, spans.begin(first), stations, [element])] if spans.begin(first) > start else []
            parts += [self.days(first, after - spans.DAY, stations, [element])]
            parts += [self.hours(spans.begin(after), end, stations, [element])] if end > spans.begin(after) else []
        told = pl.concat([part.select("station", "sum", "n_good") for part in parts])
        total = pl.when(pl.col("sum").count() > 0).then(pl.col("sum").sum().round(3)).alias("sum")
        return told.group_by("station").agg(total, pl.col("n_good").sum()).sort("station")

    def version(self) -> tuple[int, int]:
        """Give the versions of the two tables; an answer about what is over is the same while they are."""
        with self._one:
            return self._hourly.table.version(), self._daily.table.version()

    def _ever(self, stations: Sequence[str] | None, elements: Sequence[str] | None) -> pl.LazyFrame:
        with self._one:
            done = spans.closed_day(self._closed())
            kept = self._daily.lazy(None, done, stations, elements)
            ends = [self._daily.last() or done]
        if told := self._readings.bounds():
            ends.append(clock.climate_day(told[1]))
        running = self.days(done + spans.DAY, max(ends), stations, elements)
        return pl.concat([kept, running.lazy()]) if running.height else kept

    def _closed(self) -> dt.datetime:
        return spans.EPOCH + spans.HOUR * self._hourly.table.mark(CLOSED)

    def _running(
        self, start: dt.datetime, end: dt.datetime, stations: Sequence[str] | None, elements: Sequence[str] | None
    ) -> pl.DataFrame:
        made = rolling.hours(self._readings.held(start + spans.TICK, spans.ceil(end), stations))
        made = made.filter(pl.col("time") <= end)
        return made if elements is None else made.filter(pl.col("element").is_in(list(elements)))

    def _days_made(self, hours: pl.DataFrame) -> pl.DataFrame:
        made = rolling.days(hours)
        lacking = hours.filter(pl.col("element") == AMOUNT, pl.col("n_good") > 0, pl.col("sum").is_null())
        if lacking.is_empty():
            return made
        slow = lacking["station"].unique().to_list()
        first, last = made["day"].min(), made["day"].max()
        begin, end = spans.begin(first), spans.begin(last + spans.DAY)  # type: ignore[arg-type,operator]
        return rolling.with_slow_rain(made, self._readings.read(begin + spans.TICK, end, slow, [AMOUNT, PERIOD]))


def owned(frame: pl.DataFrame) -> pl.DataFrame:
    """Name the house as the source of roll-ups."""
    return frame.with_columns(source=pl.lit(OWN))
