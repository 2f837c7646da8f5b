"""The arithmetic of the rain check: an hour's amounts weighed against neighbours and radar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.around import Nearest
from xiangtian.observe.qc.model import BoolArray, FloatArray, VerdictArray
from xiangtian.observe.qc.rain_hour import HOUR_MIN
from xiangtian.observe.qc.tolerances import Rain


@dataclass(frozen=True)
class Around:
    """The gauges around each gauge; every field is (n, k), nearest first.

    Attributes
    ----------
    amounts : FloatArray
        mm, NaN where there are fewer.
    distance : FloatArray
        m, infinity where there are fewer.
    bearing : FloatArray
        Degrees clockwise from north, NaN where there are fewer.
    rows : npt.NDArray[np.intp]
        Their rows among all stations, -1 where there are fewer.
    """

    amounts: FloatArray
    distance: FloatArray
    bearing: FloatArray
    rows: npt.NDArray[np.intp]

    @classmethod
    def of(cls, near: Nearest, amounts: FloatArray, lon: FloatArray, lat: FloatArray) -> Around:
        """Give what the nearest stations say, and where they stand; the askers are the first of all stations."""
        own = len(near.index)
        east = (lon[near.index] - lon[:own, None]) * np.cos(np.radians(lat[:own, None]))
        north = lat[near.index] - lat[:own, None]
        there = near.index >= 0
        bearing = np.where(there, np.degrees(np.arctan2(east, north)) % 360.0, np.nan)
        return cls(np.where(there, amounts[near.index], np.nan), near.distance, bearing, near.index)

    def quantile(self, share: float) -> FloatArray:
        """Give (n,) a quantile of each row's amounts (the next higher one), NaN where there is none."""
        count = np.isfinite(self.amounts).sum(axis=1)
        ordered = np.sort(self.amounts, axis=1)
        place = np.minimum(np.ceil(share * count).astype(int), np.maximum(count - 1, 0))
        return np.asarray(ordered[np.arange(len(ordered)), place])

    def enough(self, least: int) -> BoolArray:
        """Give (n,) where at least so many neighbours say something."""
        result: BoolArray = np.isfinite(self.amounts).sum(axis=1) >= least
        return result


@dataclass(frozen=True)
class Evidence:
    """What neighbours and radar say of an hour of rain; every field but the last is (n,) bool.

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
    most : FloatArray
        (n,) mm, the most that the neighbours allow; infinity where they say nothing.
    """

    dry_doubted: BoolArray
    dry_refuted: BoolArray
    large_by_neighbours: BoolArray
    large_by_radar: BoolArray
    large_refuted: BoolArray
    confirmed: BoolArray
    judged: BoolArray
    most: FloatArray

    def verdict(self) -> VerdictArray:
        """Give (n,) the verdict on the hour's amount: two witnesses make it FAIL, one SUSPECT."""
        return graded(self.judged, self.dry_doubted | self.large, self.dry_refuted | self.large_refuted)

    @property
    def large(self) -> BoolArray:
        """Where an amount is too large for somebody."""
        return self.large_by_neighbours | self.large_by_radar


