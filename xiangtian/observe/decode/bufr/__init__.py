"""WMO BUFR surface reports (FM 94, editions 2 to 4) of land stations, ships and buoys.

Every subset gives a reading for each moment it tells of. Two messages that tell of the same station and moment without
contradicting each other (centres split a report and send its national part by itself) become one reading.
Corrections (CCA ...) and retards (RRA ...) are known by the heading of the bulletin, or by the name of the file.
Messages of other data categories are refused by the name of their category and never unpacked.
"""

from __future__ import annotations

import datetime as dt
import re

from xiangtian.observe.decode.bufr.frames import SURFACE, Fault, Frame, category_name, frames
from xiangtian.observe.decode.bufr.library import unpack
from xiangtian.observe.decode.bufr.station import identify, moment
from xiangtian.observe.decode.bufr.subset import Subset
from xiangtian.observe.decode.bufr.template import walk
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "bufr"
_SECTION_0 = re.compile(rb"BUFR.{3}[\x00-\x07]", re.DOTALL)
Key = tuple[str, dt.datetime, str]


def sniff(head: bytes, name: str) -> bool:
    """Tell by the four letters at the beginning, or with an edition behind the heading of a bulletin or garbage."""
    return head.startswith(b"BUFR") or _SECTION_0.search(head) is not None


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode all messages of a file, each by itself."""
    refusals = Refusals()
    readings: dict[Key, list[Reading]] = {}
    for frame in frames(body, envelope.name):
        if isinstance(frame, Fault):
            refusals.add(frame.reason, frame.where)
        elif frame.category not in SURFACE:
            zh, en = category_name(frame.category)
            refusals.add(
                f"BUFR 资料类别 {frame.category}（{zh}）不是地面观测报，这里只解码 0 类和 1 类 "
                f"(data category {frame.category}, {en}, is not a surface report; categories 0 and 1 are read)",
                frame.where,
            )
        else:
            _message(frame, readings, refusals)
    return Decoded(NAME, tuple(reading for group in readings.values() for reading in group), refusals.told())


def _message(frame: Frame, readings: dict[Key, list[Reading]], refusals: Refusals) -> None:
    try:
        template, array, strings = unpack(frame)
        values, place = array.tolist(), 0
        for number in range(1, frame.subsets + 1):
            subset = Subset(strings)
            place = walk(template.nodes, values, place, subset)
            subset.close()
            _subset(subset, frame, number, readings, refusals)
        _consumed(place, len(values))
    except (ValueError, IndexError, OverflowError) as error:
        refusals.add(str(error) or type(error).__name__, frame.where)


def _consumed(place: int, held: int) -> None:
    if place != held:
        raise Unfit(f"{held} values were unpacked, the template names {place}")


def _subset(subset: Subset, frame: Frame, number: int, readings: dict[Key, list[Reading]], refusals: Refusals) -> None:
    station = identify(subset.ids)
    where = f"{frame.where} subset {number}" if frame.subsets > 1 else frame.where
    if not station:
        refusals.add("报文没有站号 (the report names no station)", where)
        return
    for date, values, marks in subset.moments:
        try:
            time = moment(date)
        except ValueError as error:
            refusals.add(
                f"报告为空（NIL）或已损坏 (the report is empty or damaged: {error})", f"{where} station {station}"
            )
            continue
        lon, lat, alt = (subset.place.get(key) for key in ("lon", "lat", "alt"))
        _join(Reading(station, time, values, marks, lon, lat, alt, frame.correction), readings)
    if not subset.moments:
        refusals.add("报文没有观测时间 (the report tells no time)", f"{where} station {station}")


def _join(reading: Reading, readings: dict[Key, list[Reading]]) -> None:
    key = (reading.station, reading.time, reading.correction)
    group = readings.get(key)
    if group is None:
        readings[key] = [reading]
        return
    before = group[-1]
    if any(before.values.get(name, value) != value for name, value in reading.values.items()):
        group.append(reading)
        return
    values = {**before.values, **reading.values}
    marks = {name: mark for name, mark in {**reading.marks, **before.marks}.items() if _stands(name, mark, values)}
    group[-1] = Reading(
        before.station, before.time, values, marks, before.lon, before.lat, before.alt_m, before.correction
    )


def _stands(name: str, mark: int, values: dict[str, float]) -> bool:
    """Tell whether a mark still holds: one for a missing value falls when the other part brought the value."""
    return name not in values or values[name] == 0
