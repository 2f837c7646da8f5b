"""Messages: receive, quarantine, resend, close."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from django.db import transaction

from xiangtian.core import clock, facts, ledger
from xiangtian.core.home import Home
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.lake import raw
from xiangtian.lake.journal import Kept
from xiangtian.observe.models import Quarantined

log = logging.getLogger(__name__)


def receive(home: Home, items: Sequence[raw.Incoming]) -> list[Kept]:
    """Keep messages as they came; when this returns they are on disk and may be acknowledged.

    A message larger than the spool takes is not kept: the refusal is written down in its place.

    Raises
    ------
    raw.SpoolError
        If the disk can't take them; nothing of the batch may then be acknowledged.
    """
    small = [item for item in items if len(item.body) <= raw.MAX_BODY_BYTES]
    kept = raw.keep(home, small) if small else []
    for item in items:
        if len(item.body) > raw.MAX_BODY_BYTES:
            refuse_large(item.source, item.name, len(item.body))
    return kept


def refuse_large(source: str, name: str, size: int) -> None:
    """Write down that a message was too large to keep."""
    most = raw.MAX_BODY_BYTES // 2**20
    reason = f"报文 {size / 2**20:.1f} MiB，超过上限 {most} MiB，未保存；请拆分后重发 (too large, split and send again)"
    Quarantined.objects.create(
        source=source, name=name[:300], reason=reason, size=size, received=clock.now(), sha256="", part=""
    )
    log.warning("%s from %s refused: %d bytes, at most %d MiB are taken", name, source, size, most)


@transaction.atomic
def quarantine(kept: Kept, refusals: Iterable[tuple[str, str]]) -> int:
    """Put aside (part, reason) pairs of one kept message; doing it twice changes nothing. Give how many are new."""
    new = 0
    for part, reason in refusals:
        _, created = Quarantined.objects.get_or_create(
            sha256=kept.sha256,
            name=kept.name[:300],
            part=part[:200],
            received=kept.received,
            defaults={"reason": reason, "source": kept.source, "size": kept.size},
        )
        new += created
    if new:
        facts.tell("message.quarantined", kept.sha256, {"name": kept.name})
    return new


@transaction.atomic
def resend(home: Home, person: Person, quarantined: int) -> Quarantined:
    """Send quarantined bytes through the intake again, after a decoder or a mapping was mended.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    ValueError
        If the bytes were never kept.
    """
    require(person, "observe.resend")
    row = Quarantined.objects.select_for_update().get(pk=quarantined)
    if not row.sha256:
        raise ValueError("原文过大未保存，无法重送：请发送方拆分后重发 (the bytes were never kept)")
    receive(home, [raw.Incoming(raw.body(home, row.sha256), "resend", row.name, clock.now())])
    row.state = "resent"
    row.save(update_fields=["state"])
    ledger.write(person.username, "observe.resend", row.sha256, {"name": row.name, "part": row.part})
    return row


@transaction.atomic
def close(person: Person, quarantined: int, reason: str) -> Quarantined:
    """Put a quarantined message away for good, with a reason; its bytes stay in the spool.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    ValueError
        If it is closed already, or the reason is empty.
    """
    require(person, "observe.resend")
    row = Quarantined.objects.select_for_update().get(pk=quarantined)
    if row.state == "closed":
        raise ValueError("该报文已关闭，不能再次关闭 (already closed)")
    if not reason.strip():
        raise ValueError("关闭必须写明原因 (a reason is needed)")
    row.state = "closed"
    row.save(update_fields=["state"])
    detail = {"name": row.name, "part": row.part, "reason": reason.strip()}
    ledger.write(person.username, "observe.close", row.sha256 or f"quarantined:{row.pk}", detail)
    return row
