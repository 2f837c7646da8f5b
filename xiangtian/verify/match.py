"""Pair claims (a colour, for a district, from its issue to the end of its event) with what was met.

The rule of pairing is stored with each score by its version. A claim is a hit when its colour's criterion is first met
while it is in force; met before the issue it is late: counted as a miss, with its negative lead shown. A claim nothing
answers is a false alarm. An episode no claim answers is a miss, or under-warned if a lower colour was in force. Where
a higher colour was in force before it began it is covered, without a line of its own: orange says all that yellow says.
POD counts episodes, FAR counts claims.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from xiangtian.met.scores import Contingency, contingency
from xiangtian.verify.truth import Episode
from xiangtian.warn.colours import Colour

RULE = "claim-episode-1"
"""Name and version of this rule of pairing."""


@dataclass(frozen=True)
class Claim:
    """A colour issued for a district: from the message that first had it, to the end of the event there."""

    event: str
    message: str
    district: str
    colour: Colour
    issued: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class Pair:
    """One line of the score: what was claimed, what was met, and what that makes it.

    `outcome` is "hit", "late", "false_alarm", "miss" or "under_warned"; `lead_min` is the first moment of the episode
    minus the issue, minutes; None where one of them does not exist.
    """

    outcome: str
    district: str
    colour: Colour
    claim: Claim | None
    episode: Episode | None
    lead_min: float | None


def pair(claims: Sequence[Claim], met: Sequence[Episode]) -> list[Pair]:
    """Pair all claims with all episodes.

    Parameters
    ----------
    claims : Sequence
        All claims of the time under study.
    met : Sequence
        All episodes of that time.

    Returns
    -------
    list
        One line for each claim (hit, late, false alarm), and one for each episode that no claim answers.
    """
    answered: set[int] = set()
    lines = [_of_claim(claim, met, answered) for claim in claims]
    for place, episode in enumerate(met):
        if place not in answered and not _covered(episode, claims):
            lines.append(_unanswered(episode, claims))
    return lines


def _of_claim(claim: Claim, met: Sequence[Episode], answered: set[int]) -> Pair:
    fitting = [
        (episode.first, place)
        for place, episode in enumerate(met)
        if (episode.district, episode.colour) == (claim.district, claim.colour)
        and episode.first < claim.ends
        and episode.last >= claim.issued
    ]
    if not fitting:
        return Pair("false_alarm", claim.district, claim.colour, claim, None, None)
    answered.update(place for _, place in fitting)
    first = met[min(fitting)[1]]
    lead_min = (first.first - claim.issued).total_seconds() / 60
    return Pair("hit" if lead_min >= 0 else "late", claim.district, claim.colour, claim, first, lead_min)


def _covered(episode: Episode, claims: Sequence[Claim]) -> bool:
    return any(
        claim.district == episode.district
        and claim.colour > episode.colour
        and claim.issued <= episode.first
        and claim.ends > episode.first
        for claim in claims
    )


def _unanswered(episode: Episode, claims: Sequence[Claim]) -> Pair:
    lower = any(
        claim.district == episode.district
        and claim.colour < episode.colour
        and claim.issued <= episode.last
        and claim.ends > episode.first
        for claim in claims
    )
    return Pair("under_warned" if lower else "miss", episode.district, episode.colour, None, episode, None)


def counts(lines: Sequence[Pair]) -> Contingency:
    """Count the lines: late and under-warned episodes are misses."""
    tally = {name: sum(line.outcome == name for line in lines) for name in ("hit", "false_alarm", "miss")}
    badly = sum(line.outcome in ("late", "under_warned") for line in lines)
    return contingency(tally["hit"], tally["false_alarm"], tally["miss"] + badly)
