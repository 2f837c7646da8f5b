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
from xiangtian.lake import answers, durable
from xiangtian.lake.columns import REVIEW, answer, complete, conform
from xiangtian.lake.known import Known, fingerprints
from xiangtian.lake.questions import Questions
from xiangtian.lake.shelf import scan
from xiangtian.lake.torn import Damaged

HOUR_US = 3_600_000_000
KEY = ("station", "time")


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
                self._extend_latest(version, held, sifted.fresh, sifted.reviewed)
            self._version_known = version
        return Appended(version, sifted.fresh.height, sifted.duplicates, sifted.corrections)

    def amend(self, frame: pl.DataFrame) -> int:
        """Store what people decided about readings that are there: other flags, or a value in the place of another.

        What was reported is kept, and stays what was known before the review. A report that repeats the reviewed
        value later changes nothing; one that says another value counts again.

        Parameters
        ----------
        frame : DataFrame
            `station`, `time`, `received` (the moment of the decision), `source` ("review:" and a number of its own),
            and for each element that is reviewed `<element>_qc`, `<element>_tests` and `<element>`, the value that
            counts from now on: as it was reported, or corrected. One row for each source.

        Returns
        -------
        int
            How many rows were new; what was stored before is not stored again.

        Raises
        ------
        ValueError
            If the frame doesn't fit the table, a source is no review, or nothing is known of a station and time;
            nothing is stored.
        Busy
            If another process is writing.
        LakeError
            If the disk refuses; the review must be given again.
        """
        rows = conform(frame)
        if strange := rows.filter(~pl.col("source").str.starts_with(REVIEW))["source"].to_list():
            raise ValueError(f"{strange[0]!r} is no review: the source of a row that amends begins with {REVIEW!r}")
        with self._writing():
            latest = self._latest_held()
            held = self._of_keys(rows)
            if (unknown := rows.join(held, on=KEY, how="anti")).height:
                station, time = unknown.select(KEY).row(0)
                raise ValueError(f"nothing is known of {station} at {time.isoformat()}: only readings can be reviewed")
            fresh = rows.join(held, on=[*KEY, "source"], how="anti")
            last = held.group_by(KEY).agg(pl.col("received").max().alias("before"))
            after = pl.max_horizontal("received", pl.col("before") + pl.duration(microseconds=1))
            fresh = fresh.join(last, on=KEY).with_columns(received=after).select(rows.columns)
            if fresh.height:
                version = self._table.commit(fresh, None)
                self._known.learn(fingerprints(fresh))
                self._extend_latest(version, latest, fresh, fresh)
            self._version_known = self._table.version()
        return fresh.height

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
            fresh = scan(missed).collect()
            self._extend_latest(version, held[1], fresh, fresh.join(held[1], on=KEY, how="semi"))
        return written[1] if (written := self._latest.read()) else self._latest_from_table()

    def _extend_latest(self, version: int, held: pl.DataFrame, fresh: pl.DataFrame, reviewed: pl.DataFrame) -> None:
        """Take new rows into the latest ones; those of reviewed readings are made from all that was ever said."""
        if reviewed.height:
            now = complete(answers.resolve(self._of_keys(reviewed)), answer(None))
            fresh = pl.concat([complete(fresh, answer(None)).join(now, on=KEY, how="anti"), now])
            held = held.join(now, on=KEY, how="anti")
        self._latest.extend(version, held, fresh)

    def _of_keys(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give all versions of some stations and times."""
        keys = rows.select(KEY).unique()
        hours = keys.select(pl.col("time").dt.epoch("us") // HOUR_US).unique().to_series().sort().to_list()
        return self._rows_of_hours(hours).join(keys, on=KEY, how="semi") if hours else scan([]).collect()

    def _rows_of_hours(self, hours: list[int]) -> pl.DataFrame:
        start, end = (dt.datetime.fromtimestamp(hour * 3600, dt.UTC) for hour in (hours[0], hours[-1] + 1))
        files = self._table.files().filter(pl.col("last") >= start, pl.col("first") < end)
        hour = pl.col("time").dt.epoch("us") // HOUR_US
        return scan(files["path"].to_list()).filter(hour.is_in(hours)).collect()
