"""What a list says of stations against what is registered: new, same, differing, impossible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xiangtian.observe.metadata.listed import Listed
from xiangtian.observe.metadata.periods import ALWAYS, span
from xiangtian.observe.metadata.position import Fault, distance_m, fault, inside, misread, same

ALTITUDE_M = 1.5
"""Altitudes closer than this are the same: lists round to whole metres."""
FIELDS = ("new", "position", "altitude", "name", "opened", "closed", "impossible")


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a registered station stood in a period of whole days; `valid_to` None: it stands there still."""

    lon: float
    lat: float
    alt_m: float
    step_deg: float
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered station with all its places, the oldest first."""

    code: str
    zh: str
    en: str
    opened: dt.date | None
    closed: dt.date | None
    places: tuple[Stood, ...]

    def on(self, day: dt.date | None) -> Stood | None:
        """Give the place on a day; None: the last one."""
        if day is None:
            return self.places[-1] if self.places else None
        for place in self.places:
            if place.valid_from <= day and (place.valid_to is None or day <= place.valid_to):
                return place
        return None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a list and the register differ.

    Attributes
    ----------
    code : str
        The station.
    field : str
        One of `FIELDS`.
    ours : Any
        What is registered; JSON values; None where nothing is.
    theirs : Any
        What the list says; JSON values.
    line : int
        Line of the list.
    suggested : Any
        What the list probably meant, where it can't mean what it says, or said it in another writing.
    distance_m : float or None
        Metres between the two positions.
    note : str
        What stands out, in words.
    valid_from : date or None
        First day of the period the list speaks of; None: the present.
    """

    code: str
    field: str
    ours: Any
    theirs: Any
    line: int
    suggested: Any = None
    distance_m: float | None = None
    note: str = ""
    valid_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found: stations by verdict, and every difference."""

    differences: tuple[Difference, ...]
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """Station to new, same, differs or impossible; stations of elsewhere are left out."""
    elsewhere: int = 0
    """How many stations of the list neither are registered nor lie in the city."""


def compare(listed: Sequence[Listed], known: Mapping[str, Registered], near: Iterable[str]) -> Compared:
    """Compare a list with the register.

    Parameters
    ----------
    listed : sequence of Listed
        What the list says, in its order.
    known : mapping
        The registered stations by code.
    near : iterable of str
        Codes of the list that lie, or seem to have been meant to lie, in the city; of one that is not registered the
        last line counts.

    Returns
    -------
    Compared
        Only of stations that are registered or near; positions are the same where they agree within half a step of
        each (`metadata.position.same`), altitudes within `ALTITUDE_M`.
    """
    wanted = set(known) | set(near)
    found: list[Difference] = []
    verdicts: dict[str, str] = {}
    last = {one.code: one for one in listed if one.code in wanted and one.code not in known}
    for one in (*last.values(), *(one for one in listed if one.code in known)):
        differences = _differ(one, known[one.code], known) if one.code in known else _new(one)
        found += differences
        verdicts[one.code] = _verdict(differences, verdicts.get(one.code, "same"))
    return Compared(_once(found), verdicts, len({one.code for one in listed} - wanted))


def _verdict(differences: Sequence[Difference], before: str) -> str:
    named = {one.field for one in differences}
    if "impossible" in named or before == "impossible":
        return "impossible"
    if "new" in named:
        return "new"
    return "differs" if named else before


def _once(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Keep the first of differences that say the same, as the name in every period of a history."""
    first: dict[tuple[str, str, str, dt.date | None], Difference] = {}
    for one in found:
        first.setdefault((one.code, one.field, repr(one.theirs), one.valid_from), one)
    return tuple(first.values())


def _new(one: Listed) -> list[Difference]:
    wrong = fault(one.lon, one.lat)
    if wrong:
        meant = _all(one) | _at(*wrong.meant) if wrong.meant else None
        return [replace(_impossible(one, None, wrong), suggested=meant)]
    return [Difference(one.code, "new", None, _all(one), one.line, valid_from=one.opened)]


def _all(one: Listed) -> dict[str, Any]:
    told: dict[str, Any] = {"lon": _plain(one.lon), "lat": _plain(one.lat), "alt_m": one.alt_m}
    told |= {"pressure_alt_m": one.pressure_alt_m, "zh": one.zh, "en": one.en, "kind": one.kind}
    told |= {"opened": one.opened.isoformat() if one.opened else None}
    return told | {"step_deg": one.step_deg, "closed": one.closed.isoformat() if one.closed else None}


def _impossible(one: Listed, ours: Any, wrong: Fault) -> Difference:
    written = {"lon": _plain(one.lon), "lat": _plain(one.lat), "step_deg": one.step_deg}
    meant = _at(*wrong.meant) if wrong.meant else None
    return Difference(one.code, "impossible", ours, written, one.line, meant, None, wrong.why, one.begins)


def _plain(number: float) -> float | None:
    return round(number, 6) if number == number else None


