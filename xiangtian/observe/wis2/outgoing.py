"""From a reading to the file and the notification that go out."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from xiangtian.observe.encode.bufr_surface import StationFacts, encode_surface
from xiangtian.observe.reading import Reading
from xiangtian.observe.wis2 import ids, messages, topics
from xiangtian.observe.wis2.messages import Document, Granule

LAST_REVISION = 24
"""Corrections are CCA to CCX; Y and Z mean something else (WMO-No. 386, attachment II-5)."""


class OutgoingError(ValueError):
    """A reading can't go out; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """Who we are: centre identifier, and where our files are served, without a slash at its end."""

    centre: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A report as BUFR, and the SHA-256 of what it says, which is the same for every revision that says the same."""

    body: bytes
    digest: str


def encode(reading: Reading, facts: StationFacts, revision: int = 0) -> Encoded:
    """Write one report.

    Parameters
    ----------
    reading : Reading
        Only with what may go out.
    facts : StationFacts
        Of its station.
    revision : int
        0 for the first report of the moment, 1 for its first correction (CCA).

    Returns
    -------
    Encoded
        BUFR, and the digest of the content.

    Raises
    ------
    OutgoingError
        If it can't be written as BUFR, or was corrected too often.
    """
    if revision > LAST_REVISION:
        raise OutgoingError(f"已更正 {LAST_REVISION} 次，编报最多到 CCX (too many corrections)")
    correction = f"CC{chr(ord('A') + revision - 1)}" if revision else ""
    try:
        plain = encode_surface([replace(reading, correction="")], {reading.station: facts})
        body = encode_surface([replace(reading, correction=correction)], {reading.station: facts})
    except ValueError as error:
        raise OutgoingError(str(error)) from error
    return Encoded(body, hashlib.sha256(plain).hexdigest())


def announce(
    node: Node,
    reading: Reading,
    facts: StationFacts,
    name: str,
    path: str,
    body: bytes,
    *,
    update: bool,
    now: dt.datetime,
) -> Document:
    """Compose the notification of a report.

    Parameters
    ----------
    node : Node
        Who publishes.
    reading, facts : Reading, StationFacts
        What and where.
    name, path : str
        What the granule is called, and where its file lies below `data/`.
    body : bytes
        The file.
    update : bool
        Whether it corrects one that was announced.
    now : datetime
        Aware.

    Returns
    -------
    dict
        The notification.
    """
    granule = Granule(
        data_id=f"{node.centre}/data/core/{topics.SYNOP}/{name}",
        metadata_id=ids.metadata_id(node.centre),
        href=f"{node.base_url}/data/{path}",
        time=reading.time,
        place=(facts.lon, facts.lat, facts.alt_m),
        wigos=facts.wigos,
        update=update,
    )
    return messages.compose(granule, body, now)


def announce_record(node: Node, body: bytes, *, update: bool, now: dt.datetime) -> Document:
    """Compose the notification of the discovery record whose bytes are `body`."""
    identifier = ids.metadata_id(node.centre)
    granule = Granule(
        data_id=f"{node.centre}/metadata/{identifier}",
        metadata_id=identifier,
        href=f"{node.base_url}/metadata/{identifier}.json",
        media=messages.GEOJSON,
        update=update,
    )
    return messages.compose(granule, body, now)
