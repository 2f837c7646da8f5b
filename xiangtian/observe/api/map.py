"""Districts, elements, stations with their latest values, and the series of one station."""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from typing import Any

import polars as pl
from django.http import HttpRequest
from ninja import Router

from xiangtian.core import clock, moments
from xiangtian.core.boundaries import context, simplified, to_geojson
from xiangtian.core.elements import CATALOGUE, NAMES
from xiangtian.core.home import home
from xiangtian.core.places import city
from xiangtian.observe import queries

router = Router(tags=["observe"])
Told = dict[str, Any]
SHOWN = (
    "air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "wind_from_direction",
    "wind_speed_of_gust", "precipitation_amount", "visibility_in_air",
)  # fmt: skip
"""Elements the map shows."""
FINE_DEG = 0.002
MARGIN_DEG = 3.0
LONGEST_H = 72.0


@lru_cache(maxsize=1)
def _districts() -> dict[str, Any]:
    west, south, east, north = city().bounds
    around = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    shapes = to_geojson(simplified(city().districts, FINE_DEG))
    for feature in shapes["features"]:
        one = city().by_code[feature["properties"]["code"]]
        middle = city().shapes[one.code].representative_point()
        place = {"lon": round(middle.x, 4), "lat": round(middle.y, 4)}
        feature["properties"] = {"code": one.code, "zh": one.zh, "en": one.en, **place}
    return {"districts": shapes, "context": context(around), "bounds": [west, south, east, north]}


@router.get("/map/districts", summary="Districts of the city, and the outlines around it")
def districts(request: HttpRequest) -> dict[str, Any]:
    """Give GeoJSON in WGS-84."""
    return _districts()


@router.get("/map/elements", summary="The catalogue of elements")
def elements(request: HttpRequest) -> list[dict[str, Any]]:
    """Give names, units and decimals."""
    return [
        {"name": one.name, "zh": one.zh, "en": one.en, "unit": one.unit, "decimals": one.decimals}
        for one in CATALOGUE.values()
    ]


@router.get("/map/stations", summary="Stations with their latest values, as known at a moment")
def stations(request: HttpRequest, at: str | None = None) -> dict[str, Any]:
    """Give every station; one that said nothing has no time and no values."""
    asked = moments.asked(at)
    moment = asked or clock.now()
    lake = queries.readings(home())
    latest = {row["station"]: row for row in lake.latest(asked).iter_rows(named=True)}
    hours = {row["station"]: row["sum_1h"] for row in lake.sums(moment, [1.0], asked).iter_rows(named=True)}
    sites = queries.sites(moment)
    told = [_station(site, latest.get(site.code), hours.get(site.code), moment) for site in sites]
    return {"at": moment.isoformat(), "version": lake.version(), "stations": told}


def _station(site: queries.Site, row: Told | None, rain_1h: float | None, moment: dt.datetime) -> Told:
    told: Told = {
        "id": site.code,
        "zh": site.zh,
        "lon": site.lon,
        "lat": site.lat,
        "district": site.district,
        "national": site.national,
        "drill": site.drill,
        "time": None,
        "age_min": None,
        "values": {},
        "flags": {},
        "rain_1h": rain_1h,
    }
    if row is not None:
        told["time"] = row["time"].isoformat()
        told["age_min"] = round((moment - row["time"]).total_seconds() / 60, 1)
        told["values"] = {name: row[name] for name in SHOWN}
        told["flags"] = {name: row[f"{name}_qc"] for name in SHOWN if row[f"{name}_qc"] is not None}
    return told


@router.get("/stations/{code}/series", summary="The readings of one station, as known at a moment")
def series(request: HttpRequest, code: str, hours: float = 24.0, at: str | None = None) -> dict[str, Any]:
    """Give times, and values and flags of each element that has any."""
    if not 0 < hours <= LONGEST_H or math.isnan(hours):
        raise moments.BadMoment(f"hours={hours}; allowed: above 0, up to {LONGEST_H:g}")
    asked = moments.asked(at)
    moment = asked or clock.now()
    rows = queries.readings(home()).series(code, moment - dt.timedelta(hours=hours), moment, list(NAMES), asked)
    site = next((one for one in queries.sites(moment) if one.code == code), None)
    return {
        "station": {"id": code, "zh": site.zh if site else code, "district": site.district if site else ""},
        "times": [time.isoformat() for time in rows["time"]],
        "elements": {name: _element(rows, name) for name in NAMES if rows[f"{name}_qc"].is_not_null().any()},
    }


def _element(rows: pl.DataFrame, name: str) -> dict[str, list[Any]]:
    return {"values": rows[name].to_list(), "flags": rows[f"{name}_qc"].to_list()}
