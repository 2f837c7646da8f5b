"""What has been said already: an index in memory that tells a repetition from a correction.

A row is a repetition if the newest row of its station and time says the same (same values, same marks), or
if the same raw body said the same of them before. Anything else about a known station and time is a
correction. Kept by hour and made from the table when an hour is touched for the first time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.lake.columns import MOMENT, REVIEW, Kind, mark

KEEP_ROWS = 8_000_000
"""The index holds at most this many rows (40 bytes each); hours touched longest ago go first."""

INDEX: dict[str, Kind] = {"time": MOMENT, "key": pl.UInt64, "said": pl.UInt64, "origin": pl.UInt64, "received": MOMENT}
"""What is kept of a row; `said` is null where it is a review."""

Load = Callable[[list[int]], pl.DataFrame]
"""Gives the table's rows of some hours (hours since 1970)."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is new in a batch, and how much of the rest was a repetition.

    Attributes
    ----------
    fresh : DataFrame
        New rows.
    index : DataFrame
        What `learn` takes.
    duplicates : int
        Rows that were left out.
    corrections : int
        New rows about a known station and time.
    reviewed : DataFrame
        `station` and `time` of new rows about readings that were reviewed.
    """

    fresh: pl.DataFrame
    index: pl.DataFrame
    duplicates: int
    corrections: int
    reviewed: pl.DataFrame


class Known:
    """The index; `load` reads the table, for hours that are touched for the first time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._hours: OrderedDict[int, pl.DataFrame] = OrderedDict()

    def forget(self) -> None:
        """Drop everything: the table was changed by another."""
        self._hours.clear()

    def sift(self, rows: pl.DataFrame) -> Sifted:
        """Part a batch into what is new and what is known.

        Two versions of a station and time that were received at the same microsecond (a standing clock, two
        reports in one file) are set one microsecond apart, so that the later one wins for ever.

        Parameters
        ----------
        rows : DataFrame
            With the columns of the table, in the order in which they came.

        Returns
        -------
        Sifted
            New rows in the order of `received`.
        """
        batch = fingerprints(rows).with_row_index("place").sort("received", "place")
        index = self._about(batch)
        batch = batch.unique(["key", "origin"], keep="first", maintain_order=True)
        batch = batch.join(index, on=["key", "origin"], how="anti", maintain_order="left")
        reviews = index.filter(pl.col("said").is_null())
        index = index.filter(pl.col("said").is_not_null())
        newest = index.sort("received").unique("key", keep="last").select("key", was="said", at="received")
        batch = batch.join(newest, on="key", how="left", maintain_order="left")
        before = pl.col("was")
        if batch["key"].n_unique() < batch.height:
            before = pl.coalesce(pl.col("said").shift().over("key"), before)
        batch = batch.filter(before.is_null() | (before != pl.col("said")))
        first = pl.col("key").is_first_distinct() & pl.col("was").is_null()
        corrections = int(batch.select((~first).sum()).item())
        batch = batch.with_columns(_apart())
        fresh = rows[batch["place"]].with_columns(batch["received"])
        reviewed = fresh.filter(batch["key"].is_in(reviews["key"].implode())).select("station", "time")
        return Sifted(fresh, batch.select(*INDEX), rows.height - fresh.height, corrections, reviewed)

    def learn(self, index: pl.DataFrame) -> None:
        """Take what `sift` found new into the index, once it is stored."""
        self._take(index)
        held_rows = sum(part.height for part in self._hours.values())
        while held_rows > KEEP_ROWS and len(self._hours) > 1:
            held_rows -= self._hours.popitem(last=False)[1].height

    def _take(self, index: pl.DataFrame) -> None:
        for hour, part in _by_hour(index):
            held = self._hours.get(hour)
            self._hours[hour] = part if held is None else pl.concat([held, part], rechunk=held.n_chunks() > 64)
            self._hours.move_to_end(hour)

    def _about(self, batch: pl.DataFrame) -> pl.DataFrame:
        hours = batch.select(_hour().unique()).to_series().to_list()
        if unread := sorted(hour for hour in hours if hour not in self._hours):
            self._hours.update((hour, pl.DataFrame(schema=INDEX)) for hour in unread)
            self._take(fingerprints(self._load(unread)))
        times = batch["time"].unique().implode()
        found = [self._hours[hour].filter(pl.col("time").is_in(times)) for hour in hours]
        return pl.concat(found) if found else pl.DataFrame(schema=INDEX)


def fingerprints(rows: pl.DataFrame) -> pl.DataFrame:
    """Give, for each row, hashes of who and when (`key`), of what was said, and of what was said by which body.

    Flags and tests are not part of what was said; the decoder's marks (trace, calm, missing) are. A review has said
    nothing (null).
    """
    review = pl.col("source").str.starts_with(REVIEW)
    said = pl.sum_horizontal(pl.lit(0, pl.UInt64), *_parts(rows))
    said = pl.when(~review).then(said)
    held = rows.select("time", "received", pl.struct("station", "time").hash().alias("key"), "source", said=said)
    return held.with_columns(origin=pl.struct("source", "said").hash()).select(*INDEX)


def _parts(rows: pl.DataFrame) -> Iterable[pl.Expr]:
    for place, name in enumerate(NAMES):
        if name in rows.columns and rows[name].null_count() < rows.height:
            yield pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(place)).otherwise(0)
        tests = f"{name}_tests"
        if tests in rows.columns and rows[tests].null_count() < rows.height:
            yield pl.when(mark(tests) > 0).then(mark(tests).hash(place)).otherwise(0)


def _apart() -> pl.Expr:
    """Set equal moments of receipt of one key one microsecond apart, and apart from the row that was there."""
    rank = pl.int_range(pl.len()).over("key", "received") + (pl.col("at") == pl.col("received")).fill_null(False)
    return (pl.col("received") + pl.duration(microseconds=rank)).alias("received")


def _hour() -> pl.Expr:
    return pl.col("time").dt.epoch("us") // 3_600_000_000


def _by_hour(index: pl.DataFrame) -> Iterable[tuple[int, pl.DataFrame]]:
    hours = index.select(_hour().alias("hour")).to_series()
    if hours.n_unique() == 1:
        yield int(hours[0]), index
        return
    for (hour,), part in index.with_columns(hour=hours).partition_by("hour", as_dict=True, include_key=False).items():
        yield int(hour), part
