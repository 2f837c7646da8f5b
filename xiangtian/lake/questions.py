"""What may be asked of the observations, now or as they were known at any past moment."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

import polars as pl

from xiangtian.core.home import Home
from xiangtian.lake import answers
from xiangtian.lake.answers import AMOUNT, PERIOD
from xiangtian.lake.columns import answer, complete
from xiangtian.lake.latest import Latest
from xiangtian.lake.rolling import hour_end
from xiangtian.lake.shelf import Shelf, scan
from xiangtian.lake.table import Table

LATEST_WITHIN = dt.timedelta(hours=24)
"""A station that has said nothing for longer has no latest row at a past moment."""


class Questions:
    """The observations of a home, to be read; threads may share one."""

    def __init__(self, home: Home) -> None:
        self._table = Table(home.lake / "observations")
        self._latest = Latest(home.lake / "latest.arrow")
        self._shelf = Shelf()
        self._one = threading.RLock()

    def read(
        self,
        start: dt.datetime,
        end: dt.datetime,
        stations: Sequence[str] | None = None,
        elements: Sequence[str] | None = None,
        as_of: dt.datetime | None = None,
        resolve: bool = True,
    ) -> pl.DataFrame:
        """Give readings with a time from `start` to `end`, both included.

        Parameters
        ----------
        start : datetime
            First moment, UTC.
        end : datetime
            Last moment, UTC.
        stations : Sequence of str, optional
            Only these; None: all.
        elements : Sequence of str, optional
            Only these (CF names); None: all of the catalogue.
        as_of : datetime, optional
            As known at this moment; None: as known now.
        resolve : bool
            True: one row for each station and time, the last received version of each element. False: all versions.

        Returns
        -------
        DataFrame
            `station`, `time`, `received`, the elements with `_qc` and `_tests`, `source`; ordered by station,
            time and receipt.

        Raises
        ------
        KeyError
            If an element is not in the catalogue.
        ValueError
            If a moment has no zone.
        """
        columns = answer(elements)
        rows = self._rows(start, end, as_of)
        if stations is not None:
            rows = rows.filter(_of(stations))
        kept = [name for name in rows.collect_schema().names() if name in columns or name == "twice"]
        found = rows.select(kept).collect()
        found = answers.resolve(found) if resolve else found
        return complete(found, columns).sort("station", "time", "received")

    def series(
        self,
        station: str,
        start: dt.datetime,
        end: dt.datetime,
        elements: Sequence[str],
        as_of: dt.datetime | None = None,
    ) -> pl.DataFrame:
        """Give the readings of one station in the order of time; otherwise like `read`."""
        return self.read(start, end, [station], elements, as_of)

    def latest(self, as_of: dt.datetime | None = None) -> pl.DataFrame:
        """Give the newest row of each station.

        Parameters
        ----------
        as_of : datetime, optional
            As known at this moment, from readings of the 24 h before it; None: now, however old.

        Returns
        -------
        DataFrame
            All elements, like `read`; ordered by station. A reading that claims to be more than 10 min ahead of
            its receipt (a wrong clock) is left out.
        """
        if as_of is None:
            if (held := self._latest.read()) is not None:
                return held[1]
            return self._latest_from_table()
        return self._latest_at(as_of - LATEST_WITHIN, as_of + answers.AHEAD, as_of)

    def sums(self, at: dt.datetime, windows_h: Sequence[float], as_of: dt.datetime | None = None) -> pl.DataFrame:
        """Give rain sums of all stations over windows that end at a moment; what counts, see `answers.sums`.

        Parameters
        ----------
        at : datetime
            End of the windows, UTC, included.
        windows_h : Sequence of float
            Lengths, h, above 0.
        as_of : datetime, optional
            As known at this moment; None: as known now.

        Returns
        -------
        DataFrame
            `station`, `sum_<w>h` (mm), `n_<w>h` (readings used).

        Raises
        ------
        ValueError
            If there is no window, or one is not above 0.
        """
        if not windows_h or min(windows_h) <= 0:
            raise ValueError(f"rain windows are {list(windows_h)} h: at least one, each above 0, is needed")
        rows = self._rows(at - dt.timedelta(hours=max(windows_h)), at, as_of)
        columns = answer([AMOUNT, PERIOD])
        kept = [name for name in rows.collect_schema().names() if name in columns or name == "twice"]
        told = answers.resolve(rows.select(kept).collect())
        return answers.sums(complete(told, columns), at, windows_h)

    def held(self, start: dt.datetime, end: dt.datetime, stations: Sequence[str] | None = None) -> pl.DataFrame:
        """Give what `read` gives of all elements, without columns that hold nothing, in no particular order."""
        rows = self._rows(start, end, None)
        return answers.resolve((rows if stations is None else rows.filter(_of(stations))).collect())

    def spoken(self, start: dt.datetime, end: dt.datetime, since: int | None = None) -> pl.DataFrame:
        """Give who said anything of which hours.

        Parameters
        ----------
        start : datetime
            UTC; only moments after it.
        end : datetime
            UTC; only moments up to it.
        since : int, optional
            Only what was said after this version of the table, as far back as its log tells; None: all.

        Returns
        -------
        DataFrame
            `station` and `time` (the end of the hour), each pair once.
        """
        with self._one:
            added = None if since is None else self._table.added_since(since)
            near = self._table.files().filter(pl.col("last") > start, pl.col("first") <= end)["path"].to_list()
        within = (pl.col("time") > start) & (pl.col("time") <= end) & answers.REAL
        hours = scan(near if added is None else added).filter(within).select("station", time=hour_end()).unique()
        return hours.collect(engine="streaming")

    def keys(self, start: dt.datetime, end: dt.datetime, as_of: dt.datetime | None = None) -> pl.LazyFrame:
        """Give `station`, `time`, `received` of all versions, in no particular order, for the caller to count."""
        return self._rows(start, end, as_of).select("station", "time", "received")

    def bounds(self) -> tuple[dt.datetime, dt.datetime] | None:
        """Give the first and the last moment that anything was said of (the last to within 1 ms); None if none."""
        with self._one:
            files = self._table.files()
        return None if files.is_empty() else (files["first"].min(), files["last"].max())  # type: ignore[return-value]

    def version(self) -> int:
        """Give the version of the table, -1 while it is empty."""
        with self._one:
            return self._table.version()

    def cursor(self) -> int:
        """Give the journal offset up to which arrivals are in the table, 0 for none."""
        with self._one:
            return self._table.cursor()

    def _latest_from_table(self) -> pl.DataFrame:
        with self._one:
            files = self._table.files()
        for day in files["day"].unique().sort(descending=True):
            real = scan(files.filter(pl.col("day") == day)["path"].to_list()).filter(answers.REAL)
            last = real.select(pl.col("time").max()).collect().item()
            if last is not None:
                return self._latest_at(last - LATEST_WITHIN, last, None)
        return pl.DataFrame(schema=answer(None))

    def _latest_at(self, start: dt.datetime, end: dt.datetime, as_of: dt.datetime | None) -> pl.DataFrame:
        return complete(answers.newest(self._rows(start, end, as_of).collect()), answer(None))

    def _rows(self, start: dt.datetime, end: dt.datetime, as_of: dt.datetime | None) -> pl.LazyFrame:
        start, end = (_utc(moment) for moment in (start, end))
        with self._one:
            rows = self._shelf.rows(self._table.files(), start, end)
        return rows if as_of is None else rows.filter(pl.col("received") <= _utc(as_of))


def _of(stations: Sequence[str]) -> pl.Expr:
    return pl.col("station").is_in(list(stations))


def _utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment.isoformat()} has no zone: use UTC")
    return moment.astimezone(dt.UTC)
