"""Makes a home with a small network: two days of readings, gaps, doubts, earlier years, messages in the journal.

Run as a program of its own, with the home as its only argument; prints the log-ins as JSON.
"""

import datetime as dt
import json
import math
import sys
from pathlib import Path

from xiangtian.cli import boot

NOW = dt.datetime(2026, 7, 1, 4, 0, tzinfo=dt.UTC)
STATIONS = 24
STEP = dt.timedelta(minutes=5)
STEPS = 2 * 24 * 12


def readings():
    """Two days each five minutes: M1002 silent since an hour ago, M1003 with one report of three missing."""
    import polars as pl

    from xiangtian.core.flags import Verdict, pack

    doubt = pack({"limits": Verdict.PASS, "step": Verdict.SUSPECT})
    rows = []
    for number in range(STATIONS):
        for step in range(STEPS):
            if (number == 2 and step >= STEPS - 12) or (number == 3 and step % 3 == 0):
                continue
            time = NOW - STEP * (STEPS - 1 - step)
            phase = 2 * math.pi * (step % 288) / 288
            odd = number == 1 and step % 97 == 5
            rows.append({
                "station": f"M{1000 + number}", "time": time, "received": time + dt.timedelta(seconds=20),
                "source": "0" * 64,
                "air_temperature": round(28 + 4 * math.sin(phase) + number / 10, 1), "air_temperature_qc": int(odd),
                "air_temperature_tests": doubt if odd else pack({"limits": Verdict.PASS}),
                "dew_point_temperature": 22.0, "dew_point_temperature_qc": 0,
                "relative_humidity": round(70 - 15 * math.sin(phase)), "relative_humidity_qc": 0,
                "wind_speed": round(3 + 2 * math.cos(phase), 1), "wind_speed_qc": 0,
                "wind_from_direction": float(step * 7 % 360), "wind_from_direction_qc": 0,
                "precipitation_amount": 0.4 if step % 50 < 3 else 0.0, "precipitation_amount_qc": 0,
                "precipitation_period": 5.0, "precipitation_period_qc": 0,
            })  # fmt: skip
    return pl.DataFrame(rows)


def years():
    """Days of twelve years of one station, below the temperatures of now."""
    import polars as pl

    rows = [
        {"station": "M1001", "element": "air_temperature", "day": dt.date(year, 6, 1) + dt.timedelta(days=day),
         "n": 24, "n_good": 24, "mean": 20.0 + year % 7, "min": 16.0 + year % 5, "max": 26.0 + year % 6,
         "source": "ISD"}
        for year in range(2010, 2022)
        for day in range(45)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def messages(home) -> None:
    """An hour of messages over MQTT up to now, and files that stopped coming forty minutes ago."""
    from xiangtian.lake import raw

    def one(door: str, minutes: int) -> raw.Incoming:
        time = NOW - dt.timedelta(minutes=minutes)
        body = json.dumps({"station": "M1000", "time": time.isoformat(), "elements": {"air_temperature": 28.0}})
        return raw.Incoming(f"{body}{' ' * len(door)}".encode(), door, f"{door}/{minutes}", time)

    raw.keep(home, [one("mqtt", minutes) for minutes in range(100, 0, -1)])
    raw.keep(home, [one("folder", minutes) for minutes in range(100, 40, -1)])


def main(folder: Path) -> None:
    home = boot.start(folder)
    from xiangtian.core import clock
    from xiangtian.core.stations import Station
    from xiangtian.drill import people
    from xiangtian.lake.rollups import Rollups
    from xiangtian.observe import actions, queries

    clock.set_scenario(home.clock, NOW, 0, {"storm": "stations"})
    log_ins = {one.username: one.password for one in people.register(home, NOW)}
    place = {"en": "", "kind": "区域站", "alt_m": 5.0, "national": False, "source": "invented for a browser test"}
    known = [
        Station(id=f"M{1000 + n}", zh=f"测{n}", lon=120.4 + n / 50, lat=31.1 + n / 60, district="320506", **place)
        for n in range(STATIONS)
    ]
    actions.register_stations(known, tasks_from=NOW - dt.timedelta(days=30))
    queries.readings(home).append(readings())
    rollups = Rollups(home)
    rollups.import_days(years(), NOW)
    rollups.refresh(NOW)
    messages(home)
    sys.stdout.write(json.dumps({"log_ins": log_ins, "proposal": 0}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
