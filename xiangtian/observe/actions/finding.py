"""Defects that are born by themselves: silence, missing values, doubted values; and those many stations share.

A sweep looks at the last day again and again: what it found before it carries on, so that it may be repeated at will.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.core.serial import take_turn
from xiangtian.observe.actions.assess import keep_rules
from xiangtian.observe.actions.charging import charge_unnoticed, exempt_whole, void
from xiangtian.observe.assess.episodes import Episode, episodes, together
from xiangtian.observe.assess.owners import NOBODY, Place
from xiangtian.observe.models import Charge, Defect
from xiangtian.observe.queries.assess_days import Basis, stretch
from xiangtian.observe.queries.assess_names import districts_on
from xiangtian.observe.queries.assess_rules import assess_rules, exempt, places_of, roster
from xiangtian.observe.queries.assessment import judged_until
from xiangtian.observe.queries.tasks import tasks

BY = "job:observe.defects"
LOOK = dt.timedelta(hours=24)
"""A sweep looks so far back: what a station sends later than that still changes the month's figures, but not when a
defect is thought to end."""


@dataclass
class Found:
    """What one sweep did."""

    born: int = 0
    shared: int = 0
    ended: int = 0
    charged: int = 0

    @property
    def words(self) -> str:
        """The sentence of the jobs page; "" where nothing happened."""
        told = {"new": self.born, "shared": self.shared, "ended": self.ended, "not noticed in time": self.charged}
        return ", ".join(f"{number} {what}" for what, number in told.items() if number)


@dataclass(frozen=True)
class _Look:
    """One sweep: from when to when, on what basis, and where the stations belong."""

    home: Home
    start: dt.datetime
    until: dt.datetime
    basis: Basis
    places: dict[str, Place]


def find_defects(home: Home) -> Found:
    """Look at the last day and write down what went wrong, what goes on, what ended and what belongs together.

    Parameters
    ----------
    home : Home
        The home.

    Returns
    -------
    Found
        How many were born, became shared, ended, or were laid to the duty officer.
    """
    look = _look(home)
    seen = _episodes(look, look.start)
    found = Found()
    with transaction.atomic():
        take_turn()
        keep_rules([look.basis.rules])
        kept = [_carried(look, one, found) for one in seen]
        found.ended += _gone(look, {row.pk for row in kept})
        _share(look, found)
        for row in Defect.objects.filter(parent=None, state="open", noticed_at=None, found_by=BY):
            found.charged += len(charge_unnoticed(row, clock.now()))
        _void_exempt(look)
    return found


def _look(home: Home) -> _Look:
    until = judged_until()
    start = until - LOOK
    basis = _basis(start, until, None)
    places = {place.station: place for place in places_of(basis.tasks, basis.districts)}
    return _Look(home, start, until, basis, places)


def _basis(start: dt.datetime, until: dt.datetime, station: str | None) -> Basis:
    return Basis(
        assess_rules(clock.climate_day(until)),
        tasks(start, until, station),
        tuple(exempt(start, until)),
        roster(start, until),
        districts_on(until),
    )


def _episodes(look: _Look, start: dt.datetime, station: str | None = None) -> list[Episode]:
    basis = look.basis if station is None else _basis(start, look.until, station)
    judged = stretch(look.home, basis, start, look.until, look.until)
    return episodes(judged.plan, judged.states, basis.rules)


def _carried(look: _Look, one: Episode, found: Found) -> Defect:
    """Carry a known defect on, or write a new one down."""
    known = Defect.objects.filter(station=one.station, element=one.element, kind=one.kind, starts__lte=one.ends)
    row = known.filter(Q(ends=None) | Q(ends__gte=one.starts)).order_by("starts").first()
    if row is None:
        found.born += 1
        row = _born(look, one)
    elif row.starts < look.start:
        one = _whole(look, row, one)
    ends = None if one.open else one.ends
    if (row.ends, row.due, row.lost) != (ends, one.due, one.lost):
        found.ended += row.ends is None and ends is not None
        row.ends, row.due, row.lost = ends, one.due, one.lost
        row.save(update_fields=["ends", "due", "lost"])
    return row


def _born(look: _Look, one: Episode) -> Defect:
    place = look.places[one.station]
    held = look.basis.roster.at(place, look.basis.rules.owner_duty(place.network), one.starts)
    return Defect.objects.create(
        station=one.station, district=place.district, element=one.element, kind=one.kind, starts=one.starts,
        ends=None if one.open else one.ends, due=one.due, lost=one.lost, found_by=BY, found_at=clock.now(),
        owner_id=None if held == NOBODY else held, rule=look.basis.rules.version,
    )  # fmt: skip


def _whole(look: _Look, row: Defect, one: Episode) -> Episode:
    """Make the end of a long run the whole run: while it goes on by counting, once it ended by looking at all of it."""
    due = int((one.ends - row.starts).total_seconds() // 60) // one.interval_min + 1
    if one.open:
        return replace(one, starts=row.starts, due=due, lost=due - (one.due - one.lost))
    before = row.starts - dt.timedelta(minutes=one.interval_min)
    for whole in _episodes(look, before, one.station):
        if (whole.element, whole.kind) == (one.element, one.kind) and whole.starts <= row.starts <= whole.ends:
            return whole
    return replace(one, starts=row.starts, due=due, lost=one.lost)


def _gone(look: _Look, kept: set[int]) -> int:
    """End open defects of which nothing is left in what was looked at: exempt by now, reviewed, or no task any more."""
    left = Defect.objects.filter(found_by=BY, ends=None).exclude(station="").exclude(pk__in=kept)
    for row in left:
        row.ends = max(row.starts, look.start)
        if row.starts >= look.start:
            row.due = row.lost = 0
        row.save(update_fields=["ends", "due", "lost"])
    return len(left)


def _void_exempt(look: _Look) -> None:
    """Void the charges of defects that ended inside an exemption that was approved while they went on."""
    standing = Charge.objects.filter(voided=None, defect__ends__gte=look.start).select_related("defect")
    void([one for one in standing if exempt_whole(one.defect)], "已获豁免")


def _share(look: _Look, found: Found) -> None:
    """Put silences that began together under one defect, and bring the shared ones up to date."""
    rows = list(
        Defect.objects.filter(kind="silence", element="", starts__gt=look.start, found_by=BY).exclude(station="")
    )
    events = together([row.starts for row in rows], [row.station for row in rows], look.basis.rules.together)
    for event in events:
        members = [rows[place] for place in event]
        parent = _parent(look, members, found)
        for row in members:
            if row.parent_id is None:
                row.parent = parent
                row.save(update_fields=["parent"])
                void(list(row.charges.filter(voided=None)), f"并入多站缺陷 {parent.pk}")
    _refresh(Defect.objects.filter(station="", found_by=BY).filter(Q(ends=None) | Q(ends__gte=look.start)))


def _parent(look: _Look, members: Sequence[Defect], found: Found) -> Defect:
    for row in members:
        if row.parent is not None:
            return row.parent
    found.shared += 1
    first = members[0]
    return Defect.objects.create(
        kind="silence", starts=first.starts, found_by=BY, found_at=clock.now(), owner=None,
        rule=look.basis.rules.version,
    )  # fmt: skip


def _refresh(shared: Iterable[Defect]) -> None:
    children: dict[int, list[Defect]] = defaultdict(list)
    parents = {row.pk: row for row in shared}
    for child in Defect.objects.filter(parent__in=parents):
        children[child.parent_id or 0].append(child)
    for number, parent in parents.items():
        of = children[number]
        ends = None if any(child.ends is None for child in of) else max(child.ends for child in of if child.ends)
        told = (min(child.starts for child in of), ends, sum(one.due for one in of), sum(one.lost for one in of))
        if told != (parent.starts, parent.ends, parent.due, parent.lost):
            parent.starts, parent.ends, parent.due, parent.lost = told
            parent.save(update_fields=["starts", "ends", "due", "lost"])
