"""Readings rolled up to hours, and hours to climate days: counts, means, extremes, sums.

Only values that are neither suspect nor wrong enter the figures; `n` counts all values that are there. An hour
runs from its start (excluded) to its end (included) and bears the name of its end; a climate day ends at 20:00
Beijing time (`core.clock.climate_day`). Frames in, frames out; nothing else is touched.
"""

from __future__ import annotations

import polars as pl

from xiangtian.core.clock import CLIMATE_DAY_END_HOUR
from xiangtian.core.elements import CATALOGUE, NAMES
from xiangtian.lake.answers import AMOUNT, PERIOD, REFUSED, once
from xiangtian.lake.columns import MOMENT, Kind

FIGURES: dict[str, Kind] = {
    "n": pl.Int32, "n_good": pl.Int32, "mean": pl.Float64, "min": pl.Float64, "max": pl.Float64, "sum": pl.Float64,
    "min_time": MOMENT, "max_time": MOMENT,
}  # fmt: skip
"""What a roll-up says of an element: values there, values used, and figures of those; null where there are none."""

HOURS: dict[str, Kind] = {"station": pl.String, "element": pl.String, "time": MOMENT, **FIGURES}
DAYS: dict[str, Kind] = {"station": pl.String, "element": pl.String, "day": pl.Date, **FIGURES}

ROLLED = tuple(name for name in NAMES if name != PERIOD)
"""Elements that are rolled up."""

COUNTED = frozenset({"present_weather"} | {name for name, one in CATALOGUE.items() if one.unit == "degree"})
"""Directions and codes: they are counted, but have no mean and no extreme."""

OF_THE_HOUR = frozenset({"precipitation_amount_1h", "duration_of_sunshine_1h", "lwe_thickness_of_evaporation_1h"})
"""Totals of an hour: those told at the end of the hour add up to the day, others overlap."""

HOUR_MIN, DAY_MIN = 60.0, 1440.0
_TICK = pl.duration(microseconds=1)


def hour_end(time: str = "time") -> pl.Expr:
    """Give the end of the hour a moment belongs to."""
    return (pl.col(time) - _TICK).dt.truncate("1h") + pl.duration(hours=1)


def day_of(time: str = "time") -> pl.Expr:
    """Give the climate day a moment belongs to, as `core.clock.climate_day` does."""
    return (pl.col(time) - _TICK + pl.duration(hours=24 - (CLIMATE_DAY_END_HOUR - 8))).dt.date()


def hours(rows: pl.DataFrame) -> pl.DataFrame:
    """Roll readings up to hours.

    Rain (`precipitation_amount`) adds up as in `answers.sums` over the hour: amounts of periods up to an hour that
    repeat nothing told by finer readings.

    Parameters
    ----------
    rows : DataFrame
        Resolved rows: `station`, `time`, and any elements with `_qc`.

    Returns
    -------
    DataFrame
        With the columns of `HOURS`: one row for each station, element and hour that has a value.
    """
    names = [name for name in ROLLED if name in rows.columns and rows[name].null_count() < rows.height]
    used = rows.lazy().sort("station", "time").select("station", "time", hour_end().alias("until"), *_used(rows, names))
    grouped = used.group_by("station", "until").agg(
        figure for name in names for figure in _figures(name)
    ).collect()  # fmt: skip
    found = [_of_element(grouped, name) for name in names]
    whole = pl.concat([pl.DataFrame(schema=HOURS), *found])
    return _with_rain(whole, rain(rows, hour_end(), HOUR_MIN), "time") if AMOUNT in names else whole


def days(rolled: pl.DataFrame) -> pl.DataFrame:
    """Roll hours up to climate days.

    Parameters
    ----------
    rolled : DataFrame
        Hours with the columns of `HOURS`.

    Returns
    -------
    DataFrame
        With the columns of `DAYS`; means are weighted with the values used.
    """
    weight = pl.when(pl.col("mean").is_not_null()).then("n_good").sum()
    total = pl.when(pl.col("sum").count() > 0).then(pl.col("sum").sum().round(3))
    return (
        rolled.lazy()
        .sort("station", "element", "time")
        .group_by("station", "element", day=day_of())
        .agg(
            pl.col("n").sum(),
            pl.col("n_good").sum(),
            pl.when(weight > 0).then((pl.col("mean") * pl.col("n_good")).sum() / weight).round(4).alias("mean"),
            pl.col("min").min(),
            pl.col("max").max(),
            total.alias("sum"),
            pl.col("min_time").get(pl.col("min").arg_min()),
            pl.col("max_time").get(pl.col("max").arg_max()),
        )
        .select(pl.col(name).cast(kind) for name, kind in DAYS.items())
        .collect()
    )


