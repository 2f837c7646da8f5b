"""Hail: severe hail index, probability of severe hail and its greatest expected size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid
from xiangtian.met.kernel import kernel
from xiangtian.radar.column import (
    Columns,
    FloatField,
    IntField,
    Layer,
    Merged,
    Merging,
    Rules,
    Seen,
    empty,
)

MERGING = (Merging.MEAN,)
_STEP_M = np.float32(250)
_LOWER, _UPPER = np.float32(40), np.float32(50)


def layers(rules: Rules) -> int:
    """Give 2, the index and its warning threshold; 0 where the rules don't say how high 0 and -20 degC lie."""
    return 2 if rules.freezing_m is not None and rules.minus20_m is not None else 0


def of(columns: Columns, rules: Rules) -> Seen:
    """Give the severe hail index, J m-1 s-1, and its warning threshold, see the family's contract.

    SHI = 0.1 times the integral over height, from 0 degC up, of W(T) E, where E = 5e-6 10^(0.084 Z) W(Z) is the flux
    of kinetic energy of hail, W(Z) rises from 0 at 40 to 1 at 50 dBZ, and W(T) from 0 at 0 degC to 1 at -20 degC
    (Witt et al. 1998, Wea. Forecasting 13, 286-303, eq. 1-5). Between tilts dBZ is linear in height, steps are 250 m;
    the lowest beam stands for what lies below it, the highest for half its width above.
    The threshold is 57.5 H0 - 121, H0 in km above the radar, at least 20 (eq. 6).

    Raises
    ------
    ValueError
        If -20 degC doesn't lie above 0 degC.
    """
    freezing, minus20 = rules.freezing_m, rules.minus20_m
    if freezing is None or minus20 is None or not freezing < minus20:
        raise ValueError(f"0 degC at {freezing} m and -20 degC at {minus20} m; the second must lie above the first")
    seen = empty(2, columns.cells.size)
    seen.quality[0] = columns.whole
    seen.weight[0] = np.maximum(columns.weight[columns.bins] * seen.quality[0], np.float32(1e-30))
    seen.quality[1], seen.weight[1] = seen.quality[0], seen.weight[0]
    numbers = np.array([freezing, minus20, rules.dry_as_dbz], np.float32)
    _index(columns.dbz, columns.bins, columns.height, columns.half, numbers, seen.values[0])
    threshold = np.float32(max(57.5 * (freezing - columns.antenna_m) / 1000 - 121, 20))
    seen.values[1] = np.where(np.isfinite(seen.values[0]), threshold, np.float32(np.nan))
    return seen


@kernel
def _index(
    dbz: FloatField, bins: IntField, height: FloatField, half: FloatField, numbers: FloatField, out: FloatField
) -> None:
    for k in range(bins.size):
        b, last = bins[k], -1
        total = np.float32(0)
        for t in range(dbz.shape[1]):
            value = dbz[k, t]
            if value == value:
                if last < 0:
                    total = _energy(value, value, np.float32(0), height[b, t], numbers)
                else:
                    total += _energy(dbz[k, last], value, height[b, last], height[b, t], numbers)
                last = t
        if last >= 0:
            edge = height[b, last]
            out[k] = np.float32(0.1) * (total + _energy(dbz[k, last], dbz[k, last], edge, edge + half[b], numbers))


@kernel
def _energy(
    lower: np.float32, upper: np.float32, bottom: np.float32, top: np.float32, numbers: FloatField
) -> np.float32:
    """Integrate the weighted flux between two heights, by the rule of the middle."""
    freezing, minus20, dry = numbers[0], numbers[1], numbers[2]
    start = max(bottom, freezing)
    if (lower <= _LOWER and upper <= _LOWER) or top <= start:
        return np.float32(0)
    steps = int(np.ceil((top - start) / _STEP_M))
    step = (top - start) / np.float32(steps)
    slope = (max(upper, dry) - max(lower, dry)) / (top - bottom)
    total = np.float32(0)
    for n in range(steps):
        at = start + (np.float32(n) + np.float32(0.5)) * step
        value = max(lower, dry) + slope * (at - bottom)
        if value > _LOWER:
            strong = min((value - _LOWER) / (_UPPER - _LOWER), np.float32(1))
            cold = min((at - freezing) / (minus20 - freezing), np.float32(1))
            total += strong * cold * np.float32(5e-6) * np.float32(10) ** (np.float32(0.084) * value)
    return np.float32(total * step)


def probability(index: FloatField, threshold: FloatField) -> FloatField:
    """Give the probability of severe hail (2 cm and more), %: 29 ln(SHI / WT) + 50 (Witt et al. 1998, eq. 7).

    >>> import numpy as np
    >>> [round(float(p), 1) for p in probability(np.float32([0, 100, 200, 1000]), np.float32([100] * 4))]
    [0.0, 50.0, 70.1, 100.0]
    """
    with np.errstate(divide="ignore"):
        chance = 29 * np.log(np.asarray(index, np.float64) / threshold) + 50
    return np.asarray(np.clip(chance, 0, 100), np.float32)


def size_mm(index: npt.ArrayLike) -> FloatField:
    """Give the greatest expected size of hail, mm: 2.54 SHI^0.5 (Witt et al. 1998, eq. 8).

    >>> round(float(size_mm(100.0)), 1)
    25.4
    """
    return np.asarray(2.54 * np.sqrt(index), np.float32)


def finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]:
    """Tell the index, the probability, %, and the size, mm."""
    index, threshold = merged.values
    told = {"freezing_m": rules.freezing_m, "minus20_m": rules.minus20_m}
    mean = {"merging": "mean, weighted by quality and distance"}
    note = {**told, "comment": "fitted in the United States; not verified locally"}
    return {
        "shi": Layer(index, "J m-1 s-1", "severe hail index", "", told | mean),
        "posh": Layer(probability(index, threshold), "%", "probability of severe hail", "", note),
        "mehs": Layer(size_mm(index), "mm", "maximum expected size of hail", "", note),
    }
