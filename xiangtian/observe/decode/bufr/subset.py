"""One subset of a message: its values in their order, with the period, height and significance that hold for each.

Class and element numbers are those of table B of WMO-No. 306, volume I.2. What is taken:
the first value of each element that belongs to the moment of the report itself. Left out are values that carry a
first-order statistic (008023), lie at another time (a time increment is in force), or stand at another height than the
screen's (temperatures 5 cm above the ground). Gusts are those of the last hour or less. Rain goes by its period.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xiangtian.core.flags import Mark

MISSING = -1e100
"""ecCodes' mark for a value that is missing."""
ZERO_CELSIUS_K = 273.15
SCREEN_M = (1.0, 5.0)
GUST_PERIOD_MIN = 60.0
TIME_AVERAGED = 2.0
"""Code table 008021: time averaged, as the ten-minute mean wind is marked."""
RAIN = {60: "1h", 180: "3h", 360: "6h", 720: "12h", 1440: "24h"}
SOIL = {0.0: "surface_temperature", 0.05: "soil_temperature_5cm", 0.1: "soil_temperature_10cm"}
SOIL[0.2] = "soil_temperature_20cm"


class Subset:
    """What has been told so far; `moments` are the reports that are complete."""

    __slots__ = (
        "date",
        "depth",
        "displaced",
        "end",
        "gust_direction",
        "height",
        "ids",
        "marks",
        "missing",
        "moments",
        "other_date",
        "period",
        "place",
        "significance",
        "statistic",
        "strings",
        "values",
    )

    def __init__(self, strings: Sequence[str] = ()) -> None:
        self.strings = strings
        self.ids: dict[str, float | str] = {}
        self.place: dict[str, float] = {}
        self.moments: list[tuple[list[float], dict[str, float], dict[str, Mark]]] = []
        self.date: list[float] = []
        self.values: dict[str, float] = {}
        self.marks: dict[str, Mark] = {}
        self.missing: list[str] = []
        self.other_date = False
        self.height = self.depth = self.period = self.significance = self.statistic = self.gust_direction = MISSING
        self.end = self.displaced = 0.0

    def here(self) -> bool:
        """Tell whether values now belong to the moment of the report itself."""
        return self.statistic == MISSING and not self.displaced and not self.other_date

    def take(self, name: str, value: float) -> None:
        """Take a value (catalogue's unit) of an element, unless it has one."""
        if name not in self.values:
            self.values[name] = value

    def close(self) -> None:
        """End the moment that is being told."""
        if not self.date:
            return
        for name in self.missing:
            if name not in self.values:
                self.marks[name] = Mark.MISSING
        if self.values.get("wind_speed") == 0 and self.values.get("wind_from_direction") == 0:
            self.marks["wind_speed"] = self.marks["wind_from_direction"] = Mark.CALM
        self.moments.append((self.date, self.values, self.marks))
        self.date, self.values, self.marks, self.missing = [], {}, {}, []


Handler = Callable[[Subset, Any, float], None]


def identifier(subset: Subset, key: str, value: float) -> None:
    """Take a number that helps to identify the station."""
    if value != MISSING and key not in subset.ids:
        subset.ids[key] = value


def text_identifier(subset: Subset, key: str, value: float) -> None:
    """Look up a string: ecCodes gives its number (from 1) times 1000 plus its width in place of a value."""
    number = int(value) // 1000 - 1 if value != MISSING else -1
    if key not in subset.ids and 0 <= number < len(subset.strings):
        text = subset.strings[number].strip(" \0\xff")
        if text:
            subset.ids[key] = text


def year(subset: Subset, _: object, value: float) -> None:
    """Begin a date: the report's own, a further one (a new moment), or under a time significance one that isn't its."""
    subset.other_date = bool(subset.date) and subset.significance != MISSING
    if not subset.other_date:
        subset.close()
        subset.date = [value]


def date_part(subset: Subset, place: int, value: float) -> None:
    """Take month, day, hour, minute or second; an hour without its date is a time of something else."""
    if subset.other_date:
        return
    if len(subset.date) == place:
        subset.date.append(value)
    elif len(subset.date) > place:
        subset.other_date = True


def position(subset: Subset, key: str, value: float) -> None:
    """Take latitude, longitude or altitude, the first time it is told."""
    if value != MISSING and key not in subset.place:
        subset.place[key] = round(value, 5)


def hold(subset: Subset, what: str, value: float) -> None:
    """Note what holds from now on: the height or depth of the sensor, or a first-order statistic."""
    setattr(subset, what, value)


def time_significance(subset: Subset, _: object, value: float) -> None:
    """Note what a following time means; when that ends, values belong to the report again."""
    subset.significance = value
    if value == MISSING and subset.other_date and subset.date:
        subset.other_date = False


def time_increment(subset: Subset, minutes: float, value: float) -> None:
    """Note that the following values lie so far from the moment of the report."""
    subset.displaced = 0.0 if value == MISSING else value * minutes


def to_the_hour(subset: Subset, _: object, __: float) -> None:
    """Come back to the report's own moment (the end of a series of short increments)."""
    subset.displaced = 0.0


def period(subset: Subset, minutes: float, value: float) -> None:
    """Note a period: it reaches from `value` (negative) to the moment of the report; 0 leads back to that moment."""
    subset.end = 0.0
    subset.period = MISSING if value == MISSING else -value * minutes
    if value == 0:
        subset.displaced = 0.0


def period_end(subset: Subset, minutes: float, value: float) -> None:
    """Note the end of a period whose beginning stood just before."""
    subset.end = MISSING if value == MISSING else value * minutes


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
    if subset.height == MISSING or SCREEN_M[0] <= subset.height <= SCREEN_M[1] or "ship" in subset.ids:
        measured(subset, how, value)


def measured_in_soil(subset: Subset, _: object, value: float) -> None:
    """Take a temperature of the ground by its depth."""
    name = SOIL.get(round(subset.depth, 3))
    if name:
        measured(subset, (name, ZERO_CELSIUS_K, 1.0), value)


def wind(subset: Subset, name: str, value: float) -> None:
    """Take the mean wind."""
    if subset.significance in (MISSING, TIME_AVERAGED):
        measured(subset, (name, 0.0, 1.0), value)


def gust_direction(subset: Subset, _: object, value: float) -> None:
    """Note the direction of the gust whose speed follows."""
    subset.gust_direction = value


def gust(subset: Subset, _: object, value: float) -> None:
    """Take the gust of the last hour or less, with its direction."""
    direction, subset.gust_direction = subset.gust_direction, MISSING
    if not subset.here() or not (subset.period == MISSING or 0 <= subset.period <= GUST_PERIOD_MIN) or subset.end:
        return
    if value == MISSING:
        subset.missing.append("wind_speed_of_gust")
    elif "wind_speed_of_gust" not in subset.values:
        subset.values["wind_speed_of_gust"] = round(value, 4)
        if direction != MISSING:
            subset.values["wind_gust_from_direction"] = direction


def cloud_cover(subset: Subset, _: object, value: float) -> None:
    """Take the cloud cover; 113 means that the sky can't be seen."""
    measured(subset, ("cloud_area_fraction", 0.0, 1.0), value if value <= 100 else MISSING)


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
    if period <= 60 and period < subset.values.get("precipitation_period", 61.0):
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
    if 0 < subset.period <= 60 and not subset.end:
        measured(subset, ("surface_downwelling_shortwave_flux", 0.0, subset.period * 60), value)
