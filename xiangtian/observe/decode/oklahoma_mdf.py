"""The Oklahoma Mesonet's MDF file: all stations at one five-minute time.

Line 1: count and copyright; line 2: number of parameters and the base time (UTC); line 3: STID STNM TIME and the
parameters; then one line a station, TIME in minutes since the base time (public MDF format description).
Values of -900 and below are codes for missing. RAIN is the amount since 00 UTC, not that of an interval: it is given
only where it is exactly the rain of 1, 3, 6 or 12 hours (at 01, 03, 06, 12 UTC) and left out at all other times.
"""

from __future__ import annotations

import datetime as dt
import math
import re

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "oklahoma-mdf"
CODES_TO = -900.0
ELEMENTS: dict[str, str] = {
    "RELH": "relative_humidity",
    "TAIR": "air_temperature",
    "WSPD": "wind_speed",
    "WDIR": "wind_from_direction",
    "WMAX": "wind_speed_of_gust",
    "PRES": "surface_air_pressure",
    "SRAD": "surface_downwelling_shortwave_flux",
    "TS05": "soil_temperature_5cm",
    "TS10": "soil_temperature_10cm",
}
"""Parameter to element; MDF's units (%, degC, m/s, degree, hPa, W m-2) are the catalogue's. TAIR is at 1.5 m, wind at
10 m as a five-minute mean, TS under natural cover (the TB of bare soil stays out)."""
HOURS = (1, 3, 6, 12)
_HEAD = re.compile(rb"\s*\d+ !.*\n\s*\d+(?: +\d+){6}\s*\n\s*STID +STNM +TIME ", re.ASCII)


def sniff(head: bytes, name: str) -> bool:
    """Tell by the three heading lines."""
    return _HEAD.match(head) is not None


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode every station's line; a line with another number of fields than the heading is refused alone."""
    refusals = Refusals()
    lines = body.decode("ascii", "replace").splitlines()
    names = lines[2].split()
    try:
        base = _base(lines[1])
    except ValueError as error:
        refusals.add(f"line 2 holds a count and year, month, day, hour, minute, second: {error}", "line 2")
        return Decoded(NAME, (), refusals.told())
    readings = []
    for number, line in enumerate(lines[3:], 4):
        if not line.strip():
            continue
        try:
            readings.append(_reading(line.split(), names, base))
        except ValueError as error:
            refusals.add(str(error), f"line {number}")
    if not readings and not refusals:
        refusals.add("the file holds its heading and no station")
    return Decoded(NAME, tuple(readings), refusals.told())


def _base(line: str) -> dt.datetime:
    _, year, month, day, hour, minute, second = (int(word) for word in line.split())
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)


def _reading(fields: list[str], names: list[str], base: dt.datetime) -> Reading:
    if len(fields) != len(names):
        raise Unfit(f"the heading names {len(names)} fields, the line has {len(fields)}")
    said = dict(zip(names, fields, strict=True))
    minutes = float(said["TIME"])
    if not 0 <= minutes <= 2880:
        raise Unfit(f"TIME is 0 to 2880 minutes after the base time, found {said['TIME']}")
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    rain = [("RAIN", f"precipitation_amount_{hours}h") for hours in HOURS if minutes == hours * 60 and not base.hour]
    for column, name in (*ELEMENTS.items(), *rain):
        if column not in said:
            continue
        value = float(said[column])
        if not CODES_TO < value < math.inf:
            marks[name] = Mark.MISSING
        else:
            values[name] = value
    return Reading(said["STID"], base + dt.timedelta(minutes=minutes), values, marks)
