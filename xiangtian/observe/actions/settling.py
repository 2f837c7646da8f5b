"""Conflicts between a list and the register: settle one, or many alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, require
from xiangtian.core.stations import Period
from xiangtian.core.stations import Station as Known
from xiangtian.observe.actions.describing import Facts, describe
from xiangtian.observe.actions.held import RIGHT, locked
from xiangtian.observe.actions.sites import Place, correct_place, stand
from xiangtian.observe.actions.stations import register_periods
from xiangtian.observe.metadata import settling
from xiangtian.observe.metadata.periods import ALWAYS, midnight
from xiangtian.observe.metadata.settling import KEEP, MOVE, OTHER, Settlement, SettleRefused
from xiangtian.observe.models import Conflict, Site


@transaction.atomic
def settle(person: Person, conflict: int, settlement: Settlement) -> Conflict:
    """Settle one conflict: keep ours, take theirs, write down a relocation, or another value.

    Raises
    ------
    NotAllowed
        If the person has no right to, or not for the district.
    SettleRefused
        If it is settled already, or the settlement lacks something or is not open to it.
    StationRefused
        If the value can't be.
    Overlap
        If a relocation meets another period.
    """
    row = Conflict.objects.select_for_update().select_related("listed").get(pk=conflict)
    require(person, RIGHT, {row.district} - {""})
    if row.decision:
        raise SettleRefused(f"{row.code} 的这一项已由 {row.settled_by} 处理 (it is settled already)")
    settling.check(row.field, settlement)
    if settlement.decision == OTHER:
        row.value = settling.value(row.field, settlement.value)
    if settlement.decision != KEEP:
        _APPLY[row.field](person, row, settlement)
    row.decision, row.since, row.reason = settlement.decision, settlement.since, settlement.reason.strip()[:200]
    row.settled, row.settled_by = clock.now(), person.username
    row.save()
    detail = {"field": row.field, "ours": row.ours, "theirs": row.theirs, "decision": row.decision, "value": row.value}
    detail |= {"since": row.since.isoformat() if row.since else None, "reason": row.reason, "source": row.listed.name}
    ledger.write(person.username, "observe.station_conflict_settled", row.code, detail)
    return row


@dataclass(frozen=True)
class Settled:
    """What settling many conflicts did: how many, and (station, reason) of those that could not be."""

    count: int
    refused: tuple[tuple[str, str], ...]


def settle_many(person: Person, conflicts: Iterable[int], settlement: Settlement) -> Settled:
    """Settle many conflicts alike, each on its own: one that can't be stays open and is told.

    Raises
    ------
    SettleRefused
        If another value is to be written: that goes one by one.
    """
    if settlement.decision == OTHER:
        raise SettleRefused("另填数值须逐条处理 (another value is written one by one)")
    count, refused = 0, []
    for one in conflicts:
        try:
            settle(person, one, settlement)
        except (ValueError, NotAllowed) as error:
            code = Conflict.objects.values_list("code", flat=True).get(pk=one)
            refused.append((code, str(error)))
        else:
            count += 1
    return Settled(count, tuple(refused))


def _position(person: Person, row: Conflict, settlement: Settlement) -> None:
    if row.ours is None and row.field == "impossible":
        _new(person, row, settlement)
        return
    told = _told(row, settlement)
    site = _site(row, settlement)
    place = Place(told["lon"], told["lat"], site.alt_m, site.pressure_alt_m, told.get("step_deg", 0.0001))
    _stand(person, row, settlement, site, place)


def _told(row: Conflict, settlement: Settlement) -> Any:
    """Give the value that a settlement takes; what is impossible as written is taken as it was meant."""
    if settlement.decision == OTHER:
        return row.value
    if row.field != "impossible":
        return row.theirs
    if row.suggested is None:
        raise SettleRefused("来源的位置不可用，且无法推断原意：请保留本库或另填数值 (nothing usable to take)")
    return row.suggested


def _site(row: Conflict, settlement: Settlement) -> Site:
    """Find the place a conflict speaks of: on the day of the move, of the list's period, or the last one."""
    station = locked(row.code)
    sites = station.sites.order_by("-valid_from")
    since = settlement.since if settlement.decision == MOVE else row.valid_from
    site = (sites.filter(valid_from__lte=since).first() if since else None) or sites.first()
    if site is None:
        raise SettleRefused(f"{station} 没有位置记录 (it has no place yet)")
    return site


