"""The text record of China's regional stations (Z_SURF_C_CCCC-REG_yyyyMMddHHmmss_O_AWS_FTM[_PQC].txt).

Five lines a station, `NNNN` at the end; the layout is that of the national information centre's (NMIC) decoder for
regional stations. Line 1: identifier, position, correction; line 2: 52 fields, integers scaled by ten where noted;
line 3: minute rain; line 4: manual items; line 5: a quality digit for each field of line 2 but its first.

The quality digits are the province's judgement, not ours: they stay out of the readings. Only 7 ("no observing task")
is used, to tell a value that was never due from one that is missing. Wind is the 10-minute mean, else the 2-minute
mean. The hour's rain, extremes and evaporation are those since the last full hour: at 15:10 the rain's period is
10 min, and only at a full hour are they values of an hour. Times are UTC.

Not read: extremes of grass and ground temperature and all times of extremes (the catalogue has no such elements), the
minute rain of line 3 and the manual items of line 4.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from xiangtian.core.flags import Mark
from xiangtian.observe.decode import cma_text
from xiangtian.observe.decode.cma_text import NO_TASK, NUMBER, Place
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "cma-regional"
LINES = 5
FIELDS = 52
WIND_10MIN, WIND_2MIN = (3, 4), (1, 2)
_FIRST = re.compile(r"([A-Z0-9]\d{4}) +(\d{6}) +(\d{7}) +(-?\d{5}|/+) +(\S+) +(\S+) +(\S+)")

ELEMENTS: dict[str, Place] = {
    "wind_from_direction": Place(WIND_10MIN[0], 1),
    "wind_speed": Place(WIND_10MIN[1]),
    "wind_speed_2min": Place(WIND_2MIN[1]),
    "wind_speed_10min": Place(WIND_10MIN[1]),
    "wind_speed_maximum_1h": Place(6, at_hour=True),
    "wind_gust_from_direction": Place(10, 1),
    "wind_speed_of_gust": Place(11),
    "wind_speed_of_gust_1h": Place(11, at_hour=True),
    cma_text.RAIN: Place(13),
    "air_temperature": Place(14),
    "air_temperature_maximum_1h": Place(15, at_hour=True),
    "air_temperature_minimum_1h": Place(17, at_hour=True),
    "relative_humidity": Place(19, 1),
    "relative_humidity_minimum_1h": Place(20, 1, at_hour=True),
    "vapor_pressure": Place(22),
    "dew_point_temperature": Place(23),
    "surface_air_pressure": Place(24),
    "surface_air_pressure_maximum_1h": Place(25, at_hour=True),
    "surface_air_pressure_minimum_1h": Place(27, at_hour=True),
    "grass_temperature": Place(29),
    "surface_temperature": Place(34),
    "soil_temperature_5cm": Place(39),
    "soil_temperature_10cm": Place(40),
    "soil_temperature_15cm": Place(41),
    "soil_temperature_20cm": Place(42),
    "soil_temperature_40cm": Place(43),
    "soil_temperature_80cm": Place(44),
    "soil_temperature_160cm": Place(45),
    "soil_temperature_320cm": Place(46),
    "lwe_thickness_of_evaporation_1h": Place(47, at_hour=True),
    "air_pressure_at_mean_sea_level": Place(48),
    "visibility_in_air": Place(49, 1),
    "visibility_in_air_minimum_1h": Place(50, 1, at_hour=True),
}
"""Element to its field in line 2 (counted from 0, which is the time) and how it is written there."""
WIDTHS = {1: 3, 3: 3, 5: 3, 8: 3, 10: 3, 2: 3, 4: 3, 6: 3, 9: 3, 11: 3, 19: 3, 20: 3, 22: 3, 24: 5, 25: 5, 27: 5,
          48: 5, 49: 5, 50: 5}  # fmt: skip
"""Signs of a field, where it is not four."""


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
    readings = []
    for record in _records([line for line in lines if line != "NNNN"], refusals):
        try:
            readings.append(_reading(record, envelope.name))
        except ValueError as error:
            refusals.add(str(error), f"record {record.number} ({record.lines[0][:5]})")
    return Decoded(NAME, tuple(readings), refusals.told())


def _records(lines: list[str], refusals: Refusals) -> list[_Record]:
    starts = [place for place, line in enumerate(lines) if _FIRST.match(line)]
    if not starts or starts[0]:
        before = starts[0] if starts else len(lines)
        refusals.add(f"{before} lines before the first station were left out", "line 1")
    ends = [*starts[1:], len(lines)][: len(starts)]
    return [_Record(number, lines[start:end]) for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)]


def _reading(record: _Record, file_name: str) -> Reading:
    if len(record.lines) != LINES:
        raise Unfit(f"a record has {LINES} lines, found {len(record.lines)}")
    first = _FIRST.match(record.lines[0])
    fields = record.lines[1].split()
    if first is None or len(fields) != FIELDS:
        raise Unfit(f"line 2 of a record has {FIELDS} fields, found {len(fields)}")
    time, digits = cma_text.moment(fields[0]), _digits(record.lines[4])
    values, marks = cma_text.read(
        cma_text.due(_layout(fields), time),
        lambda place: fields[place.field],
        lambda place: digits[place.field - 1 : place.field] == NO_TASK,
    )
    cma_text.rain_of_the_hour(values, marks, time)
    station, lat, lon = first.group(1), cma_text.degrees(first.group(2)), cma_text.degrees(first.group(3))
    said = cma_text.correction(first.group(7), file_name)
    return Reading(station, time, values, marks, lon, lat, cma_text.height(first.group(4)), said)


def _layout(fields: list[str]) -> dict[str, Place]:
    if NUMBER.fullmatch(fields[WIND_10MIN[1]]) or not NUMBER.fullmatch(fields[WIND_2MIN[1]]):
        return ELEMENTS
    return {**ELEMENTS, "wind_from_direction": Place(WIND_2MIN[0], 1), "wind_speed": Place(WIND_2MIN[1])}


def _digits(line: str) -> str:
    words = line.rstrip("=").split()
    if len(words) < 2 or words[0] != "QC":
        raise Unfit(f"line 5 of a record begins with QC and its digits, found {line[:20]!r}")
    return words[1]


def encode(readings: Sequence[Reading]) -> bytes:
    """Write readings as a province's file; what `decode` reads comes back as it was.

    Parameters
    ----------
    readings : Sequence
        Of stations with a five-sign identifier and a position. A value without a place in the record is left out; so
        is a minute's detail (lines 3 and 4 hold no values). Wind is written as the 10-minute mean.

    Returns
    -------
    bytes
        The file, with `NNNN` at its end.

    Raises
    ------
    ValueError
        If a reading has no such identifier or no position; the message names it.
    """
    lines = [line for reading in readings for line in _lines(reading)]
    return "".join(f"{line}\r\n" for line in [*lines, "NNNN"]).encode("ascii")


def _lines(reading: Reading) -> list[str]:
    if not re.fullmatch(r"[A-Z0-9]\d{4}", reading.station) or reading.lat is None or reading.lon is None:
        raise ValueError(f"station {reading.station!r} needs an identifier of five signs and a position to be written")
    fields = [f"{reading.time.astimezone(dt.UTC):%Y%m%d%H%M%S}"]
    fields += ["/" * WIDTHS.get(field, 4) for field in range(1, FIELDS)]
    digits = [NO_TASK] * (FIELDS - 1)
    for name, place in cma_text.due(ELEMENTS, reading.time).items():
        text, digit = _written(reading, name, place)
        if digit != NO_TASK:
            fields[place.field], digits[place.field - 1] = text, digit
    height = "/////" if reading.alt_m is None else f"{round(reading.alt_m * 10):05d}"
    where = f"{_sexagesimal(reading.lat, 6)} {_sexagesimal(reading.lon, 7)} {height} ///// 4"
    first = f"{reading.station} {where} {reading.correction or '000'}"
    return [first, " ".join(fields), "/" * 120, "/// " * 4 + "////", f"QC {''.join(digits)} {NO_TASK * 60}="]


def _written(reading: Reading, name: str, place: Place) -> tuple[str, str]:
    width, mark = WIDTHS.get(place.field, 4), reading.marks.get(name, Mark.NONE)
    if mark in (Mark.CALM, Mark.TRACE):
        return ("PPC" if mark is Mark.CALM else "," * width), "0"
    if name in reading.values:
        return f"{round(reading.values[name] * place.divisor):0{width}d}", "0"
    return "/" * width, NO_TASK if mark in (Mark.NONE, Mark.NO_TASK) else "8"


def _sexagesimal(value: float, width: int) -> str:
    seconds = round(value * 3600)
    return f"{seconds // 3600:0{width - 4}d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
