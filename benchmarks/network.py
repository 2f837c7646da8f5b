"""A made-up network: smooth fields with instrument noise, about 11 km between stations, a few planted faults."""

from __future__ import annotations

import numpy as np

from xiangtian.met import humidity
from xiangtian.observe import qc

START = np.datetime64("2026-07-01T00:00:00", "s")
SPACING_KM = 11.0


class Network:
    """Stations and their reports, one every `every_min` minutes.

    Parameters
    ----------
    count : int
        Stations.
    every_min : int
        Minutes between reports.
    seed : int
        Of the noise.
    """

    def __init__(self, count: int, every_min: int = 5, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.every_min = every_min
        side = np.sqrt(count) * SPACING_KM / 111.2
        self.lat = 28.0 + self.rng.random(count) * side * 0.9
        self.lon = 105.0 + self.rng.random(count) * side
        self.alt = 50 + 40 * np.sin(self.lon * 3) + self.rng.random(count) * 20
        self.station = np.array([f"M{number:05d}" for number in range(count)])

    def report(self, number: int) -> qc.Sheet:
        """Give one round of reports, with one temperature spike and one tenfold rain in a thousand.

        Parameters
        ----------
        number : int
            Of the round; round 0 is at `START`, negative ones are before it.
        """
        count, noise = len(self.station), self.rng.normal
        wave = np.sin(self.lat * 1.7 + number * self.every_min / 200) * np.cos(self.lon * 1.3)
        true = 24 + 4 * wave - 0.0065 * self.alt
        temperature, moist = true + noise(0, 0.1, count), np.clip(70 - 12 * wave + noise(0, 1, count), 5, 100)
        temperature += np.where(self.rng.random(count) < 1e-3, self.rng.uniform(3.0, 12.0, count), 0.0)
        wind = np.abs((5 + 2 * wave) * (1 + noise(0, 0.15, count)))
        rain = np.round(np.maximum(wave - 0.3, 0) * 0.4 * self.every_min * self.rng.lognormal(0, 0.1, count), 1)
        rain[self.rng.random(count) < 1e-3] *= 10.0
        values = {
            "air_temperature": temperature.round(1),
            "relative_humidity": moist.round(0),
            "dew_point_temperature": humidity.dew_point(true, moist).round(1),
            "vapor_pressure": humidity.vapor_pressure(true, moist).round(1),
            "surface_air_pressure": (1005 - self.alt * 0.12 + noise(0, 0.1, count)).round(1),
            "wind_speed": wind.round(1),
            "wind_speed_of_gust": (wind * 1.6).round(1),
            "wind_from_direction": ((180 + 30 * wave + noise(0, 12, count)) % 360).round(0),
            "precipitation_amount": rain,
            "precipitation_period": np.full(count, float(self.every_min)),
            "visibility_in_air": np.clip(12_000 - 4000 * wave, 200, 30_000).round(0),
            "surface_temperature": (true + 3).round(1),
        }
        when = np.full(count, START + np.timedelta64(60 * self.every_min * number, "s"))
        return qc.Sheet(self.station, when, self.lon, self.lat, self.alt, values)
