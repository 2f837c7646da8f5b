"""Table B: which descriptors matter here, which handler is told their values, and with what argument.

Numbers are FXXYYY of WMO-No. 306, volume I.2, table B, written without leading zeros (12101 is 0 12 101).
"""

from __future__ import annotations

from typing import Any

from xiangtian.observe.decode.bufr.measures import (
    ZERO_CELSIUS_K,
    cloud_cover,
    extreme,
    extreme_in_screen,
    gust,
    gust_direction,
    hourly_sum,
    largest_mean_wind,
    measured,
    measured_in_screen,
    measured_in_soil,
    radiation,
    rain,
    snow,
    weather,
    wind,
)
from xiangtian.observe.decode.bufr.subset import (
    Handler,
    date_part,
    hold,
    identifier,
    period,
    position,
    text_identifier,
    time_increment,
    time_significance,
    year,
)

_AIR = ("air_temperature", ZERO_CELSIUS_K, 1.0)
_DEW = ("dew_point_temperature", ZERO_CELSIUS_K, 1.0)
_HUMIDITY = ("relative_humidity", 0.0, 1.0)
_HIGHEST, _LOWEST = "air_temperature_maximum", "air_temperature_minimum"
_HIGHEST_24H = ("air_temperature_maximum_24h", ZERO_CELSIUS_K, 1.0)
_LOWEST_24H = ("air_temperature_minimum_24h", ZERO_CELSIUS_K, 1.0)

