"""Composite reflectivity: the greatest in the column, of one radar and of the network."""

from __future__ import annotations

import numpy as np

from xiangtian.met.grid import Grid
from xiangtian.met.kernel import kernel
from xiangtian.radar.column import DRY_DBZ, Columns, FloatField, Layer, Merged, Merging, Rules, Seen, empty

MERGING = (Merging.MAX,)


def layers(rules: Rules) -> int:
    """Give 1: the maximum."""
    return 1


def of(columns: Columns, rules: Rules) -> Seen:
    """Give the greatest reflectivity among the gates above each cell, see the family's contract.

    Its quality says how much of the column was seen; its weight (by distance) only breaks ties.
    """
    seen = empty(1, columns.cells.size)
    seen.quality[0] = columns.whole
    seen.weight[0] = columns.weight[columns.bins]
    _greatest(columns.dbz, seen.values[0])
    return seen


@kernel
def _greatest(dbz: FloatField, out: FloatField) -> None:
    for k in range(dbz.shape[0]):
        best = np.float32(np.nan)
        for t in range(dbz.shape[1]):
            if dbz[k, t] == dbz[k, t] and not best >= dbz[k, t]:
                best = dbz[k, t]
        out[k] = best


def finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]:
    """Tell the maximum, dBZ; `DRY_DBZ` where nothing was found."""
    name = "equivalent_reflectivity_factor"
    told = {"cell_methods": "vertical: maximum", "dry_value": DRY_DBZ, "merging": "maximum of the radars"}
    return {"composite_reflectivity": Layer(merged.values[0], "dBZ", "composite reflectivity", name, told)}
