"""Readings as documents: CoverageJSON, GeoJSON, CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtian.observe.edr.asked import CRS84
from xiangtian.observe.edr.parameters import QC, covered

Told = dict[str, Any]
_REFERENCING = [
    {"coordinates": ["x", "y"], "system": {"type": "GeographicCRS", "id": CRS84}},
    {"coordinates": ["t"], "system": {"type": "TemporalRS", "calendar": "Gregorian"}},
]


@dataclass(frozen=True, slots=True)
class Place:
    """A station as partners see it."""

    code: str
    zh: str
    en: str
    lon: float
    lat: float
    alt_m: float
    district: str
    network: str
    wigos: str


@dataclass(frozen=True, slots=True)
class Series:
    """What one station said: moments in their order (UTC), and for each parameter as many values (None: missing)."""

    place: Place
    times: Sequence[dt.datetime]
    values: Mapping[str, Sequence[float | int | None]]


def stamp(time: dt.datetime) -> str:
    """Write a moment (RFC 3339, UTC; fractions only where there are any).

    >>> stamp(dt.datetime(2026, 7, 1, 0, 5, tzinfo=dt.UTC))
    '2026-07-01T00:05:00Z'
    """
    return time.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def coverage(series: Series) -> Told:
    """Write one station's series as a CoverageJSON coverage of the domain PointSeries (OGC 21-069r2, 9.6)."""
    domain = _domain(series) | {"referencing": _REFERENCING}
    parameters = {name: covered(name) for name in series.values}
    return {"type": "Coverage", "id": series.place.code, "domain": domain, "parameters": parameters,
            "ranges": _ranges(series)}  # fmt: skip


def coverages(several: Iterable[Series]) -> Told:
    """Write series of several stations as a CoverageJSON collection; each coverage holds the parameters it has."""
    held = list(several)
    names = dict.fromkeys(name for one in held for name in one.values)
    return {
        "type": "CoverageCollection",
        "domainType": "PointSeries",
        "parameters": {name: covered(name) for name in names},
        "referencing": _REFERENCING,
        "coverages": [
            {"type": "Coverage", "id": one.place.code, "domain": _domain(one), "ranges": _ranges(one)} for one in held
        ],
    }


def _domain(series: Series) -> Told:
    place = series.place
    axes = {
        "x": {"values": [place.lon]},
        "y": {"values": [place.lat]},
        "t": {"values": [stamp(time) for time in series.times]},
    }
    return {"type": "Domain", "domainType": "PointSeries", "axes": axes}


def _ranges(series: Series) -> Told:
    return {
        name: {
            "type": "NdArray",
            "dataType": "integer" if name.endswith(QC) else "float",
            "axisNames": ["t"],
            "shape": [len(values)],
            "values": list(values),
        }
        for name, values in series.values.items()
    }


def station_feature(place: Place, links: Sequence[Told] = ()) -> Told:
    """Write a station as a GeoJSON feature."""
    properties = {
        "name": place.zh, "name_en": place.en, "label": place.zh, "altitude_m": place.alt_m,
        "district": place.district, "network": place.network, "wigos_station_identifier": place.wigos or None,
    }  # fmt: skip
    told: Told = {"type": "Feature", "id": place.code, "geometry": _point(place), "properties": properties}
    return told | ({"links": list(links)} if links else {})


def reading_features(series: Series) -> list[Told]:
    """Write each reading of a station as a GeoJSON feature; parameters without a value are null."""
    place = series.place
    columns = list(series.values.items())
    return [
        {
            "type": "Feature",
            "id": reading_id(place.code, time),
            "geometry": _point(place),
            "properties": {
                "station": place.code,
                "label": place.zh,
                "datetime": stamp(time),
                **{name: values[row] for name, values in columns},
            },
        }
        for row, time in enumerate(series.times)
    ]


def reading_id(code: str, time: dt.datetime) -> str:
    """Name a reading: the station and its moment, to the microsecond where it has one.

    >>> reading_id("58358", dt.datetime(2026, 7, 1, 0, 5, tzinfo=dt.UTC))
    '58358_2026-07-01T00:05:00Z'
    """
    return f"{code}_{stamp(time)}"


def _point(place: Place) -> Told:
    return {"type": "Point", "coordinates": [place.lon, place.lat]}


def features(found: Sequence[Told], matched: int, time: dt.datetime, links: Sequence[Told]) -> Told:
    """Write a page of features (OGC 17-069r4, 7.15): how many there are in all, how many these are, links onward."""
    return {
        "type": "FeatureCollection",
        "features": list(found),
        "numberMatched": matched,
        "numberReturned": len(found),
        "timeStamp": stamp(time),
        "links": list(links),
    }


def table(several: Iterable[Series]) -> str:
    """Write series as CSV (RFC 4180): station, moment, position, then the parameters; an empty cell is missing."""
    held = list(several)
    names = list(dict.fromkeys(name for one in held for name in one.values))
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["station", "datetime", "longitude", "latitude", *names])
    for one in held:
        columns = [one.values.get(name) for name in names]
        for row, time in enumerate(one.times):
            cells = ["" if column is None or column[row] is None else column[row] for column in columns]
            write.writerow([one.place.code, stamp(time), one.place.lon, one.place.lat, *cells])
    return out.getvalue()
