"""Short-time heavy rain: a rate, or an amount in three hours, reached anywhere in an area.

The forecast field is carried on as the nowcast has it; where it will really lie is uncertain as the way of a cell is,
and how strong it will be then by a log-normal factor that widens with the lead. The chance is the mean over the draws
of the place of the chance that the strongest rain in the area reaches the threshold.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from xiangtian.nowcast.likelihood import reach
from xiangtian.nowcast.likelihood.scene import WINDOWS_MIN, Chance, Scene, from_cells
from xiangtian.nowcast.likelihood.table import HeavyRain, Table
from xiangtian.radar.cells import motion
from xiangtian.radar.cells.motion import Noise

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
TOLD_BY = ("rain_mm_h", "rain_volume_m3_h", "highest_dbz", "area_km2", "speed_m_s", "age_min")
UNKNOWN = "雷达未覆盖，无法判断短时强降水 (radar does not see the area)"
SHORT = "过去雨量资料不足，无法判断累计雨量 (too little past rain)"
KNOWN_SHARE = 0.5
FAINT = 0.05
"""Rain below this share of the lowest threshold is too faint to matter: 3 in natural logarithm."""


def chances(scene: Scene, table: Table) -> tuple[Chance, ...]:
    """Give the chances of heavy rain, see the family's contract in :mod:`xiangtian.nowcast.likelihood`."""
    rain = table.heavy_rain
    strongest = by_lead(scene, rain)
    told = [
        (f"rate_{rate:g}", _rates(scene, rain, strongest, rate), _now(scene, rain, rate), UNKNOWN)
        for rate in rain.rates_mm_h
    ]
    told.append((f"amount_{rain.amount_mm:g}", amounts(scene, rain), [None] * len(scene.cells), SHORT))
    out: list[Chance] = []
    for kind, chance, now, reason in told:
        behind = from_cells(scene, table, "heavy_rain", kind, now, TOLD_BY, "")
        out += [_told(each, float(value), reason) for each, value in zip(behind, chance.T.ravel(), strict=True)]
    return tuple(out)


def _now(scene: Scene, rain: HeavyRain, rate: float) -> list[float | None]:
    """Give the chance that each cell has the rate now, None where its rain is unknown."""
    return [
        None if cell.rain_mm_h is None else float(ndtr(math.log(max(cell.rain_mm_h, 1e-3) / rate) / rain.scatter))
        for cell in scene.cells
    ]


def _told(each: Chance, value: float, reason: str) -> Chance:
    if math.isnan(value):
        return replace(each, probability=None, reason=reason)
    return replace(each, probability=round(value, 3), reason="")


def by_lead(scene: Scene, rain: HeavyRain) -> FloatField:
    """Give (leads, draws, areas) strongest rate in each area, mm/h, draw by draw of where the rain may lie."""
    least = FAINT * min(rain.rates_mm_h)
    return np.stack(
        [
            reach.highest(
                field, scene.zones, spread_km(k * scene.step_min, rain, scene.noise), scene.sky.cell_km, least
            )
            for k, field in enumerate(scene.rates)
        ]
    )


def spread_km(minutes: float, rain: HeavyRain, noise: Noise) -> float:
    """Give the standard deviation of the rain field's displacement after some minutes, km."""
    start = motion.State(0, 0, 0, 0, 0, 0, 0.0, 0.0, noise.deviation_km_min**2)
    return rain.spread * math.sqrt(motion.ahead(start, minutes, noise).place)


def _rates(scene: Scene, rain: HeavyRain, strongest: FloatField, rate: float) -> FloatArray:
    """Give (windows, areas) chances that the rate is reached, NaN where unknown."""
    out = []
    for start, end in WINDOWS_MIN:
        leads = _leads(scene, start, end)
        out.append(
            np.where(_seen(scene, leads[-1]), exceeded(strongest[leads], leads * scene.step_min, rate, rain), np.nan)
        )
    return np.stack(out)


def _leads(scene: Scene, start: float, end: float) -> npt.NDArray[np.intp]:
    """Give the leads after `start` up to `end`; the frame itself is past, and no forecast."""
    minutes = np.arange(len(scene.rates)) * scene.step_min
    return np.flatnonzero((minutes > start) & (minutes <= end))


def exceeded(strongest: FloatField, minutes: npt.ArrayLike, threshold: float, rain: HeavyRain) -> FloatArray:
    """Give the chance that the strongest rain reaches a threshold.

    Parameters
    ----------
    strongest : FloatField
        (leads, draws, areas) mm/h or mm.
    minutes : array-like
        (leads,) leads, min.
    threshold : float
        In the same unit.
    rain : HeavyRain
        The numbers in force.

    Returns
    -------
    FloatArray
        (areas,) 0 to 1: the mean over the draws of the normal distribution at the largest of
        (ln(strongest / threshold) - fading t) / (scatter + growth t) over the leads.
    """
    hours = np.asarray(minutes, float)[:, None, None] / 60
    with np.errstate(divide="ignore"):
        off = np.log(strongest.astype(np.float64) / threshold) - rain.fading_per_h * hours
    return np.asarray(ndtr((off / (rain.scatter + rain.scatter_per_h * hours)).max(0)).mean(0))


def amounts(scene: Scene, rain: HeavyRain) -> FloatArray:
    """Give (windows, areas) chances that the amount of `amount_min` ending with the window is reached, NaN unknown.

    What has fallen has fallen: only the rest is uncertain, in place and strength.
    """
    out = np.full((len(WINDOWS_MIN), len(scene.codes)), np.nan)
    for w, (_, end) in enumerate(WINDOWS_MIN):
        past = max(0, round((rain.amount_min - end) / scene.step_min))
        if past > (0 if scene.past is None else len(scene.past)):
            continue
        leads = _leads(scene, 0, end)
        ahead = np.asarray(scene.rates[leads].sum(0) * (scene.step_min / 60), np.float32)
        fallen = np.float32(0) if scene.past is None else scene.past[len(scene.past) - past :].sum(0)
        need = np.broadcast_to(np.float32(rain.amount_mm) - fallen, ahead.shape).astype(np.float32)
        spread = spread_km(end / 2, rain, scene.noise)
        highest = reach.highest(ahead, scene.zones, spread, scene.sky.cell_km, FAINT * rain.amount_mm / 5, need)
        chance = exceeded(highest[None], np.array([end / 2]), 1.0, rain)
        out[w] = np.where(_seen(scene, ahead + need), chance, np.nan)
    return out


def _seen(scene: Scene, field: FloatField) -> npt.NDArray[np.bool_]:
    """Tell of which areas at least half is known in the last frame and in a field."""
    both = np.isfinite(scene.rates[0]).reshape(-1) & np.isfinite(field).reshape(-1)
    return np.array([both[cells].mean() >= KNOWN_SHARE if cells.size else False for cells in scene.zones.cells])
