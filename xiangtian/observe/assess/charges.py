"""Who answers for a defect, and the personal measures: workload base number and error rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from xiangtian.observe.assess.owners import NOBODY, Place, Roster
from xiangtian.observe.assess.rules import Rules

UNNOTICED = "unnoticed"


@dataclass(frozen=True, slots=True)
class Charge:
    """A cause, the duty that answers for it, and who held that duty; `person` is `NOBODY` where nobody did."""

    cause: str
    duty: str
    person: int


def charge(rules: Rules, roster: Roster, place: Place, cause: str, moment: dt.datetime) -> Charge | None:
    """Say who answers for a cause.

    Parameters
    ----------
    rules : Rules
        The table.
    roster : Roster
        Who held which duty.
    place : Place
        The station.
    cause : str
        Of `rules.CAUSES`, or "" while it is not known.
    moment : datetime
        When the defect began (for `UNNOTICED`: when it was found), aware.

    Returns
    -------
    Charge or None
        None: nobody answers for this cause, or it is not known yet.

    Raises
    ------
    KeyError
        If the table doesn't know the cause.
    """
    duty = rules.charges[cause] if cause else None
    return None if duty is None else Charge(cause, duty, roster.at(place, duty, moment))


def unnoticed(rules: Rules, found: dt.datetime, noticed: dt.datetime | None, now: dt.datetime) -> bool:
    """Say whether a defect was not noticed in time, as far as that can be said now."""
    return (noticed or now) > found + dt.timedelta(minutes=rules.notice_within_min)


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody did in a month: reports and values of owned minutes, defects handled, doubted values reviewed."""

    reports: int
    values: int
    handled: int
    reviewed: int

    def base(self, rules: Rules) -> float:
        """Give the workload base number (工作基数) under a table."""
        did = {"report": self.reports, "value": self.values, "handled": self.handled, "reviewed": self.reviewed}
        return sum(rules.workload[kind] * number for kind, number in did.items())


def errors(rules: Rules, kinds: Mapping[str, int]) -> float:
    """Add up the errors that charged defects count, by kind."""
    return sum(rules.errors[kind] * number for kind, number in kinds.items())


def error_rate(wrong: float, base: float) -> float | None:
    """Give errors per 10 000 of the base number (错情率, ‱); None without a base.

    >>> error_rate(3, 60_000)
    0.5
    """
    return wrong * 10_000 / base if base else None


__all__ = ["NOBODY", "UNNOTICED", "Charge", "Work", "charge", "error_rate", "errors", "unnoticed"]
