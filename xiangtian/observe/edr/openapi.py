"""The OpenAPI 3.0 document of the service."""

from __future__ import annotations

from typing import Any

from xiangtian.observe.edr.asked import UNITS_KM
from xiangtian.observe.edr.documents import COVJSON, FORMATS, GEOJSON, JSON, OPENAPI

Told = dict[str, Any]
_TEXT: Told = {"type": "string"}
PARAMETERS: dict[str, tuple[str, Told]] = {
    "coords": ("Well-known text: POINT or MULTIPOINT for position, POINT for radius, polygons for area.", _TEXT),
    "within": ("Radius around the point, above 0.", {"type": "number", "exclusiveMinimum": True, "minimum": 0}),
    "within-units": ("Unit of the radius.", {"type": "string", "enum": list(UNITS_KM)}),
    "bbox": ("West, south, east, north, degrees; with heights six numbers, the heights are not looked at.",
             {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}),
    "datetime": ("A moment, an interval (2026-07-01T00:00:00Z/2026-07-01T06:00:00Z), or one open on one side (../…). "
                 "Left out: the newest reading of each station within 24 h.", _TEXT),
    "parameter-name": ("Parameters, with commas between; left out: all elements, without quality codes.", _TEXT),
    "crs": ("CRS84 and nothing else.", {"type": "string", "default": "CRS84"}),
    "z": ("Heights; the collections have none, so it is not looked at.", _TEXT),
    "f": ("Format of the answer.", {"type": "string", "enum": [*FORMATS, "json"]}),
    "at": ("As known at this moment (not part of the standards): what came later or was corrected later is not told.",
           {"type": "string", "format": "date-time"}),
    "limit": ("Features on one page.", {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}),
    "offset": ("Features to leave out before the page.", {"type": "integer", "minimum": 0, "default": 0}),
}  # fmt: skip
DATA = ("datetime", "parameter-name", "crs", "z", "f", "at")
LISTED = ("bbox", "datetime", "limit", "offset", "f", "at")
ITEMS = (*LISTED, "parameter-name", "crs")
QUERIES = {
    "position": ("coords", *DATA),
    "radius": ("coords", "within", "within-units", *DATA),
    "area": ("coords", *DATA),
    "cube": ("bbox", *DATA),
}
ONE_LOCATION = DATA
ONE_ITEM = ("f", "at")
READ = ("f", "at")
_NEEDED = {("position", "coords"), ("radius", "coords"), ("radius", "within"), ("radius", "within-units"),
           ("area", "coords"), ("cube", "bbox")}  # fmt: skip
_REFUSALS = {
    "400": "A parameter is unknown or can't be read.",
    "401": "No valid token, and nobody is logged in.",
    "403": "The agreement is not in force, or the person has no right to view.",
    "404": "There is no such thing, or it is not in the agreement.",
    "413": "The answer would be too large; the description says how to narrow the question.",
    "429": "Too many calls within a minute; Retry-After says when to come back.",
}


def document(base: str) -> Told:
    """Write the document; `base` is the address of the service without a closing slash."""
    collection = "/collections/{collectionId}"
    data: Told = {COVJSON: {}, GEOJSON: {}, "text/csv": {}}
    paths = {
        "/": _get("Landing page", "landing", ("f",), {JSON: {}}),
        "/conformance": _get("Classes of requirements that are met", "conformance", ("f",), {JSON: {}}),
        "/api": _get("This document", "api", ("f",), {OPENAPI: {}}),
        "/collections": _get("All collections", "collections", READ, {JSON: {}}),
        collection: _get("One collection", "collection", READ, {JSON: {}}, "collectionId"),
        f"{collection}/items": _get("Stations, or readings", "items", ITEMS, {GEOJSON: {}}, "collectionId"),
        f"{collection}/items/{{itemId}}": _get(
            "One of them", "item", ONE_ITEM, {GEOJSON: {}}, "collectionId", "itemId"
        ),
        "/collections/observations/locations": _get(
            "Stations that readings are told of", "locations", LISTED, {GEOJSON: {}}
        ),
        "/collections/observations/locations/{locationId}": _get(
            "Readings of one station", "location", ONE_LOCATION, data, "locationId"
        ),
    }
    for name, parameters in QUERIES.items():
        paths[f"/collections/observations/{name}"] = _get(f"Readings by {name}", name, parameters, data)
    return {
        "openapi": "3.0.3",
        "info": {"title": "相天 Xiangtian OGC API", "version": "1.1", "description": "EDR 1.1 and Features 1.0."},
        "servers": [{"url": base}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(name) for name in PARAMETERS},
            "responses": {status: _refusal(words) for status, words in _REFUSALS.items()},
            "schemas": {"exception": _EXCEPTION},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


_EXCEPTION: Told = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": _TEXT, "description": _TEXT},
}


def _get(summary: str, name: str, parameters: tuple[str, ...], content: Told, *in_path: str) -> Told:
    told: list[Told] = [{"name": one, "in": "path", "required": True, "schema": _TEXT} for one in in_path]
    for one in parameters:
        needed = (name, one) in _NEEDED
        told.append(_parameter(one) | {"required": True} if needed else {"$ref": f"#/components/parameters/{one}"})
    answers: Told = {"200": {"description": "The answer.", "content": content}}
    if name in (*QUERIES, "location"):
        answers["204"] = {"description": "Nothing was said there and then."}
    answers |= {status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS}
    return {"get": {"summary": summary, "operationId": name, "parameters": told, "responses": answers}}


def _parameter(name: str) -> Told:
    words, schema = PARAMETERS[name]
    told: Told = {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
    return told | ({"style": "form", "explode": False} if schema.get("type") == "array" else {})


def _refusal(words: str) -> Told:
    return {"description": words, "content": {JSON: {"schema": {"$ref": "#/components/schemas/exception"}}}}