HANDLERS: dict[int, tuple[Handler, Any, bool]] = {
    1001: (identifier, "block", False),
    1002: (identifier, "number", False),
    1003: (identifier, "region", False),
    1005: (identifier, "buoy", False),
    1006: (text_identifier, "flight", False),
    1011: (text_identifier, "ship", False),
    1015: (text_identifier, "site", False),
    1018: (text_identifier, "short", False),
    1019: (text_identifier, "long", False),
    1020: (identifier, "subarea", False),
    1063: (text_identifier, "icao", False),
    1087: (identifier, "marine", False),
    1101: (identifier, "state", False),
    1102: (identifier, "national", False),
    1125: (identifier, "series", False),
    1126: (identifier, "issuer", False),
    1127: (identifier, "issue", False),
    1128: (text_identifier, "local", False),
    4001: (year, None, False),
    4002: (date_part, 1, False),
    4003: (date_part, 2, False),
    4004: (date_part, 3, False),
    4005: (date_part, 4, False),
    4006: (date_part, 5, False),
    4014: (time_increment, 60.0, False),
    4015: (time_increment, 1.0, False),
    4024: (period, 60.0, False),
    4025: (period, 1.0, False),
    5001: (position, "lat", False),
    5002: (position, "lat", False),
    6001: (position, "lon", False),
    6002: (position, "lon", False),
    7001: (position, "alt", False),
    7030: (position, "alt", False),
    7032: (hold, "height", False),
    7061: (hold, "depth", False),
    8021: (time_significance, None, False),
    8023: (hold, "statistic", False),
    10004: (measured, ("surface_air_pressure", 0.0, 100.0), True),
    10051: (measured, ("air_pressure_at_mean_sea_level", 0.0, 100.0), True),
    10061: (measured, ("tendency_of_surface_air_pressure_3h", 0.0, 100.0), True),
    11001: (wind, "wind_from_direction", True),
    11002: (wind, "wind_speed", True),
    11011: (wind, "wind_from_direction", True),
    11012: (wind, "wind_speed", True),
    11041: (gust, None, True),
    11042: (largest_mean_wind, None, True),
    11043: (gust_direction, None, True),
    12001: (measured_in_screen, _AIR, True),
    12101: (measured_in_screen, _AIR, True),
    12004: (measured, _AIR, True),
    12003: (measured_in_screen, _DEW, True),
    12103: (measured_in_screen, _DEW, True),
    12006: (measured, _DEW, True),
    12011: (extreme_in_screen, _HIGHEST, True),
    12012: (extreme_in_screen, _LOWEST, True),
    12111: (extreme_in_screen, _HIGHEST, True),
    12112: (extreme_in_screen, _LOWEST, True),
    12021: (extreme, _HIGHEST, True),
    12022: (extreme, _LOWEST, True),
    12016: (measured, _HIGHEST_24H, True),
    12017: (measured, _LOWEST_24H, True),
    12116: (measured, _HIGHEST_24H, True),
    12117: (measured, _LOWEST_24H, True),
    12118: (measured_in_screen, _HIGHEST_24H, True),
    12119: (measured_in_screen, _LOWEST_24H, True),
    12030: (measured_in_soil, None, True),
    12130: (measured_in_soil, None, True),
    12120: (measured, ("surface_temperature", ZERO_CELSIUS_K, 1.0), True),
    13003: (measured, _HUMIDITY, True),
    13009: (measured, _HUMIDITY, True),
    13004: (measured, ("vapor_pressure", 0.0, 100.0), True),
    13011: (rain, 0.0, True),
    13019: (rain, 60.0, True),
    13020: (rain, 180.0, True),
    13021: (rain, 360.0, True),
    13022: (rain, 720.0, True),
    13023: (rain, 1440.0, True),
    13013: (snow, None, True),
    13032: (hourly_sum, "lwe_thickness_of_evaporation_1h", True),
    13033: (hourly_sum, "lwe_thickness_of_evaporation_1h", True),
    14031: (hourly_sum, "duration_of_sunshine_1h", True),
    14034: (hourly_sum, "duration_of_sunshine_1h", True),
    14028: (radiation, None, True),
    20001: (measured, ("visibility_in_air", 0.0, 1.0), True),
    20003: (weather, None, True),
    20013: (measured, ("cloud_base_altitude", 0.0, 1.0), True),
    20010: (cloud_cover, None, True),
}
"""Table B descriptor to handler, its argument, and whether it is an element of the catalogue."""
PERIODS = (4024, 4025)
STRINGS = (1006, 1011, 1015, 1018, 1019, 1063, 1128)
NAMED: dict[str, tuple[int, str]] = {
    "nonCoordinatePressure": (10004, "Pa"),
    "pressureReducedToMeanSeaLevel": (10051, "Pa"),
    "3HourPressureChange": (10061, "Pa"),
    "windDirection": (11001, "deg"),
    "windSpeed": (11002, "m/s"),
    "maximumWindGustSpeed": (11041, "m/s"),
    "maximumWindSpeed10MinuteMeanWind": (11042, "m/s"),
    "maximumWindGustDirection": (11043, "deg"),
    "airTemperature": (12101, "K"),
    "dewpointTemperature": (12103, "K"),
    "maximumTemperatureAtHeightAndOverPeriodSpecified": (12111, "K"),
    "minimumTemperatureAtHeightAndOverPeriodSpecified": (12112, "K"),
    "groundTemperature": (12120, "K"),
    "soilTemperature": (12130, "K"),
    "relativeHumidity": (13003, "%"),
    "vapourPressure": (13004, "Pa"),
    "totalPrecipitationOrTotalWaterEquivalent": (13011, "kg m-2"),
    "totalSnowDepth": (13013, "m"),
    "evaporation": (13033, "kg m-2"),
    "globalSolarRadiationIntegratedOverPeriodSpecified": (14028, "J m-2"),
    "totalSunshine": (14031, "min"),
    "horizontalVisibility": (20001, "m"),
    "presentWeather": (20003, "CODE TABLE"),
    "cloudCoverTotal": (20010, "%"),
    "heightOfBaseOfCloud": (20013, "m"),
}
"""A national table gives one of its own elements such an abbreviation, and this unit, to say that it
means this element of the world's."""


def national(descriptor: int) -> bool:
    """Tell whether a descriptor of table B is left to national use (classes 48 to 63, elements 192 to 255)."""
    return descriptor < 100000 and (descriptor // 1000 >= 48 or descriptor % 1000 >= 192)
