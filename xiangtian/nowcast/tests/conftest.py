"""Synthetic rain whose motion is known because it was made so."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from xiangtian.met.grid import Grid

MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


def smooth_rain(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give rain at any place: forty round showers of 10 to 25 km on a plane of 600 x 600 cells, mm/h."""
    chance = np.random.default_rng(58349)
    total = np.zeros(np.broadcast(y, x).shape)
    for _ in range(40):
        at, width, peak = chance.uniform(-100, 500, 2), chance.uniform(5, 12), chance.uniform(2, 40)
        total += peak * np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / (2 * width**2))
    return np.where(total >= 0.1, total, 0).astype(np.float32)


@pytest.fixture(scope="session")
def moving_rain():
    """Make frames of showers that move by (east, south) cells a step: the field is computed, not interpolated."""

    def make(east: float, south: float, count: int = 3, shape: tuple[int, int] = (400, 400)) -> np.ndarray:
        y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
        return np.stack([smooth_rain(y - k * south, x - k * east) for k in range(count)])

    return make


@pytest.fixture(scope="session")
def speckled():
    """Give a field of fine-grained rain, (120, 160), mean about 2 mm/h."""
    noise = gaussian_filter(np.random.default_rng(7).normal(size=(120, 160)), 3)
    return np.maximum(noise / noise.std() * 3, 0).astype(np.float32)


@pytest.fixture
def store(home):
    """Store a frame of 128 x 128 km over the city: a shower that moves 4 km east in 5 minutes."""

    from xiangtian.core import facts
    from xiangtian.core.places import city
    from xiangtian.lake import grids

    def keep(minutes: float, interval_s: int = 300, cell_m: float = 2000) -> grids.GridRef:
        lon, lat = city().centroid
        crs = f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m"
        cells = round(128_000 / cell_m)
        grid = Grid(crs, -64_000 + cell_m / 2, 64_000 - cell_m / 2, cell_m, cell_m, cells, cells)
        y, x = np.mgrid[:cells, :cells] * cell_m / 1000
        rate = (30 * np.exp(-((x - 50 - 0.8 * minutes) ** 2 + (y - 64) ** 2) / 200)).astype(np.float32)
        rate += (5 * np.exp(-((x - 80 - 0.8 * minutes) ** 2 + (y - 30) ** 2) / 90)).astype(np.float32)
        time = MOMENT + dt.timedelta(minutes=minutes)
        attrs = {"interval_s": interval_s, "source": "test", "notes": {"rain_factor": "8"}, "received_wall": 1.0}
        arrays = {"rate": rate, "quality": np.ones_like(rate)}
        run = grids.write(home, "radar", time, arrays, asdict(grid), attrs, time)
        facts.tell("radar.written", run.path, {"time": time.isoformat(), "wall": 1.0})
        return run

    return keep
