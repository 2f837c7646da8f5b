"""A nation's minute: readings of 70 000 stations through the intake's judge and into the lake, minute after minute.

Run: python benchmarks/ingest.py [--stations 70000] [--minutes 10] [--json]. Nothing but the house is needed.
A batch is what the decoders give, one reading a station; what is timed is the way of the intake: `Judge.judge` (sheet,
neighbours, history, all checks, rows), `Observations.append` (once only, flushed) and `latest`. Hourly reports and then
reports every five minutes come before, and stations with tasks, a climatology and radar frames are in the
home, so that every check has what it asks for. Beside it, in tables, stand titanlib's buddy check of temperature alone
and a flushed insert of the same rows into SQLite.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402 (a script finds its neighbours only then)
import polars as pl  # noqa: E402

from benchmarks import peers  # noqa: E402
from benchmarks.network import START, Network  # noqa: E402
from xiangtian.core.flags import TESTS  # noqa: E402

BUDGET_S = 5.0
HISTORY_MIN = 120
HOURLY = range(-8, -1)
"""Rounds of hourly reports before that, for the check that looks back over six hours."""
SOURCE = "0" * 64


class Intake:
    """The judge and the lake of a fresh home, and what each stage of a batch takes."""

    def __init__(self, folder: Path, network: Network, minutes: int) -> None:
        os.environ["XIANGTIAN_HOME"] = str(folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiangtian.web.settings")
        import django  # noqa: PLC0415 (the home is named first)
        from django.core.management import call_command  # noqa: PLC0415

        django.setup()
        call_command("migrate", verbosity=0)
        from benchmarks import staged  # noqa: PLC0415
        from xiangtian.core.home import Home  # noqa: PLC0415
        from xiangtian.lake.journal import Kept  # noqa: PLC0415
        from xiangtian.lake.observations import Observations  # noqa: PLC0415
        from xiangtian.observe.intake import Arrived  # noqa: PLC0415
        from xiangtian.observe.judging import Judge  # noqa: PLC0415
        from xiangtian.observe.reading import Reading  # noqa: PLC0415

        home = Home(folder).prepare()
        staged.fill(home, network, minutes)
        self.judge, self.lake = Judge(home), Observations(home)
        self._kept, self._arrived, self._reading = Kept, Arrived, Reading

    def batch(self, sheet: Any) -> list[Any]:
        """Give the readings of a sheet as the decoders would, with the message they came in."""
        moment = sheet.time[0].astype(dt.datetime).replace(tzinfo=dt.UTC)
        kept = self._kept(SOURCE, "benchmark", "batch", moment, 1, 0)
        names = list(sheet.values)
        columns = zip(*(sheet.values[name].tolist() for name in names), strict=True)
        places = zip(sheet.station.tolist(), sheet.lon.tolist(), sheet.lat.tolist(), sheet.alt.tolist(), strict=True)
        return [
            self._arrived(self._reading(code, moment, dict(zip(names, row, strict=True)), {}, lon, lat, alt), kept)
            for (code, lon, lat, alt), row in zip(places, columns, strict=True)
        ]

    def take(self, arrived: list[Any]) -> dict[str, float]:
        """Take a batch in; give the seconds of each stage."""
        begun, processor = time.perf_counter(), time.process_time()
        frame = self.judge.judge(arrived)
        judged = time.perf_counter()
        self.lake.append(frame)
        appended = time.perf_counter()
        self.lake.latest()
        done = time.perf_counter()
        told = {"judge": judged - begun, "append": appended - judged, "latest": done - appended}
        return told | {"whole": done - begun, "cpu": time.process_time() - processor} | verdicts(frame)


def verdicts(frame: pl.DataFrame) -> dict[str, float]:
    """Count by test what each said of a batch: two bits that are not zero are a test that ran on a value."""
    packed = np.concatenate([frame[name].to_numpy() for name in frame.columns if name.endswith("_tests")])
    return {test: float(np.count_nonzero((packed >> (2 * place)) & 3)) for place, test in enumerate(TESTS)}


def run(stations: int, minutes: int, folder: Path) -> dict[str, Any]:
    """Warm up, take some minutes in, and give the figures."""
    hourly, before, network = (Network(stations, every) for every in (60, 5, 1))
    intake = Intake(folder, network, minutes)
    for rounds, number in [(hourly, number) for number in HOURLY] + [
        (before, number) for number in range(-HISTORY_MIN // 5 + 1, 0)
    ]:
        intake.take(intake.batch(rounds.report(number)))
    taken = [intake.take(intake.batch(network.report(minute))) for minute in range(minutes)]
    whole = np.array([one["whole"] for one in taken])
    stages = {name: round(float(np.median([one[name] for one in taken])), 4) for name in ("judge", "append", "latest")}
    return {
        "stations": stations,
        "minutes": minutes,
        "elements": len(network.report(0).values),
        "rows_per_s": round(stations * minutes / float(whole.sum())),
        "seconds_per_batch": round(float(np.median(whole)), 4),
        "processor_seconds_per_batch": round(float(np.median([one["cpu"] for one in taken])), 4),
        "p99_s": round(float(np.percentile(whole, 99)), 4),
        "budget_s": BUDGET_S,
        "within_budget": bool(np.percentile(whole, 99) <= BUDGET_S),
        "stages_s": stages,
        "verdicts_per_batch": {test: round(float(np.median([one[test] for one in taken]))) for test in TESTS},
    }


def beside(stations: int, folder: Path) -> dict[str, float]:
    """Time titanlib's buddy check of one element, and a flushed insert of the same rows into SQLite."""
    sheet = Network(stations, 1).report(0)
    names = list(sheet.values)
    base = sqlite3.connect(folder / "peer.sqlite3")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute(f"CREATE TABLE o (station TEXT, time TEXT, {', '.join(names)}, PRIMARY KEY (station, time))")
    rows = zip(
        sheet.station.tolist(), [str(START)] * stations, *(sheet.of(name).tolist() for name in names), strict=True
    )
    begun = time.perf_counter()
    base.executemany(f"INSERT INTO o VALUES ({', '.join('?' * (len(names) + 2))})", rows)
    base.commit()
    inserted = time.perf_counter() - begun
    base.close()
    return {"titanlib_buddy_s": round(peers.buddy_seconds(sheet), 3), "sqlite_insert_s": round(inserted, 3)}


