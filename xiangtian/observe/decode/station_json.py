"""The JSON station message: what the bureau's own edge stations and partners send; see station_message.schema.json."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import Any, NoReturn

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.decode.units import converter
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "station-json"
MARKS = {mark.name.lower(): mark for mark in Mark if mark is not Mark.NONE}
ZERO_MARKS = (Mark.TRACE, Mark.CALM)
_STATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CORRECTION = re.compile(r"(?:CC|RR)[A-X]|")
_REQUIRED = ("station", "time", "elements")
Object = dict[str, Any]


def sniff(head: bytes, name: str) -> bool:
    """Tell by the first bytes: a JSON object or list that speaks of a station or of elements."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text[:1] in (b"{", b"[") and (b'"station"' in text or b'"elements"' in text)


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode one message or a list of messages.

    Values come in the catalogue's units, or in the unit that `units` names for an element. What is wrong with one
    element is refused alone; what is wrong with station, time or form refuses the whole message of that station.
    NaN, infinities and numbers in quotes are refused; null is a value that is missing.
    """
    refusals = Refusals()
    try:
        said = json.loads(body.decode("utf-8-sig"), parse_constant=_not_a_number)
    except (ValueError, RecursionError) as error:
        refusals.add(f"the JSON can't be read: {error}; send it again as RFC 8259 says")
        return Decoded(NAME, (), refusals.told())
    messages = said if isinstance(said, list) else [said]
    if not messages:
        refusals.add("an empty list holds no station message")
    readings = [_reading(message, number, refusals) for number, message in enumerate(messages, 1)]
    return Decoded(NAME, tuple(reading for reading in readings if reading), refusals.told())


def _not_a_number(constant: str) -> NoReturn:
    raise Unfit(f"{constant} is no number of JSON; leave the element out, or mark it as missing")


def _reading(message: object, number: int, refusals: Refusals) -> Reading | None:
    try:
        station, time, elements = _frame(message)
    except ValueError as error:
        refusals.add(str(error), f"message {number}")
        return None
    said: Object = message  # type: ignore[assignment]
    part = f"{station} {time:%Y-%m-%dT%H:%MZ}"
    values, marks = _values(elements, _table(said, "units", refusals, part), refusals, part)
    _mark(_table(said, "marks", refusals, part), values, marks, refusals, part)
    lon, lat, alt = _position(said.get("position"), refusals, part)
    if not values and not marks:
        refusals.add("the message holds no element that can be read", part)
        return None
    return Reading(station, time, values, marks, lon, lat, alt, _correction(said.get("correction", ""), refusals, part))


def _frame(message: object) -> tuple[str, dt.datetime, Object]:
    if not isinstance(message, dict):
        raise Unfit(f"a station message is a JSON object, found {_kind(message)}")
    lacking = [key for key in _REQUIRED if key not in message]
    if lacking:
        raise Unfit(f"the message lacks {', '.join(lacking)}; needed are {', '.join(_REQUIRED)}")
    station, elements = message["station"], message["elements"]
    if not isinstance(station, str) or not _STATION.fullmatch(station):
        raise Unfit(f"the station {_short(station)} is no identifier: 1 to 64 letters, digits, '.', '_', '-'")
    if not isinstance(elements, dict):
        raise Unfit(f"elements of {station} is a JSON object of names and numbers, found {_kind(elements)}")
    return station, _time(message["time"]), elements


def _time(said: object) -> dt.datetime:
    form = "write it as 2026-07-01T00:05:00Z"
    if not isinstance(said, str):
        raise Unfit(f"the time is a text, found {_kind(said)}; {form}")
    try:
        time = dt.datetime.fromisoformat(said)
        utc = time.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Unfit(f"no time: {_short(said)}; {form}") from None
    if time.tzinfo is None:
        raise Unfit(f"the time {_short(said)} has no time zone; {form}")
    return utc


def _values(elements: Object, units: Object, refusals: Refusals, part: str) -> tuple[dict[str, float], dict[str, Mark]]:
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, said in elements.items():
        try:
            value = _value(name, said, units.get(name))
        except ValueError as error:
            refusals.add(str(error), f"{part} {name[:64]}")
            continue
        if value is None:
            marks[name] = Mark.MISSING
        else:
            values[name] = value
    return values, marks


def _value(name: str, said: object, unit: object) -> float | None:
    if name not in CATALOGUE:
        raise Unfit(f"the element {_short(name)} is not in the catalogue of elements")
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Unfit(f"a value of {name} is a number or null, found {_kind(said)}")
    if isinstance(said, int) and said.bit_length() > 64:
        raise Unfit(f"a value of {name} is too large to be one")
    value = float(said)
    if not math.isfinite(value):
        raise Unfit(f"a value of {name} is too large to be one")
    if unit is None:
        return value
    if not isinstance(unit, str):
        raise Unfit(f"the unit of {name} is a text, found {_kind(unit)}")
    return converter(name, unit)(value)


def _mark(said: Object, values: dict[str, float], marks: dict[str, Mark], refusals: Refusals, part: str) -> None:
    for name, word in said.items():
        mark = MARKS.get(word) if isinstance(word, str) else None
        if name not in CATALOGUE or mark is None:
            reason = f"the mark {_short(word)} of {_short(name)} is not known; marks are {', '.join(MARKS)}"
            refusals.add(reason, f"{part} {name[:64]}")
            continue
        contradicts = values.setdefault(name, 0.0) != 0 if mark in ZERO_MARKS else name in values
        if contradicts:
            refusals.add(f"the mark {word} of {name} contradicts its value {values.pop(name)}", f"{part} {name}")
        else:
            marks[name] = mark


def _table(said: Object, key: str, refusals: Refusals, part: str) -> Object:
    table = said.get(key, {})
    if isinstance(table, dict):
        return table
    refusals.add(f"{key} is a JSON object of element names, found {_kind(table)}; it was not used", part)
    return {}


def _position(said: object, refusals: Refusals, part: str) -> tuple[float | None, float | None, float | None]:
    if said is None:
        return None, None, None
    if not isinstance(said, dict):
        refusals.add(f"position is an object of lon, lat and alt_m, found {_kind(said)}", part)
        return None, None, None
    numbers = [said.get(key) for key in ("lon", "lat", "alt_m")]
    limits = (180.0, 90.0, 9000.0)
    fits = [_fits(number, limit) for number, limit in zip(numbers, limits, strict=True)]
    if not (fits[0] and fits[1] and (fits[2] or numbers[2] is None)):
        refusals.add("the position is not used: lon -180..180, lat -90..90, alt_m below 9000 as numbers", part)
        return None, None, None
    return numbers[0], numbers[1], numbers[2]


def _fits(number: object, limit: float) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= limit


def _correction(said: object, refusals: Refusals, part: str) -> str:
    if isinstance(said, str) and _CORRECTION.fullmatch(said):
        return said
    refusals.add(f"the correction {_short(said)} is not known; it is CCA to CCX or RRA to RRX", part)
    return ""


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _short(value: object) -> str:
    return repr(value) if len(repr(value)) <= 40 else f"{repr(value)[:40]}…"
