"""Gathers what a score is made of: the rain that passed quality control, and the claims that were released."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.observe import queries as observe
from xiangtian.verify.match import Claim
from xiangtian.verify.truth import Episode, episodes
from xiangtian.warn.colours import colour
from xiangtian.warn.models import Event, Message
from xiangtian.warn.rules import RuleTable
from xiangtian.warn.watching import RAIN, STEP_MIN, rain_of

LIFTED = "CAN"


def met(home: Home, begins: dt.datetime, ends: dt.datetime, table: RuleTable) -> list[Episode]:
    """Give the episodes of every colour whose windows end between two moments, from what the lake holds now."""
    longest = max(branch.window_h for level in table.levels for branch in level.branches)
    start = begins - dt.timedelta(hours=longest)
    steps = round((ends - start).total_seconds() / 60 / STEP_MIN)
    end = start + dt.timedelta(minutes=steps * STEP_MIN)
    sites = [site for site in observe.sites(ends) if site.district]
    rows = observe.readings(home).read(start, end, elements=list(RAIN))
    rain = rain_of(rows, [site.code for site in sites], end, span_h=steps * STEP_MIN / 60)
    found = episodes(
        rain.good_mm, [site.code for site in sites], [site.district for site in sites], start, STEP_MIN, table
    )
    return [one for one in found if one.last >= begins]


def claims(event: Event) -> list[Claim]:
    """Give what an event claimed: each colour for each district, from its issue to the end of the event there."""
    chain = list(event.messages.order_by("id"))
    found: list[Claim] = []
    for place, message in enumerate(chain):
        before = chain[place - 1] if place else None
        for district in message.districts:
            if message.action != LIFTED and not _claimed(before, district, message.colour):
                ends = _end(chain[place:], district)
                found.append(
                    Claim(event.code, message.identifier, district, colour(message.colour), message.sent, ends)
                )
    return found


def _claimed(before: Message | None, district: str, colour_key: str) -> bool:
    if before is None or district not in before.districts:
        return False
    return colour(before.colour) >= colour(colour_key)


def _end(rest: Iterable[Message], district: str) -> dt.datetime:
    """The lifting, the message that leaves the district out, or the last end that was told."""
    ends = dt.datetime.max.replace(tzinfo=clock.UTC)
    for message in rest:
        if message.sent > ends:
            return ends
        if message.action == LIFTED or district not in message.districts:
            return min(message.sent, ends)
        ends = message.expires
    return ends


def over(event: Event, moment: dt.datetime) -> bool:
    """Tell whether an event was over at a moment: lifted or expired."""
    last = event.messages.order_by("-id").first()
    return last is not None and (last.action == LIFTED or last.expires <= moment)
