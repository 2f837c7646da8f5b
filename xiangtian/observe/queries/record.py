"""The record of one station, everything that is written down about it; and what is due of whole networks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.metadata.periods import ALWAYS, midnight
from xiangtian.observe.metadata.tasks import Task, due_times
from xiangtian.observe.models import Certificate, Device, Installation, ObservingTask, SensorPosition, Site, Station
from xiangtian.observe.queries.assess_rules import assess_rules
from xiangtian.observe.queries.stations import sites
from xiangtian.observe.queries.tasks import tasks

HISTORY = 60
AHEAD = dt.timedelta(days=1)
"""Every task is due at least once within this time."""


@dataclass(frozen=True)
class Duty:
    """A task with its next due time and the deadline of that report; None: nothing is due, or no table tells it."""

    task: Task
    due: dt.datetime | None
    deadline_min: float | None

    @property
    def always(self) -> bool:
        """Whether it holds since always."""
        return self.task.valid_from <= midnight(ALWAYS)

    @property
    def deadline(self) -> dt.datetime | None:
        """Until when the next report must have arrived."""
        if self.due is None or self.deadline_min is None:
            return None
        return self.due + dt.timedelta(minutes=self.deadline_min)


@dataclass(frozen=True)
class Record:
    """All dated records of a station."""

    station: Station
    places: tuple[Site, ...]
    """The newest first."""
    positions: tuple[SensorPosition, ...]
    """With their installations, devices and certificates at hand; by element, the newest first."""
    devices: tuple[Device, ...]
    """Those that stand or stood here, and those that stand nowhere."""
    certificates: tuple[Certificate, ...]
    """Of the devices that stand or stood here."""
    duties: tuple[Duty, ...]
    past: tuple[ObservingTask, ...]
    """Tasks that hold no more."""
    history: tuple[LedgerEntry, ...]
    """What was done to it, the newest first."""

    @property
    def place(self) -> Site | None:
        """Where it stands, or stood last."""
        return self.places[0] if self.places else None


def record(code: str, now: dt.datetime) -> Record | None:
    """Give the record of a station; None: there is no such station."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        return None
    held = Prefetch("installations", Installation.objects.select_related("device").order_by("-valid_from"))
    positions = station.positions.prefetch_related(held).order_by("element", "-valid_from")
    here = {one.device_id for position in positions for one in position.installations.all()}
    free = Device.objects.exclude(pk__in=Installation.objects.filter(valid_to=None).values("device"))
    devices = Device.objects.filter(pk__in=here) | free
    return Record(
        station=station,
        places=tuple(station.sites.order_by("-valid_from")),
        positions=tuple(positions),
        devices=tuple(devices.distinct().order_by("maker", "model", "serial")),
        certificates=tuple(Certificate.objects.filter(device__in=here).select_related("device").order_by("-valid_to")),
        duties=tuple(duties(tasks(now, now, code), now)),
        past=tuple(station.tasks.filter(valid_to__lte=now).order_by("element", "-valid_from")),
        history=tuple(
            LedgerEntry.objects.filter(subject=code, verb__startswith="observe.station").order_by("-id")[:HISTORY]
        ),
    )


def duties(of: Iterable[Task], now: dt.datetime) -> list[Duty]:
    """Give tasks with their next due time and deadline."""
    rules = _rules(now)
    return [Duty(task, _next(task, now), _deadline(rules, task)) for task in of]


def _rules(now: dt.datetime) -> Rules | None:
    try:
        return assess_rules(clock.climate_day(now))
    except LookupError:
        return None


def _deadline(rules: Rules | None, task: Task) -> float | None:
    try:
        return rules.deadline_min(task.network, task.interval_min) if rules else None
    except KeyError:
        return None


def _next(task: Task, now: dt.datetime) -> dt.datetime | None:
    step = dt.timedelta(minutes=task.interval_min)
    found = due_times(task, now, min(now + step, now + AHEAD))
    return None if found.size == 0 else found[0].astype(dt.datetime).replace(tzinfo=clock.UTC)


@dataclass(frozen=True)
class NetworkDuty:
    """How many stations of a network owe an element at an interval, and when next."""

    network: str
    element: str
    interval_min: int
    offset_min: int
    stations: int
    due: dt.datetime | None
    deadline: dt.datetime | None


def network_duties(now: dt.datetime, district: str = "", network: str = "") -> list[NetworkDuty]:
    """Give what is due of each network, by network, element and interval; districts and networks may be chosen."""
    working = {one.code for one in sites(now) if district in ("", one.district)}
    found = [one for one in tasks(now, now) if one.station in working and network in ("", one.network)]
    kinds: Counter[tuple[str, str, int, int]] = Counter()
    sample: dict[tuple[str, str, int, int], Task] = {}
    for task in found:
        key = (task.network, task.element, task.interval_min, task.offset_min)
        kinds[key] += 1
        sample.setdefault(key, task)
    lines = []
    for key, duty in zip(sorted(kinds), duties((sample[key] for key in sorted(kinds)), now), strict=True):
        lines.append(NetworkDuty(*key, kinds[key], duty.due, duty.deadline))
    return lines
