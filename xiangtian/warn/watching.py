"""The watch: gathers evidence from the stores, asks the hazards, and proposes what people should decide.

It reads the lake, the radar and the nowcast as they are now; what it concludes is decided in `decide.py`.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

import numpy as np
import polars as pl

from xiangtian.core import clock
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.core.models import Fact
from xiangtian.core.places import city
from xiangtian.nowcast import queries as nowcasts
from xiangtian.observe import queries as observe
from xiangtian.radar import queries as radar
from xiangtian.warn import actions, proposing
from xiangtian.warn.colours import Colour, colour
from xiangtian.warn.decide import ASK_AGAIN_AFTER, Asked, Need, already_asked, decide
from xiangtian.warn.evidence import Evidence, RainSteps, rain_steps
from xiangtian.warn.finding import Finding
from xiangtian.warn.hazards import HAZARDS
from xiangtian.warn.models import Draft, Event, Proposal, Watch
from xiangtian.warn.queries import in_force, rule_tables
from xiangtian.warn.rules import RuleTable, may_drive
from xiangtian.warn.rules import in_force as tables_in_force

log = logging.getLogger(__name__)
STEP_MIN = 5
SPAN_H = 12.0
LEVELS_MM = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 100.0)
STALE_NOWCAST_MIN = 30.0
LAPSE_AFTER = dt.timedelta(minutes=20)


def watch(home: Home) -> list[Proposal]:
    """Look once at every hazard; give the proposals that were made."""
    status, now = clock.status(), clock.now()
    evidence = gather(home, now)
    made = []
    for kind, table in tables_in_force(rule_tables(), region(), now).items():
        if not may_drive(table, status):
            log.debug("rule table %s is not approved: it proposes nothing outside exercises", table.id)
            continue
        if not table.computed:
            continue  # a forecaster judges it and drafts by hand
        findings = HAZARDS[kind](evidence, table, now)
        proposal = _propose(table, findings, status, now, evidence)
        made += [proposal] if proposal else []
    return made


def region() -> str:
    """Give the code of the city, whose rule tables hold: that of its districts."""
    return f"{city().districts[0].code[:4]}00"


def gather(home: Home, now: dt.datetime) -> Evidence:
    """Gather what is known of rain at all stations at a moment."""
    sites = [site for site in observe.sites(now) if site.district]
    lake = observe.readings(home)
    moment = now.replace(second=0, microsecond=0)
    steps = rain_of(
        lake.read(moment - dt.timedelta(hours=SPAN_H), moment, elements=list(RAIN)), [s.code for s in sites], moment
    )
    places = radar.Places(np.array([site.lon for site in sites]), np.array([site.lat for site in sites]))
    seen = radar.rain_at(home, places, moment, round(SPAN_H * 60 / STEP_MIN), STEP_MIN)
    ahead = _ahead(home, places, moment)
    return Evidence(
        moment=moment,
        stations=tuple(site.code for site in sites),
        districts=tuple(site.district for site in sites),
        step_min=STEP_MIN,
        past=steps,
        radar_mm=seen,
        lake_version=str(lake.version()),
        lead_min=ahead.lead_min,
        nowcast_mm=ahead.amount,
        levels_mm=LEVELS_MM if ahead.run else (),
        exceedance=ahead.chance,
        nowcast_run=ahead.run,
    )


RAIN = ("precipitation_amount", "precipitation_period")


def rain_of(rows: pl.DataFrame, stations: list[str], moment: dt.datetime, span_h: float = SPAN_H) -> RainSteps:
    """Lay stored rain readings onto equal steps that end at a moment; stations not listed are left out."""
    amount, period = RAIN
    index = pl.DataFrame(
        {"station": stations, "row": np.arange(len(stations))}, schema_overrides={"station": pl.String}
    )
    told = rows.filter(pl.col(amount).is_not_null() & (pl.col(period) > 0)).join(index, on="station")
    ended = (pl.lit(moment) - told["time"]).dt.total_seconds() / 60 if told.height else pl.Series([], dtype=pl.Float64)
    minutes = pl.select(ended).to_series().to_numpy() if told.height else np.zeros(0)
    return rain_steps(
        station=told["row"].to_numpy().astype(np.intp),
        ended_min=np.asarray(minutes, float),
        period_min=told[period].to_numpy().astype(float),
        amount_mm=told[amount].to_numpy().astype(float),
        flag=told[f"{amount}_qc"].fill_null(int(Flag.UNCHECKED)).to_numpy().astype(int),
        stations=len(stations),
        step_min=STEP_MIN,
        span_h=span_h,
    )


@dataclass(frozen=True)
class _Ahead:
    """The nowcast seen from the moment of the evidence."""

    run: str = ""
    lead_min: tuple[float, ...] = ()
    amount: np.ndarray | None = None
    chance: np.ndarray | None = None


def _ahead(home: Home, places: radar.Places, moment: dt.datetime) -> _Ahead:
    run = nowcasts.newest(moment)
    if run is None:
        return _Ahead()
    told = nowcasts.at_places(home, run, places.lon, places.lat, LEVELS_MM)
    past_min = (moment - run.time).total_seconds() / 60
    keep = [place for place, lead in enumerate(told.leads_min) if lead > past_min + 1e-9]
    if not keep or past_min > STALE_NOWCAST_MIN:
        return _Ahead()
    knots = np.array([0.0, *told.leads_min])
    sums = np.concatenate([np.zeros((len(places.lon), 1)), told.amount_mm], axis=1)
    already = np.array([np.interp(max(past_min, 0.0), knots, row) for row in sums])
    leads = tuple(told.leads_min[place] - past_min for place in keep)
    return _Ahead(run.path, leads, told.amount_mm[:, keep] - already[:, None], told.exceedance[:, keep])


def _propose(
    table: RuleTable, findings: list[Finding], status: str, now: dt.datetime, evidence: Evidence
) -> Proposal | None:
    met = {one.district: one.colour for one in findings}
    live = next((one for one in in_force(now, table.kind) if one.status == status), None)
    event = Event.objects.get(pk=live.event_id) if live else None
    if met:
        _note_met(table.kind, status, now)
    asked = Asked(colour(live.colour), frozenset(live.districts), live.expires) if live else None
    need = decide(met, asked, _last_met(table.kind, status, live.sent if live else None), now)
    if need is None:
        _lapse(table.kind, status, met, now)
        return None
    if already_asked(need, _pending(table.kind, status, need), _dismissed(table.kind, status), now):
        return None
    actions.keep_rules(table, "job:warn.watch")
    return actions.propose(table.kind, need, event, _basis(table, findings, need, evidence), status)


def _basis(table: RuleTable, findings: list[Finding], need: Need, evidence: Evidence) -> actions.Basis:
    zh = {one.code: one.zh for one in city().districts} | {site.code: site.zh for site in observe.sites()}
    told = proposing.words(findings, zh) if findings else f"{table.zh}：已连续一小时无站点达到标准，建议解除。"
    return actions.Basis(
        words=told,
        evidence=proposing.record(findings, zh),
        rule_version=table.version,
        lake_version=int(evidence.lake_version),
        nowcast_run=evidence.nowcast_run,
        criterion_met_wall=_stored_wall(),
    )


def _stored_wall() -> float:
    """Real time at which the newest evidence was stored: from then on the criterion could be seen to be met."""
    kinds = ("observations.appended", "nowcast.written")
    walls = [Fact.objects.filter(kind=kind).order_by("-id").values_list("detail", flat=True).first() for kind in kinds]
    return max((float(detail["wall"]) for detail in walls if detail), default=clock.wall())


def _pending(kind: str, status: str, need: Need) -> Asked | None:
    """What people have before them; a question of lifting and one of warning do not answer each other."""
    lifting = need.action == "CAN"
    rows: list[Proposal | Draft] = list(Proposal.objects.filter(hazard=kind, status=status, state="waiting"))
    rows += Draft.objects.filter(hazard=kind, status=status, state__in=("editing", "submitted"))
    same = [row for row in rows if (row.action == "CAN") == lifting]
    if not same:
        return None
    most: Colour = max(colour(row.colour) for row in same)
    districts = frozenset(code for row in same for code in row.districts)
    return Asked(most, districts, dt.datetime.max.replace(tzinfo=clock.UTC))


def _dismissed(kind: str, status: str) -> Asked | None:
    row = Proposal.objects.filter(hazard=kind, status=status, state="dismissed").order_by("-settled").first()
    if row is None or row.settled is None:
        return None
    return Asked(colour(row.colour), frozenset(row.districts), row.settled + ASK_AGAIN_AFTER)


def _note_met(kind: str, status: str, now: dt.datetime) -> None:
    Watch.objects.update_or_create(hazard=kind, status=status, defaults={"last_met": now})


def _last_met(kind: str, status: str, released: dt.datetime | None) -> dt.datetime | None:
    """When a criterion was last met; a message released since counts too, so that none is lifted at once."""
    met = Watch.objects.filter(hazard=kind, status=status).values_list("last_met", flat=True).first()
    return max((moment for moment in (met, released) if moment), default=None)


def _lapse(kind: str, status: str, met: dict[str, Colour], now: dt.datetime) -> None:
    """Close warnings that wait although nothing is met any more; a lifting that waits is closed when rain is back."""
    for row in Proposal.objects.filter(hazard=kind, status=status, state="waiting"):
        lifting = row.action == "CAN"
        if lifting == bool(met) and now - row.proposed >= LAPSE_AFTER:
            actions.lapse(row, "降雨再度达到标准" if lifting else "已不再达到标准")
