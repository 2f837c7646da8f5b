"""SYNOP, SHIP and SYNOP MOBIL text reports (FM 12, FM 13, FM 14; WMO-No. 306, volume I.1).

Read are section 1, and of section 3 rain, snow depth, sunshine and radiation of the last hour, gusts, and the base of
the lowest cloud. Left out, because their period or meaning differs from region to region or between users: the extreme
temperatures (1sn, 2sn of section 3), gusts without a stated period of an hour or less, classes of cloud height (h),
sections 2, 4 and 5. Wind is the ten-minute mean. A group that can't be read is named and costs nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.decode.tac.gts import Bulletin, moment
from xiangtian.observe.decode.tac.report import Report
from xiangtian.observe.decode.tac.synop_tables import cloud_base, period_h, rain, visibility
from xiangtian.observe.decode.units import KNOT_M_S
from xiangtian.observe.reading import Reading

_SIGN = re.compile(r"^(AAXX|BBXX|OOXX)$")
_DATE = re.compile(r"^(\d\d)(\d\d)([0134/])$")
_STATION = re.compile(r"^\d{5}$")
_GROUP = re.compile(r"^[0-9/]{5}$")
_CALL = re.compile(r"^[A-Z0-9]{3,9}$")
_SECTION = re.compile(r"^(?:222[0-9/]{2}|333|444|555)$")
MANNED_WEATHER, AUTOMATIC_WEATHER = "14", "7"
"""Code 1860 (ix): weather by code table 4677, or by 4680, which BUFR's combined table counts from 100."""
RAIN_NAMES = {1: "1h", 3: "3h", 6: "6h", 12: "12h", 24: "24h"}
STANDARD_LEVELS = "12578"
QUADRANT = {"1": (1, 1), "3": (-1, 1), "5": (-1, -1), "7": (1, -1)}
KNOTS = "34"


def read(bulletin: Bulletin, received: dt.datetime, refusals: Refusals) -> list[Reading]:
    """Read the reports of one bulletin."""
    readings = []
    date: tuple[str, str, str] | None = None
    for words in _reports(bulletin.text):
        sign = words[0] if _SIGN.match(words[0]) else ""
        kind = sign or "AAXX"
        try:
            words = words[1:] if sign else words
            if kind == "AAXX" and sign:
                date, words = _date(words[0] if words else ""), words[1:]
            found = _report(kind, words, date, bulletin, received, refusals)
        except ValueError as error:
            refusals.add(str(error), " ".join(words[:4])[:60])
            continue
        if found:
            readings.append(found)
    return readings


def _reports(text: str) -> Iterator[list[str]]:
    """Part a text into reports: each ends with =, or where a new sign (AAXX) stands."""
    words: list[str] = []
    for word in text.replace("=", " = ").split():
        if word == "=" or _SIGN.match(word):
            if [one for one in words if not _SIGN.match(one)]:
                yield words
                words = []
            if word != "=":
                words = [word]
        else:
            words.append(word)
    if words:
        yield words


def _date(group: str) -> tuple[str, str, str]:
    found = _DATE.match(group)
    if found is None:
        raise Unfit(f"after AAXX stand day, hour and wind unit (YYGGi), found {group[:12]!r}")
    return found[1], found[2], found[3]


def _report(
    kind: str,
    words: list[str],
    date: tuple[str, str, str] | None,
    bulletin: Bulletin,
    received: dt.datetime,
    refusals: Refusals,
) -> Reading | None:
    place = None
    station = words[0] if words else ""
    if kind == "AAXX":
        if not _STATION.match(station):
            raise Unfit(f"a land report begins with a station number of five digits, found {station[:12]!r}")
        rest = words[1:]
    else:
        if not _CALL.match(station) or len(words) < 4:
            raise Unfit(f"a mobile report begins with call sign, time and position, found {' '.join(words[:4])[:40]!r}")
        date, place, rest = _date(words[1]), _position(kind, words[2:]), words[4:]
        rest = rest[2:] if kind == "OOXX" else rest
    if date is None:
        raise Unfit("a report without its day and hour (no AAXX YYGGi before it)")
    if not rest or rest[0].upper() == "NIL":
        refusals.add("NIL: the station says that there is no report", station)
        return None
    time = moment(int(date[0]), int(date[1]), 0, received)
    report = Report(station, time, date[2] in KNOTS, bulletin.mark, place=place)
    _tell(report, rest, received, refusals)
    if not report.values and not report.marks:
        raise Unfit("no group of the report could be read")
    lat, lon, alt = place or (None, None, None)
    return Reading(station, report.time, report.values, report.marks, lon, lat, alt, report.correction)


