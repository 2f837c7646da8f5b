"""A person sends again what was given up."""

from __future__ import annotations

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.publish.channels import channel
from xiangtian.publish.models import OPEN, Delivery
from xiangtian.publish.queries.sending import STATUSES, TABLES

MORE_TRIES = 5


class CantRetry(ValueError):
    """The row can't be sent again; the message says why."""


@transaction.atomic
def retry(person: Person, delivery: Delivery) -> None:
    """Put a row that was given up, or waits for its next try, at the head of the queue again.

    It goes the same way as the first time, with the same guard between exercises and the real thing. Its key stays the
    same, so that a receiver that had it after all drops it; only after a failure that the gateway itself reported it is
    sent under a new key.

    Raises
    ------
    NotAllowed
        If the person lacks the right `publish.retry` or one of the districts.
    CantRetry
        If the row is under way or closed, its message expired, or its target no longer there.
    """
    row = Delivery.objects.select_related("outgoing").get(pk=delivery.pk)
    require(person, "publish.retry", row.outgoing.areas)
    if why := _obstacle(row):
        raise CantRetry(f"不能重发 {row.message} → {row.target}：{why}")
    anew = row.state == "given_up" and row.receipts.filter(kind="failed").exists()
    Delivery.objects.filter(pk=row.pk, state__in=(*OPEN, "given_up")).update(
        state="failed",
        next_try=0,
        tries=row.attempts + MORE_TRIES,
        round=row.round + int(anew),
    )
    ledger.write(person.username, "publish.retry", row.message, {"delivery": row.pk, "target_list": row.target_list})


def _obstacle(row: Delivery) -> str:
    if row.state not in (*OPEN, "given_up"):
        return f"状态为“{row.get_state_display()}”，无需重发"
    if row.lease_until > clock.wall():
        return "正在发送"
    if row.status not in STATUSES[row.target_list]:
        return f"消息状态 {row.status} 与目标名单 {row.target_list} 不符"
    if channel(row.channel).for_people and row.outgoing.expires <= clock.now():
        return f"消息已于 {clock.beijing(row.outgoing.expires)} 到期"
    if not TABLES[row.target_list].objects.filter(pk=row.target_id, active=True).exists():
        return "目标已停用"
    return ""
