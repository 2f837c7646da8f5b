"""How rows are read: which version counts, what is latest, how much rain fell.

Every function takes and gives frames with the columns of the table, and touches nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.core.flags import Flag
from xiangtian.lake.columns import REVIEW

AHEAD = dt.timedelta(minutes=10)
"""A reading whose time is further ahead of its receipt comes from a wrong clock, and is nobody's latest."""

REAL = pl.col("time") <= pl.col("received") + AHEAD

AMOUNT, PERIOD = "precipitation_amount", "precipitation_period"
REFUSED = (int(Flag.SUSPECT), int(Flag.WRONG))
_KEY = ("station", "time")


def repeated(rows: pl.DataFrame) -> pl.Series:
    """Say of each row whether another row speaks of the same station and time."""
    return rows.select(_KEY).is_duplicated()


def resolve(rows: pl.DataFrame) -> pl.DataFrame:
    """Make one row of all versions of a station and time.

    For each element the version received last that says anything of it counts, even if it only says that the
    value is missing; a later report that leaves an element out doesn't erase it. A review counts until a report
    says another value than the one that was reviewed. `received` and `source` are those of the last version.

    Parameters
    ----------
    rows : DataFrame
        Any versions; a column `twice`, if there is one, already says what `repeated` would.

    Returns
    -------
    DataFrame
        One row for each station and time, without `twice`, in no particular order.
    """
    rows = rows if "twice" in rows.columns else rows.with_columns(twice=repeated(rows))
    if not rows["twice"].any():
        return rows.drop("twice")
    several = _reviewed(rows.filter("twice").drop("twice"))
    single = rows.filter(~pl.col("twice")).drop("twice")
    merged = several.sort("received", "source").group_by(_KEY).agg(_last(several.columns))
    return pl.concat([single, merged.select(single.columns)])


def newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the resolved row of each station's newest time, ordered by station."""
    real = rows.filter(REAL)
    last = real.filter(pl.col("time") == pl.col("time").max().over("station"))
    return resolve(last).sort("station")


def sums(rows: pl.DataFrame, at: dt.datetime, windows_h: Sequence[float]) -> pl.DataFrame:
    """Add up rain over windows that end at a moment.

    A reading counts in a window if its time lies in it (start excluded, end included), it has an amount that
    is neither suspect nor wrong, its period is no longer than the window, and it doesn't repeat rain that an
    earlier reading of the station has already told (its period reaches back over that reading).

    Parameters
    ----------
    rows : DataFrame
        Resolved rows with `station`, `time`, `precipitation_amount` (mm), its flag, `precipitation_period` (min).
    at : datetime
        End of all windows, UTC.
    windows_h : Sequence of float
        Lengths, h.

    Returns
    -------
    DataFrame
        `station`, and for each window `sum_<w>h` (mm, to 0.001; null without a reading) and `n_<w>h` (readings),
        one row for each station that has any row in the longest window, ordered by station.
    """
    longest = dt.timedelta(hours=max(windows_h))
    inside = rows.filter(pl.col("time").is_between(at - longest, at, closed="right"))
    good = pl.col(f"{AMOUNT}_qc").is_in(REFUSED).fill_null(False).not_()
    told = inside.select("station", "time", pl.col(PERIOD).fill_null(0.0), pl.when(good).then(AMOUNT).alias(AMOUNT))
    told = once(told)
    return told.group_by("station").agg(e for w in windows_h for e in _window(at, w)).sort("station")


def once(told: pl.DataFrame, span: Sequence[str] = ("station",)) -> pl.DataFrame:
    """Blank rain readings that tell again what finer readings before them have told (an hour's total among minutes).

    Parameters
    ----------
    told : DataFrame
        `station`, `time`, `precipitation_amount` (mm), `precipitation_period` (min, no nulls).
    span : Sequence of str
        Columns within which readings are compared; rain told in another span is not told again.

    Returns
    -------
    DataFrame
        The same rows; amounts that repeat are null.
    """
    slow = told.filter(pl.col(PERIOD) > 1)["station"].unique()
    if slow.is_empty():
        return told
    coarse = told.filter(pl.col(AMOUNT).is_not_null(), pl.col("station").is_in(slow.implode()))
    gap = pl.col("time").diff().over(span).dt.total_seconds() / 60
    again = coarse.sort(_KEY).filter(pl.col(PERIOD) > 1.25 * gap + 0.5).select(_KEY).with_columns(again=True)
    told = told.join(again, on=_KEY, how="left")
    return told.with_columns(pl.when(pl.col("again").is_null()).then(AMOUNT).alias(AMOUNT)).drop("again")


def window_name(hours: float) -> str:
    """Write a window's length as it stands in column names.

    >>> window_name(1), window_name(0.5), window_name(24.0)
    ('1h', '0.5h', '24h')
    """
    return f"{hours:g}h"


def _last(columns: Sequence[str]) -> list[pl.Expr]:
    held = set(columns)
    chosen = [pl.col(name).last() for name in ("received", "day", "source") if name in held]
    for name in NAMES:
        triple = [column for column in (name, f"{name}_qc", f"{name}_tests") if column in held]
        if triple:
            speaks = pl.any_horizontal(pl.col(column).is_not_null() for column in triple)
            chosen += [pl.col(column).filter(speaks).last() for column in triple]
    return chosen


def _reviewed(several: pl.DataFrame) -> pl.DataFrame:
    """Silence reports that say after a review what was said before it: the review stands until the value changes."""
    review = pl.col("source").str.starts_with(REVIEW)
    if not several.select(review.any()).item():
        return several
    about = several.filter(review)
    held = {column.name for column in about if column.null_count() < about.height}
    amended = [name for name in NAMES if f"{name}_qc" in held and name in about.columns]
    rows = several.sort("received", "source")
    for name in amended:
        rows = rows.with_columns(_silenced(rows.columns, name, review))
    return rows


def _silenced(columns: Sequence[str], name: str, review: pl.Expr) -> list[pl.Expr]:
    triple = [column for column in (name, f"{name}_qc", f"{name}_tests") if column in columns]
    speaks = pl.any_horizontal(pl.col(column).is_not_null() for column in triple)
    told = pl.when(speaks & ~review).then(pl.col(name).fill_null(float("-inf")))
    before = told.forward_fill().shift().over(_KEY)
    settled = (review & speaks).cum_max().over(_KEY)
    again = (settled & told.is_not_null() & (told == before)).fill_null(False)
    return [pl.when(~again).then(column).alias(column) for column in triple]


def _window(at: dt.datetime, hours: float) -> list[pl.Expr]:
    counts = (pl.col("time") > at - dt.timedelta(hours=hours)) & (pl.col(PERIOD) <= hours * 60)
    amount = pl.when(counts).then(AMOUNT)
    total = pl.when(amount.count() > 0).then(amount.sum().round(3))
    return [total.alias(f"sum_{window_name(hours)}"), amount.count().alias(f"n_{window_name(hours)}")]
