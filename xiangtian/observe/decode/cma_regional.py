"""The text record of China's regional stations (Z_SURF_C_CCCC-REG_yyyyMMddHHmmss_O_AWS_FTM[_PQC].txt).

Five lines a station, `NNNN` at the end; the layout is that of the national information centre's (NMIC) decoder for
regional stations. Line 1: identifier, position, correction; line 2: 52 fields, integers scaled by ten where noted;
line 3: minute rain; line 4: manual items; line 5: a quality digit for each field of line 2 but its first.

The quality digits are the province's judgement, not ours: they stay out of the readings. Only 7 ("no observing task")
is used, to tell a value that was never due from one that is missing. Wind is the 10-minute mean, else the 2-minute
mean; the hour's rain is the amount since the last full hour, so at 15:10 its period is 10 min and only at a full hour
is it also `precipitation_amount_1h`. Times are UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "cma-regional"
LINES = 5
FIELDS = 52
RAIN, WIND_10MIN, WIND_2MIN = 13, (3, 4), (1, 2)
NO_TASK_DIGIT = "7"
RAIN_NAME, HOUR_RAIN = "precipitation_amount", "precipitation_amount_1h"
_FIRST = re.compile(r"([A-Z0-9]\d{4}) +(\d{6}) +(\d{7}) +(-?\d{5}|/+) +(\S+) +(\S+) +(\S+)")
_NUMBER = re.compile(r"-?\d{1,6}")
_TIME = re.compile(r"\d{14}|\d{12}|\d{10}")
_CORRECTED_NAME = re.compile(r"[-_](CC[A-X])(?:[._-]|$)")

ELEMENTS: dict[str, tuple[int, float]] = {
    "wind_from_direction": (3, 1),
    "wind_speed": (4, 10),
    "wind_gust_from_direction": (10, 1),
    "wind_speed_of_gust": (11, 10),
    RAIN_NAME: (RAIN, 10),
    "air_temperature": (14, 10),
    "relative_humidity": (19, 1),
    "vapor_pressure": (22, 10),
    "dew_point_temperature": (23, 10),
    "surface_air_pressure": (24, 10),
    "grass_temperature": (29, 10),
    "surface_temperature": (34, 10),
    "soil_temperature_5cm": (39, 10),
    "soil_temperature_10cm": (40, 10),
    "soil_temperature_20cm": (42, 10),
    "air_pressure_at_mean_sea_level": (48, 10),
    "visibility_in_air": (49, 1),
}
"""Element to its field in line 2 (counted from 0, which is the time) and the divisor of its integer."""


@dataclass(frozen=True)
class _Record:
    number: int
    lines: list[str]


def sniff(head: bytes, name: str) -> bool:
    """Tell by the first line: identifier, latitude and longitude as degrees, minutes and seconds, altitudes."""
    lines = head.decode("ascii", "replace").lstrip().splitlines()
    return bool(lines and _FIRST.match(lines[0]))


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode the records of a file, each by itself: a damaged record does not cost its neighbours."""
    refusals = Refusals()
    lines = [line.strip() for line in body.decode("ascii", "replace").splitlines() if line.strip()]
    if "NNNN" not in lines:
        refusals.add("the file does not end with NNNN: it may be cut short; ask for it again", f"line {len(lines)}")
    corrected = _CORRECTED_NAME.search(envelope.name)
    readings = []
    for record in _records([line for line in lines if line != "NNNN"], refusals):
        try:
            readings.append(_reading(record, corrected.group(1) if corrected else ""))
        except ValueError as error:
            refusals.add(str(error), f"record {record.number} ({record.lines[0][:5]})")
    return Decoded(NAME, tuple(readings), refusals.told())


def _records(lines: list[str], refusals: Refusals) -> list[_Record]:
    starts = [place for place, line in enumerate(lines) if _FIRST.match(line)]
    if starts and starts[0]:
        refusals.add(f"{starts[0]} lines before the first station were left out", "line 1")
    ends = [*starts[1:], len(lines)]
    return [_Record(number, lines[start:end]) for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)]


def _reading(record: _Record, corrected: str) -> Reading:
    if len(record.lines) != LINES:
        raise Unfit(f"a record has {LINES} lines, found {len(record.lines)}")
    first = _FIRST.match(record.lines[0])
    fields = record.lines[1].split()
    if first is None or len(fields) != FIELDS:
        raise Unfit(f"line 2 of a record has {FIELDS} fields, found {len(fields)}")
    time = _time(fields[0])
    values, marks = _elements(fields, _digits(record.lines[4]))
    _rain_period(values, marks, time)
    station, lat, lon, alt = first.group(1), _degrees(first.group(2)), _degrees(first.group(3)), first.group(4)
    alt_m = int(alt) / 10 if "/" not in alt else None
    said = first.group(7)
    return Reading(station, time, values, marks, lon, lat, alt_m, said if said.startswith("CC") else corrected)


def _elements(fields: list[str], digits: str) -> tuple[dict[str, float], dict[str, Mark]]:
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, (place, divisor) in _layout(fields).items():
        text = fields[place]
        if _NUMBER.fullmatch(text):
            values[name] = int(text) / divisor
        elif text == "PPC":
            values[name], marks[name] = 0.0, Mark.CALM
        elif text.strip(",") == "" or "," in text:
            values[name], marks[name] = 0.0, Mark.TRACE
        else:
            no_task = digits[place - 1 : place] == NO_TASK_DIGIT
            marks[name] = Mark.NO_TASK if no_task else Mark.MISSING
    return values, marks


def _layout(fields: list[str]) -> dict[str, tuple[int, float]]:
    if _NUMBER.fullmatch(fields[WIND_10MIN[1]]) or not _NUMBER.fullmatch(fields[WIND_2MIN[1]]):
        return ELEMENTS
    return {**ELEMENTS, "wind_from_direction": (WIND_2MIN[0], 1), "wind_speed": (WIND_2MIN[1], 10)}


def _rain_period(values: dict[str, float], marks: dict[str, Mark], time: dt.datetime) -> None:
    if RAIN_NAME in values:
        values["precipitation_period"] = float(time.minute or 60)
    if time.minute == 0:
        values |= {HOUR_RAIN: values[RAIN_NAME]} if RAIN_NAME in values else {}
        marks |= {HOUR_RAIN: marks[RAIN_NAME]} if RAIN_NAME in marks else {}


def _digits(line: str) -> str:
    words = line.rstrip("=").split()
    if len(words) < 2 or words[0] != "QC":
        raise Unfit(f"line 5 of a record begins with QC and its digits, found {line[:20]!r}")
    return words[1]


def _time(text: str) -> dt.datetime:
    if not _TIME.fullmatch(text):
        raise Unfit(f"the time of a record is yyyyMMddHHmmss in UTC, found {text[:20]!r}")
    try:
        return dt.datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Unfit(f"the time of a record is no moment of the calendar: {text}") from None


def _degrees(text: str) -> float:
    degrees, minutes, seconds = int(text[:-4]), int(text[-4:-2]), int(text[-2:])
    if minutes >= 60 or seconds >= 60:
        raise Unfit(f"a position is written as degrees, minutes and seconds, found {text}")
    return round(degrees + minutes / 60 + seconds / 3600, 6)
