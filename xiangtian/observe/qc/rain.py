"""Rain: zeros where it rains all around, and amounts far beyond what neighbours and radar saw.

Rain differs truly over a few kilometres, so neighbours are asked about the hour, never about minutes, and on their own
they only make a value suspect. So does the radar, which sees another volume a little earlier and elsewhere. WRONG needs
both: a real extreme is seen by the radar too, and then passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.core.flags import Mark, Verdict
from xiangtian.observe.qc.around import nearest, on_sphere, pool
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Sheet, VerdictArray, Verdicts
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, HOUR_MIN, PERIOD, hour_sum
from xiangtian.observe.qc.tolerances import Rain

ROUNDS = 4
"""Amounts far too large hide each other; so many times they are taken out and the rest is asked again."""


@dataclass(frozen=True)
class Evidence:
    """What neighbours and radar say of an hour of rain; every field is (n,) bool.

    Attributes
    ----------
    dry_doubted : BoolArray
        A zero that the neighbours (or a heavy radar echo) doubt.
    dry_refuted : BoolArray
        A zero that neighbours and radar both refute.
    large_by_neighbours : BoolArray
        An amount far above the neighbours', and not confirmed by radar.
    large_by_radar : BoolArray
        An amount far above the radar's.
    large_refuted : BoolArray
        An amount far above the radar's and the neighbours'.
    confirmed : BoolArray
        An amount that the radar saw too, within its errors of calibration, place and time.
    judged : BoolArray
        Where there was an amount and somebody to ask.
    """

    dry_doubted: BoolArray
    dry_refuted: BoolArray
    large_by_neighbours: BoolArray
    large_by_radar: BoolArray
    large_refuted: BoolArray
    confirmed: BoolArray
    judged: BoolArray

    def verdict(self) -> VerdictArray:
        """Give (n,) the verdict on the hour's amount: two witnesses make it FAIL, one SUSPECT."""
        doubt = self.dry_doubted | self.large_by_neighbours | self.large_by_radar
        fail = self.dry_refuted | self.large_refuted
        return _graded(self.judged, doubt, fail)


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
    hour, trusted = hour_sum(case.sheet, case.history)
    trusted &= np.maximum(case.worst(AMOUNT), case.worst(HOUR)) < Verdict.SUSPECT
    evidence = _weigh_all(case, hour, trusted)
    verdicts: Verdicts = {}
    if HOUR in case.sheet.values:
        verdicts[HOUR] = _where_reported(case.sheet, HOUR, evidence.verdict())
    if AMOUNT in case.sheet.values:
        verdicts[AMOUNT] = _where_reported(case.sheet, AMOUNT, _of_period(case, hour, evidence))
    return verdicts


def weigh(hour: FloatArray, around: tuple[FloatArray, FloatArray], radar: FloatArray | None, rule: Rain) -> Evidence:
    """Weigh an hour's rain against neighbours and radar.

    Parameters
    ----------
    hour : FloatArray
        (n,) mm, NaN unknown.
    around : tuple[FloatArray, FloatArray]
        (n, k) the neighbours' amounts, mm, NaN where there are fewer; and their (n, k) distances, m.
    radar : FloatArray | None
        (n,) mm seen by radar over the hour, NaN unknown.
    rule : Rain
        The tolerances.

    Returns
    -------
    Evidence
        Who doubts what.
    """
    seen = np.full(len(hour), np.nan) if radar is None else radar
    enough = np.isfinite(around[0]).sum(axis=1) >= rule.least
    dry = hour < rule.tip_mm / 2
    wet_around = dry & enough & wet_neighbours(*around, rule) & ~(seen < rule.radar_dry_mm)
    echo = dry & (seen >= rule.over_excess_1h_mm)
    quartile = _upper_quartile(around[0])
    ratio = hour >= rule.over_neighbour_ratio * np.maximum(quartile, rule.tip_mm)
    large = enough & ratio & (hour - quartile >= rule.over_excess_1h_mm)
    confirmed = hour <= rule.radar_agrees_ratio * seen + 1.0
    over_radar = beyond_radar(hour, seen, np.full(len(hour), HOUR_MIN), rule)
    return Evidence(
        wet_around | echo,
        wet_around & (seen >= 4 * rule.radar_dry_mm),
        large & ~confirmed,
        over_radar,
        over_radar & enough & (hour >= rule.over_ratio * np.maximum(quartile, rule.tip_mm)),
        confirmed,
        np.isfinite(hour) & (enough | np.isfinite(seen)),
    )


