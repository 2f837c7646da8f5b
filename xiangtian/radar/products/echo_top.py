"""Echo top: the highest place of a column with at least a given reflectivity."""

from __future__ import annotations

import numpy as np

from xiangtian.met.grid import Grid
from xiangtian.met.kernel import kernel
from xiangtian.radar.column import (
    ByteField,
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

MERGING = (Merging.VOTE,)
CUT_OFF = 1
"""Mark of a top that lies at the highest beam: the true one is higher."""
_BOUND = np.float32(0.001)


def layers(rules: Rules) -> int:
    """Give 1: the top."""
    return 1


def of(columns: Columns, rules: Rules) -> Seen:
    """Give the height of the top, m above the sea, 0 where the column has no such echo, see the family's contract.

    Between the highest tilt at or above the threshold and the next one seen above it the top is interpolated in dBZ; a
    dry gate counts as `dry_as_dbz`. Where no tilt was seen above, it is the upper edge of the beam: only a lower
    bound, of half the quality and a thousandth of the weight, so that any radar that sees the top decides.
    (Lakshmanan, Hondl, Potvin, Preignitz 2013, Wea. Forecasting 28, 481-488, doi:10.1175/WAF-D-12-00084.1, where the
    elevation angle is interpolated; here it is the height over the same place, which differs by metres.)
    """
    seen = empty(1, columns.cells.size)
    seen.quality[0] = columns.whole
    numbers = np.array([rules.echo_top_dbz, rules.dry_as_dbz], np.float32)
    _tops(columns.dbz, columns.bins, columns.height, columns.half, numbers, seen.values[0], seen.mark[0])
    cut = seen.mark[0] == CUT_OFF
    seen.quality[0][cut] *= np.float32(0.5)
    weight = columns.weight[columns.bins] * seen.quality[0] * np.where(cut, _BOUND, np.float32(1))
    seen.weight[0] = np.maximum(weight, np.float32(1e-30))
    return seen


@kernel
def _tops(
    dbz: FloatField,
    bins: IntField,
    height: FloatField,
    half: FloatField,
    numbers: FloatField,
    out: FloatField,
    mark: ByteField,
) -> None:
    threshold, dry = numbers[0], numbers[1]
    for k in range(bins.size):
        b, above = bins[k], -1
        for t in range(dbz.shape[1] - 1, -1, -1):
            value = dbz[k, t]
            if value >= threshold:
                if above < 0:
                    out[k], mark[k] = height[b, t] + half[b], 1
                else:
                    share = (value - threshold) / (value - max(dbz[k, above], dry))
                    out[k] = height[b, t] + share * (height[b, above] - height[b, t])
                break
            if value == value:
                out[k], above = 0, t


def finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]:
    """Tell the top, m above the sea, 0 where there is none, and where it is cut off by the highest beam (1)."""
    told = {"threshold_dbz": rules.echo_top_dbz, "merging": "mean of the tops, weighted by quality and distance"}
    flags = {"flag_values": np.array([0, 1], np.uint8), "flag_meanings": "whole cut_off_at_highest_beam"}
    cut = (merged.mark[0] == CUT_OFF).astype(np.uint8)
    return {
        "echo_top": Layer(merged.values[0], "m", "echo top above the sea, 0 where none", "", told),
        "echo_top_cut_off": Layer(cut, "1", "echo reaches above the highest beam", "", flags),
    }
