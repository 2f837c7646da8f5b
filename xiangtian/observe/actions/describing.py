"""What a station is called and belongs to, and whether it works."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.actions.held import RIGHT, StationRefused, locked, reasoned, scope, write
from xiangtian.observe.metadata import tasks, wigos
from xiangtian.observe.metadata.periods import midnight
from xiangtian.observe.models import Station


@dataclass(frozen=True)
class Facts:
    """What a station is called and belongs to."""

    zh: str
    en: str
    kind: str
    network: str
    wigos: str = ""


@transaction.atomic
def describe(person: Person, code: str, facts: Facts, reason: str) -> Station:
    """Change what a station is called, its kind, network and WIGOS identifier.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the name is empty, the network unknown, or another station has the identifier.
    WigosError
        If the identifier is none.
    """
    station = locked(code)
    require(person, RIGHT, scope(station))
    before = _told(station)
    identifier = str(wigos.parse(facts.wigos)) if facts.wigos else ""
    _refuse_facts(station, facts, identifier)
    station.zh, station.en, station.kind = facts.zh.strip(), facts.en.strip(), facts.kind.strip()
    station.network, station.wigos = facts.network, identifier
    station.save()
    write(person, "observe.station_described", code, reasoned(reason), before=before, after=_told(station))
    return station


def _refuse_facts(station: Station, facts: Facts, identifier: str) -> None:
    if not facts.zh.strip():
        raise StationRefused("站名不能为空 (a station needs a name)")
    if facts.network not in tasks.NETWORKS:
        raise StationRefused(f"站网“{facts.network}”未知，须为 {'、'.join(tasks.NETWORKS)} (unknown network)")
    other = Station.objects.filter(wigos=identifier).exclude(pk=station.pk).first() if identifier else None
    if other:
        raise StationRefused(f"{identifier} 已属于 {other} (another station has this identifier)")


def _told(station: Station) -> dict[str, str]:
    return {name: getattr(station, name) for name in ("zh", "en", "kind", "network", "wigos")}


@transaction.atomic
def close_station(person: Person, code: str, closed: dt.date | None, reason: str) -> Station:
    """Write down the last day of a station's work, and end its tasks with it; None: it works again.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the day lies before it opened.
    """
    station = locked(code)
    require(person, RIGHT, scope(station))
    if closed and station.opened and closed < station.opened:
        raise StationRefused(f"撤站日期 {closed} 早于建站日期 {station.opened} (it closes before it opens)")
    station.closed = closed
    station.save(update_fields=["closed"])
    if closed:
        ends = midnight(closed + dt.timedelta(days=1))
        station.tasks.filter(valid_from__gte=ends).delete()
        station.tasks.filter(Q(valid_to=None) | Q(valid_to__gt=ends)).update(valid_to=ends)
    verb = "observe.station_closed" if closed else "observe.station_reopened"
    write(person, verb, code, reasoned(reason), closed=closed.isoformat() if closed else None)
    return station
