"""Which stations a shape chooses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from xiangtian.observe.edr.answers import Place
from xiangtian.observe.edr.asked import BBox

EARTH_KM = 6371.0088
"""Mean radius of the Earth, (2a + b) / 3 of the GRS 80 ellipsoid (Moritz 2000, doi:10.1007/s001900050278)."""
NEAR_KM = 20.0
"""A position is answered by the nearest station within this distance."""


def distances_km(lon: float, lat: float, places: Sequence[Place]) -> np.ndarray:
    """Give the great-circle distance from a point to each station, km.

    References
    ----------
    Sinnott, R. W. (1984): Virtues of the haversine, Sky and Telescope 68, 159.
    """
    lons, lats = np.radians([place.lon for place in places]), np.radians([place.lat for place in places])
    here_lon, here_lat = np.radians(lon), np.radians(lat)
    half = np.sin((lats - here_lat) / 2) ** 2
    half = half + np.cos(here_lat) * np.cos(lats) * np.sin((lons - here_lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def nearest(points: shapely.Geometry, places: Sequence[Place]) -> list[Place]:
    """Give the nearest station to each point, within `NEAR_KM`, each once."""
    found: dict[str, Place] = {}
    for lon, lat in shapely.get_coordinates(points) if places else ():
        away = distances_km(lon, lat, places)
        first = int(np.argmin(away))
        if away[first] <= NEAR_KM:
            found[places[first].code] = places[first]
    return list(found.values())


def around(point: shapely.Geometry, km: float, places: Sequence[Place]) -> list[Place]:
    """Give the stations within a distance of a point."""
    if not places:
        return []
    ((lon, lat),) = shapely.get_coordinates(point)
    away = distances_km(lon, lat, places)
    return [place for place, distance in zip(places, away, strict=True) if distance <= km]


def inside(area: shapely.Geometry, places: Sequence[Place]) -> list[Place]:
    """Give the stations within polygons, on their edge included."""
    if not places:
        return []
    points = shapely.points([place.lon for place in places], [place.lat for place in places])
    shapely.prepare(area)
    return [place for place, held in zip(places, shapely.intersects(area, points), strict=True) if held]


def boxed(box: BBox | None, places: Sequence[Place]) -> list[Place]:
    """Give the stations within a box, its edge included; None: all."""
    if box is None:
        return list(places)
    west, south, east, north = box
    return [one for one in places if west <= one.lon <= east and south <= one.lat <= north]
