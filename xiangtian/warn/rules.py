"""Dated rule tables: which criteria a signal has, where and when they hold, and who approved them.

A threshold is never code: it is a row of a table with region, validity, source and approver. What was judged
under a table stays judged under it, because every finding carries the table's :attr:`RuleTable.version`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from xiangtian.core.clock import BEIJING
from xiangtian.warn.colours import Colour
from xiangtian.warn.criteria import Criterion

DRILL_STATUSES: frozenset[str] = frozenset({"Exercise", "Test"})
"""CAP statuses that a table nobody approved may drive."""
DAY_H = 24.0
STATUSES: frozenset[str] = DRILL_STATUSES | {"Actual"}


@dataclass(frozen=True)
class Branch:
    """One way to meet a colour: rain over a sliding window reaches a threshold (the threshold itself included).

    Attributes
    ----------
    basis : str
        "observed" (already met) or "forecast" (expected to be met within the lead).
    window_h : float
        Length of the sliding window, h.
    threshold_mm : float
        Rain sum that meets the criterion, mm.
    lead_h : float
        How far ahead the window may end, h; 0 for observed branches.
    continuing : bool
        Whether the rain must also be expected to continue.
    """

    basis: str
    window_h: float
    threshold_mm: float
    lead_h: float = 0.0
    continuing: bool = False

    @property
    def zh(self) -> str:
        """The branch as the desk shows it."""
        rain = f"{self.window_h:g}小时雨量≥{self.threshold_mm:g}毫米"
        head = f"未来{self.lead_h:g}小时内：" if self.basis == "forecast" else "已经出现："
        return head + rain + ("，且降雨将持续" if self.continuing else "")

    @property
    def en(self) -> str:
        """The same in English."""
        rain = f"{self.window_h:g} h rain ≥ {self.threshold_mm:g} mm"
        head = f"Within {self.lead_h:g} h: " if self.basis == "forecast" else "Already: "
        return head + rain + (", and rain will continue" if self.continuing else "")


@dataclass(frozen=True)
class Level:
    """One colour of a kind: the ways to meet it (any one does), and what people should do.

    `branches` are rain sums, which the house computes; `criteria` are judged by a forecaster.
    """

    colour: Colour
    branches: tuple[Branch, ...]
    guidance: tuple[str, ...]
    guidance_en: tuple[str, ...]
    criteria: tuple[Criterion, ...] = ()

    @property
    def valid_h(self) -> float:
        """How long a signal is in force unless the forecaster says otherwise: as far as its criterion looks ahead."""
        leads = [one.lead_h for one in self.branches] + [one.lead_h for one in self.criteria]
        return max(leads) or DAY_H


@dataclass(frozen=True)
class Spatial:
    """How many stations of a district must meet a criterion: a count, and a share of those that report.

    Order 16 states none, so this is a local choice; it is recorded with each finding.
    """

    stations: int = 1
    share: float = 0.0

    def met(self, meeting: int, reporting: int) -> bool:
        """Say whether `meeting` stations out of `reporting` ones are enough."""
        return meeting >= self.stations and meeting >= self.share * reporting

    @property
    def words(self) -> str:
        """The rule as the desk shows it."""
        return f"至少{self.stations}站" + (f"且不少于有效站数的{self.share:.0%}" if self.share else "")


@dataclass(frozen=True)
class Continuing:
    """What "rain is expected to continue" means in numbers: at least `rain_mm` in the next `next_h` hours."""

    next_h: float = 1.0
    rain_mm: float = 0.5


@dataclass(frozen=True)
class RuleTable:
    """All criteria of one kind of signal, in one region, from one day to another.

    Attributes
    ----------
    id, kind, zh, en : str
        Table's name; kind of hazard and its names for people.
    region : str
        "CN" for the nation, or the leading digits of an adcode ("32" Jiangsu, "3205" Suzhou, "320585" Taicang).
    valid_from, valid_to : datetime.date
        First and last day (Beijing) on which the table holds; `valid_to` None is open.
    source, conf : str
        Where the criteria come from and how sure that is.
    approved_by : str
        The officer who approved the table; None: exercises and tests only.
    event_code : str
        Code of the event in the national list.
    spatial : Spatial
        Stations needed in a district.
    continuing : Continuing
        Meaning of "expected to continue".
    least_probability : float
        A forecast branch counts at a station only if the nowcast gives it at least this probability, 0-1.
    levels : tuple
        Levels from blue to red, as many as the kind has.
    """

    id: str
    kind: str
    zh: str
    en: str
    region: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    conf: str
    approved_by: str | None
    event_code: str
    spatial: Spatial
    continuing: Continuing
    levels: tuple[Level, ...]
    least_probability: float = 0.0

    @property
    def version(self) -> str:
        """Twelve hex digits of the SHA-256 of everything but the approval: to approve doesn't change what is judged."""
        content = asdict(self)
        del content["approved_by"]
        for level in content["levels"]:
            if not level["criteria"]:  # tables of rain keep the version they had before there were criteria
                del level["criteria"]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    @property
    def computed(self) -> bool:
        """Whether the house can tell by itself that the table's criteria are met."""
        return any(level.branches for level in self.levels)

    @property
    def longest_h(self) -> float:
        """How long a message of this kind may be in force, h: a day, or as far as its criteria look ahead."""
        return max(DAY_H, *(level.valid_h for level in self.levels))

    def level(self, colour: Colour) -> Level:
        """Give the level of a colour.

        Raises
        ------
        KeyError
            If this kind has no such colour; the message lists those it has.
        """
        for level in self.levels:
            if level.colour == colour:
                return level
        has = ", ".join(level.colour.key for level in self.levels)
        raise KeyError(f"table {self.id} has no {colour.key} level; it has {has}")

    def covers(self, region: str, moment: dt.datetime) -> bool:
        """Say whether the table holds for an adcode at a moment."""
        day = moment.astimezone(BEIJING).date()
        within = self.region == "CN" or region.startswith(self.region)
        return within and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def in_force(tables: Iterable[RuleTable], region: str, moment: dt.datetime) -> dict[str, RuleTable]:
    """Choose, for each kind, the table that holds for a region at a moment.

    The most specific region wins, then the one that began last.

    Parameters
    ----------
    tables : Iterable
        All tables known.
    region : str
        Adcode of the place, six digits (or fewer for a province or city).
    moment : datetime.datetime
        When the judgement is made, aware.

    Returns
    -------
    dict
        Table by kind; a kind without a table is absent.

    Raises
    ------
    ValueError
        If two tables of one kind have equal claim; the message names both.
    """
    chosen: dict[str, RuleTable] = {}
    for table in tables:
        if not table.covers(region, moment):
            continue
        rival = chosen.get(table.kind)
        if rival and _claim(rival) == _claim(table):
            raise ValueError(
                f"tables {rival.id} and {table.id} both claim {table.kind} in {table.region} from {table.valid_from}; "
                "give one of them an end (valid_to)"
            )
        if rival is None or _claim(table) > _claim(rival):
            chosen[table.kind] = table
    return chosen


def may_drive(table: RuleTable, status: str) -> bool:
    """Say whether a table may lead to a message of this CAP status: unapproved ones only in exercises and tests.

    Raises
    ------
    ValueError
        If the status is none of Actual, Exercise, Test.
    """
    if status not in STATUSES:
        raise ValueError(f"status {status!r} can't be driven by rules; allowed: {', '.join(sorted(STATUSES))}")
    return table.approved_by is not None or status in DRILL_STATUSES


def _claim(table: RuleTable) -> tuple[int, dt.date]:
    return (0 if table.region == "CN" else len(table.region)), table.valid_from