def _stand(person: Person, row: Conflict, settlement: Settlement, site: Site, place: Place) -> None:
    source = f"{row.form}: {row.listed.name}"[:200]
    if settlement.decision == MOVE and settlement.since:
        period = (settlement.since, site.valid_to)
        stand(person, row.code, period, place, settlement.reason, source)
    elif row.valid_from:
        stand(person, row.code, (row.valid_from, _ends(row, site)), place, settlement.reason, source)
    else:
        correct_place(person, row.code, site.valid_from, place, settlement.reason, source)


def _ends(row: Conflict, site: Site) -> dt.date | None:
    told = row.theirs.get("ends") if isinstance(row.theirs, dict) else None
    return dt.date.fromisoformat(told) if told else site.valid_to


def _altitude(person: Person, row: Conflict, settlement: Settlement) -> None:
    site = _site(row, settlement)
    place = Place(site.lon, site.lat, float(_told(row, settlement)), site.pressure_alt_m, site.precision_deg)
    _stand(person, row, settlement, site, place)


def _name(person: Person, row: Conflict, settlement: Settlement) -> None:
    station = locked(row.code)
    ((language, theirs),) = row.theirs.items()
    names = {"zh": station.zh, "en": station.en} | {language: row.value or theirs}
    describe(person, row.code, Facts(**names, kind=station.kind, network=station.network, wigos=station.wigos),
             settlement.reason)  # fmt: skip


def _dates(person: Person, row: Conflict, settlement: Settlement) -> None:
    station = locked(row.code)
    setattr(station, row.field, dt.date.fromisoformat(row.value or row.theirs))
    if station.opened and station.closed and station.closed < station.opened:
        raise SettleRefused(f"撤站日期 {station.closed} 早于建站日期 {station.opened} (it closes before it opens)")
    station.save(update_fields=[row.field])


def _new(person: Person, row: Conflict, settlement: Settlement) -> None:
    told = dict((row.suggested if row.field == "impossible" else row.theirs) or {})
    told |= row.value or {}
    if told.get("lon") is None or told.get("alt_m") is None:
        words = "来源缺少位置或海拔，登记新站请选“另填数值”，写站名和海拔，如“跨塘, 4.5”"
        raise SettleRefused(f"{words} (position or altitude is missing; write name and altitude)")
    national = len(row.code) == 5 and row.code.isdigit()
    opened = dt.date.fromisoformat(told["opened"]) if told.get("opened") else None
    closed = dt.date.fromisoformat(told["closed"]) if told.get("closed") else None
    known = Known(
        id=row.code,
        zh=told.get("zh") or told.get("en") or row.code,
        en=told.get("en") or "",
        kind=told.get("kind") or ("国家站" if national else "区域站"),
        lon=told["lon"],
        lat=told["lat"],
        alt_m=told["alt_m"],
        district=row.district,
        national=national,
        source=f"{row.form}: {row.listed.name}"[:200],
        pressure_alt_m=told.get("pressure_alt_m"),
    )
    since = midnight(clock.administrative_day(clock.now()))
    period = Period(known, opened or ALWAYS, closed)
    if not register_periods([period], since, person.username, precision_deg=told.get("step_deg", 0.0001)):
        raise SettleRefused(f"{row.code} 已经登记，请保留本库并重新导入 (it is registered already)")
    if closed:
        station = locked(row.code)
        station.tasks.all().delete()
        station.closed = closed
        station.save(update_fields=["closed"])


Apply = Callable[[Person, Conflict, Settlement], None]
_APPLY: dict[str, Apply] = {
    "new": _new,
    "position": _position,
    "impossible": _position,
    "altitude": _altitude,
    "name": _name,
    "opened": _dates,
    "closed": _dates,
}
