"""The only clock of the house.

UTC inside, Beijing time on the screen. A home may hold a scenario clock (a drill), which then is the
time of every process that works on this home: rooms ask :func:`now`, never the operating system.
Elapsed real time, for measuring how long work takes, is :func:`wall`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

UTC = dt.UTC
BEIJING = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
CLIMATE_DAY_END_HOUR = 20
"""The climate day of Chinese surface observation ends at 20:00 Beijing time (12:00 UTC)."""


@dataclass(frozen=True)
class Scenario:
    """A scenario clock: at real time `origin_wall` it shows `origin`, and runs `rate` times as fast as real time.

    Rate 0 is a clock that stands until somebody sets it (a drill that runs as fast as it can). `notes` say what is
    played ("storm", "rain_factor"), for pages and messages.
    """

    origin: dt.datetime
    origin_wall: float
    rate: float
    notes: Mapping[str, str] = field(default_factory=dict)

    def at(self, wall_s: float) -> dt.datetime:
        """Give the scenario's time (UTC) at a moment of real time (seconds since 1970)."""
        return self.origin + dt.timedelta(seconds=(wall_s - self.origin_wall) * self.rate)


class _Bound:
    """The scenario file this process follows, and what was last read from it."""

    path: Path | None = None
    stamp: tuple[int, int] | None = None
    scenario: Scenario | None = None


def bind(path: Path | None) -> None:
    """Follow the scenario clock in `path` (it may appear, change and vanish later); None: follow real time."""
    _Bound.path, _Bound.stamp, _Bound.scenario = path, None, None


def set_scenario(path: Path, time_utc: dt.datetime, rate: float, notes: Mapping[str, str] | None = None) -> Scenario:
    """Write a scenario clock into `path`, whole or not at all, and return it.

    Raises
    ------
    ValueError
        If `time_utc` has no time zone, or `rate` is negative.
    """
    if time_utc.tzinfo is None:
        raise ValueError(f"a clock needs a time with a zone, found {time_utc.isoformat()}; use clock.UTC")
    if rate < 0:
        raise ValueError(f"a clock can't run backwards: rate {rate}, allowed 0 or more")
    scenario = Scenario(time_utc.astimezone(UTC), wall(), rate, dict(notes or {}))
    told = {"origin": scenario.origin.isoformat(), "origin_wall": scenario.origin_wall, "rate": rate}
    text = json.dumps(told | {"notes": scenario.notes}, ensure_ascii=False)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    return scenario


def _scenario() -> Scenario | None:
    if _Bound.path is None:
        return None
    try:
        stat = _Bound.path.stat()
    except FileNotFoundError:
        _Bound.stamp = _Bound.scenario = None
        return None
    stamp = (stat.st_mtime_ns, stat.st_ino)
    if stamp != _Bound.stamp:
        read = json.loads(_Bound.path.read_text(encoding="utf-8"))
        origin = dt.datetime.fromisoformat(read["origin"])
        _Bound.scenario = Scenario(origin, read["origin_wall"], read["rate"], read["notes"])
        _Bound.stamp = stamp
    return _Bound.scenario


def scenario() -> Scenario | None:
    """Give the scenario clock in force, or None where real time rules."""
    return _scenario()


def now() -> dt.datetime:
    """Give the present moment, UTC, as this home sees it."""
    running = _scenario()
    return running.at(wall()) if running else dt.datetime.fromtimestamp(wall(), UTC)


def wall() -> float:
    """Give real time in seconds since 1970, for leases, time-outs and measuring; never for what happened when."""
    return time.time()


def climate_day(moment: dt.datetime) -> dt.date:
    """Give the climate day a moment belongs to: it runs from 20:00 (excluded) to 20:00 Beijing time (included).

    >>> climate_day(dt.datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    datetime.date(2026, 7, 1)
    >>> climate_day(dt.datetime(2026, 7, 1, 12, 1, tzinfo=UTC))
    datetime.date(2026, 7, 2)
    """
    local = moment.astimezone(BEIJING)
    ends = dt.datetime.combine(local.date(), dt.time(CLIMATE_DAY_END_HOUR), BEIJING)
    return local.date() if local <= ends else local.date() + dt.timedelta(days=1)


def status() -> str:
    """Give the CAP status of what this home issues now: "Exercise" while a scenario clock rules, else "Actual"."""
    return "Exercise" if _scenario() else "Actual"


def administrative_day(moment: dt.datetime) -> dt.date:
    """Give the administrative (and air-quality) day: the calendar date in Beijing.

    >>> administrative_day(dt.datetime(2026, 7, 1, 16, 0, tzinfo=UTC))
    datetime.date(2026, 7, 2)
    """
    return moment.astimezone(BEIJING).date()


def beijing(moment: dt.datetime) -> str:
    """Write a moment as people here read it.

    >>> beijing(dt.datetime(2026, 7, 1, 16, 5, tzinfo=UTC))
    '2026-07-02 00:05'
    """
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
