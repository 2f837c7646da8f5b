"""The ledger: every change of state is one line, and each line is chained to the one before by its hash.

Lines are written inside the transaction of the change they tell of. The database refuses to change or delete
one; `verify` finds what somebody did past the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.core.serial import take_turn

GENESIS = "0" * 64


def digest(previous: str, time: dt.datetime, actor: str, verb: str, subject: str, detail: dict[str, Any]) -> str:
    """Hash one line: SHA-256 over its canonical JSON, the previous hash included."""
    line = [previous, time.astimezone(dt.UTC).isoformat(), actor, verb, subject, detail]
    return hashlib.sha256(json.dumps(line, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def write(actor: str, verb: str, subject: str, detail: dict[str, Any] | None = None) -> LedgerEntry:
    """Write one line.

    Parameters
    ----------
    actor : str
        Log-in name of the person, or "job:name" for the house itself.
    verb : str
        What was done, as `room.verb`.
    subject : str
        The identifier of what it was done to.
    detail : dict
        What else must be known later; JSON values only.
    """
    take_turn()
    last = LedgerEntry.objects.order_by("-id").values_list("hash", flat=True).first() or GENESIS
    plain: dict[str, Any] = json.loads(json.dumps(detail or {}))
    time = clock.now()
    return LedgerEntry.objects.create(
        time=time,
        actor=actor,
        verb=verb,
        subject=subject,
        detail=plain,
        previous=last,
        hash=digest(last, time, actor, verb, subject, plain),
    )


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole ledger found: how many lines, the last hash, and the first line that is wrong."""

    entries: int
    head: str
    broken_at: int | None = None
    why: str = ""

    @property
    def sound(self) -> bool:
        """Whether every line is as it was written."""
        return self.broken_at is None


def verify() -> Verdict:
    """Walk the ledger from its first line and compare every hash."""
    previous, count, last_id = GENESIS, 0, 0
    for entry in LedgerEntry.objects.order_by("id").iterator(chunk_size=2000):
        count += 1
        if entry.previous != previous:
            why = f"line {entry.pk} does not follow the line before it: a line between {last_id} and {entry.pk} is gone"
            return Verdict(count, previous, entry.pk, why)
        found = digest(entry.previous, entry.time, entry.actor, entry.verb, entry.subject, entry.detail)
        if found != entry.hash:
            why = f"line {entry.pk} ({entry.verb} {entry.subject}) was changed after it was written"
            return Verdict(count, previous, entry.pk, why)
        previous, last_id = entry.hash, entry.pk
    return Verdict(count, previous)
