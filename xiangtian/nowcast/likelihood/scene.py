"""What a likelihood is told from, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.areas import Zones
from xiangtian.nowcast.likelihood import reach
from xiangtian.nowcast.likelihood.table import Table
from xiangtian.radar.cells import motion
from xiangtian.radar.cells.follow import Sky
from xiangtian.radar.cells.motion import Noise
from xiangtian.radar.cells.record import StormCell

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
WINDOWS_MIN: tuple[tuple[float, float], ...] = ((0, 30), (0, 60), (60, 120))
STEP_MIN = 5.0
MOST_EVIDENCE = 5


@dataclass(frozen=True)
class Scene:
    """A moment, and what is expected after it; all on one grid.

    Attributes
    ----------
    sky : Sky
        The cells.
    cells : tuple of StormCell
        Their records, in the same order.
    zones : Zones
        Districts.
    codes : tuple of str
        Their codes, in the same order.
    rates : FloatField
        (leads, rows, columns) forecast rain rate, mm/h, NaN where unknown, `step_min` apart, from 0 (the last frame).
    step_min : float
        Minutes between them.
    past : FloatField or None
        (steps, rows, columns) mm that fell in each step of `step_min` before the last frame, the oldest first; as far
        back as there is.
    noise : Noise
        Statistics of motion.
    """

    sky: Sky
    cells: tuple[StormCell, ...]
    zones: Zones
    codes: tuple[str, ...]
    rates: FloatField
    step_min: float
    past: FloatField | None = None
    noise: Noise = motion.DEFAULT

    @cached_property
    def touches(self) -> FloatField:
        """(windows, cells, areas, draws) minutes of each cell's first touch within each window, inf where none."""
        leads = [np.arange(start, end + 0.1, STEP_MIN).tolist() for start, end in WINDOWS_MIN]
        return np.stack([reach.first_touch(self.sky, self.zones, minutes, self.noise) for minutes in leads])


@dataclass(frozen=True)
class Evidence:
    """Why: one cell's part.

    Attributes
    ----------
    cell : str
        Its id.
    touches : float
        Chance that it touches the area in the window, 0 to 1.
    adds : float or None
        Chance of the hazard there from this cell alone, 0 to 1; None where that can't be told.
    attributes : dict
        The attributes it was told by, by name.
    """

    cell: str
    touches: float
    adds: float | None
    attributes: dict[str, float | bool | None]


@dataclass(frozen=True)
class Chance:
    """How likely a hazard is in an area.

    Attributes
    ----------
    hazard, kind : str
        The family's member, and what exactly: "rate_20", "amount_50", "gust_17.2", "any", "severe".
    area : str
        Its code.
    window_min : tuple of float
        From and to, minutes after the last frame.
    probability : float or None
        0 to 1; None where it can't be told.
    reason : str
        Why it can't be told, in words for the duty officer; empty where it can.
    evidence : tuple of Evidence
        The cells behind it, the weightiest first.
    table, note : str
        The table it was told by, and what a reader must know.
    """

    hazard: str
    kind: str
    area: str
    window_min: tuple[float, float]
    probability: float | None
    reason: str
    evidence: tuple[Evidence, ...]
    table: str
    note: str


def from_cells(
    scene: Scene,
    table: Table,
    hazard: str,
    kind: str,
    now: Sequence[float | None],
    told_by: Sequence[str],
    missing: str,
) -> tuple[Chance, ...]:
    """Give the chances of a hazard that cells bring.

    Parameters
    ----------
    scene : Scene
        The moment.
    table : Table
        The numbers in force.
    hazard, kind : str
        What.
    now : sequence of (float or None)
        (cells,) chance that the hazard goes with the cell now; None where that can't be told.
    told_by : sequence of str
        Attributes of a cell that are shown as evidence.
    missing : str
        What the duty officer reads where no cell's chance can be told.

    Returns
    -------
    tuple of Chance
        Area by area, window by window: 1 - product of (1 - now exp(-t / lifetime)) over cells, t being the first touch,
        averaged over the draws. Cells whose chance can't be told make an area's chance unknown if they may touch it.
    """
    when = scene.touches
    keeps = np.where(np.isfinite(when), np.exp(-np.where(np.isfinite(when), when, 0) / table.cells.lifetime_min), 0)
    strength = np.array([np.nan if chance is None else chance for chance in now])
    adds = keeps.mean(-1) * strength[None, :, None]
    touch = np.isfinite(when).mean(-1)
    blind = (np.isnan(strength)[None, :, None] & (touch >= table.cells.least)).any(1)
    total = 1 - np.prod(1 - np.nan_to_num(adds), axis=1)
    out = []
    for a, code in enumerate(scene.codes):
        for w, window in enumerate(WINDOWS_MIN):
            told = None if blind[w, a] else round(float(total[w, a]), 3)
            evidence = _evidence(scene, touch[w, :, a], adds[w, :, a], told_by, table.cells.least)
            reason = missing if told is None else ""
            out.append(Chance(hazard, kind, code, window, told, reason, evidence, table.id, table.note_zh))
    return tuple(out)


def _evidence(
    scene: Scene, touch: FloatArray, adds: FloatArray, told_by: Sequence[str], least: float
) -> tuple[Evidence, ...]:
    """Give the cells that matter, those that add most first, then those that touch most."""
    order = sorted(np.flatnonzero(touch >= least), key=lambda k: (-np.nan_to_num(adds[k]), -touch[k]))[:MOST_EVIDENCE]
    return tuple(
        Evidence(
            scene.cells[k].id,
            round(float(touch[k]), 3),
            None if np.isnan(adds[k]) else round(float(adds[k]), 3),
            {name: getattr(scene.cells[k], name) for name in told_by},
        )
        for k in order
    )
