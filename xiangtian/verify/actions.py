"""Verbs of the room: score events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from xiangtian.core import clock, facts, ledger
from xiangtian.core.home import Home
from xiangtian.observe import queries as observe
from xiangtian.verify import gathering
from xiangtian.verify.match import RULE, Pair, pair
from xiangtian.verify.models import Score
from xiangtian.warn.models import Event, Message
from xiangtian.warn.queries import rule_table
from xiangtian.warn.rules import RuleTable
from xiangtian.warn.tabled import rule_tables
from xiangtian.warn.watching import region

LOOK_BACK = dt.timedelta(hours=3)
"""Episodes that began so long before the first message still belong to the time under study."""


def score(home: Home, events: Sequence[Event], begins: dt.datetime, ends: dt.datetime, status: str) -> list[Score]:
    """Score events of one status against what was met between two moments, each hazard under its own rules.

    Doing it again under the same rules and readings adds nothing. Kinds whose criteria people judge have no lines: what
    happened is not computed.

    Returns
    -------
    list
        All lines, old and new.
    """
    lines: list[Score] = []
    for table in _tables(events):
        if not table.computed:
            continue
        mine = [event for event in events if event.hazard == table.kind]
        claims = [claim for event in mine for claim in gathering.claims(event)]
        paired = pair(claims, gathering.met(home, begins, ends, table))
        lines += record(home, paired, table, status)
        for event in mine:
            facts.tell("warning.scored", event.code, {"lines": len(paired)})
    return lines


@transaction.atomic
def record(home: Home, lines: Sequence[Pair], table: RuleTable, status: str) -> list[Score]:
    """Write the lines of a score with the versions they rest on; on later readings a claim is scored anew."""
    version, now = observe.readings(home).version(), clock.now()
    stored, new = [], 0
    for line in lines:
        claim, episode = line.claim, line.episode
        key = {"event": claim.event} if claim else {"event": "", "first_met": episode.first if episode else None}
        row, created = Score.objects.update_or_create(
            hazard=table.kind,
            district=line.district,
            colour=line.colour.key,
            rule_version=table.version,
            pairing=RULE,
            status=status,
            **key,
            defaults={
                "outcome": line.outcome,
                "message": claim.message if claim else "",
                "issued": claim.issued if claim else None,
                "ends": claim.ends if claim else None,
                "first_met": episode.first if episode else None,
                "last_met": episode.last if episode else None,
                "station": episode.station if episode else "",
                "most_mm": episode.most_mm if episode else None,
                "window_h": episode.window_h if episode else None,
                "lead_min": line.lead_min,
                "lake_version": version,
                "scored": now,
            },
        )
        stored.append(row)
        new += created
    if new:
        detail = {"lines": len(lines), "new": new, "rule_version": table.version, "lake_version": version}
        ledger.write("job:verify", "verify.record", f"{table.kind}:{status}", detail)
    return stored


def unscored(now: dt.datetime) -> list[Event]:
    """Give the events that are over and have no line yet, of the kinds for which the house computes what happened."""
    computed = {table.kind for table in rule_tables() if table.computed}
    scored = set(Score.objects.exclude(event="").values_list("event", flat=True))
    events = Event.objects.filter(hazard__in=computed).order_by("id")
    return [event for event in events if event.code not in scored and gathering.over(event, now)]


def span(events: Sequence[Event]) -> tuple[dt.datetime, dt.datetime]:
    """Give the time under study of some events: from a while before the first message to the last end."""
    rows = Message.objects.filter(event__in=events)
    times = list(rows.values_list("sent", "expires"))
    return min(sent for sent, _ in times) - LOOK_BACK, min(max(end for _, end in times), clock.now())


def _tables(events: Sequence[Event]) -> list[RuleTable]:
    versions = Message.objects.filter(event__in=events).values_list("rule_version", flat=True)
    found = {version: rule_table(version) for version in versions}
    return list(found.values()) or [table for table in rule_tables() if table.covers(region(), clock.now())]
