"""Freeze a notice and write one row per (message, channel, target), in the transaction of the signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from xiangtian.core import clock, ledger
from xiangtian.publish import seal
from xiangtian.publish.models import Delivery, ExerciseTarget, LiveTarget, Outgoing
from xiangtian.publish.notice import Notice
from xiangtian.publish.patience import Patience
from xiangtian.publish.queries.sending import TABLES, matches

ACTOR = "job:publish"
TargetRow = LiveTarget | ExerciseTarget


def enqueue(notice: Notice) -> int:
    """Queue a notice for all targets that are to have it.

    A target is to have it if it wants the danger, the colour and one of the districts, or if it got an earlier message
    of the same event: whoever was warned also hears of the downgrade and the lifting. A real warning goes to the live
    list only, an exercise or test to the exercise list only. Queueing the same notice again adds nothing.

    Returns
    -------
    int
        How many rows were added.

    Raises
    ------
    RuntimeError
        Outside a transaction: the rows must stand or fall with the caller's change.
    ValueError
        If the message was queued before with other contents.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("enqueue() outside a transaction: call it inside the atomic() that releases the message")
    with transaction.atomic():
        outgoing = _freeze(notice)
        targets = _wanting(notice)
        before = outgoing.deliveries.count()
        _write(outgoing, notice, targets)
        added = outgoing.deliveries.count() - before
        detail = {"targets": added, "list": notice.list_name, "digest": outgoing.digest}
        ledger.write(ACTOR, "publish.enqueue", notice.message, detail)
    return added


def digest(notice: Notice) -> str:
    """Hash all that is sent of a notice: SHA-256 over its canonical JSON."""
    whole = {**vars(notice), "bodies": dict(notice.bodies), "areas": list(notice.areas)}
    whole |= {"sent": notice.sent.timestamp(), "expires": notice.expires.timestamp()}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _freeze(notice: Notice) -> Outgoing:
    found = digest(notice)
    texts = {form: text for form, text in notice.bodies.items() if form != "cap"}
    cap = notice.bodies["cap"].encode()
    plain = {k: v for k, v in vars(notice).items() if k not in ("bodies", "areas", "message")}
    outgoing, new = Outgoing.objects.get_or_create(
        message=notice.message,
        defaults={
            **plain,
            "areas": list(notice.areas),
            "cap": cap,
            "texts": texts,
            "digest": found,
        },
    )
    if not new and outgoing.digest != found:
        raise ValueError(f"{notice.message} was released before with other contents: release a change as a new message")
    return outgoing


def _wanting(notice: Notice) -> list[TargetRow]:
    followers = set(
        Delivery.objects.filter(outgoing__event=notice.event, target_list=notice.list_name).values_list(
            "channel", "target_id"
        )
    )
    active = TABLES[notice.list_name].objects.filter(active=True)
    return [t for t in active if (t.channel, t.pk) in followers or _concerned(t, notice)]


def _concerned(target: TargetRow, notice: Notice) -> bool:
    inside = not target.areas or not set(notice.areas).isdisjoint(target.areas)
    return inside and matches(target, notice.hazard, notice.colour)


def _write(outgoing: Outgoing, notice: Notice, targets: Sequence[TargetRow]) -> None:
    """Write a row per target, unless it is there.

    One prepared statement for all: the signature waits for it, and the ORM takes three times as long.
    """
    fields = [field for field in Delivery._meta.concrete_fields if not field.primary_key]
    same = Delivery(
        outgoing=outgoing,
        message=notice.message,
        status=notice.status,
        target_list=notice.list_name,
        tries=Patience.tries,
        queued_at=clock.now(),
        queued_wall=clock.wall(),
    )
    stored: dict[str | None, Any] = {
        field.column: field.get_db_prep_save(getattr(same, field.attname), connection) for field in fields
    }
    named, places = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(stored))
    order = f"INSERT INTO publish_delivery ({named}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.executemany(order, [tuple((stored | _own(notice, one)).values()) for one in targets])


def _own(notice: Notice, target: TargetRow) -> dict[str | None, Any]:
    return {
        "channel": target.channel,
        "target": f"{target.name} <{target.address}>"[:400],
        "target_id": target.pk,
        "key": seal.key_of(notice.message, target.channel, notice.list_name, target.pk),
    }
