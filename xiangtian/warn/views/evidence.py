"""The evidence of a proposal as the page shows it: stations, the rule's branches, and the small map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from xiangtian.core.boundaries import context, simplified, to_geojson
from xiangtian.core.flags import Flag
from xiangtian.core.places import city
from xiangtian.observe.queries import Site, sites
from xiangtian.warn import queries
from xiangtian.warn.colours import colour
from xiangtian.warn.models import Proposal
from xiangtian.warn.rules import Branch, RuleTable
from xiangtian.warn.views.showing import names

FINE_DEG = 0.003
MARGIN_DEG = (1.7, 0.6)
"""How far the outlines around the city reach, east and west, north and south: a small map is wide and low."""
DECIMALS = 4
"""Of coordinates on the small map: 10 m are less than one of its pixels."""


@dataclass(frozen=True)
class StationLine:
    """One station that meets a branch: names, its window, and the parts of its sum."""

    district: str
    station: str
    name: str
    colour: str
    rule: str
    begins: dt.datetime
    ends: dt.datetime
    observed_mm: float
    nowcast_mm: float
    coverage_pct: float
    doubtful: bool
    radar_mm: float | None
    probability_pct: float | None
    next_mm: float | None

    @property
    def total_mm(self) -> float:
        """The sum that was compared with the threshold, mm."""
        return self.observed_mm + self.nowcast_mm


@dataclass(frozen=True)
class RuleLine:
    """One branch of the rule table, and the districts in which it was met."""

    colour: str
    branch: Branch
    met_in: tuple[str, ...]


def station_lines(proposal: Proposal) -> list[StationLine]:
    """Give every station that meets a branch, in the order of the findings: the most severe first."""
    known = {site.code: site for site in sites(proposal.proposed)}
    return [
        _line(finding, met, hit, known)
        for finding in proposal.evidence["findings"]
        for met in finding["met"]
        for hit in met["stations"]
    ]


def _line(
    finding: Mapping[str, Any], met: Mapping[str, Any], hit: Mapping[str, Any], known: Mapping[str, Site]
) -> StationLine:
    site, chance = known.get(hit["station"]), hit["probability"]
    return StationLine(
        district=names([finding["district"]])[0],
        station=hit["station"],
        name=site.zh if site else hit["station"],
        colour=finding["colour"],
        rule=met["rule_id"],
        begins=dt.datetime.fromisoformat(hit["window_from"]),
        ends=dt.datetime.fromisoformat(hit["window_to"]),
        observed_mm=hit["observed_mm"],
        nowcast_mm=hit["nowcast_mm"],
        coverage_pct=100 * hit["coverage"],
        doubtful=hit["doubtful"],
        radar_mm=hit["radar_mm"],
        probability_pct=None if chance is None else 100 * chance,
        next_mm=hit["next_mm"],
    )


def rule_table(proposal: Proposal) -> RuleTable | None:
    """Give the table a proposal was judged under; None where this installation no longer has it."""
    try:
        return queries.rule_table(proposal.rule_version)
    except KeyError:
        return None


def rule_lines(proposal: Proposal, table: RuleTable) -> list[RuleLine]:
    """Give all branches of the table, the highest colour first, each with the districts that meet it."""
    findings = proposal.evidence["findings"]
    return [
        RuleLine(level.colour.key, branch, names(_met_in(findings, level.colour.key, branch)))
        for level in sorted(table.levels, key=lambda one: -one.colour)
        for branch in level.branches
    ]


def _met_in(findings: Sequence[Mapping[str, Any]], colour_key: str, branch: Branch) -> list[str]:
    return [
        finding["district"]
        for finding in findings
        if finding["colour"] == colour_key and any(met["branch"] == asdict(branch) for met in finding["met"])
    ]


def map_of(proposal: Proposal, lines: Sequence[StationLine]) -> dict[str, Any]:
    """Give what the small map draws: districts, those that are marked, and each station once with its largest sum."""
    known = {site.code: site for site in sites(proposal.proposed)}
    top: dict[str, StationLine] = {}
    for line in lines:
        if line.station in known and (line.station not in top or line.total_mm > top[line.station].total_mm):
            top[line.station] = line
    return {
        **_ground(),
        "marked": _marked(proposal),
        "stations": [_point(known[code], line) for code, line in top.items()],
        "unit": "mm",
        "decimals": 1,
    }


def _marked(proposal: Proposal) -> dict[str, dict[str, str]]:
    """Each district in the colour found for it; one without a finding (warned already, or lifted) in the proposal's."""
    found = {finding["district"]: finding["colour"] for finding in proposal.evidence["findings"]}
    marks = {}
    for code in proposal.districts:
        key = found.get(code, proposal.colour)
        kept = bool(found) and code not in found
        marks[code] = {"colour": key, "words": f"沿用{colour(key).zh}" if kept else colour(key).zh}
    return marks


def _point(site: Site, line: StationLine) -> dict[str, Any]:
    return {
        "id": site.code,
        "zh": site.zh,
        "lon": site.lon,
        "lat": site.lat,
        "value": round(line.total_mm, 1),
        "flag": int(Flag.SUSPECT if line.doubtful else Flag.GOOD),
        "meets": True,
    }


@lru_cache(maxsize=1)
def _ground() -> dict[str, Any]:
    west, south, east, north = city().bounds
    shapes = to_geojson(simplified(city().districts, FINE_DEG))
    for feature in shapes["features"]:
        one = feature["properties"]
        middle = city().shapes[one["code"]].representative_point()
        named = city().by_code[one["code"]]
        one |= {"zh": named.zh, "en": named.en, "lon": round(middle.x, 4), "lat": round(middle.y, 4)}
    east_west, north_south = MARGIN_DEG
    around = (west - east_west, south - north_south, east + east_west, north + north_south)
    bounds = [west, south, east, north]
    return {"districts": _rounded(shapes), "context": _rounded(context(around)), "bounds": _rounded(bounds)}


def _rounded(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _rounded(one) for key, one in told.items()}
    if isinstance(told, list | tuple):
        return [_rounded(one) for one in told]
    return round(told, DECIMALS) if isinstance(told, float) else told