def weigh(hour: FloatArray, around: Around, radar: FloatArray | None, rule: Rain) -> Evidence:
    """Weigh an hour's rain against neighbours and radar.

    Parameters
    ----------
    hour : FloatArray
        (n,) mm, NaN unknown.
    around : Around
        The neighbours' amounts.
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
    enough = around.enough(rule.least)
    dry = hour < rule.tip_mm / 2
    wet_around = dry & enough & ~(seen < rule.radar_dry_mm)
    wet_around[wet_around] = wet_neighbours(_some(around, wet_around), rule)
    echo = dry & (seen >= rule.over_excess_1h_mm)
    most = allowed(around.quantile(0.75), rule)
    confirmed = hour <= rule.radar_agrees_ratio * seen + 1.0
    over_radar = beyond_radar(hour, seen, np.full(len(hour), HOUR_MIN), rule)
    base = rule.over_ratio * np.maximum(around.quantile(0.75), rule.tip_mm)
    return Evidence(
        wet_around | echo,
        wet_around & (seen >= 4 * rule.radar_dry_mm),
        enough & (hour >= most) & ~confirmed,
        over_radar,
        over_radar & enough & (hour >= base),
        confirmed,
        np.isfinite(hour) & (enough | np.isfinite(seen)),
        np.where(enough, most, np.inf),
    )


def blatant(hour: FloatArray, around: Around, radar: FloatArray | None, rule: Rain) -> BoolArray:
    """Tell which (n,) amounts are too large even for the middle of their neighbours, where many of these are wrong."""
    seen = np.full(len(hour), np.nan) if radar is None else radar
    confirmed = hour <= rule.radar_agrees_ratio * seen + 1.0
    result: BoolArray = around.enough(rule.least) & (hour >= allowed(around.quantile(0.5), rule)) & ~confirmed
    return result


def allowed(neighbours: FloatArray, rule: Rain) -> FloatArray:
    """Give (n,) mm from which an amount is too large for what the neighbours say (n,), mm."""
    ratio = rule.over_neighbour_ratio * np.maximum(neighbours, rule.tip_mm)
    return np.maximum(ratio, neighbours + rule.over_excess_1h_mm)


def wet_neighbours(around: Around, rule: Rain) -> BoolArray:
    """Tell whether the neighbours are wet enough to doubt a zero among them.

    Parameters
    ----------
    around : Around
        The neighbours' amounts, distances and bearings.
    rule : Rain
        The tolerances.

    Returns
    -------
    BoolArray
        (n,) True where it rains evenly: a share of `zero_wet_share` is wet and the mean of the square roots is more
        than `zero_departure` standard deviations above zero (the square root makes rain amounts nearly symmetric).
        Or where the place is encircled: wet neighbours, of `ring_mm` or more and like each other, stand all around
        it, so that no sector of `ring_gap_degree` is free of them; the edge of a rain area has a dry half of the
        horizon. The ring holds even where many gauges of the area show false zeros.
    """
    there = np.isfinite(around.amounts)
    weight = np.where(there, 1.0 / np.maximum(around.distance, 1000.0), 0.0)
    weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    wet = there & (np.where(there, around.amounts, 0.0) >= rule.tip_mm - 1e-9)
    root = np.sqrt(np.where(there, np.maximum(around.amounts, 0.0), 0.0))
    mean, share = (weight * root).sum(axis=1), (weight * wet).sum(axis=1)
    spread = np.sqrt((weight * (root - mean[:, None]) ** 2).sum(axis=1) + rule.zero_floor**2)
    even = (share >= rule.zero_wet_share) & (mean > rule.zero_departure * spread)
    wet_mean = (weight * root * wet).sum(axis=1) / np.maximum(share, 1e-12)
    wet_spread = np.sqrt((weight * wet * (root - wet_mean[:, None]) ** 2).sum(axis=1) / np.maximum(share, 1e-12))
    encircled = (share >= rule.ring_wet_share) & (wet_mean**2 >= rule.ring_mm - 1e-9)
    encircled &= wet_mean >= rule.ring_evenness * np.maximum(wet_spread, rule.zero_floor)
    encircled &= widest_gap(np.where(wet, around.bearing, np.nan)) <= rule.ring_gap_degree
    result: BoolArray = even | encircled
    return result


def widest_gap(bearing: FloatArray) -> FloatArray:
    """Give (n,) degrees, the widest sector between (n, k) bearings (NaN: none); 360 where there is one or none."""
    ordered = np.sort(bearing, axis=1)
    following = np.concatenate([ordered[:, 1:], np.full((len(ordered), 1), np.nan)], axis=1)
    round_off = np.where(np.isnan(following), ordered[:, :1] + 360.0, following)
    gap = np.where(np.isnan(ordered), 0.0, round_off - ordered)
    return np.asarray(np.where(np.isfinite(ordered).any(axis=1), gap.max(axis=1, initial=0.0), 360.0))


def beyond_radar(amount: FloatArray, radar: FloatArray, period_min: FloatArray, rule: Rain) -> BoolArray:
    """Tell where (n,) amounts, mm, are far beyond what the radar saw over the same period."""
    excess = rule.over_excess_1h_mm * np.sqrt(np.where(period_min > 0, period_min, HOUR_MIN) / HOUR_MIN)
    result: BoolArray = (amount >= rule.over_ratio * np.maximum(radar, rule.tip_mm)) & (amount - radar >= excess)
    return result


def graded(judged: BoolArray, doubt: BoolArray, fail: BoolArray) -> VerdictArray:
    """Give (n,) verdicts: FAIL, else SUSPECT, else PASS where judged."""
    verdict = np.where(fail, Verdict.FAIL, np.where(doubt, Verdict.SUSPECT, Verdict.PASS))
    return np.where(judged, verdict, Verdict.NOT_RUN).astype(np.int8)


def _some(around: Around, rows: BoolArray) -> Around:
    return Around(around.amounts[rows], around.distance[rows], around.bearing[rows], around.rows[rows])
