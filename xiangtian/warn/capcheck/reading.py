"""Open bytes from strangers safely: bounded in size and depth, no DTD, no entities, no network."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from lxml import etree

from xiangtian.warn.defect import Defect

MAX_BYTES = 8 * 1024 * 1024
"""Larger input isn't read. A national index of several hundred alerts stays below 2 MB."""
MAX_DEPTH = 64
_CHUNK = 64 * 1024
_GZIP = b"\x1f\x8b"


class Refused(ValueError):
    """The bytes aren't read; :attr:`defect` says why."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.defect = Defect(f"refused.{code}", words)


def open_xml(body: bytes) -> etree._Element:
    """Parse XML (or gzipped XML) from a stranger.

    Parameters
    ----------
    body : bytes
        What came.

    Returns
    -------
    etree._Element
        The root.

    Raises
    ------
    Refused
        If it is too large, too deep, has a document type (the door of entity attacks) or is no XML.
    """
    if len(body) > MAX_BYTES:
        raise Refused("size", too_large(len(body)))
    if body.startswith(_GZIP):
        body = _unzip(body)
    if not body.strip():
        raise Refused("empty", "the file is empty")
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        return _feed(parser, body)
    except etree.XMLSyntaxError as error:
        raise Refused("not-xml", f"not well-formed XML: {error.msg}") from error


def too_large(size: int) -> str:
    """Say that a file of `size` bytes isn't read; a caller who knows the size needn't read it at all."""
    return f"{size} bytes, allowed are {MAX_BYTES}; an alert has some 10 kB, split a larger feed"


def _unzip(body: bytes) -> bytes:
    opener = zlib.decompressobj(wbits=31)
    try:
        plain = opener.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise Refused("gzip", f"not readable as gzip: {error}") from error
    if len(plain) > MAX_BYTES:
        raise Refused("size", f"unpacks to more than the allowed {MAX_BYTES} bytes")
    return plain


def _feed(parser: etree.XMLPullParser, body: bytes) -> etree._Element:
    depth, root = 0, None
    for chunk in (body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)):
        parser.feed(chunk)
        for event, element in parser.read_events():
            depth += 1 if event == "start" else -1
            if root is None and isinstance(element, etree._Element):
                root = _first(element)
            if depth > MAX_DEPTH:
                raise Refused("depth", f"elements are nested deeper than {MAX_DEPTH}")
    parser.close()
    if root is None:
        raise Refused("not-xml", "the file holds no element")
    return root


def _first(element: etree._Element) -> etree._Element:
    if element.getroottree().docinfo.internalDTD is not None:
        words = "the file has a document type (DTD): entities can read files and call other hosts, so it isn't read"
        raise Refused("dtd", words)
    return element


def alerts(root: etree._Element) -> Iterator[etree._Element]:
    """Give every alert, in document order: the root itself, or those inside a feed or an EDXL envelope."""
    for element in root.iter():
        if isinstance(element.tag, str) and etree.QName(element).localname == "alert":
            yield element
