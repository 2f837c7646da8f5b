"""Facts: how a lower room tells a higher one, without knowing it.

A fact is a row written in the transaction of what it tells of; listeners read on from their own cursor, so none
is lost with a process and none is heard twice unless a listener fails half-way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from xiangtian.core import clock
from xiangtian.core.models import Fact, FactCursor
from xiangtian.core.serial import take_turn

KINDS: dict[str, str] = {
    "observations.appended": "Readings were judged and stored; detail: version, rows, wall.",
    "observations.reviewed": "A person decided about doubted values; subject: the decision.",
    "message.quarantined": "Bytes were refused and kept aside; subject: their hash.",
    "radar.written": "A radar frame was stored; subject: its grid run.",
    "nowcast.written": "A nowcast was stored; subject: its grid run.",
    "warning.released": "A warning message was signed and released; subject: its identifier.",
    "warning.scored": "A warning was compared with what fell; subject: its event.",
}
"""All kinds of facts and what they say."""


@transaction.atomic
def tell(kind: str, subject: str, detail: dict[str, Any] | None = None) -> Fact:
    """Write a fact.

    Raises
    ------
    ValueError
        If the kind is not in `KINDS`.
    """
    if kind not in KINDS:
        raise ValueError(f"no fact of kind {kind!r}; known are {', '.join(KINDS)}")
    take_turn()
    return Fact.objects.create(kind=kind, subject=subject, detail=detail or {}, time=clock.now())


def unheard(listener: str, kinds: Sequence[str], limit: int = 500) -> list[Fact]:
    """Give the facts a listener has not heard yet, oldest first."""
    cursor = FactCursor.objects.filter(listener=listener).values_list("fact", flat=True).first() or 0
    return list(Fact.objects.filter(id__gt=cursor, kind__in=kinds).order_by("id")[:limit])


def newer(kind: str, fact: Fact) -> bool:
    """Tell whether a fact of a kind came after another fact."""
    return Fact.objects.filter(id__gt=fact.pk, kind=kind).exists()


def heard(listener: str, fact: Fact) -> None:
    """Move a listener's cursor past a fact; call it after the work the fact asked for is stored."""
    FactCursor.objects.update_or_create(listener=listener, defaults={"fact": fact.pk})
