"""Can an alert of right structure be used? Times, references, addressees and shapes, beyond what a schema sees.

What makes an alert unusable is a `semantic.*` defect. What is only untidy is a `notice.*`: to throw a warning away
can be worse than to pass it on marked.

References
----------
OASIS Standard, CAP 1.2, section 3.2 (element by element), and its conditional elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xiangtian.warn import shapes
from xiangtian.warn.alert import Alert, Area, Info, moment
from xiangtian.warn.defect import Defect

_RESTRICTED_SIGNS = re.compile(r"[\s,<&]")


def defects(alert: Alert) -> list[Defect]:
    """List what hinders the use of an alert, and what is untidy.

    Parameters
    ----------
    alert : Alert
        The contents of an alert.

    Returns
    -------
    list[Defect]
        `semantic.*` and `notice.*` defects.
    """
    found = [*_identity(alert), *_references(alert), *_addressees(alert)]
    if alert.msg_type in ("Alert", "Update") and not alert.infos:
        found.append(Defect("notice.no-info", "the alert has no info block: it says nothing about an event"))
    for place, info in enumerate(alert.infos, 1):
        found += _times(alert, info, f"info {place}")
        for number, area in enumerate(info.areas, 1):
            found += _area(area, f"info {place}, area {number}")
        if not info.areas:
            found.append(Defect("notice.no-area", f"info {place} has no area: it doesn't say where"))
    return found


def _identity(alert: Alert) -> Iterator[Defect]:
    for name, value in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not value:
            yield Defect("semantic.identity", f"{name} is empty; needs a text by which the alert can be referred to")
        elif _RESTRICTED_SIGNS.search(value):
            yield Defect(
                "notice.identity", f"{name} {value!r} has white space, comma, < or &: references can't name it"
            )


def _references(alert: Alert) -> Iterator[Defect]:
    grade = "semantic" if alert.msg_type in ("Cancel", "Ack", "Error") else "notice"
    if alert.msg_type != "Alert" and not alert.references:
        yield Defect(
            f"{grade}.references", f"msgType {alert.msg_type} without references: it isn't said to which alerts"
        )
    for triple in alert.references.split():
        parts = triple.split(",")
        if len(parts) != 3 or not all(parts) or moment(parts[2]) is None:
            yield Defect(f"{grade}.references", f"reference {triple!r} is not of the form sender,identifier,sent")


def _addressees(alert: Alert) -> Iterator[Defect]:
    if alert.scope == "Restricted" and not alert.restriction:
        yield Defect("semantic.restriction", "scope Restricted without restriction: it isn't said whom it may reach")
    if alert.scope == "Private" and not alert.addresses:
        yield Defect("semantic.addresses", "scope Private without addresses: it reaches nobody")


def _times(alert: Alert, info: Info, where: str) -> Iterator[Defect]:
    sent, effective, onset, expires = (moment(text) for text in (alert.sent, info.effective, info.onset, info.expires))
    if expires is None:
        yield Defect("notice.no-expires", f"{where} doesn't say when it expires (or not in which zone)")
        return
    if sent is not None and expires <= sent:
        yield Defect(
            "semantic.expired-when-sent", f"{where} expires {info.expires}, not after it was sent {alert.sent}"
        )
    if effective is not None and expires <= effective:
        yield Defect(
            "semantic.never-effective", f"{where} expires {info.expires}, not after effective {info.effective}"
        )
    if onset is not None and expires < onset:
        yield Defect("notice.onset-after-expires", f"{where} begins {info.onset}, after it expires {info.expires}")


def _area(area: Area, where: str) -> Iterator[Defect]:
    if not (area.polygons or area.circles or area.geocodes):
        yield Defect("notice.no-geography", f"{where} has neither polygon, circle nor geocode")
    for text in area.polygons:
        yield from _polygon(text, where)
    for text in area.circles:
        try:
            shapes.circle(text)
        except ValueError as error:
            yield Defect("semantic.circle", f"{where}: circle: {error}")


def _polygon(text: str, where: str) -> Iterator[Defect]:
    if not text.strip():
        yield Defect("notice.empty-polygon", f"{where}: a polygon is empty")
        return
    try:
        ring = shapes.polygon(text)
    except ValueError as error:
        yield Defect("semantic.polygon", f"{where}: polygon: {error}")
        return
    if shapes.crosses_itself(ring):
        yield Defect("notice.polygon-crosses", f"{where}: a polygon crosses or touches itself")
    if len(ring) - 1 > shapes.MOST_VERTICES:
        words = f"{where}: a polygon has {len(ring) - 1} vertices; more than {shapes.MOST_VERTICES} choke receivers"
        yield Defect("notice.polygon-vertices", words)
