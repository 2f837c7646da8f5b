"""Places that somebody watches rain for: districts, catchments, road sections, metro lines; from GeoJSON. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

KINDS = {"district": "区县", "catchment": "流域", "road": "道路", "metro": "地铁", "other": "其他"}
"""Kinds of places, and what they are called on the screen."""
DEFAULT_WIDTH_M = 500.0
MOST_PLACES = 5000
_DEGREE_M = 111_195.0


@dataclass(frozen=True)
class Place:
    """A watched place.

    Attributes
    ----------
    code, name : str
        The code is unique.
    kind : str
        One of `KINDS`.
    rings : tuple of ndarray
        (points, 2) longitude and latitude of outer rings and holes, WGS-84, as `areas.zones` takes them.
    """

    code: str
    name: str
    kind: str
    rings: tuple[npt.NDArray[np.float64], ...]


def from_geojson(text: str) -> tuple[Place, ...]:
    """Read places from a FeatureCollection.

    Parameters
    ----------
    text : str
        GeoJSON (RFC 7946, WGS-84). Each feature has the properties `code`, `name`, `kind` (one of `KINDS`) and a
        geometry: polygons, or lines and points, which get a breadth: the property `width_m` (default 500) on each side
        of the middle taken together.

    Returns
    -------
    tuple of Place
        In the order of the file.

    Raises
    ------
    ValueError
        If the file or a feature of it can't be used; the message names it.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not 0 < len(features) <= MOST_PLACES:
        raise ValueError(f"a FeatureCollection with 1 to {MOST_PLACES} features is needed")
    places = tuple(_place(number, feature) for number, feature in enumerate(features, 1))
    codes = [place.code for place in places]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"the codes {', '.join(twice)} stand for more than one place")
    return places


def _place(number: int, feature: Any) -> Place:
    said = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(said, Mapping) or not said.get("code") or not said.get("name"):
        raise ValueError(f"feature {number}: the properties code and name are needed")
    kind = said.get("kind", "other")
    if kind not in KINDS:
        raise ValueError(f"feature {number} ({said['code']}): the kind {kind!r}; allowed are {', '.join(KINDS)}")
    try:
        shape = shapely.from_geojson(json.dumps(feature.get("geometry")))
        width = float(said.get("width_m", DEFAULT_WIDTH_M))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise ValueError(f"feature {number} ({said['code']}): {error}") from error
    if shape is None or shape.is_empty or not 1 <= width <= 50_000:
        raise ValueError(f"feature {number} ({said['code']}): a geometry, and a width of 1 to 50000 m, are needed")
    return Place(str(said["code"]), str(said["name"]), kind, tuple(_rings(_broad(shape, width))))


def _broad(shape: Any, width_m: float) -> Any:
    """Give lines and points their breadth, on a plane about the middle of the shape."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    middle = shape.centroid
    scale = np.array([_DEGREE_M * math.cos(math.radians(middle.y)), _DEGREE_M])
    plane = shapely.transform(shape, lambda points: points * scale)
    return shapely.transform(plane.buffer(width_m / 2), lambda points: points / scale)


def _rings(shape: shapely.Geometry) -> Iterator[npt.NDArray[np.float64]]:
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            yield np.asarray(ring.coords, np.float64)[:, :2]
