"""History from elsewhere: archives of earlier years become climate days of the home's stations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from xiangtian.core import clock, ledger
from xiangtian.core.home import Home
from xiangtian.lake.rollups import Rollups
from xiangtian.observe.history import Gathering, frame
from xiangtian.observe.reading import Reading


@dataclass(frozen=True)
class ArchiveFile:
    """What one file of an archive held: its name, its format, its readings."""

    name: str
    format: str
    readings: Sequence[Reading]


@dataclass(frozen=True)
class Imported:
    """What an import did: readings taken, station-days with values, rows that are new, stations, and the span."""

    readings: int = 0
    days: int = 0
    new: int = 0
    stations: int = 0
    first: dt.date | None = None
    last: dt.date | None = None


def import_history(
    home: Home, actor: str, files: Iterable[ArchiveFile], station: str = "", source: str = ""
) -> Imported:
    """Take in the days of an archive; doing it again changes nothing, and the house's own days stay.

    Parameters
    ----------
    home : Home
        Where.
    actor : str
        Who does it, for the ledger.
    files : Iterable of ArchiveFile
        One after the other.
    station : str
        The station they are of; "": as they say themselves.
    source : str
        How the archive is called; "": by its format.

    Returns
    -------
    Imported
        Counts.
    """
    gathering, roll, now = Gathering(), Rollups(home), clock.now()
    taken, formats, names, parts = 0, list[str](), list[str](), list[pl.DataFrame]()
    new = 0
    for one in files:
        if one.readings:
            part = _named(gathering.take(frame(one.readings, station)), source or one.format)
            new += roll.import_days(part, now)
            parts.append(part.select("station", "day", "element"))
            taken, formats, names = taken + len(one.readings), [*formats, one.format], [*names, one.name]
    ends = _named(gathering.finish(), source or (formats[-1] if formats else ""))
    new += roll.import_days(ends, now)
    done = _counted(taken, new, pl.concat([*parts, ends.select("station", "day", "element")]))
    if new:
        told = {"files": names[:50], "readings": taken, "new": new, "days": done.days, "stations": done.stations}
        ledger.write(actor, "observe.history", source or ",".join(sorted(set(formats))), told)
    return done


def _named(days: pl.DataFrame, source: str) -> pl.DataFrame:
    return days.with_columns(source=pl.lit(source, pl.String))


def _counted(readings: int, new: int, told: pl.DataFrame) -> Imported:
    days = told.select("station", "day").unique()
    first, last = days["day"].min(), days["day"].max()
    return Imported(readings, days.height, new, days["station"].n_unique(), first, last)  # type: ignore[arg-type]