def show(told: dict[str, Any], other: dict[str, float]) -> None:
    """Print the figures."""
    print(f"{told['stations']} stations x {told['elements']} elements, {told['minutes']} minutes, all checks on")
    stages = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in told["stages_s"].items())
    print(
        f"  a minute's batch  median {told['seconds_per_batch']:.2f} s, p99 {told['p99_s']:.2f} s (budget {BUDGET_S:g})"
    )
    print(f"  its stages        {stages}  (processor time {told['processor_seconds_per_batch']:.2f} s)")
    print(f"  rows/s            {told['rows_per_s']}   verdicts a batch {sum(told['verdicts_per_batch'].values())}")
    print(f"  beside it         titanlib buddy check of temperature {other['titanlib_buddy_s']:.2f} s")
    print(f"                    SQLite, flushed insert {other['sqlite_insert_s']:.2f} s")


def main() -> int:
    """Run it in a home of its own, which is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=70_000)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print one JSON object, without the peers")
    asked = parser.parse_args()
    if asked.stations < 1 or asked.minutes < 1:
        parser.error(f"{asked.stations} stations, {asked.minutes} minutes: both must be 1 or more")
    with tempfile.TemporaryDirectory(prefix="xiangtian-bench-") as folder:
        told = run(asked.stations, asked.minutes, Path(folder))
        if asked.json:
            print(json.dumps(told, indent=1))
        else:
            show(told, beside(asked.stations, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
