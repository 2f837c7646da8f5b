"""Defects: enter one by hand, notice, give the cause, handle, dismiss."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.actions.assess import AssessRefused, reasoned, refuse_closed, refuse_order, stations_known
from xiangtian.observe.actions.charging import charge_unnoticed, parts, recharge, rules_of, void
from xiangtian.observe.assess.charges import UNNOTICED
from xiangtian.observe.assess.owners import NOBODY, Place
from xiangtian.observe.assess.rules import CAUSES
from xiangtian.observe.models import Defect
from xiangtian.observe.queries.assess_names import districts_on, networks_of
from xiangtian.observe.queries.assess_rules import assess_rules, roster

RIGHT = "observe.defect"


@dataclass(frozen=True)
class Seen:
    """A defect as somebody saw it; `element` "": the whole report, `ends` None: it goes on."""

    station: str
    element: str
    starts: dt.datetime
    ends: dt.datetime | None
    words: str


@transaction.atomic
def report_defect(person: Person, seen: Seen) -> Defect:
    """Enter a defect by hand.

    Raises
    ------
    NotAllowed
        If the person has no right to, for the station's district.
    AssessRefused
        If the station or element is unknown, the time is turned round, ahead or closed, or it is entered already.
    """
    districts = stations_known([seen.station], seen.starts)
    require(person, RIGHT, districts)
    words, now = reasoned(seen.words, "缺陷说明"), clock.now()
    if seen.element and seen.element not in CATALOGUE:
        raise AssessRefused(f"要素 {seen.element} 不在要素目录中 (not in the catalogue of elements)")
    refuse_order(seen.starts, seen.ends or seen.starts)
    if seen.starts > now:
        raise AssessRefused(f"开始 {clock.beijing(seen.starts)} 在将来 (begins in the future)")
    refuse_closed(seen.starts, seen.ends or seen.starts)
    if Defect.objects.filter(station=seen.station, element=seen.element, kind="other", starts=seen.starts).exists():
        raise AssessRefused("同一站、要素和开始时间的缺陷已登记 (entered already)")
    district = districts_on(seen.starts)[seen.station]
    row = Defect.objects.create(
        station=seen.station, district=district, element=seen.element, kind="other", starts=seen.starts,
        ends=seen.ends, words=words, found_by=person.username, found_at=now, noticed_by=person, noticed_at=now,
        owner_id=owner(seen.station, district, seen.starts),
        rule=assess_rules(clock.climate_day(seen.starts)).version,
    )  # fmt: skip
    ledger.write(person.username, "observe.defect_reported", f"defect:{row.pk}", {"station": seen.station})
    return row


def owner(station: str, district: str, moment: dt.datetime) -> int | None:
    """Give who owns a station's minute; None: nobody."""
    network = networks_of([station]).get(station, "")
    duty = assess_rules(clock.climate_day(moment)).owner_duty(network)
    held = roster(moment, moment + dt.timedelta(minutes=1)).at(Place(station, district, network), duty, moment)
    return None if held == NOBODY else held


def _mine(person: Person, number: int) -> Defect:
    """Give a defect that the person may change; a child is changed through its parent."""
    row = Defect.objects.select_for_update().get(pk=number)
    require(person, RIGHT, {part.district for part in parts(row) if part.district})
    if row.parent_id is not None:
        raise AssessRefused(f"属于多站缺陷 {row.parent_id}，请在该缺陷上处理 (it is part of a shared defect)")
    refuse_closed(row.starts, row.starts)
    return row


@transaction.atomic
def notice(person: Person, number: int) -> Defect:
    """Say that somebody has seen a defect; later than the table allows it is laid to the duty officer.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all its districts.
    AssessRefused
        If it was noticed already, is a child, or its month is closed.
    """
    row = _mine(person, number)
    if row.noticed_at:
        raise AssessRefused("该缺陷已有人签收 (noticed already)")
    row.noticed_by, row.noticed_at = person, clock.now()
    row.save(update_fields=["noticed_by", "noticed_at"])
    charge_unnoticed(row, clock.now())
    ledger.write(person.username, "observe.defect_noticed", f"defect:{row.pk}")
    return row


@transaction.atomic
def set_cause(person: Person, number: int, cause: str, words: str) -> Defect:
    """Give or change the cause; it decides who is charged.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all its districts.
    AssessRefused
        If the cause is unknown, the reason is empty, the defect was dismissed, is a child, or its month is closed.
    """
    row = _mine(person, number)
    if cause not in CAUSES or cause == UNNOTICED:
        known = "、".join(zh for key, zh in CAUSES.items() if key != UNNOTICED)
        raise AssessRefused(f"原因 {cause!r} 不可用，须为{known} (unknown cause)")
    if row.state == "dismissed":
        raise AssessRefused("误报不再定原因 (it was dismissed)")
    before, row.cause, row.cause_words = row.cause, cause, reasoned(words)
    row.save(update_fields=["cause", "cause_words"])
    new = recharge(row)
    detail = {
        "before": before,
        "cause": cause,
        "charged": [one.person_id for one in new],
        "rule": rules_of(row).version,
    }
    ledger.write(person.username, "observe.defect_cause", f"defect:{row.pk}", detail)
    return row


@transaction.atomic
def handle(person: Person, number: int, words: str) -> Defect:
    """Say what was done about a defect; that closes it, and counts as noticing it.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all its districts.
    AssessRefused
        If it has no cause yet, is not open, the words are empty, it is a child, or its month is closed.
    """
    row, now = _mine(person, number), clock.now()
    if row.state != "open":
        raise AssessRefused(f"该缺陷{row.get_state_display()}，不能再处理 (it is not open)")
    if not row.cause:
        raise AssessRefused("请先填写原因，再登记处理 (give the cause first)")
    row.handled_by, row.handled_at, row.handled_words, row.state = person, now, reasoned(words, "处理情况"), "handled"
    if row.kind == "other" and row.ends is None:
        row.ends = now
    if not row.noticed_at:
        row.noticed_by, row.noticed_at = person, now
        charge_unnoticed(row, now)
    row.save()
    ledger.write(person.username, "observe.defect_handled", f"defect:{row.pk}", {"words": row.handled_words})
    return row


@transaction.atomic
def dismiss(person: Person, number: int, words: str) -> Defect:
    """Say that a defect was none; nobody is charged with it any more. Only an assessor may.

    Raises
    ------
    NotAllowed
        If the person is no assessor, or has no right for all its districts.
    AssessRefused
        If it is dismissed already, the reason is empty, it is a child, or its month is closed.
    """
    row = _mine(person, number)
    require(person, "observe.judge", {part.district for part in parts(row) if part.district})
    if row.state == "dismissed":
        raise AssessRefused("已定为误报 (dismissed already)")
    why = reasoned(words)
    row.state, row.handled_by, row.handled_at, row.handled_words = "dismissed", person, clock.now(), why
    row.save()
    void(list(row.charges.filter(voided=None)), "误报")
    ledger.write(person.username, "observe.defect_dismissed", f"defect:{row.pk}", {"reason": why})
    return row
