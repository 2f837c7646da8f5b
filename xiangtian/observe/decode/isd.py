"""Integrated Surface Database of NOAA, full records (DS3505: fixed columns, then additional groups).

Columns, widths of groups, scales and quality codes are those of NOAA's format document for DS3505. A value that the
archive calls erroneous (quality 3 or 7) is not taken; one it doubts is, for our own checks to judge. The station is
USAF-WBAN, or the WMO number where the USAF number was made of one (sixth figure 0, no WBAN number).
Rain goes by its period; extreme temperatures are taken for 1 and 24 h. Summaries of a day or month are refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "isd"
CONTROL, MANDATORY = 60, 105
_RECORD = re.compile(
    rb"^\d{4}[A-Z0-9]{6}\d{5}[12]\d{7}\d{4}.[+-]\d{5}[+-]\d{6}.{5}[+-]\d{4}.{5}.{4}\d{3}", re.MULTILINE
)
ERRONEOUS = "37"
SUMMARIES = ("SOD", "SOM")
RAIN = {1: "1h", 3: "3h", 6: "6h", 12: "12h", 24: "24h"}
WIDTHS: dict[str, int] = {
    "AA": 8, "AB": 7, "AC": 3, "AD": 19, "AE": 12, "AG": 4, "AH": 15, "AI": 15, "AJ": 14, "AK": 12, "AL": 7, "AM": 18,
    "AN": 9, "AO": 8, "AP": 6, "AT": 9, "AU": 8, "AW": 3, "AX": 6, "AY": 5, "AZ": 5, "CB": 10, "CF": 6, "CG": 8,
    "CH": 15, "CI": 28, "CN": 18, "CO": 5, "CR": 7, "CT": 7, "CU": 13, "CV": 26, "CW": 14, "CX": 26, "ED": 8, "GA": 13,
    "GD": 12, "GE": 19, "GF": 23, "GG": 15, "GH": 28, "GJ": 5, "GK": 4, "GL": 6, "GM": 30, "GN": 28, "GO": 19, "GP": 31,
    "GQ": 14, "GR": 14, "HA": 6, "HL": 4, "IA": 9, "IB": 27, "IC": 25, "KA": 10, "KB": 10, "KC": 14, "KD": 9, "KE": 12,
    "KF": 6, "KG": 11, "MA": 12, "MD": 11, "ME": 6, "MF": 12, "MG": 12, "MH": 12, "MK": 24, "MV": 3, "MW": 3, "OA": 8,
    "OB": 24, "OC": 5, "OD": 11, "OE": 16, "RH": 9, "SA": 5, "ST": 17, "UA": 10, "UG": 9, "WA": 6, "WD": 20, "WG": 11,
    "WJ": 19,
}  # fmt: skip
"""Width of each additional group behind its two letters and figure."""
WIDTHS_OF = {"CN2": 18, "CN3": 16, "CN4": 19, "AL1": 7, "IA1": 3, "IA2": 9, "CH1": 15}
"""Groups whose width depends on the figure."""
END = ("REM", "EQD", "QNN")


def sniff(head: bytes, name: str) -> bool:
    """Tell by the fixed columns of the first record."""
    return bool(_RECORD.match(head.lstrip()))


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode a file of records, one a line."""
    refusals = Refusals()
    readings = []
    for number, line in enumerate(body.decode("latin-1").splitlines(), 1):
        if not line.strip():
            continue
        try:
            readings.append(_reading(line, refusals))
        except ValueError as error:
            refusals.add(str(error), f"line {number}")
    return Decoded(NAME, tuple(readings), refusals.told())


def _reading(line: str, refusals: Refusals) -> Reading:
    if len(line) < MANDATORY or not _RECORD.match(line.encode("latin-1")):
        raise Unfit(f"a record has at least {MANDATORY} columns in fixed places, found {len(line)}: {line[:30]!r}")
    if line[41:46].strip() in SUMMARIES:
        raise Unfit("a summary of a day or month, not a report of a moment")
    try:
        time = dt.datetime.strptime(line[15:27], "%Y%m%d%H%M").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Unfit(f"the time of a record is no moment of the calendar: {line[15:27]}") from None
    values, marks = _mandatory(line)
    for group, told in _groups(line[MANDATORY:], refusals):
        _additional(values, marks, group, told)
    lat, lon = _number(line[28:34], "+99999", 1000), _number(line[34:41], "+999999", 1000)
    alt = _number(line[46:51], "+9999", 1)
    return Reading(_station(line[4:10], line[10:15]), time, values, marks, lon, lat, alt)


