"""Any element on the map: what the stations show, the field between them, its isolines and its picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from xiangtian.core import moments
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import home
from xiangtian.core.scales import Scale, fit, safe, scale
from xiangtian.observe import painting
from xiangtian.observe.queries import analysed as analysing
from xiangtian.observe.queries import field as asking
from xiangtian.observe.queries.analysed import Analysed
from xiangtian.observe.queries.field import HIDDEN, Shown, Spot, Unanswerable, Wanted

router = Router(tags=["observe"])
Told = dict[str, Any]
BRIEFLY = "private, max-age=60"


class Asked(Schema):
    """The parameters that every question about a field takes."""

    element: str
    how: str = ""
    hours: float = 1.0
    at: str | None = None
    method: str = ""
    fitted: bool = False
    safe: bool = False

    def wanted(self) -> Wanted:
        """Check them; what can't be answered is told with status 422."""
        try:
            return asking.wanted(self.element, self.how, self.hours, moments.asked(self.at))
        except Unanswerable as error:
            raise HttpError(422, str(error)) from error


Ask = Query[Asked]


@lru_cache(maxsize=1)
def choices() -> list[Told]:
    """Give what can be chosen: every element with its names, what can be made of it, and whether it makes a field."""
    return [
        {
            "name": one.name,
            "zh": one.zh,
            "en": one.en,
            "unit": one.unit,
            "decimals": one.decimals,
            "ways": asking.ways(one.name),
            "field": one.name not in asking.CODES,
            "patchy": analysing.usual(one.name) == "barnes",
        }
        for one in CATALOGUE.values()
        if one.name not in HIDDEN
    ]


@router.get("/map/choices", summary="Elements of the map, and what can be made of each")
def map_choices(request: HttpRequest) -> list[Told]:
    """Give names, units, ways of summing up."""
    return choices()


@router.get("/map/field", summary="One element at all stations, now or over a window, as known at a moment")
def shown(request: HttpRequest, asked: Ask) -> Told:
    """Give every station with its value, flag and wind, and the colours to show them in."""
    return field_told(asking.shown(home(), asked.wanted()), asked)


def field_told(found: Shown, asked: Asked) -> Told:
    """Write a field as the page reads it."""
    wanted = found.wanted
    return {
        "at": found.moment.isoformat(),
        "live": wanted.at is None,
        "version": found.version,
        "element": wanted.element,
        "how": wanted.how,
        "hours": wanted.hours,
        "swatches": swatches(palette(found, asked)),
        "stations": [_station(spot, found) for spot in found.spots],
    }


def palette(found: Shown, asked: Asked) -> Scale:
    """Give the scale a field is shown in; one without classes of its own is fitted to the values."""
    chosen = scale(found.wanted.element, found.wanted.how, found.wanted.hours)
    if asked.fitted or not chosen.levels:
        values = [spot.value for spot in found.spots if spot.good and spot.value is not None]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        chosen = fit(chosen, low, high, around_zero=found.wanted.how == "change")
    return safe(chosen) if asked.safe else chosen


def swatches(chosen: Scale) -> list[Told]:
    """Write the legend, the lowest class first; the last has no upper end."""
    highs = (*chosen.levels[1:], None)
    words = chosen.words or ("",) * len(chosen.levels)
    return [
        {"low": low, "high": high, "colour": colour, "words": word}
        for low, high, colour, word in zip(chosen.levels, highs, chosen.colours, words, strict=True)
    ]


def _station(spot: Spot, found: Shown) -> Told:
    site = spot.site
    return {
        "id": site.code,
        "zh": site.zh,
        "lon": site.lon,
        "lat": site.lat,
        "alt": site.alt_m,
        "district": site.district,
        "national": site.national,
        "value": None if spot.value is None else round(spot.value, found.element.decimals + 1),
        "flag": spot.flag,
        "time": spot.time.isoformat() if spot.time else None,
        "n": spot.n,
        "doubted": spot.doubted,
        "speed": spot.speed,
        "turn": spot.direction,
    }


@router.get("/map/analysis", summary="The field between the stations, its isolines, and how wrong it is")
def analysed(request: HttpRequest, asked: Ask) -> Told:
    """Give the address of the picture, GeoJSON lines, and the leave-one-out error beside that of a plain mean."""
    found = _analysed(asked)
    told = found.analysis
    chosen = palette(found.shown, asked)
    return {
        "at": found.shown.moment.isoformat(),
        "version": found.shown.version,
        "bounds": painting.bounds(found.grid),
        "method": told.method,
        "radius_km": round(told.radius_km, 1),
        "stations": found.used,
        "mae": round(told.mae, 3),
        "plain_mae": round(told.plain_mae, 3),
        "low": _rounded(np.nanmin, told.field),
        "high": _rounded(np.nanmax, told.field),
        "swatches": swatches(chosen),
        "isolines": _isolines(found, () if asked.fitted else chosen.lines),
        "left_out": {code: round(value, 3) for code, value in found.left_out.items() if np.isfinite(value)},
    }


def _rounded(how: Any, values: Any) -> float | None:
    return None if np.isnan(values).all() else round(float(how(values)), 2)


def _isolines(found: Analysed, values: tuple[float, ...]) -> Told:
    features = [
        {
            "type": "Feature",
            "properties": {"value": value, "label": f"{value:g}"},
            "geometry": {"type": "LineString", "coordinates": points},
        }
        for value, points in analysing.lines(found, values)
    ]
    return {"type": "FeatureCollection", "features": features}


def _analysed(asked: Asked) -> Analysed:
    try:
        return analysing.analysed(home(), asked.wanted(), asked.method)
    except Unanswerable as error:
        raise HttpError(422, str(error)) from error


@router.get("/map/analysis.png", summary="The field as a picture, warped to Mercator rows")
def picture(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Give a palette PNG; it covers the `bounds` that `/map/analysis` tells."""
    found = _analysed(asked)
    body = painting.paint(found.analysis.field, found.grid, palette(found.shown, asked))
    return HttpResponse(body, content_type="image/png", headers={"Cache-Control": BRIEFLY})
