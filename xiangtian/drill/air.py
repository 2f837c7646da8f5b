"""The air over the stations of a drill: a plausible day, and what rain does to it.

Simple relations that hang together rather than a model: rain cools the air towards its wet-bulb temperature, moistens
it, raises the pressure under the cold pool and sends gusts ahead.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.core import clock
from xiangtian.core.stations import Station
from xiangtian.met import humidity, pressure

FloatArray = npt.NDArray[np.float64]

OLD_TOWN = "320508"
WARM_TOWN_K = 0.8
LAPSE_K_PER_M = 0.0065
NORTHWARD_K_PER_DEG = -0.5
MOST_COOLING_K = 5.0
COOLS_IN_S = 1500.0
RECOVERS_IN_S = 5400.0
COLD_POOL_HPA_PER_K = 0.25
"""Rise of surface pressure by a cold pool about 700 m deep: g h p / (R T^2)
in hPa, with h = 700 m, p = 1000 hPa, T = 298 K."""
LEAST_SPREAD_K = 0.4


@dataclass(frozen=True)
class Weather:
    """The large-scale weather of the day, that of the plum rains unless stated otherwise.

    Attributes
    ----------
    temperature_c : float
        Mean air temperature, degC.
    diurnal_c : float
        Half the daily range of temperature, K; it is warmest at 14:30 Beijing time.
    dew_point_c : float
        Dew point, degC.
    sea_level_hpa : float
        Mean pressure at sea level, hPa.
    tide_hpa : float
        Amplitude of its half-day tide, hPa; it is highest at 10 and 22 h Beijing time.
    wind_m_s : float
        Mean wind at 10 m, m/s.
    wind_from_degree : float
        Direction it comes from, degrees from north.
    """

    temperature_c: float = 26.0
    diurnal_c: float = 2.5
    dew_point_c: float = 23.0
    sea_level_hpa: float = 1003.0
    tide_hpa: float = 1.0
    wind_m_s: float = 3.0
    wind_from_degree: float = 150.0


@dataclass(frozen=True)
class State:
    """The true air at the stations at one moment, each (n,): degC, degC, hPa, m/s, degrees, m/s, m."""

    temperature_c: FloatArray
    dew_point_c: FloatArray
    sea_level_hpa: FloatArray
    station_hpa: FloatArray
    wind_m_s: FloatArray
    wind_from_degree: FloatArray
    gust_m_s: FloatArray
    visibility_m: FloatArray


PLUM_RAIN = Weather()
"""The usual day of a drill."""


class Air:
    """The air over some stations, led from one moment to the next by the rain around them.

    Parameters
    ----------
    stations : tuple of Station
        Where it is asked for.
    weather : Weather
        The day.
    """

    def __init__(self, stations: tuple[Station, ...], weather: Weather) -> None:
        self.weather = weather
        self.alt_m = np.array([one.alt_m for one in stations])
        latitude = np.array([one.lat for one in stations])
        town = np.array([one.district == OLD_TOWN for one in stations])
        self.offset_k = NORTHWARD_K_PER_DEG * (latitude - 31.4) - LAPSE_K_PER_M * self.alt_m + WARM_TOWN_K * town
        self.cooling_k = np.zeros(len(stations))

    def advance(self, moment: dt.datetime, rain_mm_h: FloatArray, passed_s: float) -> State:
        """Lead the air on and give it.

        Parameters
        ----------
        moment : datetime
            Aware time.
        rain_mm_h : FloatArray
            (n,) rain rate around each station, smoothed over some 10 km, mm/h.
        passed_s : float
            Time since the last call, s.

        Returns
        -------
        State
            The true air at that moment.
        """
        before = self.cooling_k
        target = np.minimum(MOST_COOLING_K, 1.3 * np.log1p(rain_mm_h))
        pace_s = np.where(target > before, COOLS_IN_S, RECOVERS_IN_S)
        self.cooling_k = target + (before - target) * np.exp(-passed_s / pace_s)
        burst = np.maximum(0.0, self.cooling_k - before) * 300 / max(passed_s, 1.0)
        return self._state(_hour(moment), rain_mm_h, burst)

    def _state(self, hour: float, rain_mm_h: FloatArray, burst_k: FloatArray) -> State:
        day = self.weather
        warm = day.diurnal_c * math.cos(2 * math.pi * (hour - 14.5) / 24)
        temperature = day.temperature_c + warm + self.offset_k - self.cooling_k
        dew_point = np.minimum(day.dew_point_c + 0.1 * self.cooling_k, temperature - LEAST_SPREAD_K)
        tide_hpa = day.tide_hpa * math.cos(4 * math.pi * (hour - 10) / 24)
        sea_level = day.sea_level_hpa + tide_hpa + COLD_POOL_HPA_PER_K * self.cooling_k
        vapour = humidity.saturation_vapor_pressure(dew_point)
        wind = day.wind_m_s * (1 + 0.25 * math.cos(2 * math.pi * (hour - 14) / 24)) + 4.0 * burst_k
        veer = day.wind_from_degree + 15 * math.sin(2 * math.pi * hour / 8) + 40 * np.tanh(burst_k)
        return State(
            temperature_c=temperature,
            dew_point_c=dew_point,
            sea_level_hpa=sea_level,
            station_hpa=sea_level / pressure.reduce_to_sea_level(1.0, temperature, self.alt_m, vapour),
            wind_m_s=wind,
            wind_from_degree=veer % 360,
            gust_m_s=1.5 * wind + 5.0 * burst_k + 0.5 * np.sqrt(rain_mm_h),
            visibility_m=np.clip(12_000 / (1 + 0.35 * rain_mm_h), 300, 12_000),
        )


def _hour(moment: dt.datetime) -> float:
    local = moment.astimezone(clock.BEIJING)
    return local.hour + local.minute / 60 + local.second / 3600