def wet_neighbours(amounts: FloatArray, distance: FloatArray, rule: Rain) -> BoolArray:
    """Tell whether the neighbours are wet enough, and evenly enough, to doubt a zero among them.

    Parameters
    ----------
    amounts : FloatArray
        (n, k) mm, NaN where there are fewer.
    distance : FloatArray
        (n, k) m, infinity where there are fewer.
    rule : Rain
        The tolerances.

    Returns
    -------
    BoolArray
        (n,) True where a share of `zero_wet_share` is wet and the mean of the square roots is more than
        `zero_departure` standard deviations above zero. The square root makes rain amounts nearly symmetric.
    """
    there = np.isfinite(amounts)
    weight = np.where(there, 1.0 / np.maximum(distance, 1000.0), 0.0)
    weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    root = np.sqrt(np.where(there, np.maximum(amounts, 0.0), 0.0))
    mean = (weight * root).sum(axis=1)
    spread = np.sqrt((weight * (root - mean[:, None]) ** 2).sum(axis=1) + rule.zero_floor**2)
    share = (weight * (np.where(there, amounts, 0.0) >= rule.tip_mm - 1e-9)).sum(axis=1)
    result: BoolArray = (share >= rule.zero_wet_share) & (mean > rule.zero_departure * spread)
    return result


def beyond_radar(amount: FloatArray, radar: FloatArray, period_min: FloatArray, rule: Rain) -> BoolArray:
    """Tell where (n,) amounts, mm, are far beyond what the radar saw over the same period."""
    excess = rule.over_excess_1h_mm * np.sqrt(np.where(period_min > 0, period_min, HOUR_MIN) / HOUR_MIN)
    result: BoolArray = (amount >= rule.over_ratio * np.maximum(radar, rule.tip_mm)) & (amount - radar >= excess)
    return result


def _weigh_all(case: Case, hour: FloatArray, trusted: BoolArray) -> Evidence:
    """Weigh the hour's rain, and again without neighbours found far too wet, until no more are found."""
    radar, rule = case.context.radar_1h_mm, case.rules.rain
    evidence = weigh(hour, _around(case, np.where(trusted, hour, np.nan)), radar, rule)
    for _ in range(ROUNDS):
        large = (evidence.large_by_neighbours | evidence.large_by_radar) & trusted
        if not large.any():
            break
        trusted = trusted & ~large
        evidence = weigh(hour, _around(case, np.where(trusted, hour, np.nan)), radar, rule)
    return evidence


def _of_period(case: Case, hour: FloatArray, evidence: Evidence) -> VerdictArray:
    """Judge the amount since the last report by the hour's evidence and the radar over its own period."""
    amount, rule = case.sheet.of(AMOUNT), case.rules.rain
    period = np.where(case.sheet.of(PERIOD) > 0, case.sheet.of(PERIOD), np.nan)
    seen = np.full(len(amount), np.nan) if case.context.radar_mm is None else case.context.radar_mm
    beyond = beyond_radar(amount, seen, period, rule) & ~evidence.confirmed
    share = np.where(np.isfinite(period), np.minimum(period / HOUR_MIN, 1.0), 1.0)
    confirmed = amount <= rule.radar_agrees_ratio * seen + rule.tip_mm
    running = (amount >= 0.5 * hour * share) & (amount > rule.tip_mm) & ~confirmed
    large = running & (evidence.large_by_neighbours | evidence.large_by_radar)
    dry = (amount < rule.tip_mm / 2) & ~(seen < rule.tip_mm)
    doubt = beyond | large | (dry & evidence.dry_doubted)
    fail = (running & evidence.large_refuted) | (dry & evidence.dry_refuted)
    return _graded(evidence.judged | (np.isfinite(seen) & np.isfinite(amount)), doubt, fail)


def _around(case: Case, hour: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the hour's rain at the neighbours of every row, (n, k) mm, and their distances, (n, k) m."""
    rule, sheet = case.rules.rain, case.sheet
    columns = {HOUR: hour}
    bare = Sheet(sheet.station, sheet.time, sheet.lon, sheet.lat, sheet.alt, columns)
    everyone, own = pool(bare, case.context.neighbours)
    amounts = everyone.of(HOUR)
    place = on_sphere(everyone.lon, everyone.lat)
    near = nearest(place, np.isfinite(amounts), np.arange(own), rule.most, rule.radius_km * 1000.0)
    return np.where(near.index >= 0, amounts[near.index], np.nan), near.distance


def _upper_quartile(amounts: FloatArray) -> FloatArray:
    """Give (n,) the upper quartile of each row's amounts (the next higher one), NaN where there is none."""
    count = np.isfinite(amounts).sum(axis=1)
    ordered = np.sort(amounts, axis=1)
    place = np.minimum(np.ceil(0.75 * count).astype(int), np.maximum(count - 1, 0))
    return np.asarray(ordered[np.arange(len(amounts)), place])


def _where_reported(sheet: Sheet, name: str, verdict: VerdictArray) -> VerdictArray:
    """Keep verdicts on values that were reported; a trace is no zero, so it can't be a false one."""
    trace = (sheet.mark(name) == Mark.TRACE) & (verdict >= Verdict.SUSPECT)
    kept = np.where(trace, Verdict.PASS, verdict)
    return np.where(np.isfinite(sheet.of(name)), kept, Verdict.NOT_RUN).astype(np.int8)


def _graded(judged: BoolArray, doubt: BoolArray, fail: BoolArray) -> VerdictArray:
    verdict = np.where(fail, Verdict.FAIL, np.where(doubt, Verdict.SUSPECT, Verdict.PASS))
    return np.where(judged, verdict, Verdict.NOT_RUN).astype(np.int8)
