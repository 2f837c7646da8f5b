"""Daily climate reports (DAYCLI, 3 07 075): each value tells for itself on which day and at what time its day began.

The date of the report comes without an hour; before each value stand a displacement in days (0 04 023) and the time
(UTC) at which its 24 hours began (the snow's is the moment at which it was measured). The reading stands at their end.
Source of the meaning: note to 3 07 075, WMO-No. 306, volume I.2.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.bufr.measures import SNOW_PATCHES_M, SNOW_TRACE_M, ZERO_CELSIUS_K, in_screen
from xiangtian.observe.decode.bufr.subset import MISSING, Handler, Subset

DISPLACEMENT = 4023
DAY = dt.timedelta(days=1)
STATISTICS = {2.0: "air_temperature_maximum_24h", 3.0: "air_temperature_minimum_24h"}
"""Code table 0 08 023: 2 the maximum, 3 the minimum; 4, the mean of the day, has no place in the catalogue."""


def day(subset: Subset, _: object, value: float) -> None:
    """Begin the day of the next value: its displacement from the date of the report."""
    subset.day = [value]


def time_of_day(subset: Subset, _: object, value: float) -> None:
    """Take hour, minute or second at which the day of the next value began."""
    subset.day.append(value)


def temperature(subset: Subset, _: object, value: float) -> None:
    """Take the highest or lowest temperature of the 24 hours."""
    name = STATISTICS.get(subset.statistic)
    if name and in_screen(subset):
        _put(subset, name, round(value - ZERO_CELSIUS_K, 4), value == MISSING, DAY)


def rain(subset: Subset, _: object, value: float) -> None:
    """Take the rain of the 24 hours; a negative one is a trace."""
    _put(subset, "precipitation_amount_24h", max(round(value, 4), 0.0), value == MISSING, DAY, trace=value < 0)


def snow(subset: Subset, _: object, value: float) -> None:
    """Take the snow depth at the moment that is told."""
    depth = round(value, 4)
    unknown = depth <= SNOW_PATCHES_M
    centimetres = max(round(depth * 100, 4), 0.0)
    _put(subset, "surface_snow_thickness", centimetres, unknown, dt.timedelta(0), trace=depth == SNOW_TRACE_M)


def _put(subset: Subset, name: str, value: float, missing: bool, after: dt.timedelta, trace: bool = False) -> None:
    if MISSING in subset.day or MISSING in subset.date or len(subset.date) != 3 or len(subset.day) < 2:
        return
    offset, *clock = (int(part) for part in subset.day)
    year, month, number = (int(part) for part in subset.date)
    hours, minutes, seconds = (*clock, 0, 0)[:3]
    begin = dt.datetime(year, month, number, tzinfo=dt.UTC) + dt.timedelta(
        days=offset, hours=hours, minutes=minutes, seconds=seconds
    )
    end = begin + after
    parts = (end.year, end.month, end.day, end.hour, end.minute, end.second)
    values, marks = subset.days.setdefault(tuple(float(part) for part in parts), ({}, {}))
    if missing:
        marks[name] = Mark.MISSING
        return
    values[name] = value
    if trace:
        marks[name] = Mark.TRACE


HANDLERS: dict[int, tuple[Handler, Any]] = {
    4004: (time_of_day, None),
    4005: (time_of_day, None),
    4006: (time_of_day, None),
    DISPLACEMENT: (day, None),
    12101: (temperature, None),
    13060: (rain, None),
    13013: (snow, None),
}
"""What these descriptors mean in a daily report, instead of what they mean elsewhere."""
