"""Take due rows under a lease and make them parcels. Every write is short; no row has two holders."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from xiangtian.core import clock
from xiangtian.publish.channels import channel
from xiangtian.publish.channels.contract import Address, Parcel
from xiangtian.publish.models import OPEN, Delivery, ExerciseTarget, LiveTarget, Outgoing
from xiangtian.publish.notice import Notice
from xiangtian.publish.queries.feeds import served
from xiangtian.publish.queries.sending import TABLES, event_areas, notice_of, terminal_states

WAITING_PAUSE_S = 15.0


@dataclass(frozen=True)
class Ask:
    """Which rows are wanted: channel, list, first tries or repeated ones, how many, without which targets.

    Targets in `slow` are in trouble: their rows belong with the repeated tries, even the first ones.
    """

    channel: str
    list_name: str
    repeated: bool
    limit: int
    busy: frozenset[int] = frozenset()
    slow: frozenset[int] = frozenset()


def due(wall: float) -> QuerySet[Delivery]:
    """Give the rows that may be tried at a moment of real time."""
    return Delivery.objects.filter(state__in=OPEN, next_try__lte=wall, lease_until__lte=wall)


def due_channels(wall: float) -> list[tuple[str, str]]:
    """Give (channel, list) wherever something is due."""
    return list(due(wall).order_by().values_list("channel", "target_list").distinct())


def claim(ask: Ask, lease_s: float) -> list[Parcel]:
    """Take due rows, at most one per target, and make them parcels.

    The lease is taken by one conditional UPDATE: of two senders that want the same row one gets it. Rows that must not
    go out any more (target gone, message expired or replaced) are given up on the way, with the reason.
    """
    wall = clock.wall()
    chosen = _choose(ask, wall)
    if not chosen:
        return []
    token = secrets.token_hex(8)
    with transaction.atomic():
        due(wall).filter(pk__in=chosen).update(lease_by=token, lease_until=wall + lease_s, attempts=F("attempts") + 1)
    rows = list(Delivery.objects.filter(lease_by=token).order_by("id"))
    outgoings = Outgoing.objects.in_bulk({row.outgoing_id for row in rows})
    targets = TABLES[ask.list_name].objects.in_bulk([row.target_id for row in rows])
    reasons = _reasons(rows, outgoings, targets)
    _give_up(rows, reasons)
    notices = {pk: notice_of(outgoing) for pk, outgoing in outgoings.items()}
    return [
        _parcel(row, outgoings[row.outgoing_id], notices[row.outgoing_id], targets[row.target_id])
        for row in rows
        if row.pk not in reasons
    ]


def _choose(ask: Ask, wall: float) -> list[int]:
    rows = due(wall).filter(channel=ask.channel, target_list=ask.list_name).exclude(target_id__in=ask.busy)
    again = Q(attempts__gt=0) | Q(target_id__in=ask.slow)
    rows = rows.filter(again) if ask.repeated else rows.exclude(again)
    first: dict[int, int] = {}
    for pk, target in rows.order_by("next_try", "id").values_list("pk", "target_id")[: ask.limit * 4]:
        first.setdefault(target, pk)
    return list(first.values())[: ask.limit]


def _reasons(
    rows: Sequence[Delivery], outgoings: dict[int, Outgoing], targets: dict[int, LiveTarget] | dict[int, ExerciseTarget]
) -> dict[int, str]:
    newest, now, reasons = _newest(rows, outgoings), clock.now(), {}
    for row in rows:
        outgoing, target = outgoings[row.outgoing_id], targets.get(row.target_id)
        if target is None or not target.active:
            reasons[row.pk] = "目标已停用，未发送"
        elif not channel(row.channel).for_people:
            continue
        elif outgoing.expires <= now:
            reasons[row.pk] = f"消息已于 {clock.beijing(outgoing.expires)} 到期，未发送"
        elif newest.get((row.target_id, outgoing.event), 0) > outgoing.pk:
            reasons[row.pk] = "同一事件已有更新的消息发给该目标，旧消息未发送"
    return reasons


def _newest(rows: Sequence[Delivery], outgoings: dict[int, Outgoing]) -> dict[tuple[int, str], int]:
    people = [row for row in rows if channel(row.channel).for_people]
    if not people:
        return {}
    events = {outgoings[row.outgoing_id].event for row in people}
    later = Delivery.objects.filter(
        target_list=people[0].target_list, target_id__in={row.target_id for row in people}, outgoing__event__in=events
    )
    found = later.order_by().values_list("target_id", "outgoing__event").annotate(last=Max("outgoing_id"))
    return {(target, event): last for target, event, last in found}


def _give_up(rows: Sequence[Delivery], reasons: dict[int, str]) -> None:
    by_words: dict[str, list[int]] = defaultdict(list)
    for pk, words in reasons.items():
        by_words[words].append(pk)
    with transaction.atomic():
        for words, pks in by_words.items():
            Delivery.objects.filter(pk__in=pks).update(
                state="given_up", last_error=words, lease_until=0, lease_by="", attempts=F("attempts") - 1
            )


def _parcel(row: Delivery, outgoing: Outgoing, notice: Notice, target: LiveTarget | ExerciseTarget) -> Parcel:
    return Parcel(
        delivery=row.pk,
        channel=row.channel,
        attempt=row.attempts,
        key=row.sending_key,
        lease_by=row.lease_by,
        lease_until=row.lease_until,
        target=Address(row.target_list, row.target_id, target.name, target.address, target.secret),
        notice=notice,
        prepared=_prepared(row, outgoing, target),
    )


def _prepared(row: Delivery, outgoing: Outgoing, target: LiveTarget | ExerciseTarget) -> dict[str, str]:
    if row.channel == "mqtt_terminal":
        return terminal_states(target, event_areas(outgoing.event), row.target_list)
    return {"served": served(outgoing)} if row.channel == "cap_feed" else {}


def postpone(channel_name: str, list_name: str, words: str) -> int:
    """Let the due rows of a channel that can't send wait a little, with the reason; no try is counted."""
    wall = clock.wall()
    with transaction.atomic():
        rows = due(wall).filter(channel=channel_name, target_list=list_name)
        return rows.update(last_error=words, next_try=wall + WAITING_PAUSE_S)


def release(parcels: Collection[Parcel]) -> None:
    """Give back rows that were not tried."""
    with transaction.atomic():
        for parcel in parcels:
            mine = Delivery.objects.filter(pk=parcel.delivery, lease_by=parcel.lease_by)
            mine.update(lease_until=0, lease_by="", attempts=F("attempts") - 1)


def reclaim() -> int:
    """End all leases at once: for the start of the only sender of a home, after it was killed.

    Returns
    -------
    int
        How many rows were under way when it died; their receivers drop what comes twice.
    """
    with transaction.atomic():
        return Delivery.objects.filter(state__in=OPEN).exclude(lease_by="").update(lease_until=0, lease_by="")
