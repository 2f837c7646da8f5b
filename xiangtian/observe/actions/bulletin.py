"""Bulletins: draft, open for appeals, freeze, add."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.home import Home
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, require
from xiangtian.core.serial import take_turn
from xiangtian.lake import durable
from xiangtian.observe.actions.assess import AssessRefused, close_month, keep_rules, reasoned
from xiangtian.observe.assess.month import bounds_of, days_of
from xiangtian.observe.bulletin import excel, pdf, word
from xiangtian.observe.bulletin.content import Content, differences, linked
from xiangtian.observe.models import Addendum, Bulletin
from xiangtian.observe.queries import bulletin as queries

WRITERS = {"xlsx": excel.workbook, "docx": word.document, "pdf": pdf.printed}


@transaction.atomic
def draft(person: Person, year: int, month: int, number: str) -> Bulletin:
    """Draft the bulletin of a month that is over, or draft it anew while it is not frozen.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    AssessRefused
        If the month is not over, its bulletin is frozen, or there is no document number.
    """
    require(person, "observe.judge")
    days = days_of(year, month)
    if bounds_of(days[-1])[1] > clock.now():
        raise AssessRefused(f"{year}-{month:02d} 尚未结束，不能起草通报 (the month is not over)")
    row = Bulletin.objects.select_for_update().filter(month=days[0]).first()
    if row is not None and row.state != "draft":
        raise AssessRefused(f"{year}-{month:02d} 通报已{row.get_state_display()}，不能重新起草 (not a draft any more)")
    number = reasoned(number, "发文字号")[:60]
    _, content = queries.month_content(days[0], number)
    told = {"number": number, "content": content, "drafted_by": person, "drafted": clock.now()}
    row, _ = Bulletin.objects.update_or_create(month=days[0], defaults=told)
    ledger.write(person.username, "observe.bulletin_drafted", content["month"], {"number": number})
    return row


@transaction.atomic
def open_for_appeals(person: Person, month: dt.date) -> Bulletin:
    """Show the draft to those it judges; appeals may be made for as many days as the rules say.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    AssessRefused
        If it is not a draft.
    """
    require(person, "observe.judge")
    row = _held(month)
    if row.state != "draft":
        raise AssessRefused(f"通报已{row.get_state_display()} (it is not a draft)")
    told, row.content = queries.month_content(row.month, row.number)
    row.state, row.opened = "open", clock.now()
    row.appeals_until = row.opened + dt.timedelta(days=told.rules[-1].appeal_days)
    row.save()
    detail = {"until": row.appeals_until.isoformat()}
    ledger.write(person.username, "observe.bulletin_opened", f"{row.month:%Y-%m}", detail)
    return row


def _held(month: dt.date) -> Bulletin:
    row = Bulletin.objects.select_for_update().filter(month=month.replace(day=1)).first()
    if row is None:
        raise AssessRefused(f"{month:%Y-%m} 还没有通报，请先起草 (there is no draft)")
    return row


@transaction.atomic
def freeze(home: Home, person: Person, month: dt.date) -> Bulletin:
    """Freeze a bulletin: its figures as they are now, its hash in the chain and the ledger, its files on the disk.

    Raises
    ------
    NotAllowed
        If the person has no right to, or drafted it.
    AssessRefused
        If it was not open for long enough, or appeals are open.
    """
    require(person, "observe.freeze")
    take_turn()
    row = _held(month)
    if row.state != "open" or row.appeals_until is None:
        raise AssessRefused(
            f"通报在“{row.get_state_display()}”状态，公示之后才能定稿 (it must be open for appeals first)"
        )
    if row.drafted_by_id == person.pk:
        raise NotAllowed(f"{person} 是起草人，定稿须由他人办理 (four eyes: the drafter may not freeze)")
    if clock.now() < row.appeals_until:
        until = clock.beijing(row.appeals_until)
        raise AssessRefused(f"申诉期到 {until} 为止，此前不能定稿 (the time for appeals is not over)")
    told, row.content = queries.month_content(row.month, row.number)
    row.previous = queries.head()
    row.hash = linked(row.previous, row.content)
    row.files = write_files(home, row.content)
    row.state, row.frozen, row.frozen_by = "frozen", clock.now(), person
    keep_rules(told.rules)
    close_month(person, row.month.year, row.month.month, row.hash)
    row.save()
    detail = {"hash": row.hash, "previous": row.previous, "files": row.files}
    ledger.write(person.username, "observe.bulletin_frozen", f"{row.month:%Y-%m}", detail)
    return row


def write_files(home: Home, content: Content) -> dict[str, str]:
    """Write the files of a bulletin under the hash of their bytes, once; give kind to hash."""
    home.bulletins.mkdir(exist_ok=True)
    hashes = {}
    for kind, writer in WRITERS.items():
        body = writer(content)
        hashes[kind] = hashlib.sha256(body).hexdigest()
        path = home.bulletins / f"{hashes[kind]}.{kind}"
        if not path.exists():
            durable.write(path, body)
    return hashes


@transaction.atomic
def add(person: Person, month: dt.date, reason: str) -> Addendum:
    """Add to a frozen bulletin: the reason, and the figures that would be others today. The bulletin stays as it is.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    AssessRefused
        If the bulletin is not frozen, or there is no reason.
    """
    require(person, "observe.freeze")
    take_turn()
    row = _held(month)
    if row.state != "frozen":
        raise AssessRefused("通报尚未定稿，可直接改正，不需补遗 (it is not frozen: correct it instead)")
    _, now = queries.month_content(row.month, row.number)
    changed = differences(row.content, now)
    content = {
        "bulletin": row.hash,
        "month": row.content["month"],
        "reason": reasoned(reason),
        "made": clock.beijing(clock.now()),
        "changed": changed,
    }
    previous = queries.head()
    made = Addendum.objects.create(
        bulletin=row,
        place=row.addenda.count() + 1,
        content=content,
        previous=previous,
        hash=linked(previous, content),
        made_by=person,
        made=clock.now(),
    )
    detail = {"hash": made.hash, "previous": previous, "changed": len(changed)}
    ledger.write(person.username, "observe.bulletin_added", row.content["month"], detail)
    return made
