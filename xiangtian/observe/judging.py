"""The judge of the intake: what the checks need to know of each station, gathered and remembered.

It holds the window of recent readings (rebuilt from the lake at the start), the positions of the stations, and the rain
that radar saw near them; the checks themselves are in `qc/` and know nothing of this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import polars as pl

from xiangtian.core import clock
from xiangtian.core.elements import NAMES
from xiangtian.core.flags import MARK_SHIFT
from xiangtian.core.home import Home
from xiangtian.lake.journal import Kept
from xiangtian.lake.rollups import Rollups
from xiangtian.observe import queries
from xiangtian.observe.climatology import Memory
from xiangtian.observe.duties import Duties
from xiangtian.observe.nearby import Nearby
from xiangtian.observe.qc import run
from xiangtian.observe.qc.model import Context, Judged, Sheet
from xiangtian.observe.qc.rain_hour import AMOUNT
from xiangtian.observe.qc.rules import Rules
from xiangtian.observe.qc.window import Window
from xiangtian.observe.reading import Reading

REMEMBER = dt.timedelta(minutes=125)
HOUR = dt.timedelta(hours=1)
REMEMBER_HOURS = dt.timedelta(hours=9)
"""Of rain whole hours are remembered too: a blocked funnel shows over six of them."""


class Arrival(Protocol):
    """A reading and the message it came in."""

    @property
    def reading(self) -> Reading:
        """The reading."""

    @property
    def kept(self) -> Kept:
        """The message."""


class Judge:
    """Judges groups of readings of one time and remembers them for the next."""

    def __init__(self, home: Home, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._window = Window(int(REMEMBER.total_seconds() // 60))
        self._nearby = Nearby(home)
        self._duties = Duties()
        self._climate = Memory(home)
        self._places: dict[str, tuple[float, float, float]] = {}
        self._remember(home)

    def judge(self, group: Sequence[Arrival]) -> pl.DataFrame:
        """Judge readings of one time, each station at most once, and give the rows to store.

        Parameters
        ----------
        group : Sequence
            Readings with the messages they came in.

        Returns
        -------
        DataFrame
            `station`, `time`, `received`, `source`, and for each element its value, `_qc` and `_tests`.
        """
        sheet = self._sheet([one.reading for one in group])
        judged = self._run(sheet)
        self._window.push(sheet, judged)
        columns: dict[str, object] = {
            "station": [one.reading.station for one in group],
            "time": [one.reading.time for one in group],
            "received": [one.kept.received for one in group],
            "source": [one.kept.sha256 for one in group],
        }
        for name in judged.flags:
            columns[name] = pl.Series(sheet.of(name), nan_to_null=True)
            columns[f"{name}_qc"] = judged.flags[name]
            columns[f"{name}_tests"] = judged.tests[name]
        return pl.DataFrame(columns)

    def _run(self, sheet: Sheet) -> Judged:
        near = self._nearby.at(sheet.time[0].astype("datetime64[s]").astype(dt.datetime).replace(tzinfo=clock.UTC))
        seen = near.sample(sheet.lon, sheet.lat) if near else None
        low, high = self._climate.limits(sheet.station, sheet.time, list(sheet.values))
        context = Context(
            severe=seen.severe if seen else None,
            neighbours=self._window.neighbours_now(sheet),
            radar_mm=seen.last_mm if seen else None,
            radar_1h_mm=seen.hour_mm if seen else None,
            radar_6h_mm=seen.six_hours_mm if seen else None,
            due=self._duties.due(sheet),
            climate_low=low,
            climate_high=high,
        )
        return run(sheet, self._window.history(sheet), context, self._rules)

    def _sheet(self, readings: Sequence[Reading]) -> Sheet:
        self._find(readings)
        marked = set().union(*(one.marks for one in readings))
        told = marked.union(*(one.values for one in readings))
        names = [name for name in NAMES if name in told]
        lon, lat, alt = np.array([self._place(one) for one in readings]).T
        return Sheet(
            station=np.array([one.station for one in readings]),
            time=np.array([one.time.replace(tzinfo=None) for one in readings], "datetime64[s]"),
            lon=lon,
            lat=lat,
            alt=alt,
            values={name: np.array([one.values.get(name, np.nan) for one in readings], float) for name in names},
            marks={name: np.array([one.marks.get(name, 0) for one in readings], np.int8) for name in sorted(marked)},
        )

    def _find(self, readings: Sequence[Reading]) -> None:
        """Look the positions up, once for all, where a station is not known yet."""
        if any(one.station not in self._places for one in readings):
            moment = max(one.time for one in readings)
            self._places |= {site.code: (site.lon, site.lat, site.alt_m) for site in queries.sites(moment)}

    def _place(self, reading: Reading) -> tuple[float, float, float]:
        told = tuple(np.nan if part is None else part for part in (reading.lon, reading.lat, reading.alt_m))
        return self._places.setdefault(reading.station, (told[0], told[1], told[2]))

    def _remember(self, home: Home) -> None:
        now = clock.now()
        held = queries.readings(home).read(now - REMEMBER, now)
        for _, rows in held.sort("time").group_by("time", maintain_order=True):
            self._window.push(*_stored(rows, self._positions(rows["station"].to_list(), now)))
        hours = _whole(Rollups(home).hours(now - REMEMBER_HOURS, now - HOUR, elements=[AMOUNT]))
        ends = hours["time"].dt.replace_time_zone(None).to_numpy().astype("datetime64[s]")
        self._window.put_hours(hours["station"].to_list(), ends, hours["sum"].cast(pl.Float64).to_numpy())

    def _positions(self, stations: Sequence[str], now: dt.datetime) -> np.ndarray:
        if any(station not in self._places for station in stations):
            self._places |= {site.code: (site.lon, site.lat, site.alt_m) for site in queries.sites(now)}
        unknown = (np.nan, np.nan, np.nan)
        return np.array([self._places.get(station, unknown) for station in stations])


def _whole(hours: pl.DataFrame) -> pl.DataFrame:
    """Give the hours in which a station was heard about as often as it is used to."""
    return hours.filter(pl.col("n") >= 0.9 * pl.col("n").median().over("station"))


def _stored(rows: pl.DataFrame, places: np.ndarray) -> tuple[Sheet, Judged]:
    names = [name for name in NAMES if name in rows.columns and rows[name].is_not_null().any()]
    sheet = Sheet(
        station=rows["station"].to_numpy().astype(str),
        time=rows["time"].dt.replace_time_zone(None).to_numpy().astype("datetime64[s]"),
        lon=places[:, 0],
        lat=places[:, 1],
        alt=places[:, 2],
        values={name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names},
        marks={
            name: (rows[f"{name}_tests"].fill_null(0).to_numpy() >> MARK_SHIFT & 7).astype(np.int8) for name in names
        },
    )
    flags = {name: rows[f"{name}_qc"].fill_null(9).to_numpy().astype(np.int16) for name in names}
    tests = {name: rows[f"{name}_tests"].fill_null(0).to_numpy().astype(np.int32) for name in names}
    return sheet, Judged(flags, tests)
