"""How well neighbouring radars agree where both look at the same place: a check of calibration and position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import xarray as xr

from xiangtian.met.grid import Grid
from xiangtian.radar.column import DRY_DBZ, FloatField, Rules
from xiangtian.radar.mosaic.network import DEFAULT, seen_columns
from xiangtian.radar.polar.model import site
from xiangtian.radar.products import cappi

_FEW = 500


@dataclass(frozen=True)
class Pair:
    """Two radars and the cells that both see.

    Attributes
    ----------
    first, second : str
        Codes of the radars.
    cells : int
        Cells at which both have echo, and both a true CAPPI.
    correlation : float
        Of dBZ in those cells.
    difference_db : float
        Mean of the second less the first, dB.
    """

    first: str
    second: str
    cells: int
    correlation: float
    difference_db: float


def agreement(
    volumes: Sequence[xr.DataTree],
    grid: Grid,
    level_m: float = 3000.0,
    farthest_m: float = 150_000.0,
    rules: Rules = DEFAULT,
) -> list[Pair]:
    """Compare each pair of radars at one height, where both are near enough to see the same volume of air.

    Parameters
    ----------
    volumes : sequence of DataTree
        One a radar, of about the same time.
    grid : Grid
        On which they are compared.
    level_m : float
        Height above the sea, m.
    farthest_m : float
        Greatest distance of a cell from either radar, m; at 150 km a beam of 1 degree is 2.6 km wide.
    rules : Rules
        How columns are taken.

    Returns
    -------
    list of Pair
        Pairs with at least 500 such cells, in the order of the volumes.
    """
    codes = [site(volume).code for volume in volumes]
    near = replace(rules, levels_m=(level_m,), reach_m=min(farthest_m, rules.reach_m))
    levels = [_level(volume, grid, near) for volume in volumes]
    pairs = []
    for (one, dbz), (other, dbz_2) in combinations(zip(codes, levels, strict=True), 2):
        both = (dbz > DRY_DBZ) & (dbz_2 > DRY_DBZ)
        if (cells := int(both.sum())) >= _FEW:
            a, b = dbz[both].astype(np.float64), dbz_2[both].astype(np.float64)
            pairs.append(Pair(one, other, cells, float(np.corrcoef(a, b)[0, 1]), float(np.mean(b - a))))
    return pairs


def _level(volume: xr.DataTree, grid: Grid, rules: Rules) -> FloatField:
    """Give (rows columns,) the true CAPPI, NaN where it is not seen or only a pseudo-CAPPI."""
    dbz = np.full(grid.rows * grid.columns, np.nan, np.float32)
    above = seen_columns(volume, grid, rules)
    if above is not None:
        told = cappi.of(above, rules)
        true = told.mark[0] != cappi.PSEUDO
        dbz[above.cells[true]] = told.values[0][true]
    return dbz
