"""What the text records of China's stations have in common: how a number, a time, a place and a correction are written.

The rules are those of the national information centre's (NMIC) record descriptions: integers scaled by ten; `PPC` calm,
a comma trace, slashes no value; direction 000 is north (calm has its own sign); temperatures of national stations are
1000 minus ten times the value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Unfit

NO_TASK = "7"
NUMBER = re.compile(r"-?\d{1,6}")
CODED_ZERO = 1000
"""A coded temperature or change of 0 is written so."""
NORTH = 360.0
DIRECTIONS = ("wind_from_direction", "wind_gust_from_direction")
RAIN, RAIN_PERIOD, RAIN_1H = "precipitation_amount", "precipitation_period", "precipitation_amount_1h"
_TIME = re.compile(r"\d{14}|\d{12}|\d{10}")
_CORRECTED = re.compile(r"[-_](CC[A-X])(?:[._-]|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands and how it is written.

    Attributes
    ----------
    field : int
        Its field, counted from 0 (the sign or the time that begins the line).
    divisor : float
        Of its integer.
    coded : bool
        Whether it is 1000 minus the integer.
    at_hour : bool
        Whether it belongs to the running hour, so that it is an hour's value only at the full hour.
    line : str
        Sign of its line; "" where a record has one line of values.
    """

    field: int
    divisor: float = 10
    coded: bool = False
    at_hour: bool = False
    line: str = ""


def number(text: str, place: Place) -> float | None:
    """Give the value that a field writes, None where it writes none."""
    if not NUMBER.fullmatch(text):
        return None
    return (CODED_ZERO - int(text) if place.coded else int(text)) / place.divisor


def read(
    layout: Mapping[str, Place],
    said: Callable[[Place], str],
    undue: Callable[[Place], bool],
) -> tuple[dict[str, float], dict[str, Mark]]:
    """Read the elements of one record.

    Parameters
    ----------
    layout : Mapping
        Element to its place.
    said : Callable
        Gives the text of a field.
    undue : Callable
        Says whether the quality digit of a field means "no observing task".

    Returns
    -------
    tuple
        Values in the units of the catalogue, and marks: calm, trace, no task, missing.
    """
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, place in layout.items():
        text = said(place)
        value = number(text, place)
        if value is not None:
            values[name] = NORTH if name in DIRECTIONS and value == 0 else value
        elif text == "PPC":
            values[name], marks[name] = 0.0, Mark.CALM
        elif "," in text:
            values[name], marks[name] = 0.0, Mark.TRACE
        else:
            marks[name] = Mark.NO_TASK if undue(place) else Mark.MISSING
    return values, marks


def rain_of_the_hour(values: dict[str, float], marks: dict[str, Mark], time: dt.datetime) -> None:
    """Say which period the rain of the running hour has; at a full hour it is also the hour's rain."""
    if RAIN in values:
        values[RAIN_PERIOD] = float(time.minute or 60)
    if time.minute == 0:
        values |= {RAIN_1H: values[RAIN]} if RAIN in values else {}
        marks |= {RAIN_1H: marks[RAIN]} if RAIN in marks else {}


def due(layout: Mapping[str, Place], time: dt.datetime) -> dict[str, Place]:
    """Give the part of a layout that means what it says at this moment."""
    return {name: place for name, place in layout.items() if time.minute == 0 or not place.at_hour}


def moment(text: str) -> dt.datetime:
    """Read a time, UTC.

    Raises
    ------
    Unfit
        If it is not written yyyyMMddHHmmss (or shorter by the seconds, or the minutes), or no moment of the calendar.
    """
    if not _TIME.fullmatch(text):
        raise Unfit(f"the time of a record is yyyyMMddHHmmss in UTC, found {text[:20]!r}")
    try:
        return dt.datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Unfit(f"the time of a record is no moment of the calendar: {text}") from None


def degrees(text: str) -> float:
    """Read a latitude (DDMMSS) or a longitude (DDDMMSS), degrees.

    Raises
    ------
    Unfit
        If its minutes or seconds are 60 or more.
    """
    whole, minutes, seconds = int(text[:-4]), int(text[-4:-2]), int(text[-2:])
    if minutes >= 60 or seconds >= 60:
        raise Unfit(f"a position is written as degrees, minutes and seconds, found {text}")
    return round(whole + minutes / 60 + seconds / 3600, 6)


def height(text: str) -> float | None:
    """Read a height in tenths of a metre; None where slashes stand."""
    return int(text) / 10 if NUMBER.fullmatch(text) else None


def correction(said: str, file_name: str) -> str:
    """Give the correction that a record or its file's name tells of (CCA, CCB and so on); "" for none."""
    found = _CORRECTED.search(file_name)
    return said if said.startswith("CC") else found.group(1) if found else ""
