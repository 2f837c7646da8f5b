"""Questions about scores: the lines, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass

from xiangtian.met.scores import Contingency
from xiangtian.verify.match import Pair, counts
from xiangtian.verify.models import Score
from xiangtian.warn.colours import colour

STATUSES = ("Actual", "Exercise", "Test")
MOST = 500
Rules = tuple[str, str, str]


@dataclass(frozen=True)
class Tally:
    """What the lines of one hazard under one rule and pairing add up to; `colour` is "" for all colours together.

    Attributes
    ----------
    hazard, colour, rule_version, pairing : str
        What was scored, and under what; lines of different rules are never added up.
    counts : Contingency
        Hits, false alarms and misses.
    late, under_warned : int
        How many of the misses were warned too late, or of too low a colour.
    lead_min : float
        Mean lead of the hits, minutes; None without hits.
    """

    hazard: str
    colour: str
    rule_version: str
    pairing: str
    counts: Contingency
    late: int
    under_warned: int
    lead_min: float | None

    @property
    def episodes(self) -> int:
        """Denominator of POD: episodes that a claim should have answered."""
        return self.counts.hits + self.counts.misses

    @property
    def claims(self) -> int:
        """Denominator of FAR: claims that were hits or false alarms."""
        return self.counts.hits + self.counts.false_alarms


def lines(status: str, outcome: str = "", limit: int = MOST) -> list[Score]:
    """Give the lines of one CAP status, newest first; exercises never stand among what was in earnest."""
    rows = Score.objects.filter(status=status)
    rows = rows.filter(outcome=outcome) if outcome else rows
    return list(rows.order_by("-id")[:limit])


def of_event(code: str) -> list[Score]:
    """Give the lines of one event in the order in which they were written."""
    return list(Score.objects.filter(event=code).order_by("id"))


def tallies(status: str) -> list[Tally]:
    """Add up all lines of one CAP status: for each hazard, rule and pairing all colours together, then each one."""
    groups: dict[Rules, list[Score]] = {}
    for row in Score.objects.filter(status=status).order_by("id"):
        groups.setdefault((row.hazard, row.rule_version, row.pairing), []).append(row)
    return [tally for rules, rows in groups.items() for tally in _of_group(rules, rows)]


def _of_group(rules: Rules, rows: list[Score]) -> list[Tally]:
    colours = sorted({row.colour for row in rows}, key=colour, reverse=True)
    each = [_tally(rules, key, [row for row in rows if row.colour == key]) for key in colours]
    return [_tally(rules, "", rows), *each]


def _tally(rules: Rules, key: str, rows: list[Score]) -> Tally:
    hazard, rule_version, pairing = rules
    leads = [row.lead_min for row in rows if row.outcome == "hit" and row.lead_min is not None]
    return Tally(
        hazard=hazard,
        colour=key,
        rule_version=rule_version,
        pairing=pairing,
        counts=counts([_pair(row) for row in rows]),
        late=sum(row.outcome == "late" for row in rows),
        under_warned=sum(row.outcome == "under_warned" for row in rows),
        lead_min=sum(leads) / len(leads) if leads else None,
    )


def _pair(row: Score) -> Pair:
    return Pair(row.outcome, row.district, colour(row.colour), None, None, row.lead_min)
