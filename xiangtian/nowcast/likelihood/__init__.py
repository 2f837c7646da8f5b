"""How likely severe weather is, district by district: one file a hazard, one contract for all.

`chances(scene, table)`: `scene` is a :class:`xiangtian.nowcast.likelihood.scene.Scene` (cells, forecast rain, districts
on one grid), `table` a :class:`xiangtian.nowcast.likelihood.table.Table` that the caller has loaded; the result is a
:class:`xiangtian.nowcast.likelihood.scene.Chance` for each kind, district and window (0-30, 0-60, 60-120 minutes), kind
by kind, district by district, window by window, with the cells behind it. What can't be told for want of an input has
no probability, and says why. `scene`, `table` and `reach` (which areas a storm may touch) serve all hazards.
"""

from __future__ import annotations

from typing import Protocol

from xiangtian.nowcast.likelihood import gale, hail, heavy_rain
from xiangtian.nowcast.likelihood.scene import Chance, Scene
from xiangtian.nowcast.likelihood.table import Table


class Hazard(Protocol):
    """The contract of this family."""

    def __call__(self, scene: Scene, table: Table) -> tuple[Chance, ...]:
        """Give the chances of one hazard."""


HAZARDS: dict[str, Hazard] = {
    "heavy_rain": heavy_rain.chances,
    "gale": gale.chances,
    "hail": hail.chances,
}
"""The hazards by name."""


def chances(scene: Scene, table: Table) -> tuple[Chance, ...]:
    """Give the chances of all hazards.

    Parameters
    ----------
    scene : Scene
        The moment; cells and records, districts and codes must be as many.
    table : Table
        The numbers in force.

    Returns
    -------
    tuple of Chance
        Hazard by hazard in the order of `HAZARDS`.

    Raises
    ------
    ValueError
        If the parts of the scene don't fit, or its forecast ends before the last window.
    """
    counts = (len(scene.cells), len(scene.sky.tracks)), (len(scene.codes), len(scene.zones.cells))
    shapes = {scene.sky.labels.shape, scene.zones.shape, scene.rates.shape[1:]}
    reaches = (len(scene.rates) - 1) * scene.step_min
    if any(one != other for one, other in counts) or len(shapes) != 1:
        raise ValueError(f"records and cells {counts[0]}, codes and areas {counts[1]}, grids {shapes}: they must agree")
    if reaches < 120:
        raise ValueError(f"a forecast of {reaches:g} min; the last window ends at 120 min")
    return tuple(chance for hazard in HAZARDS.values() for chance in hazard(scene, table))
