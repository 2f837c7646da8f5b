"""Smart stations: enrol, configure, order about, and take in what they say."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.serial import take_turn
from xiangtian.observe import queries
from xiangtian.observe.edge import gaps, protocol
from xiangtian.observe.edge.config import checked
from xiangtian.observe.edge.protocol import Rejected
from xiangtian.observe.models import EdgeCommand, EdgeGap, EdgeStation

EXPIRES = dt.timedelta(hours=1)
ASK_AFTER = dt.timedelta(minutes=10)
ASK_AGAIN = dt.timedelta(minutes=30)
MOST_AT_ONCE = 400
"""Gaps that are asked for in one sweep; the next sweep goes on."""
Range = tuple[int, int]


@transaction.atomic
def enrol(station: str, actor: str) -> EdgeStation:
    """Register a station with an agent; enrolling it again changes nothing.

    Raises
    ------
    Rejected
        If its identifier can't stand in a topic.
    """
    protocol.topic_of("readings", station)
    site = next((one for one in queries.sites() if one.code == station), None)
    found, new = EdgeStation.objects.get_or_create(
        station=station, defaults={"district": site.district if site else ""}
    )
    if new:
        ledger.write(actor, "observe.edge_enrolled", station, {})
    return found


@transaction.atomic
def configure(person: Person, station: str, config: Mapping[str, Any]) -> EdgeStation:
    """Say what configuration a station should have; the next sweep sends it until the station confirms it.

    Raises
    ------
    NotAllowed
        If the person has no right, or not for the station's district.
    Rejected
        If the configuration is out of bounds; the message names all faults.
    """
    row = EdgeStation.objects.select_for_update().get(station=station)
    require(person, "observe.edge", [row.district] if row.district else [])
    told = {name: value for name, value in config.items() if name != "version"}
    row.wanted = checked(told | {"version": row.wanted_version + 1}).told()
    row.wanted_version, row.wanted_sent = row.wanted_version + 1, None
    row.save(update_fields=["wanted", "wanted_version", "wanted_sent"])
    ledger.write(person.username, "observe.edge_configured", station, row.wanted)
    return row


@transaction.atomic
def order(person: Person, station: str, verb: str, arguments: Mapping[str, Any] | None = None) -> EdgeCommand:
    """Give a station an order; it is sent until it is answered, for an hour at most.

    Raises
    ------
    NotAllowed
        If the person has no right, or not for the station's district.
    Rejected
        If the verb is unknown.
    """
    row = EdgeStation.objects.get(station=station)
    require(person, "observe.edge", [row.district] if row.district else [])
    if verb not in protocol.VERBS:
        raise Rejected(f"命令“{verb[:20]}”不存在；可用：{'、'.join(protocol.VERBS)} (unknown verb)")
    made = _order(row, verb, dict(arguments or {}), person.username)
    ledger.write(person.username, "observe.edge_ordered", station, {"verb": verb, "arguments": made.arguments})
    return made


def _order(row: EdgeStation, verb: str, arguments: dict[str, Any], actor: str) -> EdgeCommand:
    now = clock.now()
    return EdgeCommand.objects.create(
        identifier=uuid.uuid4().hex[:24],
        station=row,
        verb=verb,
        arguments=arguments,
        actor=actor,
        issued=now,
        expires=now + EXPIRES,
    )


@transaction.atomic
def note_readings(station: str, body: bytes, received: dt.datetime) -> None:
    """Note which numbers of an enrolled station's sequence a message carries: gaps open and close by it."""
    told = protocol.sequence_of(body)
    take_turn()
    row = EdgeStation.objects.select_for_update().filter(station=station).first()
    if row is None:
        return
    for epoch, arrived in told.items():
        _note(row, epoch, arrived, received)


def _note(row: EdgeStation, epoch: str, arrived: Sequence[Range], received: dt.datetime) -> None:
    if epoch != row.epoch:
        row.epoch, row.last_seq = epoch, 0
    row.last_seq, new = gaps.opened(row.last_seq, arrived)
    row.last_received = max(row.last_received or received, received)
    row.save(update_fields=["epoch", "last_seq", "last_received"])
    EdgeGap.objects.bulk_create(
        EdgeGap(station=row, epoch=epoch, first=first, last=last, since=received) for first, last in new
    )
    low, high = min(first for first, _ in arrived), max(last for _, last in arrived)
    for gap in row.gaps.filter(epoch=epoch, first__lte=high, last__gte=low):
        _fill(gap, arrived)


