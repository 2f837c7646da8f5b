"""Documents about the service itself: landing page, conformance, collections, errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xiangtian.observe.edr.answers import stamp
from xiangtian.observe.edr.asked import CRS84, UNITS_KM, BBox
from xiangtian.observe.edr.parameters import described, offered

Told = dict[str, Any]
JSON, GEOJSON, COVJSON = "application/json", "application/geo+json", "application/prs.coverage+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
FORMATS = ("CoverageJSON", "GeoJSON", "CSV")
QUERIES = ("locations", "position", "radius", "area", "cube")
_EDR, _FEATURES = "http://www.opengis.net/spec/ogcapi-edr-1/1.1", "http://www.opengis.net/spec/ogcapi-features-1/1.0"
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{_FEATURES}/conf/{name}" for name in ("core", "oas30", "geojson")),
    *(f"{_EDR}/conf/{name}" for name in ("core", "collections", "json", "geojson", "covjson", "oas30", "queries")),
)
"""Classes of OGC 17-069r4 annex A and OGC 19-086r6 annex A that are served; no HTML, no instances, no EDR-GeoJSON."""


@dataclass(frozen=True)
class Extent:
    """Where and when the stations stand that somebody may see; no box while there are none."""

    box: BBox | None
    first: dt.datetime | None
    last: dt.datetime


def link(href: str, rel: str, kind: str, title: str = "") -> Told:
    """Write one link."""
    return {"href": href, "rel": rel, "type": kind} | ({"title": title} if title else {})


def landing(base: str) -> Told:
    """Write the landing page; `base` is the address of the service without a closing slash."""
    return {
        "title": "相天 Xiangtian: 观测资料开放接口 observations",
        "description": "苏州市气象观测站与观测资料，按合作协议提供。Stations and observations, by agreement.",
        "links": [
            link(f"{base}/", "self", JSON),
            link(f"{base}/api", "service-desc", OPENAPI, "OpenAPI 3.0"),
            link(f"{base}/conformance", "conformance", JSON),
            link(f"{base}/collections", "data", JSON),
        ],
    }


def conformance() -> Told:
    """Write the classes of requirements that are met."""
    return {"conformsTo": list(CONFORMS)}


def collections(base: str, elements: Sequence[str], extent: Extent) -> Told:
    """Write all collections, as somebody who may see some elements within an extent sees them."""
    return {
        "links": [link(f"{base}/collections", "self", JSON)],
        "collections": [observations(base, elements, extent), stations(base, extent)],
    }


def observations(base: str, elements: Sequence[str], extent: Extent) -> Told:
    """Describe the collection of readings."""
    here = f"{base}/collections/observations"
    queries = {name: {"link": _query(here, name)} for name in (*QUERIES, "items")}
    return {
        **_collection(here, "observations", "观测 observations", extent),
        "description": "各站观测值及质量码，可问过去任一时刻所知。Readings with quality codes, as known at a moment.",
        "keywords": ["weather", "surface observations", "quality code"],
        "data_queries": queries,
        "output_formats": list(FORMATS),
        "distanceunits": list(UNITS_KM),
        "parameter_names": {name: described(name) for name in offered(elements)},
    }


def stations(base: str, extent: Extent) -> Told:
    """Describe the collection of stations."""
    here = f"{base}/collections/stations"
    return {
        **_collection(here, "stations", "测站 stations", extent),
        "description": "测站的名称、位置与站网。Names, positions and networks of the stations.",
        "keywords": ["weather stations"],
        "data_queries": {"items": {"link": _query(here, "items")}},
        "output_formats": ["GeoJSON"],
        "parameter_names": {},
    }


def _collection(here: str, name: str, title: str, extent: Extent) -> Told:
    box = extent.box or (0.0, 0.0, 0.0, 0.0)
    told: Told = {"spatial": {"bbox": [list(box)], "crs": CRS84}}
    if extent.first:
        first, last = stamp(extent.first), stamp(extent.last)
        told["temporal"] = {"interval": [[first, last]], "values": [f"{first}/{last}"], "trs": "Gregorian"}
    links = [
        link(here, "self", JSON),
        link(f"{here}/items", "items", GEOJSON),
        *([link(f"{here}/locations", "data", GEOJSON)] if name == "observations" else []),
    ]
    return {"id": name, "title": title, "links": links, "extent": told, "crs": ["CRS84"]}


def _query(here: str, name: str) -> Told:
    formats = ["GeoJSON"] if name == "items" else list(FORMATS)
    variables: Told = {"title": name, "query_type": name, "output_formats": formats,
                       "default_output_format": formats[0],
                       "crs_details": [{"crs": "CRS84", "wkt": CRS84_WKT}]}  # fmt: skip
    if name == "radius":
        variables["within_units"] = list(UNITS_KM)
    if name == "cube":
        variables["height_units"] = []
    kind = GEOJSON if name in ("items", "locations") else COVJSON
    return {**link(f"{here}/{name}", "data", kind), "variables": variables}


CRS84_WKT = (
    'GEOGCS["WGS 84 (CRS84)",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433],AXIS["Longitude",EAST],AXIS["Latitude",NORTH],AUTHORITY["OGC","CRS84"]]'
)


def problem(status: int, words: str) -> Told:
    """Write a refusal (exception schema of OGC 17-069r4, 7.5.2)."""
    codes = {400: "InvalidParameterValue", 401: "NotAuthorized", 403: "Forbidden", 404: "NotFound",
             405: "MethodNotAllowed", 413: "TooLarge", 429: "TooManyRequests"}  # fmt: skip
    return {"code": codes[status], "description": words}
