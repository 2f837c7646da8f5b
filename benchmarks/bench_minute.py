"""A nation's minute: 70 000 stations from decoded rows through the checks into the lake, beside titanlib and SQLite.

The peer does the least that would do: titanlib's buddy check of the temperature alone, and a flushed insert of the
same rows into SQLite.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import titanlib

from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations
from xiangtian.observe import qc

STATIONS = 70_000
MINUTES = 3
BUDGET_S = 5.0
NAMES = ("air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "precipitation_amount")


def sheet(rng: np.random.Generator, minute: int) -> qc.Sheet:
    """Make one minute: smooth fields over China-like bounds, with instrument noise."""
    place = np.random.default_rng(1)
    lon, lat = place.uniform(100, 120, STATIONS), place.uniform(22, 42, STATIONS)
    alt = 200 + 100 * np.sin(lon)
    values = {
        "air_temperature": 25 - 0.6 * (lat - 30) - 0.0065 * alt + rng.normal(0, 0.3, STATIONS),
        "relative_humidity": np.clip(65 + 10 * np.sin(lon / 3) + rng.normal(0, 2, STATIONS), 5, 100),
        "surface_air_pressure": 1013 * np.exp(-alt / 8400) + rng.normal(0, 0.2, STATIONS),
        "wind_speed": np.abs(3 + rng.normal(0, 0.8, STATIONS)),
        "precipitation_amount": np.round(np.maximum(0, np.sin(lon) * np.cos(lat) - 0.7), 1),
    }
    start = np.datetime64("2026-07-01T00:00:00", "s") + np.timedelta64(minute * 60, "s")
    name = np.array([f"N{number:05d}" for number in range(STATIONS)])
    return qc.Sheet(name, np.full(STATIONS, start), lon, lat, alt, values)


def frame(rows: qc.Sheet, judged: qc.Judged) -> pl.DataFrame:
    """Give the rows as the lake takes them."""
    moment = rows.time[0].astype(dt.datetime).replace(tzinfo=dt.UTC)
    columns: dict[str, object] = {"station": rows.station.tolist(), "source": ["0" * 64] * len(rows)}
    for name in NAMES:
        columns |= {name: rows.values[name], f"{name}_qc": judged.flags[name], f"{name}_tests": judged.tests[name]}
    return pl.DataFrame(columns).with_columns(time=pl.lit(moment), received=pl.lit(moment))


def ours(folder: Path) -> list[dict[str, float]]:
    """Take some minutes in; give the seconds of each part."""
    home = Home(folder)
    lake, window, rng = Observations(home), qc.Window(), np.random.default_rng(2)
    taken = []
    for minute in range(MINUTES + 1):
        rows = sheet(rng, minute)
        begun = time.perf_counter()
        judged = qc.judge(window, rows)
        after_qc = time.perf_counter()
        lake.append(frame(rows, judged))
        appended = time.perf_counter()
        lake.latest()
        done = time.perf_counter()
        taken.append({"qc": after_qc - begun, "append": appended - after_qc, "latest": done - appended})
    return taken[1:]


def peer(folder: Path) -> dict[str, float]:
    """Buddy check of one element and a flushed insert of the same rows."""
    rows = sheet(np.random.default_rng(3), 0)
    part = slice(0, STATIONS)
    points = titanlib.Points(rows.lat[part], rows.lon[part], rows.alt[part])
    begun = time.perf_counter()
    titanlib.buddy_check(points, rows.values["air_temperature"][part], [30000], [5], 3, 100, 0, 1, 2)
    checked = time.perf_counter()
    base = sqlite3.connect(folder / "peer.sqlite3")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute(f"CREATE TABLE o (station TEXT, time TEXT, {', '.join(NAMES)}, PRIMARY KEY (station, time))")
    told = zip(rows.station.tolist(), ["2026"] * STATIONS, *(rows.values[n].tolist() for n in NAMES), strict=True)
    base.executemany("INSERT INTO o VALUES (?,?,?,?,?,?,?)", told)
    base.commit()
    return {"qc": checked - begun, "append": time.perf_counter() - checked}


def main() -> None:
    """Print both, and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        taken, other = ours(Path(folder)), peer(Path(folder))
    median = {part: statistics.median(one[part] for one in taken) for part in taken[0]}
    whole = sum(median.values())
    print(f"{STATIONS} stations x {len(NAMES)} elements, median of {MINUTES} minutes, the first left out")
    told = "  ".join(f"{part} {seconds:.2f} s" for part, seconds in median.items())
    print(f"  ours   all checks: {told}")
    print(f"         whole minute    {whole:6.2f} s  (budget {BUDGET_S:g} s)")
    print(f"  peer   titanlib buddy check of temperature {other['qc']:.2f} s, SQLite insert {other['append']:.2f} s")
    ratio = {part: other[part] / median[part] for part in other}
    print(f"  ratio  peer QC / ours {ratio['qc']:.1f}, peer append / ours {ratio['append']:.1f}")


if __name__ == "__main__":
    main()
