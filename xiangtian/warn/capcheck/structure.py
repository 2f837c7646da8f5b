"""Does an alert have the structure the OASIS schema of its version demands?

Judged from our own tables (:mod:`.schema`); tests prove them equal to the schema's own judgement. One strictness
beyond it: `xsi:type` and `xsi:nil` are refused, as CAP has no use for them.
"""

from __future__ import annotations

import re

from lxml import etree

from xiangtian.warn.alert import own_text
from xiangtian.warn.capcheck.schema import CAP12, VERSIONS, Part
from xiangtian.warn.defect import Defect

DSIG = "http://www.w3.org/2000/09/xmldsig#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HARMLESS_ATTRIBUTES = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})
_NC_NAME = re.compile(r"[^\W\d][\w.\-]*")
_SHOWN = 60


def defects(alert: etree._Element) -> list[Defect]:
    """Compare one alert element with the schema of its version.

    Parameters
    ----------
    alert : etree._Element
        The alert; it may stand inside a feed.

    Returns
    -------
    list[Defect]
        `structure.*` defects in document order, and the notice about a signature's Id.
    """
    name = etree.QName(alert)
    parts = VERSIONS.get(name.namespace or "")
    if parts is None:
        space = name.namespace or "no namespace"
        return [Defect("structure.version", f"alert is in {space!r}; allowed: {', '.join(VERSIONS)}")]
    children = _elements(alert)
    sealed: list[etree._Element] = []
    if name.namespace == CAP12:
        while children and etree.QName(children[-1]).namespace == DSIG:
            sealed.insert(0, children.pop())
    found = _attributes(alert) + _loose_text(alert) + _sequence(alert, children, parts, name.namespace or "")
    return found + [notice for seal in sealed for notice in _signature_id(seal)]


def _elements(parent: etree._Element) -> list[etree._Element]:
    return [child for child in parent if isinstance(child.tag, str)]


def _sequence(
    parent: etree._Element, children: list[etree._Element], parts: tuple[Part, ...], space: str
) -> list[Defect]:
    """Walk children and parts together; after a child out of place, what is wanted is looked for from there on."""
    found: list[Defect] = []
    counts = dict.fromkeys((part.name for part in parts), 0)
    places = {f"{{{space}}}{part.name}": place for place, part in enumerate(parts)}
    reached = 0
    for child in children:
        place = places.get(child.tag)
        if place is None:
            found.append(Defect("structure.unknown-element", f"{_where(child)}: not allowed in {_local(parent)}"))
            continue
        part = parts[place]
        counts[part.name] += 1
        if place < reached:
            found.append(
                Defect("structure.order", f"{_where(child)}: stands after {parts[reached].name}, must be before")
            )
        elif counts[part.name] > part.most:
            found.append(Defect("structure.too-many", f"{_where(child)}: only one is allowed"))
        reached = max(reached, place)
        found += _content(child, part, space)
    found += [
        Defect("structure.missing", f"{_where(parent)}: required element {part.name} is missing")
        for part in parts
        if counts[part.name] < part.least
    ]
    return found


def _content(element: etree._Element, part: Part, space: str) -> list[Defect]:
    found = _attributes(element)
    if part.parts:
        return found + _loose_text(element) + _sequence(element, _elements(element), part.parts, space)
    if _elements(element):
        inner = _local(_elements(element)[0])
        return [*found, Defect("structure.content", f"{_where(element)}: holds element {inner}, needs a text")]
    wrong = part.type(own_text(element))
    return [*found, Defect("structure.value", f"{_where(element)}: {_short(wrong)}")] if wrong else found


def _loose_text(element: etree._Element) -> list[Defect]:
    loose = own_text(element).strip(" \t\r\n")
    if not loose:
        return []
    return [
        Defect("structure.loose-text", f"{_where(element)}: text {_short(repr(loose))} stands between its elements")
    ]


def _attributes(element: etree._Element) -> list[Defect]:
    return [
        Defect("structure.attribute", f"{_where(element)}: attribute {etree.QName(str(name)).localname} is not allowed")
        for name in element.attrib
        if str(name) not in _HARMLESS_ATTRIBUTES
    ]


def _signature_id(seal: etree._Element) -> list[Defect]:
    """Notice an Id that is no xs:ID: strict validators stumble over it, readers of alerts don't."""
    given = seal.get("Id")
    if given is None or _NC_NAME.fullmatch(given):
        return []
    words = f"the signature's Id {given!r} is no XML name (spaces or other signs); harmless for the alert"
    return [Defect("notice.signature-id", words)]


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _where(element: etree._Element) -> str:
    return f"{_local(element)} (line {element.sourceline})" if element.sourceline else _local(element)


def _short(words: str) -> str:
    return words if len(words) <= 4 * _SHOWN else words[: 4 * _SHOWN] + "…"
