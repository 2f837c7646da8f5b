"""What the verbs of the assessment share: months that are closed, stations that are known, a reason; and closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.assess.month import bounds_of, days_of
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.models import Appeal, ClosedMonth, KeptRule
from xiangtian.observe.queries.assess_names import districts_on
from xiangtian.observe.queries.assess_rules import closed_months

MOST_SIGNS = 2000
"""Longest text that is taken."""


class AssessRefused(ValueError):
    """A verb of the assessment that is not possible; the message says why and what to do."""


def refuse_closed(first: dt.datetime, last: dt.datetime) -> None:
    """Refuse what would change a month that is closed.

    Raises
    ------
    AssessRefused
        If a climate day between the two moments lies in a closed month.
    """
    closed = closed_months(clock.climate_day(first), clock.climate_day(last))
    if closed:
        months = "、".join(f"{month:%Y-%m}" for month in closed)
        raise AssessRefused(f"{months} 已定稿，只能另发补遗 (the month is closed; only an addendum may follow)")


def reasoned(words: str, what: str = "原因") -> str:
    """Give a text without blanks around it.

    Raises
    ------
    AssessRefused
        If it is empty or too long.
    """
    text = words.strip()
    if not text:
        raise AssessRefused(f"{what}必须填写 (a reason in words is needed)")
    if len(text) > MOST_SIGNS:
        raise AssessRefused(f"{what}有 {len(text)} 字，最多 {MOST_SIGNS} 字 (too long: at most {MOST_SIGNS} signs)")
    return text


def stations_known(codes: Sequence[str], moment: dt.datetime) -> list[str]:
    """Give the districts of stations, each once; stations outside the city add none.

    Raises
    ------
    AssessRefused
        If there is none, or one is not registered.
    """
    if not codes:
        raise AssessRefused("至少填写一个站号 (at least one station is needed)")
    districts = districts_on(moment)
    if strange := [code for code in codes if code not in districts]:
        raise AssessRefused(f"站号 {'、'.join(strange[:10])} 未登记 (not registered): 请核对站号或先登记站点")
    return sorted({districts[code] for code in codes if districts[code]})


def refuse_order(starts: dt.datetime, ends: dt.datetime) -> None:
    """Refuse an end that is before its begin.

    Raises
    ------
    AssessRefused
        If it is.
    """
    if ends < starts:
        words = f"结束 {clock.beijing(ends)} 早于开始 {clock.beijing(starts)}"
        raise AssessRefused(f"{words} (the end is before the begin)")


def keep_rules(tables: Iterable[Rules]) -> None:
    """Keep the whole text of tables that judge something, once each."""
    for one in tables:
        content = asdict(one) | {"valid_from": str(one.valid_from), "valid_to": one.valid_to and str(one.valid_to)}
        told = {"table": one.id, "content": content, "kept": clock.now()}
        KeptRule.objects.get_or_create(version=one.version, defaults=told)


@transaction.atomic
def close_month(person: Person, year: int, month: int, reference: str) -> ClosedMonth:
    """Close a month: what its figures stand on may change no more.

    Parameters
    ----------
    person : Person
        Who freezes the bulletin.
    year, month : int
        The month.
    reference : str
        Number or hash of the bulletin.

    Returns
    -------
    ClosedMonth
        The row that every other verb asks.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    AssessRefused
        If the month is not over or closed already, or appeals are open.
    """
    require(person, "observe.freeze")
    days = days_of(year, month)
    if bounds_of(days[-1])[1] > clock.now():
        raise AssessRefused(f"{year}-{month:02d} 尚未结束，不能定稿 (the month is not over)")
    if ClosedMonth.objects.filter(month=days[0]).exists():
        raise AssessRefused(f"{year}-{month:02d} 已定稿 (closed already)")
    waiting = Appeal.objects.filter(month=days[0], state="open").count()
    if waiting:
        raise AssessRefused(f"还有 {waiting} 件申诉未裁定，请先裁定 ({waiting} appeals are open: judge them first)")
    row = ClosedMonth.objects.create(month=days[0], closed=clock.now(), closed_by=person, reference=reference[:120])
    ledger.write(person.username, "observe.month_closed", f"{year}-{month:02d}", {"reference": reference})
    return row
