"""The public profile: what apps, sites and aggregators may rely on in the alerts of this house.

Exercises and tests carry scope Restricted with a restriction: the status alone has not kept readers from showing
them, and a public scope is an invitation to show them. Urgency follows from the time between sent and onset: under
one hour Immediate, under six Expected, else Future; a lifted signal is Past.
"""

from __future__ import annotations

from collections.abc import Iterable

from xiangtian.warn import shapes
from xiangtian.warn.alert import Alert, Info, moment
from xiangtian.warn.profile import (
    Check,
    Profile,
    adcodes,
    colour_and_severity,
    each_info,
    event_code,
    references,
)
from xiangtian.warn.status import MARKS, urgency


def _status(alert: Alert) -> Iterable[str]:
    if alert.status not in ("Actual", *MARKS):
        yield f"found {alert.status}"
    if alert.msg_type not in ("Alert", "Update", "Cancel"):
        yield f"msgType {alert.msg_type} is not for the public"


def _scope(alert: Alert) -> Iterable[str]:
    needed = "Public" if alert.status == "Actual" else "Restricted"
    if alert.scope != needed:
        yield f"status {alert.status} with scope {alert.scope}, needs {needed}"
    if needed == "Restricted" and not alert.restriction:
        yield "restriction is missing"


def _marked(alert: Alert) -> Iterable[str]:
    zh, en = MARKS.get(alert.status, ("", ""))
    if not alert.note.startswith(zh):
        yield f"note doesn't begin with {zh}"
    for place, info in enumerate(alert.infos, 1):
        mark = zh if info.language.startswith("zh") else en
        for name, text in (("headline", info.headline), ("description", info.description)):
            if not text.startswith(mark):
                yield f"info {place}: {name} doesn't begin with {mark}"


def _languages(alert: Alert) -> Iterable[str]:
    spoken = [info.language for info in alert.infos]
    if spoken[:1] != ["zh-CN"] or "en" not in spoken:
        yield f"found {spoken}, needs zh-CN first, and en"


def _same(alert: Alert) -> Iterable[str]:
    facts = {(info.event_codes, info.severity, info.urgency, info.certainty, info.onset, info.expires, info.parameters)
             for info in alert.infos}  # fmt: skip
    if len(facts) > 1:
        yield "codes, severity, urgency, certainty, times or parameters differ"


def _urgent(alert: Alert, info: Info) -> str | None:
    sent, onset = moment(alert.sent), moment(info.onset)
    if sent is None or onset is None:
        return None
    needed = urgency(alert.msg_type, sent, onset)
    return None if info.urgency == needed else f"found {info.urgency}, needs {needed}"


def _texts(alert: Alert, info: Info) -> str | None:
    needed = ["event", "sender_name", "headline", "description", "web", "contact", "onset", "expires"]
    needed += ["instruction"] if alert.msg_type != "Cancel" else []
    missing = [name for name in needed if not getattr(info, name)]
    return f"missing: {', '.join(missing)}" if missing else None


def _outlines(_: Alert, info: Info) -> str | None:
    for area in info.areas:
        if not area.polygons:
            return f"area {area.description!r} has no polygon"
        for text in area.polygons:
            try:
                ring = shapes.polygon(text)
            except ValueError as error:
                return f"area {area.description!r}: {error}"
            if len(ring) - 1 > shapes.MOST_VERTICES or shapes.crosses_itself(ring):
                return f"area {area.description!r}: a polygon has {len(ring) - 1} vertices or crosses itself"
    return None


def _incident(alert: Alert) -> Iterable[str]:
    if len(alert.incidents.split()) != 1:
        yield f"found {alert.incidents!r}"


PROFILE = Profile(
    "public",
    "1.0",
    "for apps, sites and aggregators",
    (
        Check("status", "status is Actual, Exercise or Test; msgType Alert, Update or Cancel", _status),
        Check("scope", "Actual is Public; an exercise or test is Restricted, with a restriction", _scope),
        Check("marked", "note, headlines and descriptions of an exercise or test begin with its mark", _marked),
        Check("references", "Update and Cancel refer to the whole chain, Alert to nothing", references),
        Check("incident", "incidents names the event chain, one word", _incident),
        Check("languages", "info blocks are zh-CN first, then en", _languages),
        Check("same", "info blocks differ in language only", _same),
        Check(
            "category",
            "category is Met",
            each_info(lambda _, i: None if i.categories == ("Met",) else str(i.categories)),
        ),
        Check("event-code", "the kind is told by the national event code", each_info(event_code)),
        Check("colour", "colour and severity belong together", each_info(colour_and_severity)),
        Check("urgency", "urgency follows from sent and onset", each_info(_urgent)),
        Check("texts", "texts, times, web and contact are given", each_info(_texts)),
        Check("adcode", "each area has its area code", each_info(adcodes)),
        Check("polygon", "each area has valid polygons of at most 100 vertices", each_info(_outlines)),
    ),
)
"""The public profile, version 1.0."""
