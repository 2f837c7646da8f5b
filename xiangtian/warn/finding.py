"""What a hazard found in one district, with all that is needed to see why; and the words for the desk."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from xiangtian.core.clock import beijing
from xiangtian.warn.colours import Colour
from xiangtian.warn.rules import Branch

SHOWN = 3
"""Stations named in an explanation; the finding holds all."""


@dataclass(frozen=True)
class StationHit:
    """One station that meets a branch: its window, and how much of the sum fell and how much is expected.

    Attributes
    ----------
    station : str
        Station id.
    window_from, window_to : datetime.datetime
        The window that met the threshold (the first one, for a forecast), UTC.
    observed_mm, nowcast_mm : float
        The two parts of the sum, mm.
    observed_h : float
        How much of the window is past, h.
    coverage : float
        Share 0-1 of the observed part's time covered by values that count; below it the sum is a lower bound.
    doubtful : bool
        Whether doubtful values, supported by radar, were needed.
    radar_mm : float
        Radar rain of the observed part, mm; None where there is none.
    probability : float
        Probability 0-1 that the branch is met (forecast) or that rain continues (observed); None where unknown.
    next_mm : float
        Rain expected in the hours that decide about "continuing", mm; None where judged by persistence.
    """

    station: str
    window_from: dt.datetime
    window_to: dt.datetime
    observed_mm: float
    nowcast_mm: float
    observed_h: float
    coverage: float
    doubtful: bool = False
    radar_mm: float | None = None
    probability: float | None = None
    next_mm: float | None = None

    @property
    def total_mm(self) -> float:
        """The sum compared with the threshold, mm."""
        return self.observed_mm + self.nowcast_mm


@dataclass(frozen=True)
class BranchMet:
    """A branch and the stations that meet it, the wettest first."""

    branch: Branch
    rule_id: str
    stations: tuple[StationHit, ...]
    reporting: int

    @property
    def top(self) -> StationHit:
        """The station with the largest sum."""
        return self.stations[0]

    @property
    def onset(self) -> dt.datetime:
        """When the criterion is first met (forecast), or the moment of judgement (observed), UTC."""
        return min(hit.window_to for hit in self.stations)


@dataclass(frozen=True)
class Finding:
    """A criterion met in a district: the highest colour, its branches (observed first) and the rule behind it.

    Attributes
    ----------
    kind, kind_zh : str
        Kind of hazard and its Chinese name.
    district : str
        Adcode.
    colour : Colour
        The highest colour met.
    met : tuple
        Every branch of this colour that is met.
    moment : datetime.datetime
        Moment of the evidence, UTC.
    table_id, table_version, region : str
        The rule table.
    approved : bool
        Whether the table is approved; if not, only exercises and tests may follow.
    spatial : str
        The spatial rule applied, in words.
    nowcast_run, lake_version : str
        What was read.
    """

    kind: str
    kind_zh: str
    district: str
    colour: Colour
    met: tuple[BranchMet, ...]
    moment: dt.datetime
    table_id: str
    table_version: str
    region: str
    approved: bool
    spatial: str
    nowcast_run: str = ""
    lake_version: str = ""

    @property
    def primary(self) -> BranchMet:
        """The branch that leads: observed before forecast, then the larger threshold."""
        return self.met[0]

    @property
    def certainty(self) -> str:
        """CAP certainty: Observed, Likely (probability unknown or at least one half) or Possible."""
        if self.primary.branch.basis == "observed":
            return "Observed"
        chance = max((hit.probability for hit in self.primary.stations if hit.probability is not None), default=1.0)
        return "Likely" if chance >= 0.5 else "Possible"


def cut(amount_mm: float) -> str:
    """Write an amount with one decimal, cut and not rounded: 49.96 doesn't read as 50.0.

    >>> cut(49.96), cut(0.3)
    ('49.9', '0.3')
    """
    return f"{math.floor(amount_mm * 10 + 1e-6) / 10:.1f}"


def explain(finding: Finding, names: Mapping[str, str] | None = None) -> str:
    """Say in Chinese why a colour is proposed for a district.

    Parameters
    ----------
    finding : Finding
        What was found.
    names : Mapping[str, str] | None
        Names of districts (by adcode) and stations (by id); where absent the code stands.

    Returns
    -------
    str
        Several lines: the conclusion, a block per branch, the rule.
    """
    called = names or {}
    lines = [
        f"{called.get(finding.district, finding.district)}：达到{finding.kind_zh}{finding.colour.zh}预警信号标准"
        f"（{beijing(finding.moment)} 研判）。"
    ]
    for met in finding.met:
        lines += _branch_lines(met, called)
    lines.append(f"空间规则：{finding.spatial}。规则表 {finding.table_id}（版本 {finding.table_version}）。")
    if finding.nowcast_run:
        lines.append(f"临近预报批次：{finding.nowcast_run}。")
    if not finding.approved:
        lines.append("该规则表尚未经批准，只能用于演练或测试。")
    return "\n".join(lines)


def _branch_lines(met: BranchMet, called: Mapping[str, str]) -> list[str]:
    rule = met.branch
    if rule.basis == "observed":
        head = f"实况：{rule.window_h:g}小时雨量已达{rule.threshold_mm:g}毫米以上" + (
            "且降雨将持续" if rule.continuing else ""
        )
    else:
        head = f"预报：未来{rule.lead_h:g}小时内{rule.window_h:g}小时雨量将达{rule.threshold_mm:g}毫米以上"
    lines = [f"{head}；有效站{met.reporting}个，达标{len(met.stations)}个（{met.rule_id}）。"]
    lines += [_station_line(hit, called.get(hit.station, hit.station)) for hit in met.stations[:SHOWN]]
    return lines


def _station_line(hit: StationHit, name: str) -> str:
    parts = [f"　{name}：{beijing(hit.window_from)} 至 {beijing(hit.window_to)} "]
    least = "至少" if hit.coverage < 0.995 else ""
    if hit.nowcast_mm > 0:
        parts.append(
            f"{least}{cut(hit.total_mm)}毫米（已降{least}{cut(hit.observed_mm)}毫米，预计{cut(hit.nowcast_mm)}毫米）"
        )
    else:
        parts.append(f"已降{least}{cut(hit.observed_mm)}毫米")
    parts.append(f"，实况到报率{math.floor(hit.coverage * 100 + 1e-9)}%")
    if hit.next_mm is not None:
        parts.append(f"，后续预计{cut(hit.next_mm)}毫米")
    if hit.probability is not None:
        parts.append(f"，概率{hit.probability:.0%}")
    if hit.doubtful:
        parts.append("，含可疑数据（雷达支持）")
    if hit.radar_mm is not None:
        parts.append(f"，雷达估测{cut(hit.radar_mm)}毫米")
    return "".join(parts) + "。"
