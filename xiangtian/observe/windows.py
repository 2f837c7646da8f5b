"""One value a station from many readings: the newest, an extreme, a mean, a change, a rain sum.

Frames hold `station`, `time`, `value` and `flag` (`core.flags.Flag`), one row a reading; answers hold one row a
station: `station`, `value`, `flag`, `time` (when it was so), `n` (readings used) and `doubted` (readings left out
because they are suspect or wrong). A value that rests on doubted readings for a good part is itself called suspect.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from xiangtian.core.flags import Flag
from xiangtian.lake import answers
from xiangtian.lake.answers import AMOUNT

DOUBTED = (int(Flag.SUSPECT), int(Flag.WRONG))
DOUBT_SHARE = 0.1
"""Above this share of readings left out, a value over a window is suspect."""
ANSWER: dict[str, pl.DataType | type[pl.DataType]] = {
    "station": pl.String,
    "value": pl.Float64,
    "flag": pl.Int32,
    "time": pl.Datetime("us", "UTC"),
    "n": pl.Int64,
    "doubted": pl.Int64,
}
_GOOD = pl.col("value").is_not_null() & pl.col("flag").is_in(DOUBTED).fill_null(False).not_()
_BAD = pl.col("value").is_not_null() & pl.col("flag").is_in(DOUBTED).fill_null(False)


def newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Give what each station said last, be it a value or that there is none."""
    said = rows.filter(pl.col("value").is_not_null() | pl.col("flag").is_not_null())
    last = said.sort("time").group_by("station", maintain_order=True).last()
    counted = last.with_columns(n=pl.lit(1), doubted=pl.lit(0))
    return _answer(counted)


def summary(rows: pl.DataFrame, how: str) -> pl.DataFrame:
    """Give the highest, lowest or mean good value of each station.

    Parameters
    ----------
    rows : DataFrame
        The readings of the window.
    how : str
        "max", "min" or "mean".

    Returns
    -------
    DataFrame
        `time` is that of the extreme (the first of equals), of a mean that of the last reading; a station without a
        good value has none, with the flag MISSING.
    """
    good = rows.filter(_GOOD).sort("time")
    if how == "mean":
        best = good.group_by("station").agg(pl.col("value").mean(), pl.col("flag").min(), pl.col("time").max())
    else:
        order = good.sort("value", descending=how == "max", maintain_order=True)
        best = order.group_by("station", maintain_order=True).agg(pl.col("value", "flag", "time").first())
    return _with_doubt(rows, best)


def change(rows: pl.DataFrame, at: dt.datetime, hours: float, within: dt.timedelta) -> pl.DataFrame:
    """Give the newest good value less the one of some hours before.

    Parameters
    ----------
    rows : DataFrame
        Readings near both moments.
    at : datetime
        The later moment, UTC.
    hours : float
        How much earlier the other is, h.
    within : timedelta
        A value counts for a moment if it is not older than this (nor, for the earlier moment, later by more).

    Returns
    -------
    DataFrame
        A station without a good value at one of the moments has none, with the flag MISSING.
    """
    then = at - dt.timedelta(hours=hours)
    good = rows.filter(_GOOD).sort("time")
    late = good.filter(pl.col("time").is_between(at - within, at)).group_by("station", maintain_order=True).last()
    near = good.filter(pl.col("time").is_between(then - within, then + within))
    early = near.with_columns(gap=(pl.col("time") - then).abs()).sort("gap").group_by("station", maintain_order=True)
    both = late.join(early.first().select("station", was="value"), on="station")
    return _with_doubt(rows, both.with_columns(pl.col("value") - pl.col("was"), flag=pl.lit(int(Flag.GOOD))))


def rain(rows: pl.DataFrame, at: dt.datetime, hours: float) -> pl.DataFrame:
    """Give the rain of each station over a window that ends at a moment; what counts, see `lake.answers.sums`.

    Parameters
    ----------
    rows : DataFrame
        Resolved readings as the lake gives them: `precipitation_amount`, its flag, `precipitation_period`.
    at : datetime
        End of the window, UTC, included.
    hours : float
        Its length, h.

    Returns
    -------
    DataFrame
        mm; `time` is that of the last reading.
    """
    name = answers.window_name(hours)
    sums = answers.sums(rows, at, [hours]).rename({f"sum_{name}": "value", f"n_{name}": "n"})
    inside = rows.filter(pl.col("time") > at - dt.timedelta(hours=hours))
    inside = inside.select("station", "time", value=pl.col(AMOUNT), flag=pl.col(f"{AMOUNT}_qc"))
    last = inside.group_by("station").agg(pl.col("time").max(), flag=pl.col("flag").filter(_GOOD).min())
    return _with_doubt(inside, sums.drop("n").join(last, on="station").filter(pl.col("value").is_not_null()))


def of_hours(hours: pl.DataFrame, how: str) -> pl.DataFrame:
    """Give the same of a long window from its rolled-up hours.

    Parameters
    ----------
    hours : DataFrame
        As `lake.rollups.Rollups.hours` gives them, of one element.
    how : str
        "max", "min", "mean" (of the hours' means, each weighing as its readings) or "sum".

    Returns
    -------
    DataFrame
        `n` and `doubted` count readings, not hours.
    """
    last = pl.col("time").max()
    ways = {
        "sum": (pl.when(pl.col("sum").count() > 0).then(pl.col("sum").sum().round(3)), last),
        "mean": ((pl.col("mean") * pl.col("n_good")).sum() / pl.col("n_good").sum(), last),
        "max": (pl.col("max").max(), pl.col("max_time").sort_by("max", descending=True, nulls_last=True).first()),
        "min": (pl.col("min").min(), pl.col("min_time").sort_by("min", nulls_last=True).first()),
    }
    value, time = ways[how]
    n, told = pl.col("n_good").sum(), pl.col("n").sum()
    best = hours.group_by("station").agg(value=value.fill_nan(None), time=time, n=n, doubted=told - n)
    shaky = pl.col("doubted") > DOUBT_SHARE * (pl.col("n") + pl.col("doubted"))
    missing = pl.when(pl.col("value").is_null()).then(int(Flag.MISSING))
    return _answer(best.with_columns(flag=missing.when(shaky).then(int(Flag.SUSPECT)).otherwise(int(Flag.GOOD))))


def _with_doubt(rows: pl.DataFrame, best: pl.DataFrame) -> pl.DataFrame:
    counts = rows.group_by("station").agg(n=_GOOD.sum(), doubted=_BAD.sum())
    told = counts.join(best, on="station", how="left")
    shaky = pl.col("doubted") > DOUBT_SHARE * (pl.col("n") + pl.col("doubted"))
    flag = pl.when(pl.col("value").is_null()).then(int(Flag.MISSING)).when(shaky).then(int(Flag.SUSPECT))
    return _answer(told.with_columns(flag=flag.otherwise(pl.col("flag"))))


def _answer(told: pl.DataFrame) -> pl.DataFrame:
    return told.select(pl.col(name).cast(kind) for name, kind in ANSWER.items()).sort("station")
