"""The form of a draft: what was typed, as an edit, and what it would say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

from django.http import QueryDict

from xiangtian.core import clock, settings
from xiangtian.core.places import city
from xiangtian.warn import release, texts
from xiangtian.warn.actions import Edit, NotPossible
from xiangtian.warn.models import Draft, Event
from xiangtian.warn.queries import rule_table

SENTENCES = ("happened", "expected", "happened_en", "expected_en", "reason")


@dataclass(frozen=True)
class Said:
    """What a message says, as it would be released."""

    headline: str
    headline_en: str
    description: str
    description_en: str
    instruction: str
    instruction_en: str
    short: str
    long: str
    onset: dt.datetime
    expires: dt.datetime


def typed(posted: QueryDict) -> Edit:
    """Read what was typed into a draft.

    Raises
    ------
    NotPossible
        If the valid time is no number; the message says what was found.
    """
    told = {name: posted.get(name, "") for name in SENTENCES}
    hours = posted.get("valid_hours", "").strip()
    try:
        valid_hours = float(hours)
    except ValueError:
        raise NotPossible(f"有效时长“{hours}”不是数字；请填写小时数，如 6 (valid hours must be a number)") from None
    return Edit(colour=posted.get("colour", ""), districts=posted.getlist("districts"), valid_hours=valid_hours, **told)


def revision(posted: QueryDict) -> int:
    """Read which revision the person saw.

    Raises
    ------
    NotPossible
        If the page did not say.
    """
    try:
        return int(posted.get("revision", ""))
    except ValueError:
        raise NotPossible("页面没有说明您看到的是第几版；请刷新页面后再操作 (no revision)") from None


def fields(draft: Draft, posted: QueryDict | None = None) -> Mapping[str, object]:
    """Give what stands in the form: the draft, or what was typed and not taken."""
    if posted is None:
        told: dict[str, object] = {name: getattr(draft, name) for name in SENTENCES}
        hours = f"{draft.valid_hours:g}"
        return told | {"colour": draft.colour, "districts": draft.districts, "valid_hours": hours}
    told = {name: posted.get(name, "") for name in (*SENTENCES, "colour", "valid_hours")}
    return told | {"districts": posted.getlist("districts")}


def as_typed(draft: Draft, wanted: Edit) -> Draft:
    """Give a draft as it would be after an edit; nothing is stored.

    Raises
    ------
    NotPossible
        If a value can't be shown: no district, or a time that is not allowed.
    """
    known = [code for code in sorted(set(wanted.districts)) if code in city().by_code]
    if not known:
        raise NotPossible("至少选择一个区域 (choose a district)")
    longest = rule_table(draft.rule_version).longest_h
    if not (math.isfinite(wanted.valid_hours) and 0 < wanted.valid_hours <= longest):
        raise NotPossible(f"有效时长应大于 0，不超过 {longest:g} 小时 (valid hours)")
    one = copy(draft)
    one.colour, one.districts, one.valid_hours = wanted.colour, known, wanted.valid_hours
    for name in SENTENCES:
        setattr(one, name, getattr(wanted, name).strip().rstrip("。."))
    return one


def said(draft: Draft) -> Said:
    """Give what a draft would say if it were released now.

    Raises
    ------
    ValueError
        If its colour is none.
    KeyError
        If its rule table or its level is not known here.
    """
    sent = clock.now().replace(microsecond=0)
    expires = sent + dt.timedelta(hours=draft.valid_hours)
    onset = release.onset_of(draft, sent, expires)
    event = draft.event or Event(office=settings.text("XIANGTIAN_OFFICE"), hazard=draft.hazard)
    signal = release.signal_of(draft, event, sent, onset, expires)
    return Said(
        headline=texts.headline_zh(signal),
        headline_en=texts.headline_en(signal),
        description=texts.description_zh(signal),
        description_en=texts.description_en(signal),
        instruction=texts.instruction_zh(signal),
        instruction_en=texts.instruction_en(signal),
        short=texts.short_zh(signal),
        long=texts.long_zh(signal),
        onset=onset,
        expires=expires,
    )
