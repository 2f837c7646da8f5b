"""The lake: reading 300 stations x 1 min x 1 day, and the minute of 70 000 stations, beside peers in the same run.

Peers: the same Delta table scanned plainly (no latest file, nothing kept in memory), and an SQLite table with
the same rows, indexed by station and time. Budgets (p50, 2 cores): latest 5 ms, series of 24 h 30 ms, rain
sums over 5 windows 60 ms. Run: `python benchmarks/bench_lake.py` (about 40 s), `--full` for more repetitions.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from deltalake import write_deltalake

from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations

START = dt.datetime(2026, 6, 18, tzinfo=dt.UTC)
END = START + dt.timedelta(minutes=1439)
WINDOWS_H = (1, 3, 6, 12, 24)
ELEMENTS = {
    "air_temperature": (25, 3), "relative_humidity": (70, 9), "surface_air_pressure": (1005, 3), "wind_speed": (3, 1),
    "wind_from_direction": (180, 40), "wind_speed_of_gust": (5, 2), "dew_point_temperature": (18, 2),
}  # fmt: skip
BUDGET_MS = {"latest map": 5.0, "24 h series": 30.0, "rain sums, 5 windows": 60.0}


def minutes(stations: int, first: int, count: int, chance: np.random.Generator) -> pl.DataFrame:
    """Make the reports of some minutes: 8 elements to a tenth, good flags, one raw body a minute."""
    size = stations * count
    minute = np.repeat(np.arange(first, first + count), stations)
    at = pl.Series("time", minute * 60_000_000 + int(START.timestamp() * 1e6)).cast(pl.Datetime("us", "UTC"))
    named = np.array([f"S{number:05}" for number in range(stations)])
    columns: dict[str, object] = {"station": np.tile(named, count), "time": at}
    columns["received"] = at + dt.timedelta(seconds=20)
    for name, (middle, spread) in ELEMENTS.items():
        columns[name] = np.round(chance.normal(middle, spread, size), 1)
    columns["precipitation_amount"] = np.round(np.maximum(0, chance.normal(-0.2, 0.3, size)), 1)
    columns["precipitation_period"] = np.ones(size)
    frame = pl.DataFrame(columns)
    good = [pl.lit(0, pl.Int8).alias(f"{name}_qc") for name in (*ELEMENTS, "precipitation_amount")]
    passed = [pl.lit(0x1555, pl.Int32).alias(f"{name}_tests") for name in (*ELEMENTS, "precipitation_amount")]
    bodies = pl.Series("source", [f"{number:064x}" for number in range(first, first + count)])
    return frame.with_columns(*good, *passed, source=bodies.gather(np.repeat(np.arange(count), stations)))


def median_ms(work: Callable[[], object], times: int) -> float:
    """Give the median of several runs after one that is not counted."""
    work()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def plain_questions(table: Path) -> dict[str, Callable[[], object]]:
    """Ask the Delta table as a plain reader would."""
    rain, flag = pl.col("precipitation_amount"), pl.col("precipitation_amount_qc")
    good = ~flag.is_in([1, 2])
    ends = pl.col("time")

    def latest() -> object:
        near = pl.scan_delta(table).filter(ends >= END - dt.timedelta(hours=1))
        return near.sort("time", "received").unique("station", keep="last").collect()

    def series() -> object:
        wanted = (
            pl.scan_delta(table).filter(pl.col("station") == "S00042").select("time", "received", "air_temperature")
        )
        return wanted.sort("time", "received").unique("time", keep="last").collect()

    def sums() -> object:
        once = pl.scan_delta(table).select("station", "time", "received", rain, flag)
        once = once.sort("received").unique(["station", "time"], keep="last")
        each = [rain.filter(good & (ends > END - dt.timedelta(hours=w))).sum().alias(f"sum_{w}") for w in WINDOWS_H]
        return once.group_by("station").agg(each).collect()

    return dict(zip(BUDGET_MS, (latest, series, sums), strict=True))


def sqlite_questions(base: sqlite3.Connection) -> dict[str, Callable[[], object]]:
    """Ask the SQLite table."""
    end = int(END.timestamp())
    latest = (
        "select o.* from (select station s, max(time) t from obs group by station) join obs o on station=s and time=t"
    )
    series = "select time, air_temperature from obs where station='S00042' order by time"
    each = ", ".join(f"sum(case when time > {end - w * 3600} then precipitation_amount end)" for w in WINDOWS_H)
    sums = f"select station, {each} from obs where precipitation_amount_qc not in (1,2) group by station"
    return {
        name: (lambda asked=asked: base.execute(asked).fetchall())
        for name, asked in zip(BUDGET_MS, (latest, series, sums), strict=True)
    }


def sqlite_table(path: Path, stations: int) -> sqlite3.Connection:
    """Make the peer's table."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("pragma journal_mode=wal")
    base.execute("pragma synchronous=full")
    names = [
        column for column in minutes(1, 0, 1, np.random.default_rng(0)).columns if column not in ("station", "time")
    ]
    base.execute(f"create table obs (station, time, {', '.join(names)}, primary key (station, time, received))")
    return base


