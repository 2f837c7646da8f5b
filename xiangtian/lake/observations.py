"""Observations: one wide table of readings that only grows, and knows when each was received.

A reading has two times: when it was measured (`time`) and when it came in (`received`). Nothing is ever
overwritten: a correction is a new row, and the row received last counts. What was known at a moment T
is therefore what was received by T, and every question here takes such a moment (`as_of`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from xiangtian.core.home import Home
from xiangtian.lake import durable
from xiangtian.lake.columns import conform
from xiangtian.lake.known import Known
from xiangtian.lake.questions import Questions
from xiangtian.lake.shelf import scan
from xiangtian.lake.torn import Damaged

HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did.

    Attributes
    ----------
    version : int
        Version of the table that holds the batch.
    rows : int
        Rows that are new.
    duplicates : int
        Rows that repeated what was known, and were left out.
    corrections : int
        How many of `rows` say something else, or more, of a station and time that was known.
    """

    version: int
    rows: int
    duplicates: int
    corrections: int


class Observations(Questions):
    """The observations of a home, to be read and added to; threads may share one.

    One process at a time writes, any number read.
    """

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._folder = home.lake
        self._known = Known(self._rows_of_hours)
        self._version_known = -1

    def append(self, frame: pl.DataFrame, cursor: int | None = None) -> Appended:
        """Store readings, once only; when this returns they are on the disk.

        Parameters
        ----------
        frame : DataFrame
            `station`, `time`, `received`, `source` (content address of the raw body), and for any elements
            `<element>`, `<element>_qc` (`core.flags.Flag`), `<element>_tests` (`core.flags.pack`).
        cursor : int, optional
            Offset in the journal of arrivals up to which everything is dealt with; stored in the same commit.

        Returns
        -------
        Appended
            What was new; a batch of repetitions without a new cursor makes no commit.

        Raises
        ------
        ValueError
            If the frame doesn't fit the table; nothing is stored.
        Busy
            If another process is writing.
        LakeError
            If the disk refuses; the batch must be given again.
        """
        rows = conform(frame)
        with self._writing():
            held = self._latest_held()
            sifted = self._known.sift(rows)
            version = self._table.version()
            if sifted.fresh.height or (cursor is not None and cursor != self._table.cursor()):
                version = self._table.commit(sifted.fresh, cursor)
                self._known.learn(sifted.index)
                self._latest.extend(version, held, sifted.fresh)
            self._version_known = version
        return Appended(version, sifted.fresh.height, sifted.duplicates, sifted.corrections)

    def repair(self) -> list[Damaged]:
        """Set aside what a power cut left torn, and make `latest` fit the table; to be called before the first append.

        Returns
        -------
        list of Damaged
            What was set aside under `lake/damaged`. None of it was acknowledged: read the journal again from `cursor`.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._one, durable.locked(self._folder / "writer.lock"):
            damaged = self._table.repair(self._folder / "damaged")
            self._known.forget()
            for leftover in self._folder.glob(".latest.arrow.*"):
                leftover.unlink()
            self._latest_held()
        return damaged

    def compact(self, day: dt.date) -> int:
        """Join the many small files of a day into few with the same rows; give how many files were joined."""
        with self._writing():
            joined = self._table.compact(day)
            self._table.clean()
            self._version_known = self._table.version()
            if (held := self._latest.read()) is not None:
                self._latest.write(self._version_known, held[1])
        return joined

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._one, durable.locked(self._folder / "writer.lock"):
            if self._table.version() != self._version_known:
                self._known.forget()
            try:
                yield
            except Exception:
                self._known.forget()
                raise

    def _latest_held(self) -> pl.DataFrame:
        version = self._table.version()
        held = self._latest.read()
        if held is not None and held[0] == version:
            return held[1]
        missed = None if held is None else self._table.added_since(held[0])
        if held is None or missed is None:
            self._latest.write(version, self._latest_from_table())
        else:
            self._latest.extend(version, held[1], scan(missed).collect())
        return written[1] if (written := self._latest.read()) else self._latest_from_table()

    def _rows_of_hours(self, hours: list[int]) -> pl.DataFrame:
        start, end = (dt.datetime.fromtimestamp(hour * 3600, dt.UTC) for hour in (hours[0], hours[-1] + 1))
        files = self._table.files().filter(pl.col("last") >= start, pl.col("first") < end)
        hour = pl.col("time").dt.epoch("us") // HOUR_US
        return scan(files["path"].to_list()).filter(hour.is_in(hours)).collect()
