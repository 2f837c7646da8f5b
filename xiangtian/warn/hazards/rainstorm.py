"""Rainstorm (暴雨): sliding rain sums, fallen and expected, against the criteria in force.

Observed branch: the sum over the window that ends now reaches the threshold and rain is expected to continue.
Forecast branch: some window that ends within the lead and the nowcast's reach does, its sum being what fell plus
what the nowcast adds. Thresholds include their number ("以上" is >=). Sums over incomplete observations are lower
bounds: a lower bound that reaches the threshold reaches it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.warn.evidence import Evidence, Rain, districts_of
from xiangtian.warn.finding import BranchMet, Finding, StationHit
from xiangtian.warn.rules import Branch, Continuing, Level, RuleTable
from xiangtian.warn.windows import expected, fallen, probability

Hits = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

MAX_AGE = dt.timedelta(minutes=30)
"""Older evidence isn't judged: what it shows as "now" is past."""
PERSISTENCE_H = 0.5
"""Without a nowcast rain "continues" if the amount asked for the next hours fell in this last time, h."""
REPORTING = 0.8
"""A station counts as reporting in a window if values that count cover this share of its past part."""
ROUNDING_MM = 1e-6
"""Sums of tenths are compared with this tolerance, mm."""


class StaleEvidence(ValueError):
    """The evidence is too old, or from the future."""


@dataclass(frozen=True)
class _Sums:
    """Sums of one branch at the window end chosen for each station, all (station,); `ends` in minutes from now."""

    ends: Rain
    observed: Rain
    nowcast: Rain
    radar: Rain
    coverage: Rain
    doubtful: Hits
    met: Hits
    next_mm: Rain


def detect(evidence: Evidence, table: RuleTable, now: dt.datetime) -> list[Finding]:
    """Find the districts in which a rainstorm criterion is met, and the highest colour of each.

    Parameters
    ----------
    evidence : Evidence
        Rain at the stations, past and expected.
    table : RuleTable
        The rule table in force.
    now : datetime.datetime
        Moment of the judgement; the evidence must be at most 30 minutes old.

    Returns
    -------
    list[Finding]
        One finding per district that meets something, in the order of the districts' codes.

    Raises
    ------
    StaleEvidence
        If the evidence is older than that, or more than a minute ahead.
    ValueError
        If the past steps are shorter than the longest window of the table.

    References
    ----------
    CMA Order 16 (2007), annex, rainstorm signal; which windows and thresholds is the table's affair.
    """
    _refuse(evidence, table, now)
    judged = {
        branch: _observed(evidence, branch, table.continuing)
        if branch.basis == "observed"
        else _forecast(evidence, branch, table.continuing, table.least_probability)
        for level in table.levels
        for branch in level.branches
    }
    findings = []
    for district, places in districts_of(evidence).items():
        for level in sorted(table.levels, key=lambda each: -each.colour):
            met = _branches_met(evidence, table, level, places, judged)
            if met:
                findings.append(_finding(evidence, table, level, district, met))
                break
    return findings


def _refuse(evidence: Evidence, table: RuleTable, now: dt.datetime) -> None:
    age = now - evidence.moment
    if not -dt.timedelta(minutes=1) <= age <= MAX_AGE:
        raise StaleEvidence(
            f"evidence of {evidence.moment.isoformat()} judged at {now.isoformat()}: allowed is an age of 0 to "
            f"{MAX_AGE.seconds // 60} min; look why observations or the nowcast stand still"
        )
    longest = max(branch.window_h for level in table.levels for branch in level.branches)
    if evidence.span_h < longest:
        raise ValueError(f"steps reach back {evidence.span_h:g} h; table {table.id} needs {longest:g} h")


def _continues(evidence: Evidence, rule: Continuing) -> tuple[Hits, Rain]:
    """Whether rain continues, and the rain expected, mm (NaN: no nowcast, judged by persistence)."""
    ahead = expected(evidence, np.array([_reach_min(evidence, rule)]))[:, 0]
    recent = fallen(evidence, np.array([PERSISTENCE_H * 60.0])).total_mm[:, 0]
    return np.where(np.isnan(ahead), recent, ahead) >= rule.rain_mm - ROUNDING_MM, ahead


def _reach_min(evidence: Evidence, rule: Continuing) -> float:
    return min(rule.next_h * 60.0, evidence.lead_min[-1]) if evidence.lead_min else rule.next_h * 60.0


def _observed(evidence: Evidence, branch: Branch, rule: Continuing) -> _Sums:
    past = fallen(evidence, np.array([branch.window_h * 60.0]))
    total, good = past.total_mm[:, 0], past.good_mm[:, 0]
    least = branch.threshold_mm - ROUNDING_MM
    goes_on, ahead = _continues(evidence, rule)
    reaches: Hits = np.asarray(total >= least)
    return _Sums(
        ends=np.zeros_like(total),
        observed=total,
        nowcast=np.zeros_like(total),
        radar=past.radar_mm[:, 0],
        coverage=past.coverage[:, 0],
        doubtful=reaches & (good < least),
        met=reaches & goes_on if branch.continuing else reaches,
        next_mm=ahead if branch.continuing else np.full_like(total, np.nan),
    )


