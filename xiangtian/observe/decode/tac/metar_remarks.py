"""Remarks of METAR reports: sea-level pressure, and the groups of the United States' FMH-1 (2019), chapter 12.

Amounts of rain come in hundredths of an inch, snow depth in inches, temperatures in tenths of a degree; 0 of an amount
group is a trace. The figure groups (4, 5, 6, 7) are read only at stations of the United States and their territories
(identifiers that begin with K, P or T), because others use the same digits for other things.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.tac.report import Report
from xiangtian.observe.decode.units import INCH_MM

_PATTERNS: dict[str, re.Pattern[str]] = {
    "sea_level": re.compile(r"^SLP(\d{3})$"),
    "exact": re.compile(r"^T([01])(\d{3})(?:([01])(\d{3}))?$"),
    "hour_rain": re.compile(r"^P(\d{4}|////)$"),
    "six_hours": re.compile(r"^6(\d{4}|////)$"),
    "day_rain": re.compile(r"^7(\d{4}|////)$"),
    "day_extremes": re.compile(r"^4([01])(\d{3})([01])(\d{3})$"),
    "tendency": re.compile(r"^5([0-8])(\d{3})$"),
    "snow": re.compile(r"^4/(\d{3})$"),
}
HOMES = ("K", "P", "T")
TRACE = "0000"
HUNDREDTH_INCH_MM = INCH_MM / 100


def read(report: Report, words: Sequence[str], special: bool) -> None:
    """Take what the remarks tell; a SPECI's rain group has no fixed period and is left out."""
    for word in words:
        for name, pattern in _PATTERNS.items():
            if (found := pattern.match(word)) and (name in ("sea_level", "exact") or report.station[0] in HOMES):
                if not (special and name in ("hour_rain", "six_hours", "day_rain")):
                    _TAKE[name](report, found)
                break


def _sea_level(report: Report, found: re.Match[str]) -> None:
    tenths = int(found[1])
    report.values["air_pressure_at_mean_sea_level"] = (9000 + tenths if tenths >= 500 else 10000 + tenths) / 10


def _exact(report: Report, found: re.Match[str]) -> None:
    for name, sign, digits in (("air_temperature", found[1], found[2]), ("dew_point_temperature", found[3], found[4])):
        if digits:
            report.values[name] = int(digits) / (-10 if sign == "1" else 10)


def _amount(report: Report, names: Sequence[str], digits: str) -> None:
    for name in names:
        report.tell(name, digits, lambda one: int(one) * HUNDREDTH_INCH_MM)
        if digits == TRACE:
            report.marks[name] = Mark.TRACE


def _hour_rain(report: Report, found: re.Match[str]) -> None:
    report.values["precipitation_period"] = 60.0
    _amount(report, ("precipitation_amount_1h", "precipitation_amount"), found[1])


def _six_hours(report: Report, found: re.Match[str]) -> None:
    hour = (report.time + dt.timedelta(minutes=15)).hour
    if hour % 3 == 0:
        _amount(report, (f"precipitation_amount_{6 if hour % 6 == 0 else 3}h",), found[1])


def _day_rain(report: Report, found: re.Match[str]) -> None:
    _amount(report, ("precipitation_amount_24h",), found[1])


def _day_extremes(report: Report, found: re.Match[str]) -> None:
    for name, sign, digits in (("maximum", found[1], found[2]), ("minimum", found[3], found[4])):
        report.values[f"air_temperature_{name}_24h"] = int(digits) / (-10 if sign == "1" else 10)


def _tendency(report: Report, found: re.Match[str]) -> None:
    falls = found[1] in "5678"
    report.values["tendency_of_surface_air_pressure_3h"] = int(found[2]) / (-10 if falls else 10)


def _snow(report: Report, found: re.Match[str]) -> None:
    report.values["surface_snow_thickness"] = round(int(found[1]) * INCH_MM / 10, 4)


_TAKE: dict[str, Callable[[Report, re.Match[str]], None]] = {
    "sea_level": _sea_level,
    "exact": _exact,
    "hour_rain": _hour_rain,
    "six_hours": _six_hours,
    "day_rain": _day_rain,
    "day_extremes": _day_extremes,
    "tendency": _tendency,
    "snow": _snow,
}
