"""The 12379-style profile: what the national release platform's message rules ask, as far as they are public.

A message holds issuer, time of issue, kind, start, area, level, what to watch, trend, measures and phone. Values
seen only in restated annexes are followed; where provinces differ, a province's own profile is another file.

References
----------
GB/T 35965.1-2018 and published annexes of value rules that restate it.
"""

from __future__ import annotations

from collections.abc import Iterable

from xiangtian.core.clock import BEIJING
from xiangtian.warn import identifier
from xiangtian.warn.alert import Alert, Info, moment
from xiangtian.warn.colours import colour
from xiangtian.warn.profile import (
    COLOUR,
    Check,
    Profile,
    adcodes,
    colour_and_severity,
    each_info,
    event_code,
    references,
)


def _identifier(alert: Alert) -> Iterable[str]:
    wrong = identifier.defect(alert.identifier)
    if wrong:
        yield wrong


def _agrees(alert: Alert) -> Iterable[str]:
    """The unit and the second in the identifier are those of sender and sent."""
    if identifier.defect(alert.identifier):
        return
    read, sent = identifier.parse(alert.identifier), moment(alert.sent)
    if alert.sender != read.unit:
        yield f"sender {alert.sender!r} is not the unit {read.unit} of the identifier"
    if sent is not None and sent != read.sent:
        yield f"sent {alert.sent} is not the second in the identifier, {read.sent.astimezone(BEIJING).isoformat()}"


def _beijing(alert: Alert) -> Iterable[str]:
    times = [alert.sent, *(text for info in alert.infos for text in (info.effective, info.onset, info.expires) if text)]
    for text in times:
        if not text.endswith("+08:00"):
            yield f"found {text}"


def _status(alert: Alert) -> Iterable[str]:
    if alert.status not in ("Actual", "Exercise", "Test") or alert.msg_type not in ("Alert", "Update", "Cancel"):
        yield f"found {alert.status}, {alert.msg_type}"


def _chinese(alert: Alert) -> Iterable[str]:
    if "zh-CN" not in [info.language for info in alert.infos]:
        yield f"found {[info.language for info in alert.infos]}"


def _ten(alert: Alert, info: Info) -> str | None:
    needed = {
        "issuer (senderName)": info.sender_name,
        "kind (event)": info.event,
        "start (onset)": info.onset,
        "end (expires)": info.expires,
        "what to watch and trend (description)": info.description,
        "measures (instruction)": info.instruction or alert.msg_type == "Cancel",
        "phone (contact)": info.contact,
    }
    missing = [name for name, value in needed.items() if not value]
    return f"missing: {', '.join(missing)}" if missing else None


def _headline(_: Alert, info: Info) -> str | None:
    if not info.language.startswith("zh"):
        return None
    try:
        words = colour(info.parameter(COLOUR) or "").zh
    except ValueError:
        return None
    lacking = [word for word in (info.sender_name, words) if word not in info.headline]
    return f"{info.headline!r} doesn't name {', '.join(lacking)}" if lacking else None


PROFILE = Profile(
    "12379",
    "1.0",
    "for the national release platform",
    (
        Check("identifier", "identifier has the national form", _identifier),
        Check("agrees", "identifier, sender and sent agree", _agrees),
        Check("beijing", "times are Beijing time, +08:00", _beijing),
        Check("status", "status is Actual, Exercise or Test; msgType Alert, Update or Cancel", _status),
        Check("references", "Update and Cancel link to the first issue, Alert to nothing", references),
        Check("chinese", "an info block is in Chinese, zh-CN", _chinese),
        Check("event-code", "the kind is told by the national event code", each_info(event_code)),
        Check("colour", "colour and severity belong together", each_info(colour_and_severity)),
        Check("ten", "the ten things a warning message must hold are there", each_info(_ten)),
        Check("headline", "the Chinese headline names issuer and colour", each_info(_headline)),
        Check("adcode", "each area has its area code", each_info(adcodes)),
    ),
)
"""The 12379-style profile, version 1.0."""
