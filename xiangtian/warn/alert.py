"""Any CAP alert as values: what its elements say, without judging them.

Used by checks and profiles, for our own alerts and for strangers' of version 1.1 or 1.2.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lxml import etree

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Area:
    """One area of an info block: description, shapes as written, geocodes as (name, value)."""

    description: str
    polygons: tuple[str, ...]
    circles: tuple[str, ...]
    geocodes: Pairs


@dataclass(frozen=True)
class Info:
    """One info block; texts are as written ("" where absent), pairs are (valueName, value)."""

    language: str
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    event_codes: Pairs
    effective: str
    onset: str
    expires: str
    sender_name: str
    headline: str
    description: str
    instruction: str
    web: str
    contact: str
    parameters: Pairs
    areas: tuple[Area, ...]

    def parameter(self, name: str) -> str | None:
        """Give the first parameter of a name, or None."""
        return dict(reversed(self.parameters)).get(name)


@dataclass(frozen=True)
class Alert:
    """One alert; texts are as written ("" where absent)."""

    identifier: str
    sender: str
    sent: str
    status: str
    msg_type: str
    scope: str
    restriction: str
    addresses: str
    codes: tuple[str, ...]
    note: str
    references: str
    incidents: str
    infos: tuple[Info, ...]


def read(element: etree._Element) -> Alert:
    """Read an alert element; what it hasn't is an empty text.

    Parameters
    ----------
    element : etree._Element
        An `alert` of any CAP version.

    Returns
    -------
    Alert
        Its contents.
    """
    one = _Reader(element)
    return Alert(
        identifier=one.text("identifier"),
        sender=one.text("sender"),
        sent=one.text("sent"),
        status=one.text("status"),
        msg_type=one.text("msgType"),
        scope=one.text("scope"),
        restriction=one.text("restriction"),
        addresses=one.text("addresses"),
        codes=tuple(code.strip() for code in one.texts("code")),
        note=one.text("note"),
        references=one.text("references"),
        incidents=one.text("incidents"),
        infos=tuple(_info(_Reader(info)) for info in one.all("info")),
    )


def own_text(element: etree._Element) -> str:
    """Give the text of an element without the comments and instructions in between."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def moment(text: str) -> dt.datetime | None:
    """Read a CAP time; None where it is empty, unreadable or without a zone.

    >>> moment("2026-07-01T10:15:00+08:00").isoformat()
    '2026-07-01T10:15:00+08:00'
    >>> moment("yesterday") is None
    True
    """
    try:
        read_time = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read_time if read_time.tzinfo is not None else None


@dataclass(frozen=True)
class _Reader:
    element: etree._Element

    def all(self, name: str) -> list[etree._Element]:
        space = etree.QName(self.element).namespace
        return self.element.findall(f"{{{space}}}{name}" if space else name)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(own_text(each) for each in self.all(name))

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "").strip()

    def pairs(self, name: str) -> Pairs:
        return tuple((_Reader(each).text("valueName"), _Reader(each).text("value")) for each in self.all(name))


def _info(one: _Reader) -> Info:
    return Info(
        language=one.text("language") or "en-US",
        categories=one.texts("category"),
        event=one.text("event"),
        responses=one.texts("responseType"),
        urgency=one.text("urgency"),
        severity=one.text("severity"),
        certainty=one.text("certainty"),
        event_codes=one.pairs("eventCode"),
        effective=one.text("effective"),
        onset=one.text("onset"),
        expires=one.text("expires"),
        sender_name=one.text("senderName"),
        headline=one.text("headline"),
        description=one.text("description"),
        instruction=one.text("instruction"),
        web=one.text("web"),
        contact=one.text("contact"),
        parameters=one.pairs("parameter"),
        areas=tuple(_area(_Reader(area)) for area in one.all("area")),
    )


def _area(one: _Reader) -> Area:
    return Area(one.text("areaDesc"), one.texts("polygon"), one.texts("circle"), one.pairs("geocode"))
