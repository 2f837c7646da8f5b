"""VIL: liquid water in the column, by its reflectivity."""

from __future__ import annotations

import numpy as np

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
_FACTOR = np.float32(3.44e-6)
_EXPONENT = np.float32(4 / 7)
_TO_EXPONENT = np.float32(np.log(10) / 10)


def layers(rules: Rules) -> int:
    """Give 1: the mass."""
    return 1


def of(columns: Columns, rules: Rules) -> Seen:
    """Give vertically integrated liquid, kg m-2, see the family's contract.

    The sum over the layers between tilts of 3.44e-6 ((Z1 + Z2) / 2)^(4/7) dh, Z in mm6 m-3 (Greene and Clark 1972,
    Mon. Wea. Rev. 100, 548-552), cut to `vil_cap_dbz` against hail. As on the WSR-88D, the lowest beam stands for all
    below it, here down to the sea, and the highest for half its width above.
    """
    seen = empty(1, columns.cells.size)
    seen.quality[0] = columns.whole
    seen.weight[0] = np.maximum(columns.weight[columns.bins] * seen.quality[0], np.float32(1e-30))
    _liquid(columns.dbz, columns.bins, columns.height, columns.half, np.float32(rules.vil_cap_dbz), seen.values[0])
    return seen


@kernel
def _liquid(
    dbz: FloatField, bins: IntField, height: FloatField, half: FloatField, cap: np.float32, out: FloatField
) -> None:
    for k in range(bins.size):
        b, last = bins[k], -1
        power, mass = np.float32(0), np.float32(0)
        for t in range(dbz.shape[1]):
            value = dbz[k, t]
            if value == value:
                here = np.exp(min(value, cap) * _TO_EXPONENT) if value > np.float32(-30) else np.float32(0)
                if last < 0:
                    mass = _layer(here, max(height[b, t], np.float32(0)))
                else:
                    mass += _layer((power + here) / 2, height[b, t] - height[b, last])
                power, last = here, t
        if last >= 0:
            out[k] = mass + _layer(power, half[b])


@kernel
def _layer(power: np.float32, depth: np.float32) -> np.float32:
    return _FACTOR * power**_EXPONENT * depth if power > 0 else np.float32(0)


def finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]:
    """Tell the mass, kg m-2."""
    told = {"cap_dbz": rules.vil_cap_dbz, "merging": "mean, weighted by quality and distance"}
    return {"vil": Layer(merged.values[0], "kg m-2", "vertically integrated liquid", "", told)}
