"""What stands where in template 3 07 096, as tables: elements of the catalogue, and what must be said around them.

Keys are those of ecCodes: `#2#timePeriod` is the second 0 04 024 or 0 04 025 of a subset. Which occurrence is which
follows from `SHORT`, which says which optional parts of the template are there; every message has the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

Field = tuple[str, float | str | None]
"""A key and its value in BUFR's unit; None is missing."""

SHORT = (1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0)
"""The 17 optional parts in order. Present are soil temperatures, visibility, snow, clouds, weather, rain, evaporation
and sunshine. Absent are sea and ice, cloud movement, intensities, lightning, radiation, temperature change, statistics.
"""
LONG = (0, 0)
"""Cloud layers and clouds below the station: none."""
ZERO_CELSIUS_K = 273.15
HEIGHT = "heightOfSensorAboveLocalGroundOrDeckOfMarinePlatform"
TRACE_MM = -0.1
"""A trace of rain or of evaporation: note to class 13 of table B."""
FURTHEST_M = 81_900.0
"""The largest visibility that 0 20 001 can hold; a larger one is written as this."""
SOIL_DEPTHS_M = {
    "soil_temperature_5cm": 0.05,
    "soil_temperature_10cm": 0.1,
    "soil_temperature_15cm": 0.15,
    "soil_temperature_20cm": 0.2,
    "soil_temperature_40cm": 0.4,
    "soil_temperature_80cm": 0.8,
    "soil_temperature_160cm": 1.6,
    "soil_temperature_320cm": 3.2,
}
SOIL_PLACES = 5
HOURS = (1, 3, 6, 12, 24)
FIRST_RAIN_PERIOD = 14


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands: key, factor and offset from the catalogue's unit, and what BUFR can hold there."""

    element: str
    key: str
    low: float
    high: float
    factor: float = 1.0
    offset: float = 0.0

    def write(self, value: float) -> Field:
        """Give the field of a value.

        Raises
        ------
        ValueError
            If BUFR can't hold it; the message names the element and what is allowed.
        """
        if not self.low <= value <= self.high:
            raise ValueError(
                f"{self.element}={value:g} does not fit into BUFR, which holds {self.low:g} to {self.high:g}"
            )
        return self.key, value * self.factor + self.offset


_KELVIN = (-273.15, 382.18, 1.0, ZERO_CELSIUS_K)
_PA = (0.0, 1638.2, 100.0)
PLACES = (
    Place("surface_air_pressure", "#1#nonCoordinatePressure", *_PA),
    Place("air_pressure_at_mean_sea_level", "#1#pressureReducedToMeanSeaLevel", *_PA),
    Place("tendency_of_surface_air_pressure_3h", "#1#3HourPressureChange", -50, 52.2, 100),
    Place("air_temperature", "#1#airTemperature", *_KELVIN),
    Place("dew_point_temperature", "#1#dewpointTemperature", *_KELVIN),
    Place("relative_humidity", "#1#relativeHumidity", 0, 126),
    Place("surface_snow_thickness", "#1#totalSnowDepth", 0, 65532, 0.01),
    Place("cloud_area_fraction", "#1#cloudCoverTotal", 0, 126),
    Place("cloud_base_altitude", "#1#heightOfBaseOfCloud", -400, 20060),
    Place("present_weather", "#1#presentWeather", 0, 510),
)
"""Elements of the moment itself. Largest values: reference plus two to the width less two, over ten to the scale."""
NO_CODE_ABOVE = ("cloud_base_altitude", "present_weather")
"""Values of these beyond what BUFR can hold (a cloud above 20 km, the code that means missing) are left out."""
TEMPERATURES = {
    "air_temperature_maximum_1h": ("#1#maximumTemperatureAtHeightAndOverPeriodSpecified", (("#8#timePeriod", -60),)),
    "air_temperature_minimum_1h": ("#1#minimumTemperatureAtHeightAndOverPeriodSpecified", (("#8#timePeriod", -60),)),
    "air_temperature_maximum_24h": (
        "#2#maximumTemperatureAtHeightAndOverPeriodSpecified",
        (("#10#timePeriod", -24), ("#11#timePeriod", 0)),
    ),
    "air_temperature_minimum_24h": (
        "#3#minimumTemperatureAtHeightAndOverPeriodSpecified",
        (("#12#timePeriod", -24), ("#13#timePeriod", 0)),
    ),
}
"""Extremes: key, and the periods that stand before it (minutes, then hours)."""
SUMS = {
    "lwe_thickness_of_evaporation_1h": ("#1#evaporation", "#19#timePeriod", 102.2),
    "duration_of_sunshine_1h": ("#1#totalSunshine", "#21#timePeriod", 2046.0),
}
"""Sums of an hour: key, key of the period, largest value."""


