"""The structure of CAP 1.1 and 1.2 as tables: order, how often, and of which type each element is.

References
----------
OASIS Standard, Common Alerting Protocol Version 1.2, 1 July 2010, section 3.4 (XML Schema); version 1.1, October 2005.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from xiangtian.warn.capcheck import simple

CAP11 = "urn:oasis:names:tc:emergency:cap:1.1"
CAP12 = "urn:oasis:names:tc:emergency:cap:1.2"
MANY = 1_000_000


@dataclass(frozen=True)
class Part:
    """An element at its place in a sequence: name, how often, and what it holds (a simple type or further parts)."""

    name: str
    least: int = 1
    most: int = 1
    type: simple.SimpleType = simple.string
    parts: tuple[Part, ...] = ()


def _maybe(name: str, type_: simple.SimpleType = simple.string, most: int = 1) -> Part:
    return Part(name, 0, most, type_)


_RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
_CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
_PAIR = (Part("valueName"), Part("value"))

_RESOURCE = (
    Part("resourceDesc"),
    Part("mimeType"),
    _maybe("size", simple.integer),
    _maybe("uri", simple.any_uri),
    _maybe("derefUri"),
    _maybe("digest"),
)
_AREA = (
    Part("areaDesc"),
    _maybe("polygon", most=MANY),
    _maybe("circle", most=MANY),
    Part("geocode", 0, MANY, parts=_PAIR),
    _maybe("altitude", simple.decimal),
    _maybe("ceiling", simple.decimal),
)
_INFO = (
    _maybe("language", simple.language),
    Part("category", 1, MANY, simple.one_of(*_CATEGORIES)),
    Part("event"),
    Part("responseType", 0, MANY, simple.one_of(*_RESPONSES)),
    Part("urgency", type=simple.one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    Part("severity", type=simple.one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    Part("certainty", type=simple.one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    _maybe("audience"),
    Part("eventCode", 0, MANY, parts=_PAIR),
    _maybe("effective", simple.zoned_time),
    _maybe("onset", simple.zoned_time),
    _maybe("expires", simple.zoned_time),
    _maybe("senderName"),
    _maybe("headline"),
    _maybe("description"),
    _maybe("instruction"),
    _maybe("web", simple.any_uri),
    _maybe("contact"),
    Part("parameter", 0, MANY, parts=_PAIR),
    Part("resource", 0, MANY, parts=_RESOURCE),
    Part("area", 0, MANY, parts=_AREA),
)
ALERT12 = (
    Part("identifier"),
    Part("sender"),
    Part("sent", type=simple.zoned_time),
    Part("status", type=simple.one_of("Actual", "Exercise", "System", "Test", "Draft")),
    Part("msgType", type=simple.one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    _maybe("source"),
    Part("scope", type=simple.one_of("Public", "Restricted", "Private")),
    _maybe("restriction"),
    _maybe("addresses"),
    _maybe("code", most=MANY),
    _maybe("note"),
    _maybe("references"),
    _maybe("incidents"),
    Part("info", 0, MANY, parts=_INFO),
)
"""The parts of a CAP 1.2 alert; after them any number of elements of the XML signature namespace may stand."""


def _older(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Turn parts of version 1.2 into those of 1.1."""
    changes: dict[str, dict[str, Any]] = {
        "sent": {"type": simple.date_time},
        "effective": {"type": simple.date_time},
        "onset": {"type": simple.date_time},
        "expires": {"type": simple.date_time},
        "responseType": {"type": simple.one_of(*(each for each in _RESPONSES if each not in ("Avoid", "AllClear")))},
        "mimeType": {"least": 0},
        "altitude": {"type": simple.string},
        "ceiling": {"type": simple.string},
    }
    return tuple(replace(part, parts=_older(part.parts), **changes.get(part.name, {})) for part in parts)


ALERT11 = _older(ALERT12)
"""The parts of a CAP 1.1 alert; no signature may stand in it."""

VERSIONS: dict[str, tuple[Part, ...]] = {CAP12: ALERT12, CAP11: ALERT11}