def _station(usaf: str, wban: str) -> str:
    from_wmo = usaf.isdigit() and usaf.endswith("0") and usaf[:2] != "99"
    return usaf[:5] if from_wmo and wban == "99999" else f"{usaf}-{wban}"


def _number(digits: str, missing: str, scale: float) -> float | None:
    if digits == missing or not re.fullmatch(r"[+-]?\d+", digits):
        return None
    return int(digits) / scale


def _mandatory(line: str) -> tuple[dict[str, float], dict[str, Mark]]:
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    taken = (
        ("wind_speed", _number(line[65:69], "9999", 10), line[69]),
        ("wind_from_direction", _number(line[60:63], "999", 1), line[63]),
        ("visibility_in_air", _number(line[78:84], "999999", 1), line[84]),
        ("air_temperature", _number(line[87:92], "+9999", 10), line[92]),
        ("dew_point_temperature", _number(line[93:98], "+9999", 10), line[98]),
        ("air_pressure_at_mean_sea_level", _number(line[99:104], "99999", 10), line[104]),
    )
    for name, value, quality in taken:
        _take(values, marks, name, value, quality)
    if line[64] == "C" and values.get("wind_speed") == 0:
        values["wind_from_direction"] = 0.0
        marks["wind_speed"] = marks["wind_from_direction"] = Mark.CALM
    if line[64] == "V":
        marks.pop("wind_from_direction", None)
    return values, marks


def _take(values: dict[str, float], marks: dict[str, Mark], name: str, value: float | None, quality: str) -> None:
    if value is None or quality in ERRONEOUS:
        if name not in values:
            marks[name] = Mark.MISSING
        return
    values.setdefault(name, value)
    marks.pop(name, None)


def _groups(text: str, refusals: Refusals) -> Iterator[tuple[str, str]]:
    """Part the additional section; what stands behind a group of unknown width can't be read."""
    place = 3 if text.startswith("ADD") else 0
    while place + 3 <= len(text):
        group = text[place : place + 3]
        if group in END:
            return
        width = WIDTHS_OF.get(group, WIDTHS.get(group[:2], 0))
        told = text[place + 3 : place + 3 + width]
        if not width or len(told) < width:
            refusals.add("an additional group of unknown width: what stands behind it was left out", group)
            return
        yield group, told
        place += 3 + width


def _additional(values: dict[str, float], marks: dict[str, Mark], group: str, told: str) -> None:
    kind = group[:2]
    if kind == "AA":
        _rain(values, marks, told)
    elif kind == "KA":
        _extreme(values, marks, told)
    elif kind == "MA":
        _take(values, marks, "surface_air_pressure", _number(told[6:11], "99999", 10), told[11])
    elif kind == "MD":
        _tendency(values, marks, told)
    elif kind == "OC":
        _take(values, marks, "wind_speed_of_gust", _number(told[:4], "9999", 10), told[4])
    elif kind == "AJ":
        _take(values, marks, "surface_snow_thickness", _number(told[:4], "9999", 1), told[5])
    elif kind == "GF":
        _cloud(values, marks, told)
    elif group == "MW1":
        _take(values, marks, "present_weather", _number(told[:2], "99", 1), told[2])


def _rain(values: dict[str, float], marks: dict[str, Mark], told: str) -> None:
    hours = int(told[:2]) if told[:2].isdigit() else 99
    if hours not in RAIN:
        return
    names = [f"precipitation_amount_{RAIN[hours]}"] + (["precipitation_amount"] if hours == 1 else [])
    for name in names:
        _take(values, marks, name, _number(told[2:6], "9999", 10), told[7])
        if told[6] == "2" and values.get(name) == 0:
            marks[name] = Mark.TRACE
    if "precipitation_amount" in names and "precipitation_amount" in values:
        values["precipitation_period"] = 60.0


def _extreme(values: dict[str, float], marks: dict[str, Mark], told: str) -> None:
    hours = {"010": "1h", "240": "24h"}.get(told[:3])
    which = {"M": "maximum", "N": "minimum"}.get(told[3])
    if hours and which:
        name = f"air_temperature_{which}_{hours}"
        _take(values, marks, name, _number(told[4:9], "+9999", 10), told[9])


def _tendency(values: dict[str, float], marks: dict[str, Mark], told: str) -> None:
    change = _number(told[2:5], "999", 10)
    signed = -change if change is not None and told[0] in "5678" else change
    _take(values, marks, "tendency_of_surface_air_pressure_3h", signed, told[5])


def _cloud(values: dict[str, float], marks: dict[str, Mark], told: str) -> None:
    oktas = _number(told[:2], "99", 1)
    if oktas is not None and oktas <= 8:
        _take(values, marks, "cloud_area_fraction", float(int(oktas * 12.5 + 0.5)), told[4])
