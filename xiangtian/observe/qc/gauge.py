"""The gauge over six hours: a blocked funnel that shows nothing or too little, and a gauge that counts too much.

An hour of rain may truly miss a gauge, six hours of it around do not. What is judged are the clock hours that ended
last; a present zero is doubted only while it rains around, a present amount as long as the six hours say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.around import nearest, on_sphere, pool
from xiangtian.observe.qc.evidence import RADAR, Finding, Witness, stations
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Sheet, Verdicts
from xiangtian.observe.qc.rain import where_reported
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, SIX_HOURS, hour_sum
from xiangtian.observe.qc.rain_weigh import Around, graded
from xiangtian.observe.qc.tolerances import Gauge


@dataclass(frozen=True)
class Weighed:
    """Six hours of rain against neighbours and radar; every field is (n,).

    Attributes
    ----------
    low : FloatArray
        mm, least that the neighbours allow, or the radar if it confirms less; minus infinity where they say nothing.
    high : FloatArray
        mm, most that they allow, or the radar if it confirms more; infinity where they say nothing.
    under : BoolArray
        Less than that.
    over : BoolArray
        More than that.
    refuted : BoolArray
        The radar says so too.
    judged : BoolArray
        Where there was a total and somebody to ask.
    """

    low: FloatArray
    high: FloatArray
    under: BoolArray
    over: BoolArray
    refuted: BoolArray
    judged: BoolArray


def check(case: Case) -> Verdicts:
    """Judge the rain since the last report, and the hour's rain, by the gauge's last six hours.

    Parameters
    ----------
    case : Case
        The sheet, its history's totals, the context's neighbours and radar, and the rules.

    Returns
    -------
    Verdicts
        Verdicts on `precipitation_amount` and `precipitation_amount_1h`, where the sheet has them: SUSPECT where the
        neighbours doubt the gauge, FAIL where the radar does too; NOT_RUN where six hours were not heard whole or
        nobody is there to ask.
    """
    names = [name for name in (AMOUNT, HOUR) if name in case.sheet.values]
    if not names or AMOUNT not in case.history.totals:
        return {}
    total = case.history.totals[AMOUNT]
    found = weigh(total, _around(case, total), case.context.radar_6h_mm, case.rules.gauge)
    raining = _raining_around(case, found.under)
    verdicts: Verdicts = {}
    for name in names:
        wet = case.sheet.of(name) >= case.rules.rain.tip_mm / 2
        doubt = (found.under & (wet | raining)) | (found.over & wet)
        verdicts[name] = where_reported(case.sheet, name, graded(found.judged, doubt, doubt & found.refuted))
    return verdicts


def weigh(total: FloatArray, around: Around, radar: FloatArray | None, rule: Gauge) -> Weighed:
    """Weigh six hours of rain against neighbours and radar.

    Parameters
    ----------
    total : FloatArray
        (n,) mm, NaN unknown.
    around : Around
        The neighbours' totals.
    radar : FloatArray | None
        (n,) mm seen by radar over the same hours, NaN unknown.
    rule : Gauge
        The tolerances.

    Returns
    -------
    Weighed
        Who doubts what.
    """
    seen = np.full(len(total), np.nan) if radar is None else radar
    enough = around.enough(rule.least)
    low, high = (_ends(around.quantile(share), rule) for share in (0.25, 0.75))
    slack, ratio = rule.under_lack_mm / 2, rule.radar_agrees_ratio
    least = np.where(enough, np.fmin(low[0], (seen - slack) / ratio), -np.inf)
    most = np.where(enough, np.fmax(high[1], seen * ratio + slack), np.inf)
    under, over = total < least, total > most
    by_radar = _ends(seen, rule)
    refuted = (under & (total < by_radar[0])) | (over & (total > by_radar[1]))
    return Weighed(least, most, under, over, refuted, np.isfinite(total) & enough)


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the gauge's six hours, what the neighbours allow them to be, and what they and the radar said."""
    total = case.history.totals[AMOUNT]
    around = _around(case, total)
    found = weigh(total, around, case.context.radar_6h_mm, case.rules.gauge)
    everyone, _ = pool(case.sheet, case.context.neighbours)
    witnesses = stations(everyone, around.rows[row], around.amounts[row], around.distance[row])
    radar = case.context.radar_6h_mm
    if radar is not None and np.isfinite(radar[row]):
        witnesses = (*witnesses, Witness(RADAR, float(radar[row])))
    span = float(found.low[row]), float(found.high[row])
    return [Finding("gauge", "six_hours", said, float(total[row]), *span, "mm", witnesses)]


def _ends(expected: FloatArray, rule: Gauge) -> tuple[FloatArray, FloatArray]:
    """Give the least and the most that a gauge may show where others expect so much, mm."""
    least = np.minimum(rule.under_ratio * expected, expected - rule.under_lack_mm)
    most = np.maximum(rule.over_ratio * expected, expected + rule.over_excess_mm)
    return np.asarray(np.maximum(least, 0.0)), np.asarray(most)


def _around(case: Case, total: FloatArray) -> Around:
    """Give the six hours of the neighbours of every row."""
    rule, sheet = case.rules.gauge, case.sheet
    bare = Sheet(sheet.station, sheet.time, sheet.lon, sheet.lat, sheet.alt, {SIX_HOURS: total})
    everyone, own = pool(bare, case.context.neighbours)
    amounts, place = everyone.of(SIX_HOURS), on_sphere(everyone.lon, everyone.lat)
    near = nearest(place, np.isfinite(amounts), np.arange(own), rule.most, rule.radius_km * 1000.0)
    return Around.of(near, amounts, everyone.lon, everyone.lat)


def _raining_around(case: Case, ask: BoolArray) -> BoolArray:
    """Give (n,) where it rains now at half of the neighbours or more, asked only of some rows."""
    raining = np.zeros(len(ask), bool)
    if not ask.any():
        return raining
    rule, sheet = case.rules.gauge, case.sheet
    hour = {HOUR: hour_sum(sheet, case.history)[0]}
    everyone, _ = pool(Sheet(sheet.station, sheet.time, sheet.lon, sheet.lat, sheet.alt, hour), case.context.neighbours)
    amounts, place = everyone.of(HOUR), on_sphere(everyone.lon, everyone.lat)
    rows = np.flatnonzero(ask)
    near = nearest(place, np.isfinite(amounts), rows, rule.most, rule.radius_km * 1000.0)
    wet = (near.index >= 0) & (amounts[near.index] >= case.rules.rain.tip_mm - 1e-9)
    count = (near.index >= 0).sum(axis=1)
    raining[rows] = (count >= rule.least) & (wet.sum(axis=1) >= 0.5 * count)
    return raining
