"""What is wrong with a notification: its structure as the standard demands it, every fault in words.

References
----------
WIS2 Notification Message Encoding 1.1 (Manual on WIS, WMO-No. 1060, volume II, appendix E): conformance class core.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from xiangtian.observe.wis2.integrity import ENCODINGS, METHODS, MOST_INLINE

CONFORMANCE = "http://wis.wmo.int/spec/wnm/1/conf/core"
OLD_VERSION = "v04"
RELATIONS = {
    "canonical": "create",
    "update": "update",
    "http://def.wmo.int/def/rel/wnm/-/update": "update",
    "deletion": "delete",
    "http://def.wmo.int/def/rel/wnm/-/deletion": "delete",
}
"""Relation of the link that matters, and what it says of the data; the long names are those of some editions."""
SCHEMES = ("http", "https", "ftp", "sftp")
MOST_BYTES = 8192
"""Largest notification (/req/core/message_size)."""
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
Faults = Iterator[str]


def faults(document: object) -> list[str]:
    """Name everything that keeps a document from being a notification; an empty list: it is one.

    Parameters
    ----------
    document : object
        What the JSON says.

    Returns
    -------
    list of str
        `place: found; allowed`, in the order of the standard's requirements.
    """
    if not isinstance(document, dict):
        return [f"message: a JSON object is needed, found {type(document).__name__}"]
    found = [*_head(document), *_geometry(document.get("geometry"), "geometry" in document)]
    properties = document.get("properties")
    if isinstance(properties, dict):
        found += [*_times(properties), *_names(properties), *_integrity(properties), *_content(properties)]
    else:
        found.append("properties: missing, or no object")
    return [*found, *_links(document.get("links"))]


def moment(text: object) -> dt.datetime | None:
    """Read a time of RFC 3339; None if it is none."""
    if not isinstance(text, str) or not DATE_TIME.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text.upper()).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _head(document: dict[str, Any]) -> Faults:
    if not _is_uuid(document.get("id")):
        yield f"id: {document.get('id')!r} is no UUID"
    if document.get("type") != "Feature":
        yield f"type: {document.get('type')!r}; allowed: Feature"
    new, old = "conformsTo" in document, "version" in document
    if new == old:
        yield "conformsTo: exactly one of conformsTo and (deprecated) version is needed"
    told = document.get("conformsTo")
    if new and not (isinstance(told, list) and CONFORMANCE in told):
        yield f"conformsTo: {told!r}; a list with {CONFORMANCE} is needed"
    if old and document["version"] != OLD_VERSION:
        yield f"version: {document['version']!r}; allowed: {OLD_VERSION}, better conformsTo"


def _is_uuid(text: object) -> bool:
    try:
        return isinstance(text, str) and bool(uuid.UUID(text))
    except ValueError:
        return False


def _geometry(geometry: object, there: bool) -> Faults:
    if geometry is None:
        if not there:
            yield "geometry: missing; allowed: Point, Polygon or null"
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Point", "Polygon"):
        yield f"geometry: type {kind!r}; allowed: Point, Polygon or null"
    elif not (_is_position(coordinates) if kind == "Point" else _are_rings(coordinates)):
        yield f"geometry: the coordinates are no {kind} in degrees (longitude, latitude)"


def _are_rings(rings: object) -> bool:
    return isinstance(rings, list) and all(
        isinstance(ring, list) and len(ring) >= 4 and all(_is_position(place) for place in ring) for ring in rings
    )


def _is_position(place: object) -> bool:
    if not isinstance(place, list) or len(place) < 2 or not all(_is_number(part) for part in place):
        return False
    return bool(abs(place[0]) <= 180 and abs(place[1]) <= 90)


def _is_number(part: object) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and math.isfinite(part)


def _times(properties: dict[str, Any]) -> Faults:
    for name in ("pubtime", "datetime", "start_datetime", "end_datetime"):
        told = properties.get(name)
        if name in properties and not (told is None and name == "datetime"):
            yield from _utc(name, told)
    if "pubtime" not in properties:
        yield "properties.pubtime: missing"
    span = {"start_datetime", "end_datetime"} <= properties.keys()
    if span == ("datetime" in properties):
        yield "properties.datetime: exactly one of datetime and (start_datetime with end_datetime) is needed"


def _utc(name: str, told: object) -> Faults:
    if moment(told) is None:
        yield f"properties.{name}: {told!r} is no date and time of RFC 3339"
    elif not str(told).upper().endswith(("Z", "+00:00")):
        yield f"properties.{name}: {told!r} is not UTC; write it with Z"


def _names(properties: dict[str, Any]) -> Faults:
    told = properties.get("data_id")
    if not isinstance(told, str) or not told.strip():
        yield f"properties.data_id: {told!r}; a text is needed"
    for name in ("metadata_id", "producer", "global-cache"):
        if name in properties and not isinstance(properties[name], str):
            yield f"properties.{name}: {properties[name]!r}; a text is needed"
    if not isinstance(properties.get("cache", True), bool):
        yield f"properties.cache: {properties['cache']!r}; allowed: true or false"


def _integrity(properties: dict[str, Any]) -> Faults:
    if "integrity" not in properties:
        return
    told = properties["integrity"]
    method, value = (told.get("method"), told.get("value")) if isinstance(told, dict) else (None, None)
    if method not in METHODS:
        yield f"properties.integrity.method: {method!r}; allowed: {', '.join(METHODS)}"
    if not isinstance(value, str):
        yield f"properties.integrity.value: {value!r}; a hash in base64 is needed"


def _content(properties: dict[str, Any]) -> Faults:
    if "content" not in properties:
        return
    told = properties["content"]
    if not isinstance(told, dict):
        yield "properties.content: no object"
        return
    if told.get("encoding") not in ENCODINGS:
        yield f"properties.content.encoding: {told.get('encoding')!r}; allowed: {', '.join(ENCODINGS)}"
    size, value = told.get("size"), told.get("value")
    if not isinstance(size, int) or isinstance(size, bool) or size > MOST_INLINE:
        yield f"properties.content.size: {size!r}; allowed: up to {MOST_INLINE} bytes"
    if not isinstance(value, str) or len(value) > MOST_INLINE:
        yield f"properties.content.value: a text of up to {MOST_INLINE} characters is needed"


def _links(links: object) -> Faults:
    if not isinstance(links, list) or not links:
        yield "links: at least one link is needed"
        return
    for place, link in enumerate(links):
        yield from (f"links[{place}].{words}" for words in _link(link))
    relations = [link.get("rel") for link in links if isinstance(link, dict)]
    if not any(isinstance(one, str) and one in RELATIONS for one in relations):
        yield f"links: none has a relation of {', '.join(RELATIONS)}"


def _link(link: object) -> Faults:
    if not isinstance(link, dict):
        yield "href: no object"
        return
    kinds: dict[str, Callable[[object], bool]] = {"rel": _is_text, "type": _is_text, "length": _is_length}
    for name, fits in kinds.items():
        if (name == "rel" or name in link) and not fits(link.get(name)):
            yield f"{name}: {link.get(name)!r}"
    href = link.get("href")
    if not isinstance(href, str) or _scheme(href) not in SCHEMES:
        yield f"href: {href!r}; allowed: {', '.join(SCHEMES)}"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _scheme(href: str) -> str:
    try:
        return urlsplit(href).scheme.lower()
    except ValueError:
        return ""
