"""A person tries again what WIS2 gave up, in either direction."""

from __future__ import annotations

from django.db import transaction

from xiangtian.core import ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.observe.models import Wis2Message, Wis2Notice


class CantRetry(ValueError):
    """The row can't be tried again; the message says why."""


@transaction.atomic
def retry_notice(person: Person, number: int) -> Wis2Notice:
    """Fetch again what was given up or failed its check.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    CantRetry
        If the row waits already, is done, or is no notification at all.
    """
    require(person, "observe.wis2")
    row = Wis2Notice.objects.select_for_update().get(pk=number)
    if row.state not in ("given_up", "quarantined"):
        raise CantRetry(f"状态为“{row.get_state_display()}”，不能重新获取 (only what was given up or failed its check)")
    row.state, row.tries, row.next_try = "waiting", 0, 0
    row.save(update_fields=["state", "tries", "next_try"])
    ledger.write(person.username, "observe.wis2_retry", row.message_id, {"data_id": row.data_id[:200]})
    return row


@transaction.atomic
def retry_message(person: Person, number: int) -> Wis2Message:
    """Send again a notification of ours that was given up.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    CantRetry
        If it was not given up.
    """
    require(person, "observe.wis2")
    row = Wis2Message.objects.select_for_update().get(pk=number)
    if row.state != "given_up":
        raise CantRetry(f"状态为“{row.get_state_display()}”，不能重新发送 (only what was given up)")
    row.state, row.tries, row.next_try = "waiting", 0, 0
    row.save(update_fields=["state", "tries", "next_try"])
    ledger.write(person.username, "observe.wis2_retry", row.message_id, {"data_id": row.data_id[:200]})
    return row
