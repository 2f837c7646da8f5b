"""The arithmetic of the buddy check: how far a value departs from its neighbours, in units of their spread.

The statistic is that of titanlib's `buddy_check` (difference from the mean of the buddies over
sqrt(variance + variance / n), not less than a floor). Two things differ. It is repeated until the set of doubted
stations no longer changes, and a station doubted only because of a bad neighbour is cleared again, so the outcome
depends neither on the order of the stations nor on threads. And a spread estimated from few buddies asks for a
larger departure, by Student's t distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from xiangtian.met.kernel import kernel
from xiangtian.observe.qc.around import Nearest
from xiangtian.observe.qc.model import BoolArray, FloatArray

ROUNDS = 6
FIRST_LOOK = 4.0
"""In the first round bad neighbours still hide each other, so median and median deviation are asked instead."""
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class Departure:
    """How far values depart from their buddies; every field is (n,).

    Attributes
    ----------
    score : FloatArray
        Signed departure, standard deviations; NaN where there are too few buddies.
    mean : FloatArray
        What the buddies say, brought to the station's height, units of the values.
    unit : FloatArray
        One standard deviation, units of the values: not below the floor, and larger where buddies are few.
    doubted : BoolArray
        Who was nobody's buddy in the end.
    """

    score: FloatArray
    mean: FloatArray
    unit: FloatArray
    doubted: BoolArray


@lru_cache(maxsize=64)
def few(most: int, threshold: float) -> FloatArray:
    """Give the factor by which a threshold grows when the spread comes from n values.

    Parameters
    ----------
    most : int
        Largest n.
    threshold : float
        The threshold for many neighbours, standard deviations of a normal distribution.

    Returns
    -------
    FloatArray
        (most + 1,) factor at index n; infinite below 2.

    References
    ----------
    The prediction interval of a normal sample: (x - mean) / (s sqrt(1 + 1/n)) has Student's t with n - 1 degrees of
    freedom, s with divisor n - 1 (here n, hence sqrt(n / (n - 1))).
    """
    count = np.arange(2, most + 1, dtype=float)
    exact = stats.t.isf(stats.norm.sf(threshold), count - 1) * np.sqrt(count / (count - 1)) / threshold
    return np.concatenate([np.full(min(2, most + 1), np.inf), exact])


@kernel
def _buddy_values(
    row: int, values: Any, alt: Any, lapse: float, height: float, index: Any, bad: Any, out: Any
) -> int:  # pragma: no cover (compiled)
    count = 0
    own = alt[row]
    for place in range(index.shape[1]):
        other = index[row, place]
        if other < 0:
            break
        if bad[other] or not abs(alt[other] - own) <= height:
            continue
        out[count] = values[other] + (own - alt[other]) * lapse
        count += 1
    return count


@kernel
def _departures(
    values: Any, alt: Any, lapse: float, height: float, index: Any, bad: Any, floor: Any, least: int, factor: Any
) -> Any:  # pragma: no cover (compiled)
    mean = np.full(index.shape[0], np.nan)
    unit = np.full(index.shape[0], np.nan)
    buddies = np.empty(index.shape[1])
    for row in range(index.shape[0]):
        count = _buddy_values(row, values, alt, lapse, height, index, bad, buddies)
        if count < least or np.isnan(values[row]):
            continue
        mean[row] = buddies[:count].mean()
        spread = np.sqrt(buddies[:count].var() * (1.0 + 1.0 / count))
        unit[row] = max(spread, floor[row]) * factor[count]
    return mean, unit


@kernel
def _first_look(
    values: Any, alt: Any, lapse: float, height: float, index: Any, bad: Any, floor: Any, least: int, limit: float
) -> Any:  # pragma: no cover (compiled)
    doubted = bad.copy()
    buddies = np.empty(index.shape[1])
    for row in range(index.shape[0]):
        count = _buddy_values(row, values, alt, lapse, height, index, bad, buddies)
        if count < least or np.isnan(values[row]):
            continue
        low, high = min(buddies[:count].min(), values[row]), max(buddies[:count].max(), values[row])
        if high - low <= limit * floor[row]:  # nothing can lie farther than that from the middle
            continue
        middle = np.median(buddies[:count])
        spread = np.median(np.abs(buddies[:count] - middle)) * MAD_TO_SIGMA
        if abs(values[row] - middle) > limit * max(spread, floor[row]):
            doubted[row] = True
    return doubted


def departures(
    values: FloatArray,
    alt: FloatArray,
    around: Nearest,
    bad: BoolArray,
    floor: npt.NDArray[np.float64],
    *,
    least: int,
    threshold: float,
    lapse_per_m: float = 0.0,
    height_m: float = np.inf,
    rounds: int = ROUNDS,
    student: bool = True,
) -> Departure:
    """Measure how far each value departs from its neighbours.

    Parameters
    ----------
    values : FloatArray
        (n,) values, NaN missing.
    alt : FloatArray
        (n,) m; a station without altitude has no neighbours.
    around : Nearest
        (n, k) neighbours of every station.
    bad : BoolArray
        (n,) who is never a buddy (already doubted by another test); still measured.
    floor : npt.NDArray[np.float64]
        (n,) least standard deviation, units of the values.
    least : int
        Fewest buddies, 2 or more.
    threshold : float
        Departure from which a station stops being a buddy of others.
    lapse_per_m : float
        Change of the value with height.
    height_m : float
        Largest height difference of buddies, m.
    rounds : int
        Most repetitions; 1 gives titanlib's statistic with every other station as buddy.
    student : bool
        Ask more where the spread comes from few buddies.

    Returns
    -------
    Departure
        Scores, and what they are made of.
    """
    most = around.index.shape[1]
    factor = few(most, threshold) if student else np.ones(most + 1)
    fixed = (values, alt, lapse_per_m, height_m, around.index)
    doubted = bad if rounds == 1 else _first_look(*fixed, bad, floor, least, max(threshold, FIRST_LOOK))
    mean = unit = score = np.full(len(values), np.nan)
    used = doubted
    for _ in range(rounds):
        used = doubted
        mean, unit = _departures(*fixed, used, floor, least, factor)
        score = (values - mean) / unit
        doubted = bad | (np.abs(score) > threshold)
        if (doubted == used).all():
            break
    return Departure(score, mean, unit, used)