def _at(lon: float, lat: float) -> dict[str, float]:
    return {"lon": round(lon, 6), "lat": round(lat, 6)}


def _differ(one: Listed, ours: Registered, known: Mapping[str, Registered]) -> list[Difference]:
    place = ours.on(one.begins)
    found = _place(one, ours, place, known) + _altitude(one, place) + _name(one, ours, known)
    return found + _dates(one, ours)


def _place(one: Listed, ours: Registered, place: Stood | None, known: Mapping[str, Registered]) -> list[Difference]:
    wrong = fault(one.lon, one.lat)
    stands = _at(place.lon, place.lat) if place else None
    if wrong:
        return [_impossible(one, stands, wrong)]
    theirs = (one.lon, one.lat)
    if place is None:
        words = f"本库在 {one.begins} 没有位置记录 (nothing is registered for that day)"
        return [Difference(one.code, "position", None, _written(one), one.line, note=words, valid_from=one.begins)]
    if same((place.lon, place.lat), theirs, place.step_deg, one.step_deg):
        return []
    meant = misread((place.lon, place.lat), theirs, place.step_deg)
    metres = round(distance_m(place.lon, place.lat, *theirs), 1)
    note = meant.why if meant else _whose(one, ours, place, known)
    suggested = _at(*meant.meant) if meant and meant.meant else None
    told = (stands, _written(one), one.line, suggested, metres, note, one.begins)
    return [Difference(one.code, "position", *told)]


def _written(one: Listed) -> dict[str, Any]:
    return _at(one.lon, one.lat) | {"step_deg": one.step_deg, "ends": one.ends.isoformat() if one.ends else None}


def _whose(one: Listed, ours: Registered, place: Stood, known: Mapping[str, Registered]) -> str:
    """Say whose place theirs is: an earlier one of the same station, or one of another station."""
    theirs = (one.lon, one.lat)
    for other in ours.places:
        if other is not place and same((other.lon, other.lat), theirs, other.step_deg, one.step_deg):
            words = f"与本站 {span(other.valid_from, other.valid_to)} 的位置一致"
            return f"{words} (the place of another period of this station)"
    for station in known.values():
        for other in station.places if station.code != ours.code else ():
            if same((other.lon, other.lat), theirs, other.step_deg, one.step_deg):
                return f"与 {station.code} {station.zh} 的位置一致 (the place of another station)"
    return ""


def _altitude(one: Listed, place: Stood | None) -> list[Difference]:
    if one.alt_m is None or place is None or abs(one.alt_m - place.alt_m) <= ALTITUDE_M:
        return []
    note = ""
    for factor, words in ((10.0, "十分之一"), (0.1, "十倍")):
        if place.alt_m and abs(one.alt_m * factor - place.alt_m) <= 0.5 and abs(place.alt_m) >= 1:
            note = f"来源为本库的{words}，疑单位不同 (a factor of ten: perhaps another unit)"
    return [Difference(one.code, "altitude", place.alt_m, one.alt_m, one.line, note=note, valid_from=one.begins)]


def _name(one: Listed, ours: Registered, known: Mapping[str, Registered]) -> list[Difference]:
    pairs = ((one.zh, ours.zh, "zh"), (one.en, ours.en, "en"))
    return [
        Difference(one.code, "name", {language: mine}, {language: theirs}, one.line, note=_called(theirs, ours, known))
        for theirs, mine, language in pairs
        if theirs and theirs.casefold() != mine.casefold()
    ]


def _called(name: str, ours: Registered, known: Mapping[str, Registered]) -> str:
    for station in known.values():
        if station.code != ours.code and name.casefold() in (station.zh.casefold(), station.en.casefold()):
            return f"这是 {station.code} {station.zh} 的站名 (the name of another station)"
    return ""


def _dates(one: Listed, ours: Registered) -> list[Difference]:
    found = []
    opened = ours.opened.isoformat() if ours.opened else None
    if one.opened and one.opened != ours.opened and one.opened != ALWAYS:
        found.append(Difference(one.code, "opened", opened, one.opened.isoformat(), one.line))
    if one.data_from and ours.opened and one.data_from < ours.opened:
        words = "来源在本库建站日期之前已有资料 (the archive has data from before it opened)"
        found.append(Difference(one.code, "opened", opened, one.data_from.isoformat(), one.line, note=words))
    if one.closed and one.closed != ours.closed:
        closed = ours.closed.isoformat() if ours.closed else None
        found.append(Difference(one.code, "closed", closed, one.closed.isoformat(), one.line))
    return found


def positions(one: Listed) -> tuple[tuple[float, float], ...]:
    """Give the positions a line may speak of: what it says where that can be, else what it seems to mean."""
    wrong = fault(one.lon, one.lat)
    if wrong is None:
        return ((one.lon, one.lat),)
    return (wrong.meant,) if wrong.meant and inside(*wrong.meant) else ()
