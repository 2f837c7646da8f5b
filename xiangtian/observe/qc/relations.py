"""The relations of the internal check, one function each: a case in, bounds for its elements out.

Tolerances of wind, humidity, pressure, rain, soil and sunshine are those of the national centre's surface quality
control; that of the gust against the present mean wind is `Rules.gust_slack_m_s`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from xiangtian.met import humidity, pressure
from xiangtian.observe.qc.bound import Bound, near, ordered, together
from xiangtian.observe.qc.model import Case, FloatArray
from xiangtian.observe.qc.sun import daylight_minutes
from xiangtian.observe.qc.totals import SUNSHINE

TEMPERATURE, HUMIDITY = "air_temperature", "relative_humidity"
RAIN_SUMS = tuple(f"precipitation_amount_{hours}h" for hours in (1, 3, 6, 12, 24))
ROUNDING_MM = 0.15
ROUNDING = 0.11
"""Two values that are each rounded to a tenth may differ by so much more than they do."""
SOIL = ((5, 0.0), (10, 16.0), (15, 12.0), (20, 10.0), (40, 8.0), (80, 10.0), (160, 10.0), (320, 8.0))
"""Depth, cm, and the largest difference from the next depth above it, K; where a depth is missing they add up."""
EXTREMES = (
    ("air_temperature_minimum_1h", TEMPERATURE),
    (TEMPERATURE, "air_temperature_maximum_1h"),
    ("air_temperature_minimum_24h", TEMPERATURE),
    (TEMPERATURE, "air_temperature_maximum_24h"),
    ("air_temperature_minimum_24h", "air_temperature_minimum_1h"),
    ("air_temperature_maximum_1h", "air_temperature_maximum_24h"),
    ("surface_air_pressure_minimum_1h", "surface_air_pressure"),
    ("surface_air_pressure", "surface_air_pressure_maximum_1h"),
    ("visibility_in_air_minimum_1h", "visibility_in_air"),
    ("wind_speed_10min", "wind_speed_maximum_1h"),
    ("wind_speed_maximum_1h", "wind_speed_of_gust_1h"),
)
"""Two elements of which the first is at most the second."""
DAY_SUNSHINE = "duration_of_sunshine_24h"
LARGEST_FALL_PERCENT = 50.0
WIND_LEAST_M_S, WIND_SHARE = 6.0, 1.0 / 3.0
SUN_SUM_MIN = 3.0
"""Hours told in whole minutes sum to the day's within this."""
SUN_SLACK_MIN = 6.0
"""Refraction, height of the station and a free horizon let the sun shine some minutes longer than reckoned."""


def dew_point(case: Case) -> list[Bound]:
    """Compare the dew point with temperature and humidity: 1.2 K above -10 degC, 1.5 K above -30, 1.7 K below."""
    name = "dew_point_temperature"
    temperature, moisture, given = case.sound(TEMPERATURE), case.sound(HUMIDITY), case.sound(name)
    tolerance = np.select([given >= -10.0, given >= -30.0], [1.2, 1.5], 1.7)
    expected = humidity.dew_point(temperature, moisture)
    partners = ((TEMPERATURE, temperature), (HUMIDITY, moisture))
    below = np.where(np.isnan(temperature), np.nan, -np.inf)
    return [
        near(name, "dew_point", given, expected, tolerance, partners),
        Bound(name, "dew_point_below_temperature", given, below, temperature + tolerance, partners[:1]),
    ]


def vapor_pressure(case: Case) -> list[Bound]:
    """Compare the vapour pressure with temperature and humidity: 0.8 hPa, 1.0 hPa above 20 hPa."""
    temperature, moisture, given = case.sound(TEMPERATURE), case.sound(HUMIDITY), case.sound("vapor_pressure")
    expected = humidity.vapor_pressure(temperature, moisture)
    partners = ((TEMPERATURE, temperature), (HUMIDITY, moisture))
    return [near("vapor_pressure", "vapor_pressure", given, expected, np.where(given > 20.0, 1.0, 0.8), partners)]


def sea_level_pressure(case: Case) -> list[Bound]:
    """Compare with the reduced station pressure: 7 hPa below 500 m, 13 hPa below 1500 m, 30 hPa above."""
    name, altitude = "air_pressure_at_mean_sea_level", case.sheet.alt
    station, temperature = case.sound("surface_air_pressure"), case.sound(TEMPERATURE)
    expected = pressure.reduce_to_sea_level(station, temperature, altitude)
    tolerance = np.select([altitude < 500.0, altitude < 1500.0], [7.0, 13.0], 30.0)
    partners = (("surface_air_pressure", station), (TEMPERATURE, temperature))
    return [near(name, "sea_level_pressure", case.sound(name), expected, tolerance, partners)]


def gust(case: Case) -> list[Bound]:
    """Ask that the gust is no weaker than the mean wind."""
    mean, peak = (_named(case, name) for name in ("wind_speed", "wind_speed_of_gust"))
    return ordered("gust_above_mean", mean, peak, case.rules.gust_slack_m_s)


def mean_winds(case: Case) -> list[Bound]:
    """Ask that means over 2 and 10 minutes differ by no more than 6 m/s or a third of the larger."""
    short, long = (_named(case, name) for name in ("wind_speed_2min", "wind_speed_10min"))
    return together("mean_winds", short, long, _wind_tolerance(short[1], long[1]))


