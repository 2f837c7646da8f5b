"""Instruments: the truth of a storm, read by a network of stations and told in their messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.stations import Station
from xiangtian.drill import gauges
from xiangtian.drill.air import PLUM_RAIN, Air, State, Weather
from xiangtian.met import humidity
from xiangtian.met.grid import RainFrame

FloatArray = npt.NDArray[np.float64]
Message = dict[str, Any]
"""A station message: `station`, `time`, `elements` (CF names, units of the catalogue), `position`, `seq`."""

COLD_POOL_M = 8_000.0
"""Standard deviation over which rain acts on the air."""
ONLY_NATIONAL = ("dew_point_temperature", "air_pressure_at_mean_sea_level", "visibility_in_air")
"""Elements that the regional stations don't report."""
CALM_M_S = 0.2
"""Below this the wind has no direction."""


@dataclass(frozen=True)
class Noise:
    """Standard deviations of the instruments: units of the elements, `turbulence` and `bias_share` as shares."""

    temperature_c: float = 0.12
    humidity_percent: float = 1.5
    pressure_hpa: float = 0.12
    wind_m_s: float = 0.15
    turbulence: float = 0.15
    direction_degree: float = 8.0
    bias_temperature_c: float = 0.15
    bias_pressure_hpa: float = 0.15


@dataclass(frozen=True)
class Round:
    """What all stations said at one moment, and what really fell on them.

    Attributes
    ----------
    time : datetime
        UTC, the end of the period reported on.
    period_s : float
        Length of that period, s.
    messages : tuple of Message
        One for each station, in their order.
    rain_mm : FloatArray
        (n,) the true rain of the period, mm, NaN where the truth is not known.
    """

    time: dt.datetime
    period_s: float
    messages: tuple[Message, ...]
    rain_mm: FloatArray


def rounds(
    frames: Iterable[RainFrame],
    stations: tuple[Station, ...],
    seed: int,
    weather: Weather = PLUM_RAIN,
    noise: Noise = Noise(),
) -> Iterator[Round]:
    """Let the stations report a storm, one round of messages a frame.

    Parameters
    ----------
    frames : iterable of RainFrame
        The true rain, rising in time.
    stations : tuple of Station
        The network.
    seed : int
        The same seed gives the same errors.
    weather : Weather
        The day around the storm.
    noise : Noise
        The errors of the instruments.

    Yields
    ------
    Round
        The messages of one moment; a station outside the measured area reports all but rain.

    Raises
    ------
    ValueError
        If the frames do not rise in time.
    """
    network = _Network(stations, seed, weather, noise)
    earlier: RainFrame | None = None
    for frame in frames:
        if earlier is not None and frame.time <= earlier.time:
            raise ValueError(
                f"the frame of {frame.time:%H:%M} comes after that of {earlier.time:%H:%M}: sort them by time"
            )
        yield network.report(earlier, frame)
        earlier = frame


class _Network:
    def __init__(self, stations: tuple[Station, ...], seed: int, weather: Weather, noise: Noise) -> None:
        self.stations = stations
        self.noise = noise
        self.rng = np.random.default_rng([seed, 0x1A])
        self.lon = np.array([one.lon for one in stations])
        self.lat = np.array([one.lat for one in stations])
        self.gauges = gauges.Gauges.of(len(stations), self.rng)
        self.air = Air(stations, weather)
        self.bias_c = self.rng.normal(0, noise.bias_temperature_c, len(stations))
        self.bias_hpa = self.rng.normal(0, noise.bias_pressure_hpa, len(stations))
        self.told = 0

    def report(self, earlier: RainFrame | None, frame: RainFrame) -> Round:
        rain_mm, period_s = gauges.fallen(earlier, frame, self.lon, self.lat)
        tipped_mm = self.gauges.catch_rain(rain_mm, period_s, self.rng)
        rate = gauges.around(frame, self.lon, self.lat, COLD_POOL_M)
        values = self.read(self.air.advance(frame.time, rate, period_s))
        values["precipitation_amount"] = tipped_mm
        values["precipitation_period"] = np.full(len(tipped_mm), period_s / 60)
        self.told += 1
        time = frame.time.astimezone(clock.UTC)
        messages = tuple(self.message(place, time, values) for place in range(len(self.stations)))
        return Round(time, period_s, messages, rain_mm)

    def read(self, true: State) -> dict[str, FloatArray]:
        """Read the air with the errors of the instruments; (n,) values by element."""
        temperature = true.temperature_c + self.bias_c + self.error(self.noise.temperature_c)
        wet = humidity.relative_humidity(true.temperature_c, true.dew_point_c) + self.error(self.noise.humidity_percent)
        wet = np.clip(wet, 5, 100)
        slip_hpa = self.bias_hpa + self.error(self.noise.pressure_hpa)
        speed = true.wind_m_s * (1 + self.error(self.noise.turbulence)) + self.error(self.noise.wind_m_s)
        wind = np.maximum(0.0, speed)
        gust = true.gust_m_s * (1 + self.error(self.noise.turbulence))
        blows = wind > CALM_M_S
        direction = np.rint(true.wind_from_degree + self.error(self.noise.direction_degree)) % 360
        return {
            "air_temperature": temperature,
            "dew_point_temperature": humidity.dew_point(temperature, wet),
            "relative_humidity": wet,
            "surface_air_pressure": true.station_hpa + slip_hpa,
            "air_pressure_at_mean_sea_level": true.sea_level_hpa + slip_hpa,
            "wind_speed": np.where(blows, wind, 0.0),
            "wind_from_direction": np.where(blows, np.where(direction == 0, 360.0, direction), 0.0),
            "wind_speed_of_gust": np.maximum(gust, wind),
            "visibility_in_air": true.visibility_m * (1 + self.error(self.noise.turbulence) / 2),
        }

    def error(self, deviation: float) -> FloatArray:
        return self.rng.normal(0.0, deviation, len(self.stations))

    def message(self, place: int, time: dt.datetime, values: Mapping[str, FloatArray]) -> Message:
        station = self.stations[place]
        elements = {
            name: round(float(row[place]), CATALOGUE[name].decimals)
            for name, row in values.items()
            if np.isfinite(row[place]) and (station.national or name not in ONLY_NATIONAL)
        }
        return {
            "station": station.id,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "elements": elements,
            "position": {"lon": station.lon, "lat": station.lat, "alt_m": station.alt_m},
            "seq": self.told,
        }