def _fill(gap: EdgeGap, arrived: Sequence[Range]) -> None:
    left = gaps.without([(gap.first, gap.last)], arrived)
    if left == [(gap.first, gap.last)]:
        return
    if not left:
        gap.delete()
        return
    gap.first, gap.last = left[0]
    gap.save(update_fields=["first", "last"])
    told = {"station": gap.station, "epoch": gap.epoch, "since": gap.since, "state": gap.state, "asked": gap.asked}
    EdgeGap.objects.bulk_create(
        EdgeGap(first=first, last=last, times_asked=gap.times_asked, **told) for first, last in left[1:]
    )


@transaction.atomic
def note_status(station: str, body: bytes, received: dt.datetime) -> str:
    """Note the state or an answer of an enrolled station; give words where it can't be used, else "".

    Parameters
    ----------
    station : str
        By the topic.
    body : bytes
        As it came.
    received : datetime
        When it came.
    """
    row = EdgeStation.objects.select_for_update().filter(station=station).first()
    if row is None:
        return f"站点 {station} 未登记智能站 (not enrolled: xiangtian edge enrol {station})"
    try:
        told = json.loads(body)
        sent = protocol.moment(told["sent"])
        if "answer" in told:
            _answered(row, dict(told["answer"]), received)
        else:
            _state(row, told, sent, received)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return f"状态报文无法读取 (no state): {type(error).__name__}: {error}"
    return ""


def _answered(row: EdgeStation, answer: Mapping[str, Any], received: dt.datetime) -> None:
    asked = row.commands.filter(identifier=str(answer["id"])).exclude(state="answered")
    asked.update(state="answered", answered=received, ok=bool(answer["ok"]), words=str(answer["words"])[:500])


def _state(row: EdgeStation, told: dict[str, Any], sent: dt.datetime, received: dt.datetime) -> None:
    row.state, row.state_received = told, received
    row.drift_s = (received - sent).total_seconds()
    row.save(update_fields=["state", "state_received", "drift_s"])
    lost = [(int(first), int(last)) for first, last in told.get("given_up", [])]
    if lost and told.get("epoch") == row.epoch:
        low, high = min(first for first, _ in lost), max(last for _, last in lost)
        for gap in row.gaps.filter(epoch=row.epoch, state="open", first__lte=high, last__gte=low):
            _give_up(gap, lost)


def _give_up(gap: EdgeGap, lost: Sequence[Range]) -> None:
    """Part a gap into what the station gave up, which won't come, and the rest."""
    rest = gaps.without([(gap.first, gap.last)], lost)
    gone = gaps.without([(gap.first, gap.last)], rest)
    told = {"station": gap.station, "epoch": gap.epoch, "since": gap.since}
    gap.delete()
    EdgeGap.objects.bulk_create(
        [EdgeGap(first=first, last=last, state="open", **told) for first, last in rest]
        + [EdgeGap(first=first, last=last, state="given_up", **told) for first, last in gone]
    )


@transaction.atomic
def ask_for_gaps(now: dt.datetime) -> int:
    """Order stations to send again what has been missing for a while; give how many orders that made."""
    old = EdgeGap.objects.filter(state="open", since__lt=now - ASK_AFTER, epoch=F("station__epoch"))
    due = old.filter(Q(asked=None) | Q(asked__lte=now - ASK_AGAIN)).select_related("station")
    asked = list(due.order_by("since", "pk")[:MOST_AT_ONCE])
    for gap in asked:
        _order(gap.station, "resend", {"first": gap.first, "last": gap.last}, "job:edge")
        gap.asked, gap.times_asked = now, gap.times_asked + 1
        gap.save(update_fields=["asked", "times_asked"])
    return len(asked)


@transaction.atomic
def expire(now: dt.datetime) -> int:
    """Close orders that nobody answered in time; give how many."""
    return EdgeCommand.objects.filter(state__in=("waiting", "sent"), expires__lte=now).update(state="expired")
