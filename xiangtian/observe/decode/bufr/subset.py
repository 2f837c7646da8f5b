"""One subset of a message: who reports, where and when, and what holds for the values that follow.

Class and element numbers are those of table B of WMO-No. 306, volume I.2. A period, a height, a significance holds
until it is told anew; what the values themselves become stands in `measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xiangtian.core.flags import Mark

MISSING = -1e100
"""ecCodes' mark for a value that is missing."""


class Subset:
    """What has been told so far; `moments` are the reports that are complete."""

    __slots__ = (
        "date",
        "day",
        "days",
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
        self.day: list[float] = []
        self.days: dict[tuple[float, ...], tuple[dict[str, float], dict[str, Mark]]] = {}
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
        """End the moment, or the days, that are being told."""
        if self.day:
            self.moments += [(list(time), values, marks) for time, (values, marks) in self.days.items()]
            self.date, self.day, self.days = [], [], {}
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
