"""Which readings go out: of each station one in each hour, with the values that quality control lets pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.core.flags import MARK_SHIFT, Flag, Mark
from xiangtian.observe.reading import Reading

OUT = (int(Flag.GOOD), int(Flag.SUSPECT), int(Flag.CORRECTED), int(Flag.MODIFIED))
"""Flags of values that go out: what no check has seen, is wrong or missing stays here."""
SETTLED = dt.timedelta(minutes=10)
"""How long after the full hour a station's report of that very moment is waited for."""
HOUR = dt.timedelta(hours=1)
AMOUNT, PERIOD, SUM = "precipitation_amount", "precipitation_period", "precipitation_amount_1h"
WHOLE_MIN = 60.0
_HOUR = "_hour"


@dataclass(frozen=True, slots=True)
class Report:
    """A reading that goes out, and when the house learned its newest part."""

    reading: Reading
    known: dt.datetime


def reports(rows: pl.DataFrame, over: dt.datetime) -> list[Report]:
    """Choose of each station the last reading of each hour (full hour included), and take what may go out of it.

    Parameters
    ----------
    rows : DataFrame
        Resolved rows of the observation table; whole hours, so that rain can be added up.
    over : datetime
        Now, UTC: an hour that ended at least `SETTLED` before gives its last reading; one that ended later only the
        reading of the full hour itself.

    Returns
    -------
    list of Report
        By time and station; a reading without any value that may go out is left out. Where the station tells rain in
        parts that make up the hour without gap, their sum is added.
    """
    hours = rows.with_columns((pl.col("time") - pl.duration(microseconds=1)).dt.truncate("1h").alias(_HOUR) + HOUR)
    last = hours.filter(pl.col("time") == pl.col("time").max().over("station", _HOUR))
    ready = last.filter((pl.col("time") == pl.col(_HOUR)) | (pl.col(_HOUR) <= over - SETTLED))
    summed = ready.join(_rain(hours), on=["station", _HOUR], how="left").sort("time", "station")
    return [one for row in summed.iter_rows(named=True) if (one := _report(row)) and one.reading.values]


def _rain(hours: pl.DataFrame) -> pl.DataFrame:
    """Give the rain of each station and hour whose parts make up the whole hour, `_rain` (mm)."""
    good = hours.filter(pl.col(AMOUNT).is_not_null(), pl.col(f"{AMOUNT}_qc").is_in(OUT))
    whole = good.group_by("station", _HOUR).agg(
        pl.col(AMOUNT).sum().round(3).alias("_rain"), pl.col(PERIOD).sum().alias("_minutes")
    )
    return whole.filter(pl.col("_minutes") == WHOLE_MIN).drop("_minutes")


def _report(row: dict[str, object]) -> Report | None:
    values = dict(_values(row))
    rain, time, known = row["_rain"], row["time"], row["received"]
    if isinstance(rain, float) and time == row[_HOUR]:
        values.setdefault(SUM, rain)
    if not (isinstance(time, dt.datetime) and isinstance(known, dt.datetime)):
        raise TypeError("rows of the table have a time and a time of receipt")
    marks = {name: mark for name in values if (mark := _mark(row.get(f"{name}_tests")))}
    return Report(Reading(str(row["station"]), time, values, marks), known)


def _values(row: dict[str, object]) -> Iterator[tuple[str, float]]:
    for name in NAMES:
        value = row.get(name)
        if isinstance(value, float) and row.get(f"{name}_qc") in OUT:
            yield name, value


def _mark(packed: object) -> Mark:
    return Mark(packed >> MARK_SHIFT & 7) if isinstance(packed, int) else Mark.NONE
