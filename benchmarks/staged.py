"""What the intake's judge asks of a home: stations, observing tasks, a climatology and radar frames, all made up.

Django must be set up, and the home migrated, before this module is imported.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import numpy as np
import polars as pl

from benchmarks.network import START, Network
from xiangtian.core.home import Home
from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.observe.models import ObservingTask, Site, Station

SINCE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
TASKS = (
    "air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "wind_from_direction",
    "precipitation_amount",
)  # fmt: skip
NORMAL = {"air_temperature": (-10.0, 45.0), "dew_point_temperature": (-15.0, 35.0), "surface_air_pressure": (950, 1050)}
CHUNK = 5000
FRAME_MIN, FRAMES_BACK_MIN = 6, 480
CELL_M, CELLS = 4000.0, 800


def fill(home: Home, network: Network, minutes: int) -> None:
    """Register the stations, their sites and tasks; store a climatology of July, and radar frames for the time."""
    records(network)
    climatology(home, network)
    radar(home, network, minutes)


def records(network: Network) -> None:
    """Register stations with one site and six tasks each."""
    names = network.station.tolist()
    Station.objects.bulk_create([Station(code=name, zh=name, kind="benchmark") for name in names], CHUNK)
    known = dict(Station.objects.values_list("code", "id"))
    places = zip(names, network.lon.tolist(), network.lat.tolist(), network.alt.tolist(), strict=True)
    sites = [
        Site(station_id=known[name], lon=lon, lat=lat, alt_m=alt, valid_from=SINCE.date())
        for name, lon, lat, alt in places
    ]
    Site.objects.bulk_create(sites, CHUNK)
    tasks = [
        ObservingTask(station_id=known[name], element=element, interval_min=1, network="regional", valid_from=SINCE)
        for name in names
        for element in TASKS
    ]
    ObservingTask.objects.bulk_create(tasks, CHUNK)


def climatology(home: Home, network: Network) -> None:
    """Store limits of July for three elements of every station, as the nightly job does."""
    count = len(network.station)
    parts = [
        pl.DataFrame(
            {
                "station": network.station.tolist(),
                "element": [element] * count,
                "month": [7] * count,
                "low": [float(low)] * count,
                "high": [float(high)] * count,
                "years": [30] * count,
            }
        )
        for element, (low, high) in NORMAL.items()
    ]
    pl.concat(parts).write_ipc(home.cache / "climatology.arrow")


def radar(home: Home, network: Network, minutes: int) -> None:
    """Store frames of the network's own rain, from eight hours before its first minute to its last."""
    half = CELL_M * (CELLS - 1) / 2
    middle = f"+lat_0={network.lat.mean():.3f} +lon_0={network.lon.mean():.3f}"
    grid = Grid(f"+proj=laea {middle} +datum=WGS84 +units=m", -half, half, CELL_M, CELL_M, CELLS, CELLS)
    column, row = np.meshgrid(np.arange(CELLS), np.arange(CELLS))
    lon, lat = grid.lonlat(row, column)
    start = START.astype(dt.datetime).replace(tzinfo=dt.UTC)
    for minute in range(-FRAMES_BACK_MIN, minutes + 1, FRAME_MIN):
        rate = np.maximum(np.sin(lat * 1.7 + minute / 200) * np.cos(lon * 1.3) - 0.3, 0) * 24.0
        time = start + dt.timedelta(minutes=minute)
        grids.write(home, "radar", time, {"rate": rate.astype(np.float32)}, asdict(grid), {}, time)