def sqlite_append(base: sqlite3.Connection, frame: pl.DataFrame) -> None:
    """Put rows into the peer's table in one flushed transaction."""
    plain = frame.with_columns(pl.col("time", "received").dt.epoch("s"))
    base.execute("begin")
    base.executemany(f"insert or ignore into obs values ({','.join('?' * len(plain.columns))})", plain.iter_rows())
    base.execute("commit")


def bench_reading(folder: Path, times: int) -> None:
    """Fill a day of 300 stations (hourly batches, the last hour minute by minute) and ask the three questions."""
    chance = np.random.default_rng(20260618)
    lake = Observations(Home(folder / "reading").prepare())
    base = sqlite_table(folder / "reading.sqlite3", 300)
    for first, count in [(hour * 60, 60) for hour in range(23)] + [(minute, 1) for minute in range(1380, 1440)]:
        frame = minutes(300, first, count, chance)
        lake.append(frame, first + count)
        sqlite_append(base, frame)
    ours: dict[str, Callable[[], object]] = {
        "latest map": lambda: Observations(Home(folder / "reading")).latest(),
        "24 h series": lambda: lake.series("S00042", START, END, ["air_temperature"]),
        "rain sums, 5 windows": lambda: lake.sums(END, WINDOWS_H),
    }
    plain, rows = plain_questions(folder / "reading/lake/observations"), sqlite_questions(base)
    print("300 stations x 1 min x 1 day, median ms   lake  budget   plain Delta scan       SQLite")
    for name, budget in BUDGET_MS.items():
        spent = [median_ms(work, times) for work in (ours[name], plain[name], rows[name])]
        told = "".join(f"{peer:9.1f} ({peer / max(spent[0], 0.01):6.1f} x)" for peer in spent[1:])
        print(f"  {name:36} {spent[0]:8.2f} {budget:7.0f} {told}{'' if spent[0] <= budget else '  OVER BUDGET'}")
    now = END - dt.timedelta(hours=2)
    print(f"  {'latest map as of 2 h ago':36} {median_ms(lambda: lake.latest(as_of=now), times):8.2f}")
    fresh = Observations(Home(folder / "reading"))
    begun = time.perf_counter()
    fresh.sums(END, WINDOWS_H)
    print(f"  {'rain sums, first question of a process':36} {(time.perf_counter() - begun) * 1000:8.2f}")


def bench_appending(folder: Path, times: int) -> None:
    """Append minutes of 70 000 stations, flushed, beside an unflushed plain Delta append and SQLite."""
    chance = np.random.default_rng(7)
    frames = [minutes(70_000, minute, 1, chance) for minute in range(times + 1)]
    lake = Observations(Home(folder / "appending").prepare())
    base = sqlite_table(folder / "appending.sqlite3", 70_000)
    works: dict[str, Callable[[pl.DataFrame], object]] = {
        "lake (once only, flushed, latest)": lake.append,
        "plain Delta append (not flushed)": lambda frame: write_deltalake(folder / "plain", frame, mode="append"),
        "SQLite (flushed)": lambda frame: sqlite_append(base, frame),
    }
    spent = {}
    for name, work in works.items():
        left = iter(frames)
        spent[name] = median_ms(lambda work=work, left=left: work(next(left)), times)
    ours = next(iter(spent.values()))
    print("one minute of 70 000 stations, 8 elements, median ms")
    for name, ms in spent.items():
        print(f"  {name:36} {ms:8.0f} ({ms / ours:4.2f} x)")
    again = median_ms(lambda: lake.append(frames[-1]), 3)
    print(f"  {'lake, the same minute once more':36} {again:8.0f} (nothing stored)")


def main(full: bool = False) -> None:
    """Run both; `full` repeats more often."""
    with tempfile.TemporaryDirectory(prefix="bench-lake-") as folder:
        bench_reading(Path(folder), 101 if full else 21)
        bench_appending(Path(folder), 20 if full else 5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="more repetitions")
    main(parser.parse_args().full)
