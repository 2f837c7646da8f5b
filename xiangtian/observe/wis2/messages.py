"""Notifications: read those of the world, compose our own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from xiangtian.observe.wis2 import faults, ids, integrity

BUFR = "application/bufr"
GEOJSON = "application/geo+json"
LONGEST_NAME = 250
Document = dict[str, Any]


class NotificationError(ValueError):
    """No notification of WIS2; the message names its faults."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where the data are: address, relation, and how many bytes there should be (None: not told)."""

    href: str
    rel: str
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """What a notification says.

    Attributes
    ----------
    id : str
        UUID; a cache that passes data on gives a new one.
    data_id : str
        What the data are called by who made them; with `pubtime` it tells repetitions.
    pubtime : datetime
        UTC.
    operation : str
        "create", "update" or "delete".
    link : Link
        The one that matters.
    integrity, content : Mapping or None
        As the standard has them.
    document : dict
        All of it.
    """

    id: str
    data_id: str
    pubtime: dt.datetime
    operation: str
    link: Link
    integrity: Mapping[str, Any] | None
    content: Mapping[str, Any] | None
    document: Document

    @property
    def name(self) -> str:
        """The name under which the data go to the intake: what they are called, with the file's name at its end."""
        file = unquote(urlsplit(self.link.href).path).rsplit("/", 1)[-1]
        whole = self.data_id if not file or self.data_id.endswith(file) else f"{self.data_id}/{file}"
        return "wis2/" + "".join(sign if sign.isprintable() else "_" for sign in whole)[-LONGEST_NAME:]


@dataclass(frozen=True, slots=True)
class Granule:
    """A file of ours that is to be announced.

    Attributes
    ----------
    data_id, metadata_id : str
        What it is called, and the record of its dataset.
    href : str
        Where it can be fetched.
    media : str
        Its media type.
    time : datetime or None
        The moment it speaks of, UTC; None for a discovery record.
    place : Sequence of float or None
        Longitude, latitude (degrees WGS-84), height (m).
    wigos : str
        The station's WIGOS identifier; "" for none.
    update : bool
        Whether it replaces a file that was announced under the same `data_id`.
    """

    data_id: str
    metadata_id: str
    href: str
    media: str = BUFR
    time: dt.datetime | None = None
    place: Sequence[float] | None = None
    wigos: str = ""
    update: bool = False


def read(payload: bytes) -> Notification:
    """Read a notification.

    Parameters
    ----------
    payload : bytes
        JSON in UTF-8, at most 8192 bytes.

    Returns
    -------
    Notification
        What it says.

    Raises
    ------
    NotificationError
        With every fault; nothing of it may then be used.
    """
    if len(payload) > faults.MOST_BYTES:
        raise NotificationError(f"通知 {len(payload)} 字节，超过上限 {faults.MOST_BYTES} (too large)")
    try:
        document = json.loads(payload.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotificationError(f"通知不是 JSON：{error} (no JSON)") from error
    if found := faults.faults(document):
        raise NotificationError(f"通知不符合 WNM 标准：{'; '.join(found)}")
    properties = document["properties"]
    pubtime = faults.moment(properties["pubtime"])
    if pubtime is None:
        raise AssertionError("a checked notification has a time")
    link = _link(document["links"])
    operation = faults.RELATIONS[link.rel]
    told, content = properties.get("integrity"), properties.get("content")
    return Notification(document["id"], properties["data_id"], pubtime, operation, link, told, content, document)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _link(links: Sequence[Document]) -> Link:
    """Give the link that matters: an update or a deletion before the canonical one, a web address before others."""
    telling = [link for link in links if link["rel"] in faults.RELATIONS]
    operations = [faults.RELATIONS[link["rel"]] for link in telling]
    wanted = next((one for one in ("delete", "update") if one in operations), "create")
    fitting = [link for link, operation in zip(telling, operations, strict=True) if operation == wanted]
    best = next((link for link in fitting if link["href"].lower().startswith("http")), fitting[0])
    return Link(best["href"], best["rel"], best.get("length"))


def compose(granule: Granule, body: bytes, pubtime: dt.datetime) -> Document:
    """Compose the notification of a file.

    Parameters
    ----------
    granule : Granule
        What is announced.
    body : bytes
        The file; it travels inside if its base64 form has at most 4096 characters.
    pubtime : datetime
        Aware; now.

    Returns
    -------
    dict
        The notification; the same file at the same moment gives the same one.
    """
    stamp, sealed = rfc3339(pubtime), integrity.seal(body)
    properties: Document = {
        "data_id": granule.data_id,
        "metadata_id": granule.metadata_id,
        "pubtime": stamp,
        "datetime": None if granule.time is None else rfc3339(granule.time),
        "integrity": sealed,
    }
    if granule.wigos:
        properties["wigos_station_identifier"] = granule.wigos
    if inline := integrity.inline(body):
        properties["content"] = inline
    relations = ("update", "canonical") if granule.update else ("canonical",)
    place = None if granule.place is None else {"type": "Point", "coordinates": list(granule.place)}
    return {
        "id": ids.message_id(granule.data_id, sealed["value"], stamp),
        "conformsTo": [faults.CONFORMANCE],
        "type": "Feature",
        "geometry": place,
        "properties": properties,
        "links": [
            {"rel": relation, "href": granule.href, "type": granule.media, "length": len(body)}
            for relation in relations
        ],
    }


def write(document: Document) -> bytes:
    """Write a document as JSON, always the same bytes."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def rfc3339(moment: dt.datetime) -> str:
    """Write a moment in UTC, to the second, or to the millisecond where it has any.

    >>> rfc3339(dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    '2026-07-01T00:00:00Z'
    """
    places = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.astimezone(dt.UTC).isoformat(timespec=places).replace("+00:00", "Z")
