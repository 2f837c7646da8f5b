"""Hail: of any size, and severe (19 mm and more).

Any size: how far 45 dBZ reach above the height of 0 degC (Waldvogel, Federer, Grimm 1979, J. Appl. Meteorol. 18,
1521-1525; the line of Holleman 2001, KNMI WR-2001-01). Severe: POSH (Witt et al. 1998) and the density of liquid water
(Amburn and Wolf 1997), weighted. Not verified on local data.
"""

from __future__ import annotations

import math

from xiangtian.nowcast.likelihood.scene import Chance, Scene, from_cells
from xiangtian.nowcast.likelihood.table import Hail, Table
from xiangtian.radar.cells.record import StormCell

TOLD_BY = (
    "posh_percent", "mehs_mm", "vil_density_g_m3", "hail_top_m", "freezing_m", "highest_dbz", "flash_jump",
)  # fmt: skip
MISSING_ANY = "缺少45dBZ回波顶高或0℃层高度，无法判断冰雹 (no top of 45 dBZ or height of 0 degC)"
MISSING_SEVERE = "缺少三维回波或0℃、-20℃层高度，无法判断大冰雹 (no heights of echo or temperature)"


def chances(scene: Scene, table: Table) -> tuple[Chance, ...]:
    """Give the chances of hail, see the family's contract in :mod:`xiangtian.nowcast.likelihood`."""
    of_any = [any_size(cell, table.hail) for cell in scene.cells]
    of_severe = [severe(cell, table.hail) for cell in scene.cells]
    return from_cells(scene, table, "hail", "any", of_any, TOLD_BY, MISSING_ANY) + from_cells(
        scene, table, "hail", "severe", of_severe, TOLD_BY, MISSING_SEVERE
    )


def any_size(cell: StormCell, hail: Hail) -> float | None:
    """Give the chance that a cell brings hail of any size now.

    Parameters
    ----------
    cell : StormCell
        The cell; `hail_top_m` None though its heights are known (there is an echo top) means that 45 dBZ are nowhere.
    hail : Hail
        The numbers in force.

    Returns
    -------
    float or None
        start + per_km (top of 45 dBZ - height of 0 degC), kept within 0 and 1, and 0 where 45 dBZ don't reach the
        height of 0 degC; None where a height is unknown.
    """
    if cell.freezing_m is None or (cell.hail_top_m is None and cell.vil_cell_kg_m2 is None):
        return None
    if cell.hail_top_m is None or cell.hail_top_m < cell.freezing_m:
        return 0.0
    return min(1.0, hail.poh_start + hail.poh_per_km * (cell.hail_top_m - cell.freezing_m) / 1000)


def severe(cell: StormCell, hail: Hail) -> float | None:
    """Give the chance that a cell brings hail of 19 mm and more now.

    Parameters
    ----------
    cell : StormCell
        The cell.
    hail : Hail
        The numbers in force.

    Returns
    -------
    float or None
        0 to 1: POSH and the logistic curve of VIL density, weighted; one alone where the other is unknown; None where
        both are.
    """
    posh = None if cell.posh_percent is None else cell.posh_percent / 100
    if cell.vil_density_g_m3 is None:
        return posh
    dense = 1 / (1 + math.exp((hail.density_g_m3 - cell.vil_density_g_m3) / hail.density_width))
    return dense if posh is None else hail.posh_weight * posh + (1 - hail.posh_weight) * dense
