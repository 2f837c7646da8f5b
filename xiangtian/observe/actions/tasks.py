"""Observing tasks: begin, change, end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from xiangtian.core import ledger
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import home
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.actions.held import RIGHT, StationRefused, locked, reasoned, scope
from xiangtian.observe.metadata.periods import Overlap, told
from xiangtian.observe.metadata.tasks import check
from xiangtian.observe.models import ObservingTask, Station
from xiangtian.observe.queries import readings


@dataclass(frozen=True)
class Wanted:
    """A duty as somebody wants it: which element, each how many minutes, from when on."""

    element: str
    interval_min: int
    offset_min: int
    since: dt.datetime


@transaction.atomic
def set_task(person: Person, code: str, wanted: Wanted, reason: str) -> ObservingTask:
    """Let a station report an element at an interval from a moment on; what held until then ends there.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If the element is not in the catalogue, or the moment has no time zone.
    ValueError
        If the interval does not divide a day, or the offset lies outside it.
    Overlap
        If a task for the element begins later than this one.
    """
    station = locked(code)
    require(person, RIGHT, scope(station))
    check(wanted.interval_min, wanted.offset_min)
    _refuse(wanted)
    why = reasoned(reason)
    before = _end(station, wanted.element, wanted.since)
    new = ObservingTask.objects.create(
        station=station,
        element=wanted.element,
        interval_min=wanted.interval_min,
        offset_min=wanted.offset_min,
        network=station.network,
        valid_from=wanted.since,
    )
    after = {"interval_min": new.interval_min, "offset_min": new.offset_min, "since": wanted.since.isoformat()}
    detail = {"element": new.element, "before": before, "after": after, "reason": why}
    ledger.write(person.username, "observe.station_task_set", code, detail)
    return new


def _refuse(wanted: Wanted) -> None:
    if wanted.element not in CATALOGUE:
        raise StationRefused(f"要素目录里没有 {wanted.element} (no such element in the catalogue)")
    if wanted.since.tzinfo is None:
        raise StationRefused(f"时间 {wanted.since.isoformat()} 没有时区 (the moment needs a time zone)")


def _end(station: Station, element: str, since: dt.datetime) -> dict[str, object] | None:
    """End the task that holds at a moment; one that would begin just there gives way."""
    rows = station.tasks.select_for_update().filter(element=element)
    later = rows.filter(valid_from__gt=since).order_by("valid_from").first()
    if later:
        words = f"{element} 已有从 {told(later.valid_from)} 开始的任务，请选更晚的起始时间"
        raise Overlap(f"{words} (a task for it begins later; choose a later beginning)")
    holds = rows.filter(Q(valid_to=None) | Q(valid_to__gt=since)).first()
    if holds is None:
        return None
    before: dict[str, object] = {"interval_min": holds.interval_min, "offset_min": holds.offset_min}
    if holds.valid_from == since:
        holds.delete()
    else:
        holds.valid_to = since
        holds.save(update_fields=["valid_to"])
    return before


@transaction.atomic
def end_task(person: Person, code: str, element: str, ends: dt.datetime, reason: str) -> None:
    """End a station's duty to report an element; from that moment on nothing is due.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    StationRefused
        If no task for the element holds then.
    """
    station = locked(code)
    require(person, RIGHT, scope(station))
    why = reasoned(reason)
    before = _end(station, element, ends)
    if before is None:
        raise StationRefused(f"{station} 在 {told(ends)} 没有 {element} 的观测任务 (no such task holds then)")
    detail = {"element": element, "before": before, "ends": ends.isoformat(), "reason": why}
    ledger.write(person.username, "observe.station_task_ended", code, detail)


@transaction.atomic
def begin_duties(begins: dt.datetime, interval_min: int, actor: str) -> int:
    """Let all duties of a home without observations begin at a moment, none more often than an interval.

    For an exercise on a home of its own: its stations report at its own pace and nothing besides by the hour, and
    nobody is charged for the time before it. A home that holds observations is left as it is.

    Parameters
    ----------
    begins : datetime
        The first moment of the exercise.
    interval_min : int
        The pace of its stations.
    actor : str
        Who sets the stage.

    Returns
    -------
    int
        How many duties were changed.
    """
    if readings(home()).version() >= 0:
        return 0
    check(interval_min, 0)
    changed = ObservingTask.objects.filter(valid_to=None, valid_from__lt=begins).update(valid_from=begins)
    ObservingTask.objects.filter(valid_to=None, interval_min=60).delete()
    ObservingTask.objects.filter(valid_to=None, interval_min__lt=interval_min).update(interval_min=interval_min)
    if changed:
        ledger.write(
            actor, "observe.duties_begun", begins.isoformat(), {"interval_min": interval_min, "tasks": changed}
        )
    return changed
