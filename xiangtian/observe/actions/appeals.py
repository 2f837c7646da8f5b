"""Appeals: against a charge or a line of the scores, judged by somebody else, before the month is closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, require
from xiangtian.core.places import city
from xiangtian.observe.actions.assess import AssessRefused, reasoned
from xiangtian.observe.actions.charging import parts, void
from xiangtian.observe.assess.month import bounds_of, days_of
from xiangtian.observe.assess.rules import METRICS
from xiangtian.observe.models import Appeal, Charge, ClosedMonth
from xiangtian.observe.queries.assess_names import districts_on

RIGHT = "observe.appeal"


@dataclass(frozen=True)
class Line:
    """A line of the scores: `scope` is station, district or person, `metric` a figure or "index"."""

    year: int
    month: int
    scope: str
    target: str
    metric: str


def _refuse_closed(month: dt.date) -> None:
    if ClosedMonth.objects.filter(month=month).exists():
        raise AssessRefused(f"{month:%Y-%m} 已定稿，不再受理申诉，只能另发补遗 (closed: only an addendum may follow)")


@transaction.atomic
def appeal_charge(person: Person, number: int, reason: str) -> Appeal:
    """Appeal against a charge: the person charged, or somebody of the station's district.

    Raises
    ------
    NotAllowed
        If the person has no right to, or is neither charged nor of the station's district.
    AssessRefused
        If it is voided already, an appeal is open, the month is closed, or the reason is empty.
    """
    charge = Charge.objects.select_for_update().select_related("defect").get(pk=number)
    own = charge.person_id == person.pk
    require(person, RIGHT, () if own else {part.district for part in parts(charge.defect) if part.district})
    why, month = reasoned(reason), clock.climate_day(charge.defect.starts).replace(day=1)
    _refuse_closed(month)
    if charge.voided:
        raise AssessRefused("该责任认定已撤销，无须申诉 (the charge is voided)")
    if charge.appeals.filter(state="open").exists():
        raise AssessRefused("对该责任认定的申诉正在处理 (an appeal is open)")
    row = Appeal.objects.create(month=month, charge=charge, reason=why, made_by=person, made=clock.now())
    ledger.write(person.username, "observe.appeal_made", f"appeal:{row.pk}", {"charge": charge.pk, "reason": why})
    return row


@transaction.atomic
def appeal_line(person: Person, line: Line, reason: str) -> Appeal:
    """Appeal against a line of the scores: one's own, or one of a station or district of one's unit.

    Raises
    ------
    NotAllowed
        If the person has no right to, or the line is another's.
    AssessRefused
        If the line is unknown, the month has not begun or is closed, an appeal is open, or the reason is empty.
    """
    days = days_of(line.year, line.month)
    start = bounds_of(days[0])[0]
    if line.metric not in (*METRICS, "index"):
        raise AssessRefused(f"指标 {line.metric} 不可用，须为 {'、'.join((*METRICS, 'index'))} (unknown metric)")
    if start > clock.now():
        raise AssessRefused(f"{days[0]:%Y-%m} 尚未开始 (the month has not begun)")
    require(person, RIGHT, _districts(person, line, bounds_of(days[-1])[1]))
    why = reasoned(reason)
    _refuse_closed(days[0])
    same = {"month": days[0], "scope": line.scope, "target": line.target, "metric": line.metric}
    if Appeal.objects.filter(**same, state="open").exists():
        raise AssessRefused("对该项成绩的申诉正在处理 (an appeal is open)")
    row = Appeal.objects.create(**same, reason=why, made_by=person, made=clock.now())
    detail = {"scope": line.scope, "target": line.target, "metric": line.metric, "reason": why}
    ledger.write(person.username, "observe.appeal_made", f"appeal:{row.pk}", detail)
    return row


def _districts(person: Person, line: Line, moment: dt.datetime) -> list[str]:
    if line.scope == "person":
        if line.target != person.username:
            raise NotAllowed(f"{person} 只能对本人的成绩申诉 (one may appeal against one's own line only)")
        return []
    if line.scope == "district" and line.target in city().by_code:
        return [line.target]
    found = districts_on(moment)
    if line.scope == "station" and line.target in found:
        return [found[line.target]] if found[line.target] else []
    raise AssessRefused(f"没有成绩项 {line.scope} {line.target} (no such line)")


@transaction.atomic
def judge_appeal(person: Person, number: int, upheld: bool, words: str) -> Appeal:
    """Judge an appeal; an upheld one voids its charge. Neither the appellant nor the person charged may judge.

    Raises
    ------
    NotAllowed
        If the person has no right to, made the appeal, or is charged.
    AssessRefused
        If it is judged already, the words are empty, or the month is closed.
    """
    row = Appeal.objects.select_for_update().get(pk=number)
    charge = row.charge
    require(person, "observe.judge", _concerned(row))
    if person.pk in (row.made_by_id, charge.person_id if charge else None) or _own(person, row):
        raise NotAllowed(f"{person} 是当事人，须由另一人裁定 (whoever is concerned may not judge)")
    _refuse_open(row)
    row.state, row.judged_by, row.judged = "upheld" if upheld else "rejected", person, clock.now()
    row.judgement = reasoned(words, "裁定意见")
    row.save()
    if upheld and charge and not charge.voided:
        void([charge], f"申诉 {row.pk} 成立")
    detail = {"state": row.state, "judgement": row.judgement}
    ledger.write(person.username, "observe.appeal_judged", f"appeal:{row.pk}", detail)
    return row


def _concerned(row: Appeal) -> set[str]:
    """Give the districts that an appeal concerns."""
    if row.charge:
        return {part.district for part in parts(row.charge.defect) if part.district}
    if row.scope == "station":
        return {districts_on(bounds_of(row.month)[1]).get(row.target, "")} - {""}
    return {row.target} if row.scope == "district" else set()


def _own(person: Person, row: Appeal) -> bool:
    return row.scope == "person" and row.target == person.username


def _refuse_open(row: Appeal) -> None:
    if row.state != "open":
        raise AssessRefused(f"该申诉{row.get_state_display()}，不能再改 (it is judged)")
    _refuse_closed(row.month)


@transaction.atomic
def withdraw_appeal(person: Person, number: int) -> Appeal:
    """Take one's appeal back.

    Raises
    ------
    NotAllowed
        If somebody else made it.
    AssessRefused
        If it is judged already, or the month is closed.
    """
    row = Appeal.objects.select_for_update().get(pk=number)
    if row.made_by_id != person.pk:
        raise NotAllowed(f"{person} 不是申诉人，不能撤回 (only the appellant may withdraw)")
    _refuse_open(row)
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    ledger.write(person.username, "observe.appeal_withdrawn", f"appeal:{row.pk}")
    return row
