"""The text record of China's national stations (Z_SURF_I_IIiii_yyyyMMddHHmmss_O_AWS_FTM[-CCx].txt).

Fifteen lines a station, `NNNN` at the end. Line 1: identifier, time, position, heights, method, who checked it,
correction. Then one line a group, each with its sign: PP pressure, TH temperature and humidity, RE rain, evaporation,
WI wind, DT ground and soil, VV visibility, CW cloud and weather, SP snow and the like, MR minute rain, MW weather in
words; QC alone; Q1, Q2, Q3 the digits of station, province and nation, one a field and one group of digits a line.
Temperatures and changes are 1000 minus ten times the value. The order and the writing of the fields are those of the
national information centre's (NMIC) record description for national stations (SurfaceObservationDataNation).

The quality digits are others' judgement: they stay out of the readings; 7 ("no observing task", from whichever of the
three) tells a value that was never due from one that is missing. Rain, extremes, gust and evaporation are those since
the last full hour, and are values of an hour only at the full hour. Times are UTC.

Not read, because the catalogue has no element for it: change of pressure and temperature in 24 h, instant wind, gusts
of 6 and 12 h, extremes of ground and grass, low and middle cloud, cloud forms, past weather, state of the ground, snow
pressure, frost depth, tornado, ice on wires, hail; times of extremes; rain of hand-made extra observations; the minute
rain of MR; the words of MW.
Rain of 3 to 24 h has a code for trace (990, and 9999 in 24 h) that can't be told from 99.0 mm where the field holds
00990: that value is not taken, and the record says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xiangtian.core.flags import Mark
from xiangtian.observe.decode import cma_text
from xiangtian.observe.decode.cma_text import NO_TASK, NUMBER, Place
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "cma-national"
SIGNS = {"PP": 8, "TH": 13, "RE": 8, "WI": 16, "DT": 19, "VV": 4, "CW": 12, "SP": 10}
"""Lines with values and how many each holds."""
DIGITS = ("Q1", "Q2", "Q3")
SUMS = {"precipitation_amount_3h": 2, "precipitation_amount_6h": 3, "precipitation_amount_12h": 4,
        "precipitation_amount_24h": 5}  # fmt: skip
TRACES = ("99990", "99999")
UNCLEAR = "00990"
TENTHS_OVERCAST = "10-"
_FIRST = re.compile(
    r"([A-Z0-9]\d{4}) +(\d{10,14}) +(\d{6}) +(\d{7}) +(-?\d{5}|/+) +(-?\d{5}|/+) +(\S) +([019/]{3}) +(\S{3})$"
)


def _coded(line: str, *fields: int, at_hour: bool = False) -> list[Place]:
    return [Place(field, 10, coded=True, at_hour=at_hour, line=line) for field in fields]


_EXTREMES = _coded("TH", 2, 4, at_hour=True)
_DAY = _coded("TH", 7, 8)
_SOIL = dict(zip((5, 10, 15, 20, 40, 80, 160, 320), _coded("DT", *range(7, 15)), strict=True))
ELEMENTS: dict[str, Place] = {
    "surface_air_pressure": Place(1, line="PP"),
    "air_pressure_at_mean_sea_level": Place(2, line="PP"),
    "tendency_of_surface_air_pressure_3h": Place(3, coded=True, line="PP"),
    "surface_air_pressure_maximum_1h": Place(5, at_hour=True, line="PP"),
    "surface_air_pressure_minimum_1h": Place(7, at_hour=True, line="PP"),
    "air_temperature": Place(1, coded=True, line="TH"),
    "air_temperature_maximum_1h": _EXTREMES[0],
    "air_temperature_minimum_1h": _EXTREMES[1],
    "air_temperature_maximum_24h": _DAY[0],
    "air_temperature_minimum_24h": _DAY[1],
    "dew_point_temperature": Place(9, coded=True, line="TH"),
    "relative_humidity": Place(10, 1, line="TH"),
    "relative_humidity_minimum_1h": Place(11, 1, at_hour=True, line="TH"),
    "vapor_pressure": Place(13, line="TH"),
    cma_text.RAIN: Place(1, line="RE"),
    **{name: Place(field, line="RE") for name, field in SUMS.items()},
    "lwe_thickness_of_evaporation_1h": Place(8, at_hour=True, line="RE"),
    "wind_from_direction": Place(3, 1, line="WI"),
    "wind_speed": Place(4, line="WI"),
    "wind_speed_2min": Place(2, line="WI"),
    "wind_speed_10min": Place(4, line="WI"),
    "wind_speed_maximum_1h": Place(6, at_hour=True, line="WI"),
    "wind_gust_from_direction": Place(10, 1, line="WI"),
    "wind_speed_of_gust": Place(11, line="WI"),
    "wind_speed_of_gust_1h": Place(11, at_hour=True, line="WI"),
    "surface_temperature": Place(1, coded=True, line="DT"),
    **{f"soil_temperature_{depth}cm": place for depth, place in _SOIL.items()},
    "grass_temperature": Place(15, coded=True, line="DT"),
    "visibility_in_air": Place(2, 1, line="VV"),
    "visibility_in_air_minimum_1h": Place(3, 1, at_hour=True, line="VV"),
    "cloud_area_fraction": Place(2, 0.1, line="CW"),
    "present_weather": Place(8, 1, line="CW"),
    "surface_snow_thickness": Place(1, line="SP"),
}
"""Element to its line, its field there (counted from 0, which is the sign) and how it is written."""
INSTEAD: dict[str, tuple[Place, ...]] = {
    "wind_from_direction": (Place(1, 1, line="WI"),),
    "wind_speed": (Place(2, line="WI"),),
    "visibility_in_air": (Place(1, 1, line="VV"), Place(1, 0.01, line="CW")),
}
"""What is taken where the first choice has no number: 2-minute wind, 1-minute visibility, the observer's visibility."""


