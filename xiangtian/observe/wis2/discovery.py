"""The discovery record of our dataset, by which the world finds it, and what is wrong with a record.

References
----------
WMO Core Metadata Profile 2.1 (Manual on WIS, WMO-No. 1060, volume II, appendix F): conformance class core.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtian.observe.wis2 import ids, topics
from xiangtian.observe.wis2.messages import GEOJSON, rfc3339

CONFORMANCE = "http://wis.wmo.int/spec/wcmp/2/conf/core"
DISCIPLINES = "https://codes.wmo.int/wis/topic-hierarchy/earth-system-discipline"
RESOLUTION = "PT1H"
KEYWORDS = ("surface observations", "SYNOP", "BUFR", "Suzhou", "地面观测", "逐时", "苏州")
FIFTH = 5
"""An identifier has at least so many parts."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What the record must say.

    Attributes
    ----------
    centre : str
        Centre identifier.
    organization : str
        Who publishes.
    mail : str
        Where questions go; "" for none.
    begins : datetime
        Since when there are data, UTC.
    created, updated : datetime
        Of the record, UTC.
    bounds : Sequence of float
        West, south, east, north, degrees WGS-84.
    base_url : str
        Where `metadata/` and `messages/` are served, without a slash at its end.
    broker : str
        Public address of the MQTT broker that carries our notifications; "" where there is none.
    exercise : bool
        Whether the data are those of an exercise.
    """

    centre: str
    organization: str
    mail: str
    begins: dt.datetime
    created: dt.datetime
    updated: dt.datetime
    bounds: Sequence[float]
    base_url: str
    broker: str = ""
    exercise: bool = False


def record(dataset: Dataset) -> dict[str, Any]:
    """Write the discovery record of the dataset."""
    identifier = ids.metadata_id(dataset.centre)
    return {
        "id": identifier,
        "conformsTo": [CONFORMANCE],
        "type": "Feature",
        "geometry": _outline(dataset.bounds),
        "time": {"interval": [dataset.begins.astimezone(dt.UTC).date().isoformat(), ".."], "resolution": RESOLUTION},
        "properties": _properties(dataset),
        "links": list(_links(dataset, identifier)),
    }


def _outline(bounds: Sequence[float]) -> dict[str, Any]:
    west, south, east, north = (round(part, 4) for part in bounds)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _properties(dataset: Dataset) -> dict[str, Any]:
    title = "Hourly surface weather observations of Suzhou 苏州逐时地面气象观测"
    description = (
        "Hourly observations of the surface weather stations of Suzhou, China, after quality control, in BUFR edition "
        "4 (template 307096). 苏州市地面气象站逐时观测资料，已经质量控制，BUFR 第 4 版编码。"
    )
    if dataset.exercise:
        title = "Exercise hourly surface weather observations of Suzhou 苏州逐时地面气象观测演练"
        description = f"EXERCISE, not real weather. 演练资料，并非真实天气。{description}"
    return {
        "type": "dataset",
        "title": title,
        "description": description,
        "keywords": list(KEYWORDS),
        "themes": [{"concepts": [{"id": "weather", "title": "Weather"}], "scheme": DISCIPLINES}],
        "contacts": [_contact(dataset)],
        "created": rfc3339(dataset.created),
        "updated": rfc3339(dataset.updated),
        "wmo:dataPolicy": "core",
    }


def _contact(dataset: Dataset) -> dict[str, Any]:
    told: dict[str, Any] = {
        "organization": dataset.organization,
        "addresses": [{"city": "Suzhou", "administrativeArea": "Jiangsu", "country": "CHN"}],
        "links": [{"rel": "about", "href": dataset.base_url, "type": "text/html"}],
        "roles": ["host"],
    }
    if dataset.mail:
        told |= {"emails": [{"value": dataset.mail}], "contactInstructions": "email"}
    return told


def _links(dataset: Dataset, identifier: str) -> Iterator[dict[str, str]]:
    here = f"{dataset.base_url}/metadata/{identifier}.json"
    yield {"rel": "canonical", "href": here, "type": GEOJSON, "title": "This record 本元数据"}
    recent = f"{dataset.base_url}/messages/"
    yield {"rel": "collection", "href": recent, "type": GEOJSON, "title": "Notifications of the last 24 h 近24小时通知"}
    if dataset.broker:
        topic = topics.synop(dataset.centre)
        told = {"rel": "items", "href": dataset.broker, "type": GEOJSON, "channel": topic}
        yield told | {"title": "Notifications over MQTT 通知订阅"}


def faults(document: object) -> list[str]:
    """Name what keeps a document from being a discovery record of a dataset; an empty list: nothing was found.

    Checked are the requirements of the core class that can be checked without the registers of WMO: identifier,
    conformance, extent, title, description, themes, contacts, created, data policy, links.
    """
    if not isinstance(document, dict) or not isinstance(document.get("properties"), dict):
        return ["record: a JSON object with properties is needed"]
    return [*_head(document), *_told(document["properties"]), *_reachable(document.get("links"))]


def _head(document: dict[str, Any]) -> Iterator[str]:
    parts = str(document.get("id", "")).split(":")
    if len(parts) < FIFTH or parts[:3] != ["urn", "wmo", "md"] or not parts[-1] or not str(document["id"]).isascii():
        yield f"id: {document.get('id')!r}; needed: urn:wmo:md:centre:name in ASCII"
    told = document.get("conformsTo")
    if not isinstance(told, list) or CONFORMANCE not in told:
        yield f"conformsTo: {told!r}; a list with {CONFORMANCE} is needed"
    if document.get("type") != "Feature":
        yield f"type: {document.get('type')!r}; allowed: Feature"
    yield from (f"{name}: missing; null is allowed" for name in ("geometry", "time") if name not in document)


def _told(properties: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "description", "created"):
        if not isinstance(properties.get(name), str) or not properties[name].strip():
            yield f"properties.{name}: a text is needed"
    if properties.get("type") != "dataset":
        yield f"properties.type: {properties.get('type')!r}; allowed here: dataset"
    if properties.get("wmo:dataPolicy") not in topics.POLICIES:
        yield f"properties.wmo:dataPolicy: {properties.get('wmo:dataPolicy')!r}; allowed: {', '.join(topics.POLICIES)}"
    if not any("earth-system-discipline" in str(theme.get("scheme")) for theme in _objects(properties, "themes")):
        yield "properties.themes: none is of the Earth system disciplines"
    contacts = _objects(properties, "contacts")
    if not contacts or not all(one.get("organization") and one.get("roles") for one in contacts):
        yield "properties.contacts: each needs an organization and roles"


def _objects(properties: dict[str, Any], name: str) -> list[dict[str, Any]]:
    told = properties.get(name)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _reachable(links: object) -> Iterator[str]:
    if not isinstance(links, list) or not links:
        yield "links: at least one link is needed"
        return
    for place, link in enumerate(_objects({"links": links}, "links")):
        href = str(link.get("href", ""))
        if not link.get("rel") or not href:
            yield f"links[{place}]: rel and href are needed"
        if href.startswith("mqtt") and not link.get("channel"):
            yield f"links[{place}].channel: missing; a link to a broker names its topic"