def fields(values: Mapping[str, float], traces: Collection[str], screen_m: float, mast_m: float) -> Iterator[Field]:
    """Give what a reading says, with the heights and periods that belong to it.

    Parameters
    ----------
    values : Mapping
        Elements in the units of the catalogue.
    traces : Collection
        Elements whose 0 means a trace.
    screen_m, mast_m : float
        Heights of the thermometer and of the anemometer above the ground, m.

    Yields
    ------
    Field
        Those of the template that are not missing.

    Raises
    ------
    ValueError
        If a value does not fit; the message names it.
    """
    yield from (place.write(values[place.element]) for place in PLACES if _said(values, place))
    yield from _heights(screen_m, mast_m)
    yield from _visibility(values)
    yield from _soil(values)
    yield from _wind(values)
    yield from _gusts(values)
    yield from _extremes(values)
    yield from _rain(values, traces)
    yield from _sums(values)


def _said(values: Mapping[str, float], place: Place) -> bool:
    value = values.get(place.element)
    return value is not None and not (place.element in NO_CODE_ABOVE and value > place.high)


def _heights(screen_m: float, mast_m: float) -> Iterator[Field]:
    for place, height in ((1, screen_m), (4, mast_m), (5, screen_m), (7, screen_m)):
        yield f"#{place}#{HEIGHT}", height


def _visibility(values: Mapping[str, float]) -> Iterator[Field]:
    if "visibility_in_air" in values:
        yield Place("visibility_in_air", "#1#horizontalVisibility", 0, FURTHEST_M).write(
            min(values["visibility_in_air"], FURTHEST_M)
        )


def _soil(values: Mapping[str, float]) -> Iterator[Field]:
    told = [name for name in SOIL_DEPTHS_M if name in values][:SOIL_PLACES]
    for place, name in enumerate(told, 1):
        yield f"#{place}#depthBelowLandSurface", SOIL_DEPTHS_M[name]
        yield Place(name, f"#{place}#soilTemperature", *_KELVIN).write(values[name])


def _wind(values: Mapping[str, float]) -> Iterator[Field]:
    """Give the mean wind: that of ten minutes where it is told, else the mean of a period that nobody told."""
    name = "wind_speed_10min" if "wind_speed_10min" in values else "wind_speed"
    if name not in values:
        return
    yield "#1#timeSignificance", 2
    if name == "wind_speed_10min":
        yield "#3#timePeriod", -10
    yield Place(name, "#1#windSpeed", 0, 409.4).write(values[name])
    if "wind_from_direction" in values:
        yield Place("wind_from_direction", "#1#windDirection", 0, 510).write(values["wind_from_direction"])


def _gusts(values: Mapping[str, float]) -> Iterator[Field]:
    if "wind_speed_of_gust" in values:
        yield Place("wind_speed_of_gust", "#1#maximumWindGustSpeed", 0, 409.4).write(values["wind_speed_of_gust"])
        if "wind_gust_from_direction" in values:
            yield Place("wind_gust_from_direction", "#1#maximumWindGustDirection", 0, 510).write(
                values["wind_gust_from_direction"]
            )
    if "wind_speed_of_gust_1h" in values:
        yield "#5#timePeriod", -60
        yield Place("wind_speed_of_gust_1h", "#2#maximumWindGustSpeed", 0, 409.4).write(values["wind_speed_of_gust_1h"])


def _extremes(values: Mapping[str, float]) -> Iterator[Field]:
    for name, (key, periods) in TEMPERATURES.items():
        if name in values:
            yield from periods
            yield Place(name, key, *_KELVIN).write(values[name])


def _rain(values: Mapping[str, float], traces: Collection[str]) -> Iterator[Field]:
    for place, hours in enumerate(HOURS, 1):
        name = f"precipitation_amount_{hours}h"
        if hours == 1 and name not in values and values.get("precipitation_period") == 60:
            name = "precipitation_amount"
        if name in values:
            yield f"#{FIRST_RAIN_PERIOD + place - 1}#timePeriod", -hours
            amount = TRACE_MM if name in traces and values[name] == 0 else values[name]
            key = f"#{place}#totalPrecipitationOrTotalWaterEquivalent"
            yield Place(name, key, TRACE_MM, 1638.1).write(amount)


def _sums(values: Mapping[str, float]) -> Iterator[Field]:
    for name, (key, period, most) in SUMS.items():
        if name in values:
            yield period, -1
            yield Place(name, key, 0, most).write(values[name])