def _forecast(evidence: Evidence, branch: Branch, rule: Continuing, least_probability: float) -> _Sums:
    """Judge every window end the nowcast reaches; keep the first that meets, or else the wettest."""
    leads = np.array([lead for lead in evidence.lead_min if lead <= branch.lead_h * 60.0 + 1e-9])
    if not len(leads):
        return _nothing(len(evidence.stations))
    window, least = branch.window_h * 60.0, branch.threshold_mm - ROUNDING_MM
    past = fallen(evidence, np.maximum(window - leads, 0.0))
    ahead = expected(evidence, leads) - expected(evidence, np.maximum(leads - window, 0.0))
    total = past.total_mm + ahead
    already = fallen(evidence, np.array([window])).total_mm >= least
    reached = (total >= least) & (ahead > 0) & (~already | (ahead >= rule.rain_mm - ROUNDING_MM))
    reached &= _likely(evidence, branch.threshold_mm - past.total_mm, leads, window, reached, least_probability)
    met: Hits = np.asarray(reached.any(axis=1))
    end = np.where(met, reached.argmax(axis=1), np.argmax(np.nan_to_num(total, nan=-1.0), axis=1))
    chosen = (np.arange(len(end)), end)
    return _Sums(
        ends=leads[end],
        observed=past.total_mm[chosen],
        nowcast=ahead[chosen],
        radar=past.radar_mm[chosen],
        coverage=past.coverage[chosen],
        doubtful=met & (past.good_mm[chosen] + ahead[chosen] < least),
        met=met,
        next_mm=np.full(len(end), np.nan),
    )


def _likely(
    evidence: Evidence, need_mm: Rain, leads: npt.NDArray[np.float64], window_min: float, asked: Hits, least: float
) -> Hits:
    """Where what is missing falls with at least a probability; places not asked about, or without one, pass."""
    likely = np.ones_like(asked)
    if least > 0 and evidence.exceedance is not None:
        for place, lead in zip(*np.nonzero(asked), strict=True):
            if leads[lead] <= window_min:
                chance = probability(evidence, int(place), float(need_mm[place, lead]), float(leads[lead]))
                likely[place, lead] = chance is None or chance >= least
    return likely


def _nothing(stations: int) -> _Sums:
    zero, unknown, no = np.zeros(stations), np.full(stations, np.nan), np.zeros(stations, bool)
    return _Sums(zero, zero, unknown, unknown, zero, no, no, unknown)


def _branches_met(
    evidence: Evidence, table: RuleTable, level: Level, places: Places, judged: dict[Branch, _Sums]
) -> tuple[BranchMet, ...]:
    found = []
    for branch in level.branches:
        sums = judged[branch]
        meeting = places[sums.met[places]]
        reporting = int(np.sum((sums.coverage[places] >= REPORTING) | sums.met[places]))
        if len(meeting) and table.spatial.met(len(meeting), reporting):
            hits = sorted(
                (_hit(evidence, table, branch, sums, place) for place in meeting), key=lambda hit: -hit.total_mm
            )
            rule_id = f"{table.id}/{level.colour.key}/{branch.basis}-{branch.window_h:g}h-{branch.threshold_mm:g}mm"
            found.append(BranchMet(branch, rule_id, tuple(hits), reporting))
    return tuple(sorted(found, key=lambda met: (met.branch.basis != "observed", -met.branch.threshold_mm)))


def _hit(evidence: Evidence, table: RuleTable, branch: Branch, sums: _Sums, place: int) -> StationHit:
    ends = evidence.moment + dt.timedelta(minutes=float(sums.ends[place]))
    return StationHit(
        station=evidence.stations[place],
        window_from=ends - dt.timedelta(hours=branch.window_h),
        window_to=ends,
        observed_mm=float(sums.observed[place]),
        nowcast_mm=float(sums.nowcast[place]),
        observed_h=max(branch.window_h - float(sums.ends[place]) / 60.0, 0.0),
        coverage=float(sums.coverage[place]),
        doubtful=bool(sums.doubtful[place]),
        radar_mm=_known(sums.radar[place]),
        probability=_chance(evidence, table.continuing, branch, sums, place),
        next_mm=_known(sums.next_mm[place]),
    )


def _chance(evidence: Evidence, rule: Continuing, branch: Branch, sums: _Sums, place: int) -> float | None:
    """Chance that rain continues (observed branch) or that what is missing falls (forecast branch)."""
    if branch.basis == "observed":
        return probability(evidence, place, rule.rain_mm, _reach_min(evidence, rule)) if branch.continuing else None
    if sums.ends[place] > branch.window_h * 60.0:
        return None
    return probability(evidence, place, branch.threshold_mm - float(sums.observed[place]), float(sums.ends[place]))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _finding(evidence: Evidence, table: RuleTable, level: Level, district: str, met: tuple[BranchMet, ...]) -> Finding:
    return Finding(
        kind=table.kind,
        kind_zh=table.zh,
        district=district,
        colour=level.colour,
        met=met,
        moment=evidence.moment,
        table_id=table.id,
        table_version=table.version,
        region=table.region,
        approved=table.approved_by is not None,
        spatial=table.spatial.words,
        nowcast_run=evidence.nowcast_run,
        lake_version=evidence.lake_version,
    )
