"""A month of the network assessed: 300 stations, one report a minute, 31 days; cold, and again from what was kept.

The peer does the least that would do: Polars counts the rows and the values of each station, without deadlines,
corrections, exemptions, owners or elements that are due at other times.
"""

# ruff: noqa: PLC0415 (the rooms may be imported only once the home is named)

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

STATIONS, DAYS = 300, 31
FIRST = dt.date(2026, 7, 1)
NAMES = (
    "air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "wind_from_direction",
    "precipitation_amount",
)  # fmt: skip
BUDGET_S = 30.0


def rows(day: int) -> pl.DataFrame:
    """Make a UTC day of the network: 0.5 % of the reports lost, 1 % late, 0.2 % of the values missing, 0.1 % wrong."""
    rng = np.random.default_rng(day)
    start = dt.datetime.combine(FIRST, dt.time(), dt.UTC) + dt.timedelta(days=day - 1)
    grid = pl.DataFrame({"station": [f"M{number:04d}" for number in range(STATIONS)]}).join(
        pl.DataFrame({"time": [start + dt.timedelta(minutes=minute) for minute in range(1440)]}), how="cross"
    )
    delay = np.where(rng.random(grid.height) < 0.01, 900.0, 20.0)
    told = grid.with_columns(
        received=pl.col("time") + pl.Series(delay * 1e6).cast(pl.Duration("us")),
        source=pl.lit("0" * 64),
    )
    for name in NAMES:
        missing, wrong = rng.random(grid.height) < 0.002, rng.random(grid.height) < 0.001
        values = np.where(missing, np.nan, np.round(rng.normal(20, 5, grid.height), 1))
        flags = np.where(missing, 8, np.where(wrong, 2, 0))
        told = told.with_columns(
            pl.Series(name, values, nan_to_null=True), pl.Series(f"{name}_qc", flags).cast(pl.Int8)
        )
    return told.filter(pl.Series(rng.random(grid.height) > 0.005))


def fill(home: object) -> float:
    """Store the month; give the seconds."""
    from xiangtian.lake.observations import Observations

    lake, begun = Observations(home), time.perf_counter()  # type: ignore[arg-type]
    for day in range(DAYS + 1):
        lake.append(rows(day))
    return time.perf_counter() - begun


def assess(home: object) -> float:
    """Count every climate day of the month, as the month's page does; give the seconds."""
    from xiangtian.observe.assess.month import rows as month_rows
    from xiangtian.observe.assess.owners import Roster, Turn
    from xiangtian.observe.assess.rulebook import shipped
    from xiangtian.observe.metadata.tasks import Task
    from xiangtian.observe.queries.assess_days import Basis, day_counts

    since = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    stations = [f"M{number:04d}" for number in range(STATIONS)]
    tasks = tuple(Task(code, name, 1, 0, since, None, "regional") for code in stations for name in NAMES)
    watches = [since.replace(year=2026, month=6, day=30) + dt.timedelta(hours=8 * number) for number in range(100)]
    turns = [
        Turn(1 + place % 4, "district", "320506", "responsible", at, at + dt.timedelta(hours=8))
        for place, at in enumerate(watches)
    ]
    (rules,) = shipped()
    basis = Basis(rules, tasks, (), Roster(turns), dict.fromkeys(stations, "320506"))
    until = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    begun = time.perf_counter()
    days = [day_counts(home, FIRST + dt.timedelta(days=day), basis, until) for day in range(DAYS)]  # type: ignore[arg-type]
    for group in ("all", "network", "district", "station", "element", "person"):
        month_rows(days, group, str)
    return time.perf_counter() - begun


def peer(home: object) -> float:
    """Count rows and values by station with Polars alone; give the seconds."""
    files = sorted((home.lake / "observations").rglob("*.parquet"))  # type: ignore[attr-defined]
    begun = time.perf_counter()
    pl.scan_parquet(files).group_by("station").agg(pl.len(), pl.col(*NAMES).count()).collect()
    return time.perf_counter() - begun


def main() -> int:
    """Run it; give 1 if the budget is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XIANGTIAN_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiangtian.web.settings")
        import django

        django.setup()
        from xiangtian.core.home import Home

        home = Home(Path(folder)).prepare()
        stored, cold, warm, beside = fill(home), assess(home), assess(home), peer(home)
    print(f"{STATIONS} stations x 1 min x {DAYS} days: stored in {stored:.1f} s")
    print(f"assessed cold in {cold:.1f} s, again in {warm:.2f} s; Polars counting alone {beside:.2f} s")
    print(f"budget {BUDGET_S:g} s: {'kept' if cold <= BUDGET_S else 'MISSED'}")
    return int(cold > BUDGET_S)


if __name__ == "__main__":
    sys.exit(main())
