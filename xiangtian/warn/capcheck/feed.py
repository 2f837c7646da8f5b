"""Is a feed that should carry or list alerts a right feed? Atom and RSS, as far as a reader of alerts depends on it.

References
----------
RFC 4287 (Atom), sections 4.1.1 and 4.1.2; RSS 2.0 specification, required channel elements.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from xiangtian.warn.defect import Defect

ATOM = "http://www.w3.org/2005/Atom"
_FEED = frozenset({
    "author", "category", "contributor", "entry", "generator", "icon", "id", "link", "logo", "rights", "subtitle",
    "title", "updated",
})  # fmt: skip
_ENTRY = frozenset({
    "author", "category", "content", "contributor", "id", "link", "published", "rights", "source", "summary", "title",
    "updated",
})  # fmt: skip


def defects(root: etree._Element) -> list[Defect]:
    """List what is wrong with a feed itself, whatever alerts it holds.

    Parameters
    ----------
    root : etree._Element
        Root of a document.

    Returns
    -------
    list[Defect]
        `notice.feed` defects; none where the document is no feed.
    """
    if root.tag == f"{{{ATOM}}}feed":
        return [Defect("notice.feed", words) for words in _atom(root)]
    if root.tag == "rss":
        return [Defect("notice.feed", words) for words in _rss(root)]
    return []


def entries(root: etree._Element) -> int:
    """Count the entries (Atom) or items (RSS) of a feed."""
    return len(root.findall(f"{{{ATOM}}}entry")) + len(root.findall("channel/item"))


def _atom(feed: etree._Element) -> Iterator[str]:
    yield from _parts(feed, "feed", _FEED)
    for place, entry in enumerate(feed.findall(f"{{{ATOM}}}entry"), 1):
        yield from _parts(entry, f"entry {place}", _ENTRY)
        if entry.find(f"{{{ATOM}}}content") is None and entry.find(f"{{{ATOM}}}link") is None:
            yield f"entry {place} has neither content nor link: it leads nowhere"


def _parts(parent: etree._Element, where: str, allowed: frozenset[str]) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if parent.find(f"{{{ATOM}}}{name}") is None:
            yield f"{where}: required element {name} is missing"
    for child in parent:
        if isinstance(child.tag, str) and etree.QName(child).namespace == ATOM:
            name = etree.QName(child).localname
            if name not in allowed:
                yield f"{where}: element {name} is not allowed"


def _rss(rss: etree._Element) -> Iterator[str]:
    channel = rss.find("channel")
    if channel is None:
        yield "rss: required element channel is missing"
        return
    for name in ("title", "link", "description"):
        if channel.find(name) is None:
            yield f"channel: required element {name} is missing"
    for place, item in enumerate(channel.findall("item"), 1):
        if item.find("title") is None and item.find("description") is None:
            yield f"item {place} has neither title nor description"
