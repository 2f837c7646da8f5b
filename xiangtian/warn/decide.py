"""From findings to a proposal: what a duty officer should be asked, given what is in force and what was asked before.

One event of a hazard is in force at a time; its colour is the highest that any of its districts needs, and its area
all districts that meet some colour (a person may narrow both on the desk).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from xiangtian.warn.colours import Colour

LIFT_AFTER = dt.timedelta(minutes=60)
"""So long must no criterion be met before lifting is proposed."""
EXTEND_BEFORE = dt.timedelta(minutes=30)
"""So long before its end an event whose criteria are still met is proposed to be extended."""
ASK_AGAIN_AFTER = dt.timedelta(minutes=60)
"""A dismissed proposal is not repeated before this time has passed, unless it grew."""


@dataclass(frozen=True)
class Asked:
    """A colour for some districts, at a moment: what is in force, being drafted, waiting or dismissed."""

    colour: Colour
    districts: frozenset[str]
    until: dt.datetime

    def covers(self, colour: Colour, districts: frozenset[str]) -> bool:
        """Tell whether nothing would be gained by asking for this colour in these districts."""
        return self.colour >= colour and self.districts >= districts


@dataclass(frozen=True)
class Need:
    """What should be proposed: an action of the chain, a colour and districts."""

    action: str
    colour: Colour
    districts: frozenset[str]


def decide(
    met: Mapping[str, Colour], live: Asked | None, last_met: dt.datetime | None, now: dt.datetime
) -> Need | None:
    """Decide what is needed.

    Parameters
    ----------
    met : Mapping
        District to the highest colour whose criterion it meets now.
    live : Asked or None
        The event in force with its end, None where there is none.
    last_met : datetime or None
        When a criterion was last met while this event was in force.
    now : datetime
        The moment of judgement, UTC.

    Returns
    -------
    Need or None
        NEW, UPG, EXA, EXT or CAN; None where nothing is needed.
    """
    if not met:
        return _lifting(live, last_met, now)
    colour, districts = max(met.values()), frozenset(met)
    if live is None:
        return Need("NEW", colour, districts)
    if colour > live.colour:
        return Need("UPG", colour, districts | live.districts)
    if not districts <= live.districts:
        return Need("EXA", live.colour, districts | live.districts)
    if live.until - now <= EXTEND_BEFORE:
        return Need("EXT", live.colour, live.districts)
    return None


def _lifting(live: Asked | None, last_met: dt.datetime | None, now: dt.datetime) -> Need | None:
    if live is None or (last_met is not None and now - last_met < LIFT_AFTER):
        return None
    return Need("CAN", live.colour, live.districts)


def already_asked(need: Need, pending: Asked | None, dismissed: Asked | None, now: dt.datetime) -> bool:
    """Tell whether people have this question before them (waiting or being drafted), or said no a short while ago."""
    if pending is not None and pending.covers(need.colour, need.districts):
        return True
    return dismissed is not None and now < dismissed.until and dismissed.covers(need.colour, need.districts)
