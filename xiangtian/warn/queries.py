"""Questions about warnings: what was in force, what waits, how a chain went. Every answer takes a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Max

from xiangtian.core import clock
from xiangtian.warn import tabled
from xiangtian.warn.chain import Action, ChainMessage
from xiangtian.warn.colours import colour
from xiangtian.warn.models import Draft, Event, Message, Proposal, RuleDecision, RuleText
from xiangtian.warn.rulebook import parse
from xiangtian.warn.rules import RuleTable

LIFTING = "CAN"
MOST = 200


@dataclass(frozen=True)
class InForce:
    """An event in force at a moment, as its last message by then says."""

    event: str
    event_id: int
    identifier: str
    hazard: str
    colour: str
    action: str
    headline: str
    districts: tuple[str, ...]
    sent: dt.datetime
    expires: dt.datetime
    status: str


def last_messages(moment: dt.datetime | None = None) -> list[Message]:
    """Give the last message of each event, as known at a moment (default: now), newest first."""
    at = moment or clock.now()
    last = Message.objects.filter(sent__lte=at).values("event").annotate(last=Max("id")).values_list("last", flat=True)
    rows = Message.objects.filter(id__in=list(last)).select_related("event", "signer", "drafter").defer("cap", "texts")
    return list(rows.order_by("-sent")[:MOST])


def in_force(moment: dt.datetime | None = None, hazard: str | None = None) -> list[InForce]:
    """Give the events in force at a moment: released, not lifted, not expired then."""
    at = moment or clock.now()
    return [
        InForce(
            event=message.event.code,
            event_id=message.event.pk,
            identifier=message.identifier,
            hazard=message.event.hazard,
            colour=message.colour,
            action=message.action,
            headline=message.headline,
            districts=tuple(message.districts),
            sent=message.sent,
            expires=message.expires,
            status=message.status,
        )
        for message in last_messages(at)
        if message.action != LIFTING and message.expires > at and hazard in (None, message.event.hazard)
    ]


def waiting(moment: dt.datetime | None = None) -> list[Proposal]:
    """Give the proposals that were waiting at a moment, newest first."""
    if moment is None:
        return list(Proposal.objects.filter(state="waiting").order_by("-id"))
    rows = Proposal.objects.filter(proposed__lte=moment).exclude(settled__lte=moment)
    return list(rows.order_by("-id")[:MOST])


def to_sign() -> list[Draft]:
    """Give the drafts that wait for a signature, oldest first."""
    return list(Draft.objects.filter(state="submitted").select_related("drafter", "event").order_by("submitted"))


def being_written() -> list[Draft]:
    """Give the drafts that are being written, newest first."""
    return list(Draft.objects.filter(state="editing").select_related("drafter", "event").order_by("-id"))


def chain(event: Event) -> list[Message]:
    """Give all messages of an event, oldest first."""
    return list(event.messages.select_related("drafter", "signer").order_by("id"))


def chain_of(event: Event) -> list[ChainMessage]:
    """Give the messages of an event as the chain's rules see them."""
    return [
        ChainMessage(
            identifier=message.identifier,
            sender=event.office,
            sent=message.sent,
            action=Action(message.action),
            colour=colour(message.colour),
            onset=message.onset,
            expires=message.expires,
            areas=frozenset(message.districts),
        )
        for message in event.messages.order_by("id")
    ]


def rule_tables() -> tuple[RuleTable, ...]:
    """Give all rule tables that ship with the room, each with the last word of the managers on it."""
    return _with_decisions(tabled.rule_tables())


def _with_decisions(tables: Iterable[RuleTable]) -> tuple[RuleTable, ...]:
    words = {one.version: one for one in RuleDecision.objects.select_related("person").order_by("id")}
    said = ((table, words.get(table.version)) for table in tables)
    return tuple(
        replace(table, approved_by=str(word.person) if word.approved else None) if word else table
        for table, word in said
    )


def rule_table(version: str) -> RuleTable:
    """Give the rule table of a version: one that ships with the room now, or one that was kept when it was used.

    Raises
    ------
    KeyError
        If no table has this version.
    """
    for table in tabled.rule_tables():
        if table.version == version:
            return _with_decisions([table])[0]
    kept = RuleText.objects.filter(version=version).first()
    if kept is None:
        raise KeyError(f"no rule table of version {version!r} ships with this house, and none was ever used here")
    return _with_decisions([parse(kept.text, kept.name)])[0]


def recent(limit: int = 50) -> list[Message]:
    """Give the last messages of all events, newest first."""
    rows = Message.objects.select_related("event", "signer", "drafter").defer("cap", "texts")
    return list(rows.order_by("-id")[:limit])
