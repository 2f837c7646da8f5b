"""Readings of an archive rolled up to climate days: what a home takes in from before its own time.

Decoded readings in, days out. The archive's own marks of what is erroneous are the decoder's business; here each value
must lie within the limits of its element, like one that comes in today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.core.flags import Flag, Verdict
from xiangtian.lake import rolling
from xiangtian.lake.answers import AMOUNT, PERIOD, resolve
from xiangtian.observe.qc import History, Rules, Sheet, limits
from xiangtian.observe.qc.model import Case, Context
from xiangtian.observe.reading import Reading

TOTALS = {f"precipitation_amount_{hours}h": 60.0 * hours for hours in (1, 3, 6, 12, 24)}
"""Rain totals and their periods, min, shortest first."""
PIECE_BYTES = 8 * 1024 * 1024


def frame(readings: Sequence[Reading], station: str = "") -> pl.DataFrame:
    """Set readings in the columns of the lake, judged by the limits of their elements.

    A report without rain since the last one, but with totals of hours, counts with the shortest of these.

    Parameters
    ----------
    readings : Sequence of Reading
        In the order of the archive; of several reports of one station and time the later one counts.
    station : str
        The station they are of; "": as they say themselves.

    Returns
    -------
    DataFrame
        `station`, `time`, `received` (their order), `source`, and each element that is there with its `_qc`.
    """
    names = [name for name in NAMES if any(name in one.values for one in readings)]
    values = {name: np.array([one.values.get(name, np.nan) for one in readings], float) for name in names}
    values = _with_rain(values)
    told: dict[str, object] = {
        "station": [station or one.station for one in readings],
        "time": pl.Series([one.time for one in readings], dtype=pl.Datetime("us", "UTC")),
        "received": pl.int_range(len(readings), eager=True).cast(pl.Datetime("us", "UTC")),
        "source": [""] * len(readings),
    }
    wrong = _beyond(readings, values)
    for name, column in values.items():
        told[name] = pl.Series(column, nan_to_null=True)
        told[f"{name}_qc"] = np.where(wrong[name], int(Flag.WRONG), int(Flag.UNCHECKED)).astype(np.int8)
    return pl.DataFrame(told)


class Gathering:
    """Days out of files: those that lie wholly inside a file are given at once, those at its ends with the last file.

    Archives cut their files at the turn of the UTC year, in the midst of a climate day.
    """

    def __init__(self) -> None:
        self._ends: list[pl.DataFrame] = []

    def take(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Take the readings of one file (`frame`) and give its inner days, with the columns of `rolling.DAYS`."""
        day = rows.select(rolling.day_of()).to_series()
        ends = pl.DataFrame({"station": rows["station"], "day": day}).group_by("station").agg(
            pl.col("day").min().alias("first"), pl.col("day").max().alias("last")
        )  # fmt: skip
        placed = rows.with_columns(day=day).join(ends, on="station")
        inner = (pl.col("day") > pl.col("first")) & (pl.col("day") < pl.col("last"))
        self._ends.append(placed.filter(~inner).drop("day", "first", "last"))
        return days(placed.filter(inner).drop("day", "first", "last"))

    def finish(self) -> pl.DataFrame:
        """Give the days at the ends of all files."""
        ends, self._ends = self._ends, []
        return days(pl.concat(ends, how="diagonal")) if ends else pl.DataFrame(schema=rolling.DAYS)


def days(rows: pl.DataFrame) -> pl.DataFrame:
    """Roll readings up to climate days, with the columns of `rolling.DAYS`."""
    if rows.is_empty():
        return pl.DataFrame(schema=rolling.DAYS)
    single = resolve(rows)
    found = rolling.days(rolling.hours(single))
    return rolling.with_slow_rain(found, single) if AMOUNT in single.columns else found


def pieces(lines: Iterable[bytes], most: int = PIECE_BYTES) -> Iterator[bytes]:
    """Cut a long file of one report a line into pieces that can be decoded by themselves.

    Parameters
    ----------
    lines : Iterable of bytes
        Its lines, with their ends.
    most : int
        A piece is cut after the line with which it reaches so many bytes.

    Yields
    ------
    bytes
        Each with the heading, if there is one: a first line with columns between upright strokes. A file whose lines
        don't begin with a digit and have no such heading is given whole.
    """
    rest = iter(lines)
    first = next(rest, b"")
    heading = first if b"|" in first else b""
    cut = bool(heading) or first[:1].isdigit()
    held, size = [first], len(first)
    for line in rest:
        held.append(line)
        size += len(line)
        if cut and size >= most:
            yield b"".join(held)
            held, size = [heading] if heading else [], 0
    if size:
        yield b"".join(held)


def _with_rain(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    totals = [name for name in TOTALS if name in values]
    if not totals:
        return values
    nothing = np.full_like(values[totals[0]], np.nan)
    amount, period = values.get(AMOUNT, nothing).copy(), values.get(PERIOD, nothing).copy()
    for name in totals:
        lacking = np.isnan(amount) & np.isfinite(values[name])
        amount[lacking], period[lacking] = values[name][lacking], TOTALS[name]
    return values | {AMOUNT: amount, PERIOD: period}


def _beyond(readings: Sequence[Reading], values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    unknown = np.full(len(readings), np.nan)
    sheet = Sheet(
        station=np.array([one.station for one in readings], str),
        time=np.array([one.time.astimezone(dt.UTC).replace(tzinfo=None) for one in readings], "datetime64[s]"),
        lon=unknown,
        lat=unknown,
        alt=unknown,
        values=values,
    )
    found = limits.check(Case(sheet, History.none(len(sheet)), Context(), Rules()))
    nobody = np.zeros(len(readings), bool)
    return {name: found[name] == Verdict.FAIL if name in found else nobody for name in values}
