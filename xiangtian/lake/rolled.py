"""The two tables of roll-ups on the disk: rows are added, the one made last counts, the house's own before others'."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.lake import rolling
from xiangtian.lake.columns import MOMENT, Shape
from xiangtian.lake.table import SORT_UP_TO_ROWS, Table

OWN = "house"
"""Source of what the house has observed itself."""

HOURLY = Shape({**rolling.HOURS, "source": pl.String, "made": MOMENT, "date": pl.Date}, "date", "time")
"""Hours, in a folder for each UTC date of their ends."""

DAILY = Shape({**rolling.DAYS, "source": pl.String, "made": MOMENT, "year": pl.Int32}, "year", "day")
"""Climate days, in a folder for each year."""

MOST_FILES = 24
"""A folder with more files is joined when something is added to it."""

TICK = dt.timedelta(microseconds=1)
Bound = dt.datetime | dt.date | None


class Rolled:
    """One of the two tables."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._order, self._part = table.shape.order, table.shape.part
        self._key = ("station", "element", self._order)
        self._kept = {name: kind for name, kind in table.shape.schema.items() if name != self._part}
        self._told = [name for name in self._kept if name != "made"]

    def read(
        self, first: Bound, last: Bound, stations: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Give what counts from `first` to `last`, both included (None: no bound), in no particular order."""
        return self.lazy(first, last, stations, elements).collect()

    def lazy(
        self, first: Bound, last: Bound, stations: Sequence[str] | None, elements: Sequence[str] | None
    ) -> pl.LazyFrame:
        """Give what `read` gives, to be gone on with."""
        files = _near(self.table.files(), first, last).sort("first")
        alone = (pl.len().over(self._part) == 1) & (pl.col("rows") <= SORT_UP_TO_ROWS)
        wanted = _wanted(self._order, first, last, stations, elements)
        single = self._scan(files.filter(alone), wanted).filter(pl.col("n") > 0)
        several = self._counting(self._newest(self._scan(files.filter(~alone), wanted))).filter(pl.col("n") > 0)
        return pl.concat([single, several]).select(self._told)

    def last(self) -> dt.date | None:
        """Give the last day (of an hour: the date of its end) that anything is told of."""
        last = self.table.files()["last"].max()
        return last.date() if isinstance(last, dt.datetime) else last  # type: ignore[return-value]

    def add(self, rows: pl.DataFrame, made: dt.datetime, due: pl.DataFrame | None = None) -> int:
        """Store rows that say something new, in one commit.

        Parameters
        ----------
        rows : DataFrame
            Key, figures and `source`.
        made : datetime
            The present, UTC.
        due : DataFrame, optional
            `station` and `when`: the hours or days of the house that `rows` tell of in full; what is held of them
            but not told any more is withdrawn. None: rows from elsewhere; what the house tells of itself stays.

        Returns
        -------
        int
            How many rows were written.
        """
        spans = rows[self._order] if due is None else due["when"]
        if spans.is_empty():
            return 0
        stations = (rows if due is None else due)["station"].unique().to_list()
        files = _near(self.table.files(), spans.min(), spans.max())  # type: ignore[arg-type]
        wanted = _wanted(self._order, spans.min(), spans.max(), stations, None)  # type: ignore[arg-type]
        held = self._newest(self._scan(files, wanted)).collect()
        told = rows.select(pl.col(name).cast(self._kept[name]) for name in self._told)
        if due is None:
            told = told.join(held.filter(pl.col("source") == OWN, pl.col("n") > 0), on=self._key, how="anti")
        else:
            told = pl.concat([told, self._withdrawn(told, held, due)])
        fresh = told.join(held, on=self._told, how="anti", nulls_equal=True)
        if fresh.height:
            at = pl.max_horizontal(pl.lit(made, MOMENT), pl.lit(held["made"].max(), MOMENT) + TICK)
            self.table.commit_marked(self._whole(fresh.with_columns(made=at)), {})
            self.tidy(MOST_FILES, fresh.select(self._folder())[self._part].unique().to_list())
        return fresh.height

    def tidy(self, most_files: int, parts: Sequence[object] | None = None) -> int:
        """Join the files of folders that hold more than `most_files`; give how many files were joined.

        A folder with more than `SORT_UP_TO_ROWS` rows keeps rows that were made anew: readers sift them.
        """
        files = self.table.files()
        sizes = files.group_by(self._part).agg(pl.len().alias("files"), pl.col("rows").sum())
        full = sizes.filter(pl.col("files") > most_files)
        joined = 0
        for part, count, rows in full.select(self._part, "files", "rows").iter_rows():
            if parts is None or part in parts:
                self._join(part, rows)
                joined += count
        if joined:
            self.table.clean()
        return joined

    def _join(self, part: dt.date | int, rows: int) -> None:
        if rows > SORT_UP_TO_ROWS:
            self.table.compact(part)
            return
        files = self.table.files().filter(pl.col(self._part) == part)
        kept = self._counting(self._newest(self._scan(files, pl.lit(True))))
        self.table.replace(part, self._whole(kept.collect()))

    def _withdrawn(self, told: pl.DataFrame, held: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
        spans = due.select("station", pl.col("when").alias(self._order))
        gone = held.filter(pl.col("source") == OWN, pl.col("n") > 0).join(spans, on=spans.columns, how="semi")
        gone = gone.join(told, on=self._key, how="anti")
        nothing = {name: pl.lit(None, kind) for name, kind in rolling.FIGURES.items()}
        return gone.with_columns(**nothing).with_columns(pl.col("n", "n_good").fill_null(0)).select(self._told)

    def _newest(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Give of the house's own rows, and of those from elsewhere, the one made last."""
        own = (pl.col("source") == OWN).alias("own")
        rows = rows.with_columns(own).sort("made", maintain_order=True)
        return rows.unique([*self._key, "own"], keep="last", maintain_order=True).drop("own")

    def _counting(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Give one row a key: one that tells something before one that was withdrawn, the house's before others'."""
        rank = (pl.col("n") > 0).cast(pl.Int8) * 2 + (pl.col("source") == OWN).cast(pl.Int8)
        return rows.sort(rank, maintain_order=True).unique(self._key, keep="last", maintain_order=True)

    def _scan(self, files: pl.DataFrame, wanted: pl.Expr) -> pl.LazyFrame:
        if files.is_empty():
            return pl.LazyFrame(schema=self._kept)
        return pl.scan_parquet(files["path"].to_list(), schema=self._kept, glob=False).filter(wanted)

    def _folder(self) -> pl.Expr:
        order = pl.col(self._order)
        return (order.dt.date() if self._part == "date" else order.dt.year()).alias(self._part)

    def _whole(self, rows: pl.DataFrame) -> pl.DataFrame:
        whole = rows.with_columns(self._folder()).select(*self.table.shape.schema)
        return whole.sort("element", "station", self._order)


def conform_days(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring days from elsewhere to the columns of the table.

    Parameters
    ----------
    frame : DataFrame
        Key, figures (absent ones are null) and `source`.

    Returns
    -------
    DataFrame
        With the columns of the table but `made`.

    Raises
    ------
    ValueError
        If a needed column is absent or null, a key is repeated, an element is unknown, or the source is the house.
    """
    needed = ("station", "element", "day", "n", "n_good", "source")
    if lacking := [name for name in needed if name not in frame.columns or frame[name].null_count()]:
        raise ValueError(f"the days lack {', '.join(lacking)} (or some are empty); needed are {', '.join(needed)}")
    if repeated := int(frame.select("station", "element", "day").is_duplicated().sum()):
        raise ValueError(f"{repeated} rows share their station, element and day with another: give each day once")
    if strange := sorted(set(frame["element"]) - set(NAMES)):
        raise ValueError(f"the catalogue of elements doesn't know {', '.join(strange[:5])}")
    if (frame["source"] == OWN).any():
        raise ValueError(f"the source {OWN!r} is kept for what the house observed: name the archive")
    held = set(frame.columns)
    kinds = {**rolling.DAYS, "source": pl.String}
    return frame.select((pl.col(c) if c in held else pl.lit(None)).cast(kind).alias(c) for c, kind in kinds.items())


def extremes(days: pl.LazyFrame) -> pl.DataFrame:
    """Give lowest and highest value and largest day sum of each station and element, see `Rollups.extremes`."""
    used = days.filter(pl.col("n_good") > 0)
    figures = [
        part
        for which, place in (
            ("min", pl.col("min").arg_min()), ("max", pl.col("max").arg_max()), ("sum", pl.col("sum").arg_max()),
        )
        for part in (
            pl.col(which).get(place),
            pl.when(place.is_not_null()).then(pl.col("day").get(place)).alias(f"{which}_day"),
            *([pl.col(f"{which}_time").get(place)] if which != "sum" else []),
            pl.when(place.is_not_null()).then(pl.col("source").get(place)).alias(f"{which}_source"),
        )
    ]  # fmt: skip
    span = [
        pl.col("day").min().alias("first"),
        pl.col("day").max().alias("last"),
        pl.col("day").dt.year().n_unique().cast(pl.Int32).alias("years"),
    ]
    return used.group_by("station", "element").agg(*figures, *span).sort("station", "element").collect()


def months(days: pl.LazyFrame) -> pl.DataFrame:
    """Give lowest and highest value of each station, element and calendar month, see `Rollups.months`."""
    day = pl.col("day")
    used = days.filter(pl.col("n_good") > 0, pl.col("min").is_not_null())
    grouped = used.group_by("station", "element", day.dt.year().alias("year"), day.dt.month().alias("month"))
    told = grouped.agg(low=pl.col("min").min(), high=pl.col("max").max(), days=pl.len())
    return told.sort("station", "element", "year", "month").collect()


def _near(files: pl.DataFrame, first: Bound, last: Bound) -> pl.DataFrame:
    if first is not None:
        files = files.filter(pl.col("last") >= first)
    return files if last is None else files.filter(pl.col("first") <= last)


def _wanted(
    order: str, first: Bound, last: Bound, stations: Sequence[str] | None, elements: Sequence[str] | None
) -> pl.Expr:
    asked = [pl.lit(True)]
    asked += [pl.col(order) >= first] if first is not None else []
    asked += [pl.col(order) <= last] if last is not None else []
    asked += [pl.col("element").is_in(list(elements))] if elements is not None else []
    asked += [pl.col("station").is_in(list(stations))] if stations is not None else []
    return pl.all_horizontal(asked)
