"""The roster: enter a shift, end it earlier, withdraw it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.core.serial import take_turn
from xiangtian.observe.actions.assess import AssessRefused, reasoned, refuse_closed, refuse_order, stations_known
from xiangtian.observe.assess.owners import Turn, clashes
from xiangtian.observe.assess.rules import DUTIES
from xiangtian.observe.metadata.tasks import NETWORKS
from xiangtian.observe.models import RosterShift

RIGHT = "observe.roster"
LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class Wanted:
    """A shift as somebody wants it; `scope` is station, district or network."""

    username: str
    scope: str
    target: str
    duty: str
    starts: dt.datetime
    ends: dt.datetime
    joint: bool = False


@transaction.atomic
def add_shift(person: Person, wanted: Wanted) -> RosterShift:
    """Put somebody on a duty for a station, a district or a network.

    Raises
    ------
    NotAllowed
        If the person has no right to, for the district.
    AssessRefused
        If somebody or something is unknown, the time is turned round or closed, or another shift of the same duty and
        target overlaps and neither is joint.
    """
    require(person, RIGHT, _districts(wanted))
    holder = Person.objects.filter(username=wanted.username, is_active=True).first()
    if holder is None:
        raise AssessRefused(f"没有在用的账号 {wanted.username} (nobody active is registered under this name)")
    _refuse(wanted)
    take_turn()
    turn = Turn(holder.pk, wanted.scope, wanted.target, wanted.duty, wanted.starts, wanted.ends, wanted.joint)
    if met := clashes(turn, _beside(wanted)):
        first = met[0]
        when = f"{clock.beijing(first.starts)} 至 {clock.beijing(first.ends)}"
        raise AssessRefused(f"与已有排班重叠（{when}）：请改时间，或两班注明共同值守 (overlaps; only joint shifts may)")
    row = RosterShift.objects.create(
        person=holder, scope=wanted.scope, target=wanted.target, duty=wanted.duty, starts=wanted.starts,
        ends=wanted.ends, joint=wanted.joint, made_by=person, made=clock.now(),
    )  # fmt: skip
    detail: dict[str, object] = {"person": holder.username, "scope": row.scope, "target": row.target, "duty": row.duty}
    detail |= {"starts": row.starts.isoformat(), "ends": row.ends.isoformat(), "joint": row.joint}
    ledger.write(person.username, "observe.roster_added", f"roster:{row.pk}", detail)
    return row


def _districts(wanted: Wanted) -> list[str]:
    if wanted.scope == "station":
        return stations_known([wanted.target], wanted.starts)
    if wanted.scope == "district" and wanted.target in city().by_code:
        return [wanted.target]
    if wanted.scope == "network" and wanted.target in NETWORKS:
        return sorted(city().by_code)
    raise AssessRefused(
        f"排班范围 {wanted.scope} {wanted.target} 不可用，须为站点、行政区或站网 (unknown scope or target)"
    )


def _refuse(wanted: Wanted) -> None:
    if wanted.duty not in DUTIES:
        raise AssessRefused(f"岗位 {wanted.duty} 不可用，须为{'、'.join(DUTIES.values())} (unknown duty)")
    refuse_order(wanted.starts, wanted.ends)
    if not dt.timedelta() < wanted.ends - wanted.starts <= LONGEST:
        raise AssessRefused(f"一班须长于 0、不超过 {LONGEST.days} 天 (a shift lasts up to {LONGEST.days} days)")
    refuse_closed(wanted.starts, wanted.ends)


def _beside(wanted: Wanted) -> list[Turn]:
    rows = RosterShift.objects.filter(
        withdrawn=None, scope=wanted.scope, target=wanted.target, duty=wanted.duty, starts__lt=wanted.ends,
        ends__gt=wanted.starts,
    )  # fmt: skip
    return [Turn(*row) for row in rows.values_list("person", "scope", "target", "duty", "starts", "ends", "joint")]


@transaction.atomic
def withdraw_shift(person: Person, number: int, reason: str) -> RosterShift:
    """Take a shift back; it stays readable and owns nothing.

    Raises
    ------
    NotAllowed
        If the person has no right to, for its district.
    AssessRefused
        If it is withdrawn already, the reason is empty, or its time is closed.
    """
    row = RosterShift.objects.select_for_update().get(pk=number)
    told = Wanted(row.person.username, row.scope, row.target, row.duty, row.starts, row.ends)
    require(person, RIGHT, _districts(told))
    why = reasoned(reason)
    if row.withdrawn:
        raise AssessRefused("该班已撤销 (withdrawn already)")
    refuse_closed(row.starts, row.ends)
    row.withdrawn = clock.now()
    row.save(update_fields=["withdrawn"])
    ledger.write(person.username, "observe.roster_withdrawn", f"roster:{row.pk}", {"reason": why})
    return row
