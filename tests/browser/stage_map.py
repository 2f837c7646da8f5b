"""Makes a home with 300 stations and 26 hours of readings behind it, some of them doubted. Run as a program of its own.

The home is its only argument; prints the log-ins as JSON. The fields are invented: smooth, with a shower that crosses.
"""

import datetime as dt
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

from xiangtian.cli import boot

NOW = dt.datetime(2026, 7, 1, 6, 2, tzinfo=dt.UTC)
STATIONS, HOURS, EVERY_MIN = 300, 26, 5


def places() -> list[tuple[str, float, float, str]]:
    """Spread stations over the city; code, longitude, latitude, district."""
    from xiangtian.core.places import city

    rng, found = np.random.default_rng(7), []
    west, south, east, north = city().bounds
    while len(found) < STATIONS:
        lon, lat = round(rng.uniform(west, east), 4), round(rng.uniform(south, north), 4)
        district = city().at(lon, lat)
        if district:
            found.append((f"M{len(found) + 1:04d}", lon, lat, district))
    return found


def minute(time: dt.datetime, lon: np.ndarray, lat: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """Make one report of every station."""
    hours = (time - NOW).total_seconds() / 3600
    count = len(lon)
    warm = 29 + 4 * np.sin((hours - 2) / 24 * 2 * np.pi) - 1.5 * (lat - 31.3) + 0.8 * np.sin(5 * lon)
    shower = np.exp(-(((lon - 120.7 - 0.35 * hours) / 0.18) ** 2) - ((lat - 31.3) / 0.3) ** 2)
    rain = np.where(shower > 0.05, np.round(2.5 * shower, 1), 0.0)
    values = {
        "air_temperature": warm - 4 * shower + rng.normal(0, 0.25, count),
        "relative_humidity": np.clip(70 + 25 * shower + rng.normal(0, 2, count), 20, 100),
        "surface_air_pressure": 1005 + 1.5 * (lat - 31.3) + rng.normal(0, 0.1, count),
        "wind_speed": np.abs(3 + 9 * shower + rng.normal(0, 0.6, count)),
        "wind_from_direction": (120 + 40 * np.sin(3 * lon) + rng.normal(0, 8, count)) % 360,
        "visibility_in_air": np.clip(18000 - 15000 * shower + rng.normal(0, 800, count), 200, 30000),
        "mass_concentration_of_pm2p5": np.clip(48 + 40 * np.sin(4 * lat) + rng.normal(0, 4, count), 1, 300),
        "precipitation_amount": rain,
    }
    columns = {name: np.round(told, 1) for name, told in values.items()}
    flags = {f"{name}_qc": np.zeros(count, np.int8) for name in values}
    columns["air_temperature"][[5, 40]] += 11
    flags["air_temperature_qc"][[5, 40]] = 2
    flags["air_temperature_qc"][[17, 60, 90]] = 1
    frame = pl.DataFrame({**columns, **flags, "precipitation_period": np.full(count, float(EVERY_MIN))})
    received = time + dt.timedelta(seconds=40)
    return frame.with_columns(time=pl.lit(time), received=pl.lit(received), source=pl.lit("stage"))


def main(folder: Path) -> None:
    home = boot.start(folder)
    from xiangtian.core import clock
    from xiangtian.core.stations import Station
    from xiangtian.drill import people
    from xiangtian.lake.observations import Observations
    from xiangtian.observe import actions

    clock.set_scenario(home.clock, NOW, 0, {"storm": "browser"})
    found = places()
    stations = [
        Station(code, f"测站{code[1:]}", code, "区域站", lon, lat, 4.0, district, place < 7, "stage")
        for place, (code, lon, lat, district) in enumerate(found)
    ]
    actions.register_stations(stations)
    lon, lat = (np.array([one[place] for one in found]) for place in (1, 2))
    rng, lake = np.random.default_rng(3), Observations(home)
    times = [NOW - dt.timedelta(minutes=2 + EVERY_MIN * step) for step in range(HOURS * 60 // EVERY_MIN)]
    frames = [minute(time, lon, lat, rng).with_columns(station=pl.Series([one[0] for one in found])) for time in times]
    lake.append(pl.concat(frames).filter(pl.col("station") != "M0300"))
    log_ins = {one.username: one.password for one in people.register(home, NOW)}
    sys.stdout.write(json.dumps({"log_ins": log_ins, "proposal": 0, "at": "2026-07-01T05:00:00Z"}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
