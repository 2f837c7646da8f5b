"""The Atom feed of messages: every change is an entry, the lifting and the expiry included."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMESPACES: Any = {None: ATOM}
EMPTY_SINCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""What an empty feed says of its last change: Atom demands a time, and none would be true."""
TITLES = {"live": "苏州气象灾害预警信号", "exercise": "【演练】气象灾害预警信号（非真实预警）"}


@dataclass(frozen=True)
class Listed:
    """What the feed needs to know of one released message."""

    message: str
    event: str
    status: str
    action: str
    hazard: str
    colour: str
    headline: str
    summary: str
    sent: dt.datetime
    expires: dt.datetime


@dataclass(frozen=True)
class Entry:
    """One change: a message, or the expiry of an event's last message (`action` "EXP")."""

    id: str
    title: str
    summary: str
    action: str
    updated: dt.datetime
    of: Listed


def changes(listed: Iterable[Listed], now: dt.datetime) -> list[Entry]:
    """Turn messages into changes, the latest first.

    Parameters
    ----------
    listed : Iterable of Listed
        Messages in the order of their release, of any number of events.
    now : datetime
        The moment asked about: an event whose last message is past its expiry, and not lifted, has expired by itself.

    Returns
    -------
    list of Entry
        One per message and one per expiry.
    """
    last: dict[str, Listed] = {}
    entries = []
    for one in listed:
        last[one.event] = one
        entries.append(Entry(_urn(one.message), one.headline, one.summary, one.action, one.sent, one))
    for one in last.values():
        if one.action != "CAN" and one.expires <= now:
            title = f"{one.headline}（已到期）"
            entries.append(
                Entry(_urn(f"{one.message}#expired"), title, "该预警信号有效时间已过。", "EXP", one.expires, one)
            )
    return sorted(entries, key=lambda entry: entry.updated, reverse=True)


def last_change(entries: Sequence[Entry]) -> dt.datetime:
    """Give the moment of the latest change; `EMPTY_SINCE` for none."""
    return max((entry.updated for entry in entries), default=EMPTY_SINCE)


def atom(entries: Sequence[Entry], list_name: str, self_url: str, cap_url: str) -> bytes:
    """Write the feed; the same entries always give the same bytes.

    Parameters
    ----------
    entries : Sequence of Entry
        The latest first; may be empty.
    list_name : str
        "live" or "exercise".
    self_url : str
        Address of this feed.
    cap_url : str
        Address of a message's CAP file, with "{message}" where its identifier stands.

    Returns
    -------
    bytes
        Atom, UTF-8.

    References
    ----------
    Atom: RFC 4287; media type of CAP: CAP 1.2, 3.3 (application/cap+xml).
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMESPACES, attrib={LANG: "zh-CN"})
    _put(root, "id", _urn(f"feed/{list_name}"))
    _put(root, "title", TITLES[list_name])
    _put(root, "updated", _time(last_change(entries)))
    _put(etree.SubElement(root, f"{{{ATOM}}}author"), "name", "相天 Xiangtian")
    _put(root, "link", "", rel="self", type="application/atom+xml", href=self_url)
    for entry in entries:
        _write(etree.SubElement(root, f"{{{ATOM}}}entry"), entry, cap_url)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _write(node: etree._Element, entry: Entry, cap_url: str) -> None:
    _put(node, "id", entry.id)
    _put(node, "title", entry.title)
    _put(node, "updated", _time(entry.updated))
    _put(node, "published", _time(entry.updated))
    _put(node, "summary", entry.summary)
    href = cap_url.replace("{message}", entry.of.message)
    _put(node, "link", "", rel="alternate", type="application/cap+xml", href=href)
    terms = (
        ("action", entry.action),
        ("event", entry.of.event),
        ("hazard", entry.of.hazard),
        ("colour", entry.of.colour),
    )
    for scheme, term in (*terms, ("status", entry.of.status)):
        _put(node, "category", "", scheme=f"urn:xiangtian:{scheme}", term=term)


def _put(parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
    node = etree.SubElement(parent, f"{{{ATOM}}}{tag}", attrib=attributes)
    if text:
        node.text = text


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"cap:{name}").urn
