"""What the checks said of one station: values, flags and doubts day by day, and the newest doubted values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from xiangtian.core import clock
from xiangtian.core.elements import NAMES
from xiangtian.core.flags import TESTS, Verdict, unpack
from xiangtian.core.home import Home
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.station_page import REFUSED

LAST_DOUBTS = 100


@dataclass(frozen=True)
class Doubt:
    """A value that was called suspect or wrong, with the tests that said so."""

    time: dt.datetime
    element: str
    value: float | None
    flag: int
    tests: tuple[tuple[str, Verdict], ...]


@dataclass(frozen=True)
class Quality:
    """What the checks said of a station.

    Attributes
    ----------
    days : tuple of date
        Administrative days (Beijing), oldest first.
    values : tuple of int
        Values that were judged on each day.
    tests : dict
        Test to (suspect, failed) for each day; tests that doubted nothing are left out.
    flags : dict
        Final flag to values of each day; only flags that occur.
    doubts : tuple of Doubt
        The newest doubted values, newest first.
    """

    days: tuple[dt.date, ...]
    values: tuple[int, ...]
    tests: dict[str, tuple[tuple[int, int], ...]]
    flags: dict[int, tuple[int, ...]]
    doubts: tuple[Doubt, ...]


def quality(home: Home, code: str, days: int, at: dt.datetime | None) -> Quality:
    """Give what the checks said of a station on its last days.

    Parameters
    ----------
    home : Home
        Where.
    code : str
        The station's.
    days : int
        How many administrative days, the running one included.
    at : datetime or None
        As was known at this moment; None: now.

    Returns
    -------
    Quality
        Days without any value count 0.
    """
    moment = at or clock.now()
    last = clock.administrative_day(moment)
    every = tuple(last - dt.timedelta(days=n) for n in reversed(range(days)))
    start = dt.datetime.combine(every[0], dt.time(), clock.BEIJING).astimezone(clock.UTC)
    judged = _judged(readings(home).read(start, moment, [code], None, at))
    return Quality(
        every,
        _by_day(judged, every, pl.len()),
        {test: found for number, test in enumerate(TESTS) if any(map(any, found := _verdicts(judged, every, number)))},
        {int(flag): _by_day(judged, every, (pl.col("qc") == flag).sum()) for flag in judged["qc"].unique().sort()},
        tuple(_doubt(row) for row in _doubted(judged)),
    )


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Make one row of each value: `time`, `day`, `element`, `value`, `qc`, `tests`."""
    kept = [name for name in NAMES if rows[f"{name}_qc"].is_not_null().any()]
    day = (pl.col("time") + pl.duration(hours=8)).dt.date()
    parts = [
        rows.filter(pl.col(f"{name}_qc").is_not_null()).select(
            "time",
            day=day,
            element=pl.lit(name),
            value=pl.col(name),
            qc=pl.col(f"{name}_qc").cast(pl.Int32),
            tests=pl.col(f"{name}_tests").fill_null(0).cast(pl.Int64),
        )
        for name in kept
    ]
    return pl.concat([_NONE, *parts])


_NONE = pl.DataFrame(
    schema={
        "time": pl.Datetime("us", "UTC"),
        "day": pl.Date,
        "element": pl.String,
        "value": pl.Float64,
        "qc": pl.Int32,
        "tests": pl.Int64,
    }
)


def _by_day(judged: pl.DataFrame, every: Sequence[dt.date], figure: pl.Expr) -> tuple[int, ...]:
    counted = dict(judged.group_by("day").agg(figure.alias("n")).iter_rows())
    return tuple(int(counted.get(day, 0)) for day in every)


def _verdicts(judged: pl.DataFrame, every: Sequence[dt.date], number: int) -> tuple[tuple[int, int], ...]:
    said = pl.col("tests") // (1 << (2 * number)) % 4
    counts = (_by_day(judged, every, (said == int(which)).sum()) for which in (Verdict.SUSPECT, Verdict.FAIL))
    return tuple(zip(*counts, strict=True))


def _doubted(judged: pl.DataFrame) -> list[dict[str, object]]:
    found = judged.filter(pl.col("qc").is_in(REFUSED)).sort("time", "element", descending=[True, False])
    return found.head(LAST_DOUBTS).to_dicts()


def _doubt(row: dict[str, object]) -> Doubt:
    verdicts, _ = unpack(int(row["tests"]))  # type: ignore[call-overload]
    said = tuple((test, verdict) for test, verdict in verdicts.items() if verdict >= Verdict.SUSPECT)
    return Doubt(row["time"], row["element"], row["value"], row["qc"], said)  # type: ignore[arg-type]
