"""Dated rule tables of the assessment: deadlines, weights, what makes a defect, and who answers for which cause.

No number of the assessment is code. What was judged under a table stays judged under it: each figure carries the
table's :attr:`Rules.version`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

ANY = "*"
"""Stands for every network."""

METRICS: tuple[str, ...] = ("arrival", "timeliness", "availability", "correctness", "running")
"""The five figures, in the order in which people read them."""

DUTIES: dict[str, str] = {
    "responsible": "责任人",
    "duty": "值班员",
    "maintainer": "维护员",
    "network": "网络岗",
    "chief": "站长",
}
"""Kinds of duty a roster knows."""

CAUSES: dict[str, str] = {
    "equipment": "设备故障",
    "communication": "通信故障",
    "metadata": "元数据错误",
    "power": "供电中断",
    "environment": "环境与灾害",
    "unnoticed": "未及时发现",
    "other": "其他",
}
"""Causes of defects; the rule table says who answers for each."""

KINDS: dict[str, str] = {
    "silence": "未按时到报",
    "missing": "要素缺测",
    "doubt": "数据错误或可疑",
    "other": "人工登记",
}
"""Kinds of defects."""


@dataclass(frozen=True)
class Deadline:
    """How many minutes after the due time a report still is on time; `interval_min` None: for every interval."""

    network: str
    interval_min: int | None
    deadline_min: float


@dataclass(frozen=True)
class Least:
    """From how many reports in a row, and from how many minutes of them, a run is a defect; both must be reached."""

    reports: int
    minutes: float


@dataclass(frozen=True)
class Together:
    """From how many stations that fall silent within how many minutes it is one defect with children."""

    stations: int
    within_min: float


@dataclass(frozen=True)
class Rules:
    """One table, valid in one region from one day to another.

    Attributes
    ----------
    id, zh : str
        The table's name, and how people call it.
    region : str
        "CN", or the leading digits of an adcode.
    valid_from, valid_to : date
        First and last climate day judged under it; None: no end.
    source, conf : str
        Where its numbers come from, and how sure that is.
    approved_by : str or None
        The officer who approved it; None: a default nobody approved, and every page says so.
    weights : Mapping
        Metric to weight in the quality index; they add up to 1.
    wrong_flags : tuple of int
        Final flags whose value counts as wrong.
    deadlines : tuple of Deadline
        In the order of the table; the narrowest that fits counts.
    owners : Mapping
        Network (or `ANY`) to the duty whose holder owns its minutes.
    silence, missing, doubt : Least
        What makes a defect of each kind.
    together : Together
        When many silent stations are one defect.
    notice_within_min : float
        So long after it was found a defect must be noticed by a person.
    charges : Mapping
        Cause to the duty that answers for it; None: nobody does.
    workload : Mapping
        Base numbers (工作基数): of a report, a value, a defect handled, a doubted value reviewed.
    errors : Mapping
        What a defect of each kind counts as an error of the person charged with it.
    appeal_days : int
        Days between the draft of the bulletin and its freezing in which people may appeal.
    """

    id: str
    zh: str
    region: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    conf: str
    approved_by: str | None
    weights: Mapping[str, float]
    wrong_flags: tuple[int, ...]
    deadlines: tuple[Deadline, ...]
    owners: Mapping[str, str]
    silence: Least
    missing: Least
    doubt: Least
    together: Together
    notice_within_min: float
    charges: Mapping[str, str | None]
    workload: Mapping[str, float]
    errors: Mapping[str, float]
    appeal_days: int

    @cached_property
    def version(self) -> str:
        """Twelve hex digits of the SHA-256 of everything but the approval: to approve doesn't change what is judged."""
        content = asdict(self)
        del content["approved_by"]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def deadline_min(self, network: str, interval_min: int) -> float:
        """Give the minutes a report of a network and interval may take.

        Raises
        ------
        KeyError
            If no line of the table fits; the message says which is missing.
        """
        fitting = [one for one in self.deadlines if _fits(one, network, interval_min)]
        if not fitting:
            raise KeyError(f"table {self.id} has no deadline for network {network!r}, interval {interval_min} min")
        return min(fitting, key=_width).deadline_min

    def owner_duty(self, network: str) -> str:
        """Give the duty whose holder owns the minutes of a network's stations."""
        return self.owners.get(network, self.owners[ANY])


def _fits(one: Deadline, network: str, interval_min: int) -> bool:
    return one.network in (network, ANY) and one.interval_min in (interval_min, None)


def _width(one: Deadline) -> tuple[bool, bool]:
    return one.network == ANY, one.interval_min is None


def in_force(tables: Iterable[Rules], region: str, day: dt.date) -> Rules:
    """Choose the table under which a climate day is judged: the most specific region, then the one that began last.

    Parameters
    ----------
    tables : Iterable of Rules
        All tables known.
    region : str
        Leading digits of the city's adcode.
    day : date
        The climate day.

    Returns
    -------
    Rules
        The table.

    Raises
    ------
    LookupError
        If none holds, or two have equal claim; the message names them.
    """
    holding = [one for one in tables if _holds(one, region, day)]
    if not holding:
        raise LookupError(f"no assessment table holds in {region} on {day}: add one with valid_from up to that day")
    best = max(_claim(one) for one in holding)
    chosen = [one for one in holding if _claim(one) == best]
    if len(chosen) > 1:
        names = " and ".join(one.id for one in chosen)
        raise LookupError(f"tables {names} both claim {chosen[0].region} from {best[1]}; give one an end (valid_to)")
    return chosen[0]


def _holds(one: Rules, region: str, day: dt.date) -> bool:
    within = one.region == "CN" or region.startswith(one.region)
    return within and one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)


def _claim(one: Rules) -> tuple[int, dt.date]:
    return 0 if one.region == "CN" else len(one.region), one.valid_from
