"""Rain: zeros where it rains all around, and amounts far beyond what neighbours and radar saw.

Rain differs truly over a few kilometres, so neighbours are asked about the hour, never about minutes, and on their own
they only make a value suspect. So does the radar, which sees another volume a little earlier and elsewhere. WRONG needs
both: a real extreme is seen by the radar too, and then passes.
"""

from __future__ import annotations

import numpy as np

from xiangtian.core.flags import Mark, Verdict
from xiangtian.observe.qc.around import nearest, on_sphere, pool
from xiangtian.observe.qc.evidence import RADAR, Finding, Witness, stations
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Sheet, VerdictArray, Verdicts
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, HOUR_MIN, PERIOD, hour_sum
from xiangtian.observe.qc.rain_weigh import Around, Evidence, beyond_radar, blatant, graded, weigh

ROUNDS = 4
"""Amounts far too large hide each other; so many times they are taken out and the rest is asked again."""


def check(case: Case) -> Verdicts:
    """Judge the rain since the last report, and the hour's rain, against neighbours and radar.

    Parameters
    ----------
    case : Case
        The sheet, its history (for the sum of the hour), the context's neighbours and radar, and the rules.

    Returns
    -------
    Verdicts
        Verdicts on `precipitation_amount` and `precipitation_amount_1h`, where the sheet has them; NOT_RUN where
        the hour was not heard whole, or there is nobody to ask.
    """
    if AMOUNT not in case.sheet.values and HOUR not in case.sheet.values:
        return {}
    hour, _, evidence = weighed(case)
    verdicts: Verdicts = {}
    if HOUR in case.sheet.values:
        verdicts[HOUR] = where_reported(case.sheet, HOUR, evidence.verdict())
    if AMOUNT in case.sheet.values:
        verdicts[AMOUNT] = where_reported(case.sheet, AMOUNT, _of_period(case, hour, evidence))
    return verdicts


def weighed(case: Case) -> tuple[FloatArray, Around, Evidence]:
    """Weigh the hour's rain, and again without neighbours found far too wet, until no more are found.

    Parameters
    ----------
    case : Case
        As for `check`.

    Returns
    -------
    tuple
        (n,) the hour's rain, mm; the neighbours that were asked last; and what they and the radar say of it.
    """
    hour, trusted = hour_sum(case.sheet, case.history)
    trusted &= np.maximum(case.worst(AMOUNT), case.worst(HOUR)) < Verdict.SUSPECT
    radar, rule = case.context.radar_1h_mm, case.rules.rain
    around = _around(case, np.where(trusted, hour, np.nan))
    out = blatant(hour, around, radar, rule) & trusted
    around = _around(case, np.where(trusted & ~out, hour, np.nan)) if out.any() else around
    evidence = weigh(hour, around, radar, rule)
    for _ in range(ROUNDS):
        large = evidence.large & trusted
        if (large == out).all():
            break
        out = large
        around = _around(case, np.where(trusted & ~out, hour, np.nan))
        evidence = weigh(hour, around, radar, rule)
    return hour, around, evidence


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the hour's rain, what neighbours and radar allow it to be, and what they said."""
    hour, around, evidence = weighed(case)
    everyone, _ = pool(case.sheet, case.context.neighbours)
    witnesses = stations(everyone, around.rows[row], around.amounts[row], around.distance[row])
    most = float(evidence.most[row])
    if case.context.radar_1h_mm is not None and np.isfinite(case.context.radar_1h_mm[row]):
        seen = float(case.context.radar_1h_mm[row])
        witnesses = (*witnesses, Witness(RADAR, seen))
        most = _with_radar(seen, most, case)
    dry = bool(evidence.dry_doubted[row])
    relation, low = ("dry", case.rules.rain.tip_mm) if dry else ("large", -np.inf)
    return [Finding("rain", relation, said, float(hour[row]), low, most, "mm", witnesses)]


def _with_radar(seen: float, neighbours: float, case: Case) -> float:
    """Give the most that an hour may be: what the radar allows, or the neighbours if it does not confirm more."""
    rule = case.rules.rain
    by_radar = max(rule.over_ratio * max(seen, rule.tip_mm), seen + rule.over_excess_1h_mm)
    return min(by_radar, max(neighbours, rule.radar_agrees_ratio * seen + 1.0))


def _of_period(case: Case, hour: FloatArray, evidence: Evidence) -> VerdictArray:
    """Judge the amount since the last report by the hour's evidence and the radar over its own period."""
    amount, rule = case.sheet.of(AMOUNT), case.rules.rain
    period = np.where(case.sheet.of(PERIOD) > 0, case.sheet.of(PERIOD), np.nan)
    seen = np.full(len(amount), np.nan) if case.context.radar_mm is None else case.context.radar_mm
    beyond = beyond_radar(amount, seen, period, rule) & ~evidence.confirmed
    share = np.where(np.isfinite(period), np.minimum(period / HOUR_MIN, 1.0), 1.0)
    confirmed = amount <= rule.radar_agrees_ratio * seen + rule.tip_mm
    running = (amount >= 0.5 * hour * share) & (amount > rule.tip_mm) & ~confirmed
    dry = (amount < rule.tip_mm / 2) & ~(seen < rule.tip_mm)
    doubt = beyond | (running & evidence.large) | (dry & evidence.dry_doubted)
    fail = (running & evidence.large_refuted) | (dry & evidence.dry_refuted)
    return graded(evidence.judged | (np.isfinite(seen) & np.isfinite(amount)), doubt, fail)


def _around(case: Case, hour: FloatArray) -> Around:
    """Give the hour's rain at the neighbours of every row."""
    rule, sheet = case.rules.rain, case.sheet
    bare = Sheet(sheet.station, sheet.time, sheet.lon, sheet.lat, sheet.alt, {HOUR: hour})
    everyone, own = pool(bare, case.context.neighbours)
    amounts, place = everyone.of(HOUR), on_sphere(everyone.lon, everyone.lat)
    near = nearest(place, np.isfinite(amounts), np.arange(own), rule.most, rule.radius_km * 1000.0)
    return Around.of(near, amounts, everyone.lon, everyone.lat)


def where_reported(sheet: Sheet, name: str, verdict: VerdictArray) -> VerdictArray:
    """Keep verdicts on values that were reported; a trace is no zero, so it can't be a false one."""
    trace: BoolArray = (sheet.mark(name) == Mark.TRACE) & (verdict >= Verdict.SUSPECT)
    kept = np.where(trace, Verdict.PASS, verdict)
    return np.where(np.isfinite(sheet.of(name)), kept, Verdict.NOT_RUN).astype(np.int8)