def _position(kind: str, words: Sequence[str]) -> tuple[float, float, float | None]:
    lat, lon = words[0], words[1]
    if not re.fullmatch(r"99\d{3}", lat) or not re.fullmatch(r"[1357]\d{4}", lon):
        raise Unfit(f"a mobile report tells its position as 99LaLaLa QcLoLoLoLo, found {lat[:8]} {lon[:8]}")
    north, east = QUADRANT[lon[0]]
    at = int(lat[2:]) / 10 * north, int(lon[1:]) / 10 * east
    if abs(at[0]) > 90 or abs(at[1]) > 180:
        raise Unfit(f"the position {lat} {lon} is not on the earth")
    height = words[3] if kind == "OOXX" and len(words) > 3 else ""
    if re.fullmatch(r"\d{4}[1-8]", height):
        return (*at, int(height[:4]) * (1.0 if height[4] in "1234" else 0.3048))
    return (*at, None)


def _tell(report: Report, words: Sequence[str], received: dt.datetime, refusals: Refusals) -> None:
    sections = list(_sections(words))
    for number, groups in sections:
        table = {"1": _section_1, "3": _section_3}.get(number)
        if table is None:
            continue
        try:
            table(report, groups, received, refusals)
        except Unfit as error:
            refusals.add(str(error), report.station)