@dataclass(frozen=True)
class _Record:
    number: int
    first: str
    lines: dict[str, list[str]]

    def said(self, place: Place) -> str:
        return self.lines[place.line][place.field]

    def undue(self, place: Place) -> bool:
        group = list(SIGNS).index(place.line) + 1
        for sign in DIGITS:
            digits = self.lines.get(sign, [])
            if len(digits) > group and digits[group][place.field - 1 : place.field] == NO_TASK:
                return True
        return False


def sniff(head: bytes, name: str) -> bool:
    """Tell by the first line: identifier, time, latitude and longitude as degrees, minutes and seconds."""
    lines = head.decode("ascii", "replace").lstrip().splitlines()
    return bool(lines and _FIRST.match(lines[0].strip()))


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode the records of a file, each by itself: a damaged record does not cost its neighbours."""
    refusals = Refusals()
    lines = [line.strip() for line in body.decode("ascii", "replace").splitlines() if line.strip()]
    if "NNNN" not in lines:
        refusals.add("the file does not end with NNNN: it may be cut short; ask for it again", f"line {len(lines)}")
    readings = []
    for record in _records([line for line in lines if line != "NNNN"], refusals):
        try:
            readings.append(_reading(record, envelope.name, refusals))
        except ValueError as error:
            refusals.add(str(error), f"record {record.number} ({record.first[:5]})")
    return Decoded(NAME, tuple(readings), refusals.told())


def _records(lines: list[str], refusals: Refusals) -> list[_Record]:
    starts = [place for place, line in enumerate(lines) if _FIRST.match(line)]
    if not starts or starts[0]:
        before = starts[0] if starts else len(lines)
        refusals.add(f"{before} lines before the first station were left out", "line 1")
    ends = [*starts[1:], len(lines)][: len(starts)]
    found = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        words = [line.rstrip("=").split() for line in lines[start + 1 : end]]
        found.append(_Record(number, lines[start], {word[0]: word for word in words if word}))
    return found


def _reading(record: _Record, file_name: str, refusals: Refusals) -> Reading:
    first = _FIRST.match(record.first)
    if first is None:
        raise Unfit(f"line 1 of a record holds identifier, time and position, found {record.first[:40]!r}")
    for sign, count in SIGNS.items():
        held = len(record.lines.get(sign, [])) - 1
        if held != count:
            found = f"found {held}" if held >= 0 else "found no such line"
            raise Unfit(f"line {sign} of a record holds {count} fields, {found}; ask the station for it again")
    time = cma_text.moment(first.group(2))
    values, marks = cma_text.read(cma_text.due(_layout(record), time), record.said, record.undue)
    _clear_sums(record, values, marks, refusals)
    _overcast(record, values, marks)
    cma_text.rain_of_the_hour(values, marks, time)
    lat, lon = cma_text.degrees(first.group(3)), cma_text.degrees(first.group(4))
    said = cma_text.correction(first.group(9), file_name)
    return Reading(first.group(1), time, values, marks, lon, lat, cma_text.height(first.group(5)), said)


def _layout(record: _Record) -> dict[str, Place]:
    layout = dict(ELEMENTS)
    speed = ELEMENTS["wind_speed"]
    if not NUMBER.fullmatch(record.said(speed)) and NUMBER.fullmatch(record.said(INSTEAD["wind_speed"][0])):
        layout |= {name: INSTEAD[name][0] for name in ("wind_from_direction", "wind_speed")}
    choices = (ELEMENTS["visibility_in_air"], *INSTEAD["visibility_in_air"])
    held = [place for place in choices if NUMBER.fullmatch(record.said(place))]
    layout["visibility_in_air"] = (held or choices)[0]
    return layout


def _clear_sums(record: _Record, values: dict[str, float], marks: dict[str, Mark], refusals: Refusals) -> None:
    """Take the codes out of the sums of rain: trace is 0, and what may be either is not taken."""
    for name in SUMS:
        text = record.said(ELEMENTS[name])
        if text in TRACES:
            values[name], marks[name] = 0.0, Mark.TRACE
        elif text == UNCLEAR:
            del values[name]
            marks[name] = Mark.MISSING
            reason = f"{name} is {UNCLEAR}: 99.0 mm, or the code 990 for trace; not taken, see the rain of each hour"
            refusals.add(reason, f"record {record.number} ({record.first[:5]})")


def _overcast(record: _Record, values: dict[str, float], marks: dict[str, Mark]) -> None:
    """Take `10-` (overcast with gaps) as 100 %, as the record description does."""
    if record.said(ELEMENTS["cloud_area_fraction"]) == TENTHS_OVERCAST:
        values["cloud_area_fraction"] = 100.0
        marks.pop("cloud_area_fraction", None)
