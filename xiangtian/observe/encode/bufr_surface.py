"""Surface readings as BUFR edition 4, template 3 01 150 + 3 07 096, for exchange with the world.

The template (WMO-No. 306, volume I.2, table D, category 07) is that of automatic land stations, with the WIGOS
identifier (3 01 150) before it. Every reading is a subset; readings of one moment and correction share a message.

What the template has no place for is left out: rain over less than an hour (its periods are whole hours), the largest
ten-minute wind, radiation (an energy of whole hours there, a flux here), air quality. A wind or a gust whose period
nobody told has a missing period, so that nothing is claimed that was not observed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.bufr.library import opened
from xiangtian.observe.encode.template_307096 import LONG, SHORT, Field, fields
from xiangtian.observe.reading import Reading

TEMPLATE = (301150, 307096)
TABLES = 31
"""Version of the master tables: everything in the template is there, and receivers of ten years' age know it."""
BEIJING = 38
"""Originating centre: common code table C-11."""
MOST_SUBSETS = 200
"""Readings in a message; the global telecommunication system carries at most half a MiB a bulletin."""
MAIN_HOURS = 6
INTERMEDIATE_HOURS = 3
AUTOMATIC = 0
"""Type of station: code table 0 02 001."""
OF_WMO_NUMBERS = "20000"
"""Issuer of the WIGOS identifiers that carry on the five-digit WMO numbers (WMO-No. 1160, attachment 2.2)."""
LONGEST_LOCAL, LONGEST_NAME = 16, 20
SUB_CATEGORIES = {"hourly": 0, "intermediate": 1, "main": 2, "n-minute": 7}
"""International data sub-category of surface data over land: common code table C-13."""


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What a message says of a station beside its readings.

    Attributes
    ----------
    wigos : str
        WIGOS station identifier, `series-issuer-issue-local`.
    name : str
        Its name; only one in plain Latin letters has a place in BUFR.
    lon, lat : float
        Position, degrees WGS-84.
    alt_m : float
        Height of the ground above mean sea level, m.
    baro_alt_m : float or None
        Height of the barometer above mean sea level, m; None where it is not known.
    temperature_height_m, wind_height_m : float
        Heights of the sensors above the ground, m.
    """

    wigos: str
    name: str
    lon: float
    lat: float
    alt_m: float
    baro_alt_m: float | None = None
    temperature_height_m: float = 1.5
    wind_height_m: float = 10.0


def encode_surface(readings: Sequence[Reading], stations: Mapping[str, StationFacts]) -> bytes:
    """Write readings as BUFR.

    Parameters
    ----------
    readings : Sequence
        Readings in the units of the catalogue; what must not go out was left out by the caller.
    stations : Mapping
        The facts of every station that the readings name, by the readings' identifier.

    Returns
    -------
    bytes
        BUFR messages one after the other, b"" for no readings.

    Raises
    ------
    ValueError
        If a station has no facts, its WIGOS identifier is none, or a value does not fit into its place in the message;
        the words name station, element and what is allowed.
    """
    return b"".join(_message(group, stations) for group in _groups(readings))


def _groups(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """Give the readings of one moment and correction together, in the order in which they first came."""
    groups: dict[tuple[dt.datetime, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.time, reading.correction].append(reading)
    for group in groups.values():
        for begin in range(0, len(group), MOST_SUBSETS):
            yield group[begin : begin + MOST_SUBSETS]


def _message(group: Sequence[Reading], stations: Mapping[str, StationFacts]) -> bytes:
    subsets = [_subset(reading, stations) for reading in group]
    keys = dict.fromkeys(key for subset in subsets for key in subset)
    with opened() as library:
        handle = library.codes_bufr_new_from_samples("BUFR4")
        try:
            _head(library, handle, group)
            for key in keys:
                _set(library, handle, key, [subset.get(key) for subset in subsets])
            library.codes_set(handle, "pack", 1)
            return bytes(library.codes_get_message(handle))
        except library.CodesInternalError as error:
            names = ", ".join(reading.station for reading in group[:5])
            raise ValueError(f"the readings of {names} can't be written as BUFR: {error}") from None
        finally:
            library.codes_release(handle)


def _head(library: Any, handle: int, group: Sequence[Reading]) -> None:
    time, correction = group[0].time.astimezone(dt.UTC), group[0].correction
    section_1 = {
        "masterTableNumber": 0,
        "bufrHeaderCentre": BEIJING,
        "bufrHeaderSubCentre": 0,
        "updateSequenceNumber": _update(correction),
        "dataCategory": 0,
        "internationalDataSubCategory": SUB_CATEGORIES[_kind(time)],
        "dataSubCategory": 0,
        "masterTablesVersionNumber": TABLES,
        "localTablesVersionNumber": 0,
        "typicalYear": time.year,
        "typicalMonth": time.month,
        "typicalDay": time.day,
        "typicalHour": time.hour,
        "typicalMinute": time.minute,
        "typicalSecond": 0,
        "observedData": 1,
        "numberOfSubsets": len(group),
        "compressedData": int(len(group) > 1),
    }
    for key, value in section_1.items():
        library.codes_set(handle, key, value)
    library.codes_set_array(handle, "inputShortDelayedDescriptorReplicationFactor", SHORT)
    library.codes_set_array(handle, "inputDelayedDescriptorReplicationFactor", LONG)
    library.codes_set_array(handle, "unexpandedDescriptors", TEMPLATE)


def _kind(time: dt.datetime) -> str:
    if time.minute:
        return "n-minute"
    if time.hour % MAIN_HOURS == 0:
        return "main"
    return "intermediate" if time.hour % INTERMEDIATE_HOURS == 0 else "hourly"


def _update(correction: str) -> int:
    """Give the update sequence number of section 1: 1 for the correction CCA, 2 for CCB; a retard is no update."""
    return ord(correction[2]) - ord("A") + 1 if correction.startswith("CC") else 0


def _subset(reading: Reading, stations: Mapping[str, StationFacts]) -> dict[str, float | str | None]:
    facts = stations.get(reading.station)
    if facts is None:
        raise ValueError(f"station {reading.station} has no facts (WIGOS identifier, position); register it first")
    traces = {name for name, mark in reading.marks.items() if mark is Mark.TRACE}
    try:
        said = dict(fields(reading.values, traces, facts.temperature_height_m, facts.wind_height_m))
        return {**dict(_who(facts)), **_when(reading.time), **_where(facts), **said}
    except ValueError as error:
        raise ValueError(f"station {reading.station} at {reading.time:%Y-%m-%dT%H:%MZ}: {error}") from None


def _who(facts: StationFacts) -> Iterator[Field]:
    parts = facts.wigos.split("-", 3)
    if len(parts) < 4 or not all(part.isdigit() for part in parts[:3]) or not 1 <= len(parts[3]) <= LONGEST_LOCAL:
        raise ValueError(f"{facts.wigos!r} is no WIGOS identifier; one looks like 0-20000-0-58358")
    series, issuer, issue, local = parts
    yield "wigosIdentifierSeries", int(series)
    yield "wigosIssuerOfIdentifier", int(issuer)
    yield "wigosIssueNumber", int(issue)
    yield "wigosLocalIdentifierCharacter", local.ljust(LONGEST_LOCAL)
    if issuer == OF_WMO_NUMBERS and len(local) == 5 and local.isdigit():
        yield "blockNumber", int(local[:2])
        yield "stationNumber", int(local[2:])
    if facts.name.isascii():
        yield "stationOrSiteName", facts.name[:LONGEST_NAME].ljust(LONGEST_NAME)
    yield "stationType", AUTOMATIC


def _when(time: dt.datetime) -> dict[str, float | str | None]:
    time = time.astimezone(dt.UTC)
    return {key: getattr(time, key) for key in ("year", "month", "day", "hour", "minute")}


def _where(facts: StationFacts) -> dict[str, float | str | None]:
    return {
        "latitude": facts.lat,
        "longitude": facts.lon,
        "heightOfStationGroundAboveMeanSeaLevel": facts.alt_m,
        "heightOfBarometerAboveMeanSeaLevel": facts.baro_alt_m,
    }


def _set(library: Any, handle: int, key: str, values: Sequence[float | str | None]) -> None:
    """Set one key of all subsets; texts are filled up with blanks, and where a subset has none it is blank."""
    if any(isinstance(value, str) for value in values):
        library.codes_set_array(handle, key, [" " * LONGEST_NAME if value is None else str(value) for value in values])
    else:
        missing = library.CODES_MISSING_DOUBLE
        library.codes_set_array(handle, key, [missing if value is None else float(value) for value in values])
