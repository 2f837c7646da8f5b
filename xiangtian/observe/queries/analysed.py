"""The field between the stations, and the lines through it, as known at a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import shapely

from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.met import analysis, isolines
from xiangtian.met.analysis import Analysis, Method
from xiangtian.met.lonlat import LonLat, covering
from xiangtian.observe.queries.field import CODES, Shown, Unanswerable, Wanted, shown

STEP_DEG = 0.01
MARGIN_DEG = 0.2
"""The field goes this far beyond the city..."""
AROUND_DEG = 0.6
"""...and is made from the stations that stand this far beyond it at most."""
KEPT_CELLS = 0.04
"""A line's points that lie within so many cells of the line without them are left out."""
PATCHY = ("precipitation", "visibility", "wind_speed", "snow", "cloud", "duration_of_sunshine", "mass_concentration")
"""Parts of names of elements that are patchy or mostly nothing: Barnes' weights never make more of them."""
METHODS: tuple[Method, ...] = ("optimal", "barnes")


@dataclass(frozen=True)
class Analysed:
    """A field over the city, what it was made from, and its leave-one-out errors by station."""

    shown: Shown
    grid: LonLat
    analysis: Analysis = field(repr=False)
    left_out: dict[str, float] = field(repr=False)

    @property
    def used(self) -> int:
        """How many stations took part."""
        return len(self.left_out)


def area() -> tuple[float, float, float, float]:
    """Give the box of the fields: west, south, east, north, degrees."""
    west, south, east, north = city().bounds
    return west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG


def usual(element: str) -> Method:
    """Give the method an element is analysed by unless somebody chooses.

    >>> usual("air_temperature"), usual("precipitation_amount")
    ('optimal', 'barnes')
    """
    return "barnes" if any(part in element for part in PATCHY) else "optimal"


def analysed(home: Home, asked: Wanted, method: str = "") -> Analysed:
    """Analyse what the stations show; doubted values take no part.

    Parameters
    ----------
    home : Home
        Whose lake.
    asked : Wanted
        A checked question.
    method : str
        "optimal" or "barnes"; "": the element's usual one.

    Returns
    -------
    Analysed
        The same question about the same lake is answered once a minute.

    Raises
    ------
    Unanswerable
        If the element makes no field, the method is unknown, or too few stations have a value.
    """
    if asked.element in CODES:
        raise Unanswerable(f"{asked.element} 是方向或代码，不能分析成场 (directions and codes make no field)")
    chosen: Method = next((one for one in METHODS if one == method), usual(asked.element))
    if method and chosen != method:
        raise Unanswerable(f"没有分析方法“{method}”；可用：{', '.join(METHODS)} (no such method)")
    told = shown(home, asked)
    minute = told.moment.replace(second=0, microsecond=0)
    return _analysed(home, asked, chosen, told.version, minute)


@lru_cache(maxsize=32)
def _analysed(home: Home, asked: Wanted, method: Method, version: int, minute: dt.datetime) -> Analysed:
    told = shown(home, asked)
    west, south, east, north = city().bounds
    near = [
        spot
        for spot in told.spots
        if spot.good
        and west - AROUND_DEG <= spot.site.lon <= east + AROUND_DEG
        and south - AROUND_DEG <= spot.site.lat <= north + AROUND_DEG
    ]
    stations = np.array([[spot.site.lon, spot.site.lat, spot.site.alt_m] for spot in near], float).reshape(-1, 3).T
    values = np.array([spot.value for spot in near], float)
    grid = covering(area(), STEP_DEG)
    try:
        made = analysis.analyse(stations, values, grid, method, _allowed(told))
    except ValueError as error:
        raise Unanswerable(str(error)) from error
    left_out = dict(zip((spot.site.code for spot in near), made.left_out.tolist(), strict=True))
    return Analysed(told, grid, made, left_out)


def _allowed(told: Shown) -> tuple[float, float]:
    if told.wanted.how == "change":
        return -np.inf, np.inf
    return told.element.low, np.inf if told.wanted.how == "sum" else told.element.high


def lines(found: Analysed, values: tuple[float, ...] = ()) -> list[tuple[float, list[tuple[float, float]]]]:
    """Give lines of equal value as (value, [(longitude, latitude), ...]).

    Parameters
    ----------
    found : Analysed
        The field.
    values : tuple of float
        At which values; none: round ones that fit the field.

    Returns
    -------
    list of tuple
        In rising order of value.
    """
    told = found.analysis.field
    if np.isnan(told).all():
        return []
    chosen = values or isolines.levels(float(np.nanmin(told)), float(np.nanmax(told)))
    return [(one.value, _lonlat(found.grid, one.points)) for one in isolines.lines(told, chosen)]


def _lonlat(grid: LonLat, points: isolines.Points) -> list[tuple[float, float]]:
    kept = shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), KEPT_CELLS))
    lon, lat = grid.west + grid.step * kept[:, 0], grid.north - grid.step * kept[:, 1]
    return list(zip(lon.round(4).tolist(), lat.round(4).tolist(), strict=True))
