"""Rain sums over sliding windows: what fell (with doubt and coverage) and what the nowcast adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.warn.evidence import Evidence, Rain

RADAR_SUPPORT = 0.5
"""Doubtful rain counts where radar saw at least this share of the sum over the same window."""


@dataclass(frozen=True)
class Fallen:
    """Observed sums, all (station, window).

    Attributes
    ----------
    total_mm : Rain
        What counts: good values, and doubtful ones where radar supports them; a lower bound where coverage is short.
    good_mm : Rain
        Good values alone.
    radar_mm : Rain
        Radar rain, NaN where there was no radar in the window at all.
    coverage : Rain
        Share 0-1 of the window covered by good values; 1 for a window of no length.
    """

    total_mm: Rain
    good_mm: Rain
    radar_mm: Rain
    coverage: Rain


def fallen(evidence: Evidence, begins_min: Rain) -> Fallen:
    """Sum what fell from each begin to the moment of the evidence.

    Parameters
    ----------
    evidence : Evidence
        Rain at the stations.
    begins_min : Rain
        (window,) minutes before the moment at which a window begins, 0 or more, within the span of the steps.

    Returns
    -------
    Fallen
        Sums and coverage, (station, window).
    """
    good = _since(evidence, evidence.past.good_mm, begins_min)
    with_doubtful = good + _since(evidence, evidence.past.doubtful_mm, begins_min)
    radar = np.full_like(good, np.nan)
    if evidence.radar_mm is not None:
        seen = _since(evidence, np.isfinite(evidence.radar_mm).astype(float), begins_min) > 0
        radar = np.where(seen, _since(evidence, np.nan_to_num(evidence.radar_mm), begins_min), np.nan)
    supported = np.nan_to_num(radar, nan=-1.0) >= RADAR_SUPPORT * with_doubtful
    minutes = _since(evidence, evidence.past.coverage * evidence.step_min, begins_min)
    coverage = np.where(begins_min > 0, minutes / np.maximum(begins_min, 1e-9), 1.0)
    return Fallen(np.where(supported, with_doubtful, good), good, radar, np.minimum(coverage, 1.0))


def expected(evidence: Evidence, at_min: Rain) -> Rain:
    """Sum what the nowcast expects from the moment of the evidence to each lead.

    Parameters
    ----------
    evidence : Evidence
        Rain at the stations.
    at_min : Rain
        (lead,) minutes after the moment, 0 or more.

    Returns
    -------
    Rain
        (station, lead) mm; NaN beyond the nowcast's reach or where it says nothing.
    """
    if evidence.nowcast_mm is None or not evidence.lead_min:
        return np.full((len(evidence.stations), len(at_min)), np.nan)
    zero = np.zeros((len(evidence.stations), 1))
    knots = np.array([0.0, *evidence.lead_min])
    sums = _between(np.concatenate([zero, evidence.nowcast_mm], axis=1), knots, at_min)
    return np.where(at_min > knots[-1] + 1e-9, np.nan, sums)


def probability(evidence: Evidence, place: int, need_mm: float, lead_min: float) -> float | None:
    """Probability that rain from the moment to a lead reaches an amount at one station.

    Interpolated linearly between the nowcast's levels (nothing needed: 1), at the nowcast lead nearest to `lead_min`.

    Parameters
    ----------
    evidence : Evidence
        Rain at the stations, with `exceedance`.
    place : int
        Position of the station.
    need_mm : float
        Amount, mm.
    lead_min : float
        Minutes after the moment.

    Returns
    -------
    float | None
        0-1; None where there are no probabilities, or the amount is above their highest level.
    """
    if evidence.exceedance is None or not evidence.levels_mm or need_mm > evidence.levels_mm[-1]:
        return None
    nearest = int(np.abs(np.array(evidence.lead_min) - lead_min).argmin())
    chances = [1.0, *evidence.exceedance[place, nearest]]
    chance = float(np.interp(need_mm, [0.0, *evidence.levels_mm], chances))
    return None if np.isnan(chance) else chance


def _since(evidence: Evidence, steps: Rain, begins_min: Rain) -> Rain:
    back = np.concatenate([np.zeros((steps.shape[0], 1)), np.cumsum(steps[:, ::-1], axis=1)], axis=1)
    return _between(back, np.arange(back.shape[1], dtype=np.float64) * evidence.step_min, begins_min)


def _between(values: Rain, knots: npt.NDArray[np.float64], at: Rain) -> Rain:
    """Interpolate each row linearly: (row, knot) at `at` gives (row, at); held beyond the ends, NaN only where used."""
    right = np.clip(np.searchsorted(knots, at), 1, len(knots) - 1)
    weight = np.clip((at - knots[right - 1]) / (knots[right] - knots[right - 1]), 0.0, 1.0)
    low, high = values[:, right - 1], values[:, right]
    return np.where(weight == 1.0, high, np.where(weight == 0.0, low, low + weight * (high - low)))
