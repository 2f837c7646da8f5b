"""Thunderstorm gale: gusts of Beaufort 8 and more from a storm cell.

A gust is estimated from the water that may come down and the height it comes from, and a share of the storm's speed
(Stewart 1991, NOAA Technical Memorandum NWS SR-136); where the radial velocity near the ground is known it counts too,
and a bow echo (Fujita 1978, SMRP Res. Paper 156) raises the odds. Not verified on local data.
"""

from __future__ import annotations

import math

from xiangtian.nowcast.likelihood.scene import Chance, Scene, from_cells
from xiangtian.nowcast.likelihood.table import Gale, Table
from xiangtian.radar.cells.record import StormCell

TOLD_BY = (
    "vil_cell_kg_m2", "vil_kg_m2", "echo_top_m", "speed_m_s", "radial_m_s", "bow", "length_km", "highest_dbz",
    "flash_jump",
)  # fmt: skip
MISSING = "缺少回波顶高与垂直积分液态水或近地面径向速度，无法判断雷暴大风 (no echo top, VIL or radial velocity)"


def chances(scene: Scene, table: Table) -> tuple[Chance, ...]:
    """Give the chances of gale, see the family's contract in :mod:`xiangtian.nowcast.likelihood`."""
    now = [now_of(cell, table.gale) for cell in scene.cells]
    return from_cells(scene, table, "gale", f"gust_{table.gale.least_m_s:g}", now, TOLD_BY, MISSING)


def gust(cell: StormCell, gale: Gale) -> float | None:
    """Estimate a cell's strongest gust.

    Parameters
    ----------
    cell : StormCell
        With echo top and liquid water (cell-based goes before that of the richest column).
    gale : Gale
        The numbers in force.

    Returns
    -------
    float or None
        m/s: (water VIL - height top^2)^0.5, 0 where that is no number, plus a share of the storm's speed; None where
        echo top or water is unknown.
    """
    vil = cell.vil_kg_m2 if cell.vil_cell_kg_m2 is None else cell.vil_cell_kg_m2
    if vil is None or cell.echo_top_m is None:
        return None
    sinking = gale.water * vil - gale.height * cell.echo_top_m**2
    return math.sqrt(max(sinking, 0.0)) + gale.speed_share * cell.speed_m_s


def now_of(cell: StormCell, gale: Gale) -> float | None:
    """Give the chance that a cell brings a gale now.

    Parameters
    ----------
    cell : StormCell
        The cell.
    gale : Gale
        The numbers in force.

    Returns
    -------
    float or None
        0 to 1: of the estimates from water and top and from radial velocity the one that says more, each with a normal
        error; a bow multiplies the odds. None where neither can be made.
    """
    told = [
        _above(value, error, gale.least_m_s)
        for value, error in ((gust(cell, gale), gale.gust_error_m_s), (cell.radial_m_s, gale.radial_error_m_s))
        if value is not None
    ]
    if not told:
        return None
    chance = max(told)
    if not bows(cell, gale):
        return chance
    return gale.bow_odds * chance / (1 - chance + gale.bow_odds * chance)


def bows(cell: StormCell, gale: Gale) -> bool:
    """Tell whether a cell is a bow echo: bent forward, long and fast enough."""
    if cell.bow is None or cell.length_km is None:
        return False
    return cell.bow >= gale.bow and cell.length_km >= gale.bow_length_km and cell.speed_m_s >= gale.bow_speed_m_s


def _above(value: float, error: float, least: float) -> float:
    return 0.5 * (1 + math.erf((value - least) / (error * math.sqrt(2))))
