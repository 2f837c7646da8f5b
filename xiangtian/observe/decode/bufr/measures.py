"""What a value becomes: the element of the catalogue that it is, by the period, height and significance in force.

Taken is the first value of each element that belongs to the moment of the report itself. Left out are values that carry
a first-order statistic (0 08 023), lie at another time (a time increment is in force), or stand at another height than
the screen's (temperatures 5 cm above the ground). An element whose name states a period is taken only where the message
states the same period, ending at the moment of the report. Nothing is guessed.
"""

from __future__ import annotations

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.bufr.subset import MISSING, Subset

ZERO_CELSIUS_K = 273.15
SCREEN_M = (1.0, 5.0)
HOUR_MIN = 60.0
TIME_AVERAGED = 2.0
"""Code table 0 08 021: time averaged, as the ten-minute mean wind is marked."""
MEAN_WINDS = {2.0: "wind_speed_2min", 10.0: "wind_speed_10min"}
RAIN = {60: "1h", 180: "3h", 360: "6h", 720: "12h", 1440: "24h"}
EXTREMES = {60.0: "1h", 1440.0: "24h"}
SOIL = {
    0.0: "surface_temperature",
    0.05: "soil_temperature_5cm",
    0.1: "soil_temperature_10cm",
    0.15: "soil_temperature_15cm",
    0.2: "soil_temperature_20cm",
    0.4: "soil_temperature_40cm",
    0.8: "soil_temperature_80cm",
    1.6: "soil_temperature_160cm",
    3.2: "soil_temperature_320cm",
}
"""Depth below the surface, m."""
LAST_WEATHER = 508
"""Code table 0 20 003: 508 is "nothing significant"; 509 to 511 say that nobody looked or nothing came."""
SNOW_TRACE_M, SNOW_PATCHES_M = -0.01, -0.02
"""0 13 013: less than half a centimetre; a cover with gaps, which has no depth."""


def measured(subset: Subset, how: tuple[str, float, float], value: float) -> None:
    """Take an element that is measured at the moment of the report: `how` is name, offset and divisor."""
    if not subset.here():
        return
    name, offset, divisor = how
    if value == MISSING:
        subset.missing.append(name)
    elif name not in subset.values:
        subset.values[name] = round((value - offset) / divisor, 4)


def measured_in_screen(subset: Subset, how: tuple[str, float, float], value: float) -> None:
    """Take temperature or dew point of the screen's height; ships tell heights above their deck."""
    if in_screen(subset):
        measured(subset, how, value)


def in_screen(subset: Subset) -> bool:
    """Tell whether the height in force is that of a screen, or none is told."""
    return subset.height == MISSING or SCREEN_M[0] <= subset.height <= SCREEN_M[1] or "ship" in subset.ids


def measured_in_soil(subset: Subset, _: object, value: float) -> None:
    """Take a temperature of the ground by its depth."""
    name = SOIL.get(round(subset.depth, 3))
    if name:
        measured(subset, (name, ZERO_CELSIUS_K, 1.0), value)


def extreme(subset: Subset, which: str, value: float) -> None:
    """Take the highest or lowest temperature of the last hour or of the last 24 hours."""
    period = EXTREMES.get(subset.period)
    if period and not subset.end:
        measured(subset, (f"{which}_{period}", ZERO_CELSIUS_K, 1.0), value)


def extreme_in_screen(subset: Subset, which: str, value: float) -> None:
    """Take an extreme of the temperature in the screen."""
    if in_screen(subset):
        extreme(subset, which, value)


def wind(subset: Subset, name: str, value: float) -> None:
    """Take the mean wind; its speed also under the name of its period where that is told."""
    if subset.significance not in (MISSING, TIME_AVERAGED):
        return
    measured(subset, (name, 0.0, 1.0), value)
    own = MEAN_WINDS.get(subset.period) if subset.significance == TIME_AVERAGED and not subset.end else None
    if own and name == "wind_speed":
        measured(subset, (own, 0.0, 1.0), value)


def largest_mean_wind(subset: Subset, _: object, value: float) -> None:
    """Take the largest ten-minute mean wind of the last hour."""
    if subset.period == HOUR_MIN and not subset.end:
        measured(subset, ("wind_speed_maximum_1h", 0.0, 1.0), value)


def gust_direction(subset: Subset, _: object, value: float) -> None:
    """Note the direction of the gust whose speed follows."""
    subset.gust_direction = value


def gust(subset: Subset, _: object, value: float) -> None:
    """Take the gust of the last hour or less with its direction, and that of just an hour under its own name too."""
    direction, subset.gust_direction = subset.gust_direction, MISSING
    if not subset.here() or not (subset.period == MISSING or 0 <= subset.period <= HOUR_MIN) or subset.end:
        return
    if subset.period == HOUR_MIN:
        measured(subset, ("wind_speed_of_gust_1h", 0.0, 1.0), value)
    if value == MISSING:
        subset.missing.append("wind_speed_of_gust")
    elif "wind_speed_of_gust" not in subset.values:
        subset.values["wind_speed_of_gust"] = round(value, 4)
        if direction != MISSING:
            subset.values["wind_gust_from_direction"] = direction


def cloud_cover(subset: Subset, _: object, value: float) -> None:
    """Take the cloud cover; 113 means that the sky can't be seen."""
    measured(subset, ("cloud_area_fraction", 0.0, 1.0), value if value <= 100 else MISSING)


def weather(subset: Subset, _: object, value: float) -> None:
    """Take the present weather as its code."""
    measured(subset, ("present_weather", 0.0, 1.0), value if value <= LAST_WEATHER else MISSING)


def snow(subset: Subset, _: object, value: float) -> None:
    """Take the snow depth (m) in cm; a trace is 0 with its mark."""
    depth = round(value, 4)
    if depth == SNOW_TRACE_M and subset.here() and "surface_snow_thickness" not in subset.values:
        subset.marks["surface_snow_thickness"] = Mark.TRACE
        depth = 0.0
    measured(subset, ("surface_snow_thickness", 0.0, 0.01), MISSING if depth <= SNOW_PATCHES_M else depth)


def hourly_sum(subset: Subset, name: str, value: float) -> None:
    """Take a sum (sunshine, evaporation) of the last hour."""
    if subset.period == HOUR_MIN and not subset.end:
        measured(subset, (name, 0.0, 1.0), value)


def rain(subset: Subset, period_min: float, value: float) -> None:
    """Take a rain amount over its period; a negative one is a trace.

    `period_min` is 0 where the element does not say its period and the period in force holds.
    """
    period = period_min or subset.period
    if not subset.here() or period <= 0 or (subset.end and not period_min):
        return
    name = f"precipitation_amount_{RAIN[int(period)]}" if period in RAIN else ""
    if value == MISSING:
        subset.missing += [name] if name else []
        return
    names = [name] if name else []
    if period <= HOUR_MIN and period < subset.values.get("precipitation_period", HOUR_MIN + 1):
        subset.values.pop("precipitation_amount", None)
        subset.marks.pop("precipitation_amount", None)
        subset.values["precipitation_period"] = period
        names.append("precipitation_amount")
    for each in names:
        if each not in subset.values:
            subset.values[each] = max(round(value, 4), 0.0)
            if value < 0:
                subset.marks[each] = Mark.TRACE


def radiation(subset: Subset, _: object, value: float) -> None:
    """Turn the energy of the last hour or less (J m-2) into its mean flux (W m-2)."""
    if 0 < subset.period <= HOUR_MIN and not subset.end:
        measured(subset, ("surface_downwelling_shortwave_flux", 0.0, subset.period * 60), value)