def _sections(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    number: str = "1"
    groups: list[str] = []
    for word in words:
        if _SECTION.match(word):
            yield number, groups
            number, groups = word[0], []
        else:
            groups.append(word)
    yield number, groups


def _section_1(report: Report, groups: list[str], received: dt.datetime, refusals: Refusals) -> None:
    if len(groups) < 2 or not _GROUP.match(groups[0]) or not _GROUP.match(groups[1]):
        raise Unfit(f"section 1 begins with two groups of five digits, found {' '.join(groups[:2])[:20]!r}")
    report.ix, report.no_rain_known = groups[0][1], groups[0][0] == "4"
    report.tell("visibility_in_air", groups[0][3:], visibility)
    rest = _wind(report, groups[1:])
    for group in rest:
        if not _GROUP.match(group):
            refusals.add("a group that is not five digits was left out", f"{report.station} {group[:12]}")
        elif group[0] == "9":
            _actual_time(report, group, received)
        elif group[0] in SECTION_1:
            SECTION_1[group[0]](report, group)
    if report.no_rain_known:
        report.marks.setdefault("precipitation_amount", Mark.MISSING)


def _wind(report: Report, groups: list[str]) -> list[str]:
    cover, direction, speed = groups[0][0], groups[0][1:3], groups[0][3:]
    report.tell("cloud_area_fraction", cover.replace("9", "/"), lambda one: int(int(one) * 12.5 + 0.5))
    rest = groups[1:]
    if speed == "99" and rest and re.fullmatch(r"00\d{3}", rest[0]):
        speed, rest = rest[0][2:], rest[1:]
    unit = KNOT_M_S if report.knots else 1.0
    report.tell("wind_speed", speed, lambda one: int(one) * unit)
    if direction == "00" and report.values.get("wind_speed") == 0:
        report.values["wind_from_direction"] = 0.0
        report.marks["wind_speed"] = report.marks["wind_from_direction"] = Mark.CALM
    elif direction != "99":
        report.tell("wind_from_direction", direction, _direction)
    return rest


def _direction(digits: str) -> float:
    if int(digits) > 36:
        raise Unfit(f"a wind direction is told in tens of degrees up to 36, found {digits}")
    return int(digits) * 10.0


def _signed(digits: str) -> float:
    if digits[0] not in "01":
        raise Unfit(f"the sign of a temperature is 0 or 1, found {digits[0]}")
    return int(digits[1:]) / (-10 if digits[0] == "1" else 10)


def _temperature(report: Report, group: str) -> None:
    report.tell("air_temperature", group[1:], _signed)


def _dew_point(report: Report, group: str) -> None:
    if group[1] == "9":
        report.tell("relative_humidity", group[2:], float)
    else:
        report.tell("dew_point_temperature", group[1:], _signed)


def _tenths_of_pressure(digits: str) -> float:
    return int(digits) / 10 + (1000 if int(digits) < 5000 else 0)


def _station_pressure(report: Report, group: str) -> None:
    report.tell("surface_air_pressure", group[1:], _tenths_of_pressure)


def _sea_level_pressure(report: Report, group: str) -> None:
    if group[1] not in STANDARD_LEVELS:
        report.tell("air_pressure_at_mean_sea_level", group[1:], _tenths_of_pressure)


def _tendency(report: Report, group: str) -> None:
    falls = group[1] in "5678"
    report.tell("tendency_of_surface_air_pressure_3h", group[2:], lambda one: int(one) / (-10 if falls else 10))


def _rain(report: Report, group: str) -> None:
    hours = period_h(group[4])
    if not hours:
        return
    name = f"precipitation_amount_{RAIN_NAMES[hours]}" if hours in RAIN_NAMES else ""
    names = [name] if name else []
    if hours == 1:
        report.values["precipitation_period"] = 60.0
        names.append("precipitation_amount")
    for each in names:
        report.tell(each, group[1:4], rain)
        if group[1:4] == "990":
            report.marks[each] = Mark.TRACE


def _weather(report: Report, group: str) -> None:
    if report.ix in MANNED_WEATHER:
        report.tell("present_weather", group[1:3], float)
    elif report.ix == AUTOMATIC_WEATHER:
        report.tell("present_weather", group[1:3], lambda one: 100.0 + int(one))


SECTION_1: dict[str, Callable[[Report, str], None]] = {
    "1": _temperature,
    "2": _dew_point,
    "3": _station_pressure,
    "4": _sea_level_pressure,
    "5": _tendency,
    "6": _rain,
    "7": _weather,
}


def _actual_time(report: Report, group: str, received: dt.datetime) -> None:
    if "/" in group:
        return
    hour, minute = int(group[1:3]), int(group[3:])
    if hour > 23 or minute > 59:
        raise Unfit(f"the actual time of a report is an hour and a minute, found {group}")
    actual = report.time.replace(hour=hour, minute=minute)
    if actual - report.time > dt.timedelta(hours=12):
        actual -= dt.timedelta(days=1)
    report.time = actual


def _section_3(report: Report, groups: list[str], _: dt.datetime, refusals: Refusals) -> None:
    sunshine_h = 0
    for group in groups:
        if not _GROUP.match(group):
            if group:
                refusals.add("a group that is not five digits was left out", f"{report.station} {group[:12]}")
        elif group[0] == "5" and group[1] == "5":
            sunshine_h = _sunshine(report, group)
        elif sunshine_h and group[0] in "01234":
            _radiation(report, group, sunshine_h)
        else:
            sunshine_h = 0
            _late_group(report, group)


def _late_group(report: Report, group: str) -> None:
    if group[0] == "4":
        _snow(report, group)
    elif group[0] == "6":
        _rain(report, group)
    elif group[0] == "7":
        _day_rain(report, group)
    elif group[0] == "8":
        _lowest_cloud(report, group)
    elif group[0] == "9":
        _gust(report, group)


def _sunshine(report: Report, group: str) -> int:
    if group[2] == "3":
        report.tell("duration_of_sunshine_1h", group[3:], lambda one: int(one) * 6.0)
        return 1
    return 24 if group[2] in "012/" else 0


def _radiation(report: Report, group: str, hours: int) -> None:
    if group[0] == "2" and hours == 1:
        report.tell("surface_downwelling_shortwave_flux", group[1:], lambda one: int(one) * 1000 / 3600)


def _snow(report: Report, group: str) -> None:
    depth = group[2:]
    if depth not in ("998", "999"):
        report.tell("surface_snow_thickness", depth.replace("997", "000"), float)


def _day_rain(report: Report, group: str) -> None:
    if group[1:] == "9999":
        report.values["precipitation_amount_24h"] = 0.0
        report.marks["precipitation_amount_24h"] = Mark.TRACE
    else:
        report.tell("precipitation_amount_24h", group[1:], lambda one: int(one) / 10)


def _lowest_cloud(report: Report, group: str) -> None:
    base = None if "/" in group[3:] else cloud_base(int(group[3:]))
    if base is not None and base < report.values.get("cloud_base_altitude", base + 1):
        report.values["cloud_base_altitude"] = base


def _gust(report: Report, group: str) -> None:
    if group[1:3] == "07" and group[3:].isdigit() and int(group[3:]) <= 60:
        report.gust_min = int(group[3:]) * 6.0
        return
    unit = KNOT_M_S if report.knots else 1.0
    if group[:3] == "910":
        report.tell("wind_speed_of_gust", group[3:].replace("99", "//"), lambda one: int(one) * unit)
    elif group[:3] == "911" and report.gust_min == 60:
        report.tell("wind_speed_of_gust_1h", group[3:].replace("99", "//"), lambda one: int(one) * unit)