def extreme_winds(case: Case) -> list[Bound]:
    """Ask the same of the hour's highest mean wind and highest gust, but not where severe weather is near."""
    mean, peak = (_named(case, name) for name in ("wind_speed_maximum_1h", "wind_speed_of_gust_1h"))
    storm = case.context.dangerous()
    tolerance = _wind_tolerance(mean[1], peak[1])
    if storm is not None:
        tolerance = np.where(storm, np.inf, tolerance)
    return together("extreme_winds", mean, peak, tolerance)


def humidity_minimum(case: Case) -> list[Bound]:
    """Ask that humidity is no less than the hour's lowest, and no more than 50 % above it."""
    name = "relative_humidity_minimum_1h"
    lowest, now = case.sound(name), case.sound(HUMIDITY)
    return [
        Bound(HUMIDITY, "humidity_minimum", now, lowest, lowest + LARGEST_FALL_PERCENT, ((name, lowest),)),
        Bound(name, "humidity_minimum", lowest, now - LARGEST_FALL_PERCENT, now, ((HUMIDITY, now),)),
    ]


def extremes(case: Case) -> list[Bound]:
    """Ask that a value lies between the extremes of its period, and these between those of a longer one."""
    bounds: list[Bound] = []
    for less, more in EXTREMES:
        if less in case.sheet.values and more in case.sheet.values:
            bounds += ordered("extremes", _named(case, less), _named(case, more), ROUNDING)
    return bounds


def rain_sums(case: Case) -> list[Bound]:
    """Ask that rain sums grow with their period: R1 <= R3 <= R6 <= R12 <= R24; a break makes the group suspect."""
    group = [_named(case, name) for name in RAIN_SUMS if name in case.sheet.values]
    filled = _filled([values for _, values in group])
    excess = np.full(len(case.sheet), np.nan)
    for shorter, longer in pairwise(filled):
        excess = np.fmax(excess, shorter - longer)
    ends = np.full(len(case.sheet), -np.inf), np.full(len(case.sheet), ROUNDING_MM)
    partners = tuple(group)
    return [
        Bound(name, "rain_sums", np.where(np.isnan(values), np.nan, excess), *ends, partners) for name, values in group
    ]


def rain_part(case: Case) -> list[Bound]:
    """Ask that the rain of a period of an hour or less is no more than the rain of the hour it lies in."""
    name, hour = "precipitation_amount", "precipitation_amount_1h"
    part = np.where(case.sheet.of("precipitation_period") <= 60.0, case.sound(name), np.nan)
    return ordered("rain_part", (name, part), (hour, case.sound(hour)), ROUNDING_MM)


def soil(case: Case) -> list[Bound]:
    """Ask that soil temperatures at neighbouring depths agree."""
    bounds: list[Bound] = []
    above: tuple[str, FloatArray] | None = None
    reach = 0.0
    for depth, tolerance in SOIL:
        reach += tolerance
        name = f"soil_temperature_{depth}cm"
        if name not in case.sheet.values:
            continue
        here = _named(case, name)
        if above is not None:
            bounds += together("soil", above, here, reach)
        above, reach = here, 0.0
    return bounds


def sunshine_day(case: Case) -> list[Bound]:
    """Ask that the sunshine of 24 hours is the sum of its hours, where all of them were heard."""
    total = case.history.totals.get(SUNSHINE)
    if total is None or DAY_SUNSHINE not in case.sheet.values:
        return []
    return [near(DAY_SUNSHINE, "sunshine_day", case.sound(DAY_SUNSHINE), total, SUN_SUM_MIN, ((SUNSHINE, total),))]


def sunshine_night(case: Case) -> list[Bound]:
    """Ask that the sun did not shine longer in the hour than it was above the horizon."""
    if SUNSHINE not in case.sheet.values:
        return []
    up = daylight_minutes(case.sheet.lon, case.sheet.lat, case.sheet.time, 60)
    below = np.where(np.isnan(up), np.nan, -np.inf)
    return [Bound(SUNSHINE, "sunshine_night", case.sound(SUNSHINE), below, up + SUN_SLACK_MIN, ())]


RELATIONS: tuple[Callable[[Case], list[Bound]], ...] = (
    dew_point,
    vapor_pressure,
    sea_level_pressure,
    gust,
    mean_winds,
    extreme_winds,
    humidity_minimum,
    extremes,
    rain_sums,
    rain_part,
    soil,
    sunshine_day,
    sunshine_night,
)


def _named(case: Case, name: str) -> tuple[str, FloatArray]:
    return name, case.sound(name)


def _wind_tolerance(one: FloatArray, other: FloatArray) -> FloatArray:
    """Give max(6 m/s, a third of the larger)."""
    return np.maximum(WIND_LEAST_M_S, WIND_SHARE * np.maximum(one, other))


def _filled(sums: list[FloatArray]) -> list[FloatArray]:
    """Bridge sums that a station lacks by the next shorter one."""
    filled = list(sums)
    for place in range(1, len(filled)):
        filled[place] = np.where(np.isnan(filled[place]), filled[place - 1], filled[place])
    return filled
