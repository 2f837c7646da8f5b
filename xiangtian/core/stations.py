"""Stations: what an observing site is, and the seven national ones of Suzhou with their history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from xiangtian.core import clock


@dataclass(frozen=True, slots=True)
class Station:
    """A station as it stood at one moment.

    Attributes
    ----------
    id : str
        The identifier its messages carry.
    zh : str
        Its Chinese name.
    en : str
        Its English name.
    kind : str
        国家基本气象站, 国家气象观测站, 区域站 and so on, as the bureau writes it.
    lon : float
        Longitude, degrees WGS-84.
    lat : float
        Latitude.
    alt_m : float
        Metres above sea level.
    district : str
        Six-digit code of the district it stands in; "" outside the city.
    national : bool
        Whether it is a national station.
    source : str
        Where these facts come from.
    network : str
        "national", "regional" or "special"; "": it follows from `national`.
    wigos : str
        WIGOS station identifier; "": none is known.
    pressure_alt_m : float or None
        Height of the barometer, metres above sea level; None: unknown.
    opened : date or None
        First day of its work; None: unknown.
    """

    id: str
    zh: str
    en: str
    kind: str
    lon: float
    lat: float
    alt_m: float
    district: str
    national: bool
    source: str
    network: str = ""
    wigos: str = ""
    pressure_alt_m: float | None = None
    opened: dt.date | None = None


@lru_cache(maxsize=1)
def history() -> dict[str, Any]:
    """Give the table of the national stations: `source`, and `stations` by identifier with names and positions."""
    text = (resources.files("xiangtian.core") / "tables/national-stations.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def national(moment: dt.datetime) -> tuple[Station, ...]:
    """Give the national stations as they stood at a moment, in the order of their identifiers.

    Parameters
    ----------
    moment : datetime
        Any aware time; a position holds for whole Beijing dates.

    Returns
    -------
    tuple of Station
        The stations that existed then (all seven since 1995); positions are known to a minute of arc.

    Raises
    ------
    ValueError
        If the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone, found {moment.isoformat()}; use clock.UTC")
    day = clock.administrative_day(moment)
    table = history()
    found = ((name, row, _standing(row["positions"], day)) for name, row in sorted(table["stations"].items()))
    return tuple(_station(name, row, place, table["source"]) for name, row, place in found if place)


def _standing(positions: list[dict[str, Any]], day: dt.date) -> dict[str, Any] | None:
    for place in positions:
        if place["valid_from"] <= day and (place["valid_to"] is None or day <= place["valid_to"]):
            return place
    return None


def _station(name: str, row: dict[str, Any], place: dict[str, Any], source: str) -> Station:
    lon, lat = (round(degrees + minutes / 60, 4) for degrees, minutes in (place["lon"], place["lat"]))
    district = place.get("district", row["district"])
    return Station(name, row["zh"], row["en"], row["kind"], lon, lat, place["alt_m"], district, True, source)


@dataclass(frozen=True, slots=True)
class Period:
    """A national station while it stood at one place; `valid_to` None: it stands there still."""

    station: Station
    valid_from: dt.date
    valid_to: dt.date | None


def national_periods() -> list[Period]:
    """Give every place at which a national station has stood, by station and time."""
    table = history()
    return [
        Period(_station(name, row, place, table["source"]), place["valid_from"], place["valid_to"])
        for name, row in sorted(table["stations"].items())
        for place in row["positions"]
    ]
