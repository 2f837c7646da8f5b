"""Which rule table judges a day, who was on which duty, and what was exempt: all that figures stand on but readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from xiangtian.core.home import home
from xiangtian.core.models import Shift
from xiangtian.core.places import city
from xiangtian.observe.assess.owners import Place, Roster, Turn
from xiangtian.observe.assess.rulebook import parse, shipped
from xiangtian.observe.assess.rules import Rules, in_force
from xiangtian.observe.metadata.tasks import Task
from xiangtian.observe.models import ClosedMonth, Exemption, RosterShift

FOLDER = "assess"
"""In this folder of the home the operator keeps the bureau's own tables."""


def assess_tables() -> tuple[Rules, ...]:
    """Give all tables: those that come with the room, and the operator's.

    Raises
    ------
    RuleError
        If one of the operator's can't be used; the message names the file and the field.
    """
    own = sorted((home().root / FOLDER).glob("*.yaml"))
    return (*shipped(), *(_parsed(path, path.stat().st_mtime_ns) for path in own))


@lru_cache(maxsize=32)
def _parsed(path: Path, stamp: int) -> Rules:
    return parse(path.read_text(encoding="utf-8"), path.name)


def assess_rules(day: dt.date) -> Rules:
    """Give the table under which a climate day is judged in this city.

    Raises
    ------
    LookupError
        If none holds, or two have equal claim.
    """
    return in_force(assess_tables(), city().districts[0].code[:4], day)


def roster(start: dt.datetime, end: dt.datetime) -> Roster:
    """Give who was on which duty from one moment to another, both included; the house's own shifts stand behind."""
    rows = RosterShift.objects.filter(withdrawn=None, starts__lte=end, ends__gt=start)
    told = rows.values_list("person", "scope", "target", "duty", "starts", "ends", "joint")
    return Roster([*(Turn(*row) for row in told), *_shifts(start, end)])


def _shifts(start: dt.datetime, end: dt.datetime) -> Iterable[Turn]:
    for shift in Shift.objects.filter(starts__lte=end, ends__gt=start).select_related("person__unit"):
        for district in shift.person.unit.districts if shift.person.unit else ():
            yield Turn(shift.person_id, "shift", district, "duty", shift.starts, shift.ends, joint=True)


def exempt(start: dt.datetime, end: dt.datetime) -> list[Exemption]:
    """Give the approved exemptions that touch the time between two moments."""
    return list(Exemption.objects.filter(state="approved", starts__lte=end, ends__gte=start).order_by("pk"))


def places_of(of_time: Iterable[Task], districts: Mapping[str, str]) -> list[Place]:
    """Give the stations that have tasks as the roster sees them, by code; the network is that of the first task."""
    networks: dict[str, str] = {}
    for task in of_time:
        networks.setdefault(task.station, task.network)
    return [Place(station, districts.get(station, ""), network) for station, network in sorted(networks.items())]


def closed_months(first: dt.date, last: dt.date) -> list[dt.date]:
    """Give the closed months that touch two climate days, as their first days."""
    months = ClosedMonth.objects.filter(month__gte=first.replace(day=1), month__lte=last)
    return list(months.order_by("month").values_list("month", flat=True))