def rain(rows: pl.DataFrame, span: pl.Expr, longest_min: float) -> pl.DataFrame:
    """Add up the rain of spans.

    Parameters
    ----------
    rows : DataFrame
        Resolved rows with `station`, `time`, `precipitation_amount`, perhaps its flag and `precipitation_period`.
    span : Expr
        Names the span a row lies in: `hour_end()` or `day_of()`.
    longest_min : float
        Amounts of longer periods, min, don't count.

    Returns
    -------
    DataFrame
        `station`, `span`, `sum` (mm, to 0.001), where anything counts.
    """
    period = pl.col(PERIOD).fill_null(0.0) if PERIOD in rows.columns else pl.lit(0.0)
    told = rows.select("station", "time", _good(rows, AMOUNT), period.alias(PERIOD), span=span)
    told = once(told, ("station", "span")).filter(pl.col(PERIOD) <= longest_min, pl.col(AMOUNT).is_not_null())
    return told.group_by("station", "span").agg(pl.col(AMOUNT).sum().round(3).alias("sum"))


def with_slow_rain(rolled: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Put day sums made from the readings in the place of those from hours, which lack amounts of longer periods.

    Parameters
    ----------
    rolled : DataFrame
        Days with the columns of `DAYS`.
    rows : DataFrame
        All readings, of those days, of the stations that told an amount of more than an hour.

    Returns
    -------
    DataFrame
        The same rows.
    """
    return _with_rain(rolled, rain(rows, day_of(), DAY_MIN), "day")


def _used(rows: pl.DataFrame, names: list[str]) -> list[pl.Expr]:
    there = [pl.col(name).is_not_null().alias(f"{name}/there") for name in names]
    return there + [_good(rows, name) for name in names]


def _good(rows: pl.DataFrame, name: str) -> pl.Expr:
    flag = f"{name}_qc"
    if flag not in rows.columns:
        return pl.col(name)
    return pl.when(pl.col(flag).is_in(REFUSED).fill_null(False).not_()).then(name).alias(name)


def _figures(name: str) -> list[pl.Expr]:
    value, time = pl.col(name), pl.col("time")
    told = {"n": pl.col(f"{name}/there").sum(), "n_good": value.count()}
    if name in OF_THE_HOUR:
        at_end = value.filter(pl.col("time") == pl.col("until"))
        told["sum"] = pl.when(at_end.count() > 0).then(at_end.sum().round(3))
    if name not in COUNTED:
        told |= {
            "mean": value.mean().round(4), "min": value.min(), "max": value.max(),
            "min_time": time.get(value.arg_min()), "max_time": time.get(value.arg_max()),
        }  # fmt: skip
    return [figure.alias(f"{name}/{called}") for called, figure in told.items()]


def _of_element(grouped: pl.DataFrame, name: str) -> pl.DataFrame:
    held = set(grouped.columns)
    figures = [
        (pl.col(f"{name}/{called}") if f"{name}/{called}" in held else pl.lit(None)).cast(kind).alias(called)
        for called, kind in FIGURES.items()
    ]
    told = grouped.select("station", pl.lit(name).alias("element"), pl.col("until").alias("time"), *figures)
    return told.filter(pl.col("n") > 0)


def _with_rain(rolled: pl.DataFrame, sums: pl.DataFrame, span: str) -> pl.DataFrame:
    found = sums.select("station", pl.lit(AMOUNT).alias("element"), pl.col("span").alias(span), fallen="sum")
    joined = rolled.join(found, on=["station", "element", span], how="left")
    return joined.with_columns(sum=pl.coalesce("fallen", "sum")).drop("fallen")
