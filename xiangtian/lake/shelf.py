"""Days of the table kept in memory, followed file by file as the table grows."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass

import polars as pl

from xiangtian.lake import answers
from xiangtian.lake.columns import SCHEMA, lean

KEEP_BYTES = 512 * 1024 * 1024
"""Days in memory take at most about this much; the one asked for longest ago goes first."""

MOST_ROWS = 3_000_000
"""A day with more rows is read from the disk each time."""

MOST_DAYS = 3
"""A question about more days is answered from the disk."""

COLUMNS = {name: kind for name, kind in SCHEMA.items() if name != "day"}


@dataclass(frozen=True, slots=True)
class Day:
    """The rows of some files, without columns that hold nothing, with `twice` (see `answers.repeated`)."""

    paths: frozenset[str]
    rows: pl.DataFrame


class Shelf:
    """Reads rows between two moments, from memory where it can."""

    def __init__(self) -> None:
        self._days: OrderedDict[dt.date, Day] = OrderedDict()

    def rows(self, files: pl.DataFrame, start: dt.datetime, end: dt.datetime) -> pl.LazyFrame:
        """Give all versions of all rows with a time from `start` to `end`, both included.

        Parameters
        ----------
        files : DataFrame
            The files that the table holds now (`Table.files`).
        start : datetime
            First moment, UTC.
        end : datetime
            Last moment, UTC.

        Returns
        -------
        LazyFrame
            Perhaps with a column `twice`; columns that hold nothing may be absent.
        """
        within = pl.col("time").is_between(start, end)
        days = files.filter(pl.col("day").is_between(start.date(), end.date()))
        sizes = days.group_by("day").agg(pl.col("rows").sum()).sort("day")
        if sizes.height > MOST_DAYS or (sizes["rows"] > MOST_ROWS).any():
            near = days.filter(pl.col("last") >= start, pl.col("first") <= end)
            return scan(near["path"].to_list()).filter(within)
        held = [self._day(day, days.filter(pl.col("day") == day)["path"].to_list()) for day in sizes["day"]]
        if not held:
            return pl.DataFrame(schema=COLUMNS).lazy()
        return pl.concat((part.lazy() for part in held), how="diagonal").filter(within)

    def _day(self, day: dt.date, paths: list[str]) -> pl.DataFrame:
        held = self._days.get(day)
        if held is None or not held.paths <= frozenset(paths):
            rows = scan(paths).collect()
            held = Day(frozenset(paths), lean(rows).with_columns(twice=answers.repeated(rows)))
        elif len(held.paths) < len(paths):
            new = scan([path for path in paths if path not in held.paths]).collect()
            held = Day(frozenset(paths), _grown(held.rows, lean(new)))
        self._days[day] = held
        self._days.move_to_end(day)
        self._make_room()
        return held.rows

    def _make_room(self) -> None:
        while len(self._days) > 1 and sum(day.rows.estimated_size() for day in self._days.values()) > KEEP_BYTES:
            self._days.popitem(last=False)


def scan(paths: list[str]) -> pl.LazyFrame:
    """Read files of the table, each of which may lack elements that the catalogue got after it was written."""
    if not paths:
        return pl.DataFrame(schema=COLUMNS).lazy()
    return pl.scan_parquet(paths, schema=COLUMNS, missing_columns="insert", extra_columns="ignore", glob=False)


def _grown(held: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    same_times = held.filter(pl.col("time").is_in(new["time"].unique().implode()))
    near = pl.concat([same_times.select(_KEY), new.select(_KEY)])
    rows = pl.concat([held, new.with_columns(twice=pl.lit(False))], how="diagonal", rechunk=held.n_chunks() > 64)
    return rows.with_columns(twice=answers.repeated(rows)) if near.is_duplicated().any() else rows


_KEY = ("station", "time")
