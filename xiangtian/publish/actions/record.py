"""Record what became of parcels: the attempt, the row's new state, and the receipt where there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from xiangtian.core import clock
from xiangtian.publish.channels.contract import Outcome, Parcel
from xiangtian.publish.models import OPEN, Attempt, Delivery, Receipt, TerminalTopic
from xiangtian.publish.patience import Patience, pause_s
from xiangtian.publish.terminals import read_state

LONGEST_WORDS = 500
NUMBER_EACH = "UPDATE publish_delivery SET gateway_id = %s, handed_over_wall = %s WHERE id = %s"
"""Each row has its own values: the ORM would write one long CASE, which took most of the sender's time."""


@dataclass(frozen=True)
class Tried:
    """A parcel that was tried: what became of it, when it began, how long it took, and when it was over (real time)."""

    parcel: Parcel
    outcome: Outcome
    started: dt.datetime
    seconds: float
    wall: float


def record(results: Iterable[Tried], patience: Patience) -> None:
    """Write what became of parcels, all in one transaction.

    Success is written whoever holds the lease by now, since it is true; failure only while the lease is the parcel's.
    """
    tried = list(results)
    with transaction.atomic():
        Attempt.objects.bulk_create([_attempt(result) for result in tried])
        together = _hand_over([result for result in tried if result.outcome.kind == "handed_over"])
        for result in tried:
            if result.parcel.delivery in together:
                continue
            if result.outcome.kind in ("handed_over", "delivered"):
                _succeed(result)
            else:
                _fail(result, patience)


def _attempt(result: Tried) -> Attempt:
    return Attempt(
        delivery_id=result.parcel.delivery,
        number=result.parcel.attempt,
        started=result.started,
        seconds=result.seconds,
        outcome=result.outcome.kind,
        words=result.outcome.words[:LONGEST_WORDS],
    )


def _hand_over(results: Sequence[Tried]) -> set[int]:
    """Write those handed over whose rows are still open, many at once; give their rows."""
    by_row = {result.parcel.delivery: result for result in results}
    rows = Delivery.objects.select_for_update().filter(pk__in=by_row, state__in=OPEN)
    written = list(rows.values_list("pk", flat=True))
    numbers = [(by_row[pk].outcome.gateway_id, by_row[pk].wall, pk) for pk in written]
    with connection.cursor() as cursor:
        cursor.executemany(NUMBER_EACH, numbers)
    done = {"state": "sent", "sent_at": clock.now(), "last_error": "", "lease_until": 0, "lease_by": ""}
    Delivery.objects.filter(pk__in=written).update(**done)
    return set(written)


def _row(parcel: Parcel) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=parcel.delivery)


def _succeed(result: Tried) -> None:
    parcel, outcome, now = result.parcel, result.outcome, clock.now()
    done: dict[str, object] = {"last_error": "", "lease_until": 0, "lease_by": "", "state": "sent"}
    if outcome.kind == "delivered":
        done |= {"state": "delivered", "delivered_at": now}
        words = outcome.words[:LONGEST_WORDS]
        said = {"time": now, "words": words}
        Receipt.objects.get_or_create(
            delivery_id=parcel.delivery, gateway_id=outcome.gateway_id, kind="delivered", defaults=said
        )
    handed = {"gateway_id": outcome.gateway_id, "sent_at": now, "handed_over_wall": result.wall}
    taken = _row(parcel).filter(state__in=OPEN).update(**done, **handed)
    if not taken and not _refused_there(parcel, outcome):
        taken = _row(parcel).filter(state="given_up").update(**done, **handed)
    if not taken:
        _row(parcel).update(gateway_id=outcome.gateway_id)  # its receipt came before this record
    if parcel.prepared and outcome.kind == "delivered" and parcel.channel == "mqtt_terminal":
        note_topics(parcel.target.list_name, parcel.target.number, parcel.prepared)


def _refused_there(parcel: Parcel, outcome: Outcome) -> bool:
    said = Receipt.objects.filter(delivery=parcel.delivery, kind="failed", gateway_id=outcome.gateway_id)
    return outcome.kind == "handed_over" and said.exists()


def _fail(result: Tried, patience: Patience) -> None:
    parcel, outcome = result.parcel, result.outcome
    mine = _row(parcel).filter(lease_by=parcel.lease_by, state__in=OPEN)
    tries = mine.values_list("tries", flat=True).first()
    if tries is None:
        return
    words, free = outcome.words[:LONGEST_WORDS], {"lease_until": 0, "lease_by": ""}
    if outcome.kind == "failed_for_good":
        mine.update(state="given_up", last_error=words, **free)
    elif parcel.attempt >= tries:
        mine.update(state="given_up", last_error=f"试了 {parcel.attempt} 次后放弃：{words}", **free)
    else:
        wait = pause_s(patience, parcel.key, parcel.attempt)
        mine.update(state="failed", last_error=words, next_try=result.wall + wait, **free)


def note_topics(list_name: str, target: int, states: Mapping[str, str]) -> None:
    """Remember what was put on a target's topics.

    If a newer state was noted meanwhile, the older one may have been written after it: the topic is then marked to be
    written again at once.

    Parameters
    ----------
    list_name : str
        "live" or "exercise".
    target : int
        Its number in the list.
    states : Mapping
        State (JSON) per district.
    """
    for area, text in states.items():
        serial, until = read_state(text)
        topic, new = TerminalTopic.objects.get_or_create(
            target_list=list_name, target_id=target, area=area, defaults={"serial": serial, "until": until}
        )
        if not new and topic.serial > serial:
            until, serial = clock.now(), topic.serial
        TerminalTopic.objects.filter(pk=topic.pk).update(serial=serial, until=until, next_try=0)
