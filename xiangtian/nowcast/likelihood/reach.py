"""Which areas a storm may reach: footprints and fields carried on, with all that is uncertain of their way.

The uncertain way is drawn many times from a fixed set of normal deviates; one draw is off in the same direction all
along, as a wrong motion is. What share of the draws touches an area is the chance of being touched: a cone over the
map. The draws lie on a golden spiral (Vogel 1979, Math. Biosci. 44, 179-189), so that the same storm always gives the
same chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.areas import Zones
from xiangtian.radar.cells import motion
from xiangtian.radar.cells.follow import Sky
from xiangtian.radar.cells.motion import Noise, State

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
IntField = npt.NDArray[np.int32]
DRAWS = 64
NEVER = np.float32(np.inf)


def draws(count: int = DRAWS) -> FloatArray:
    """Give (count, 2) normal deviates with mean close to 0 and standard deviation close to 1 in each direction.

    >>> draws(64).std(0).round(1).tolist()
    [1.0, 1.0]
    """
    share = (np.arange(count) + 0.5) / count
    radius, angle = np.sqrt(-2 * np.log(1 - share)), np.arange(count) * np.pi * (3 - np.sqrt(5))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def layers(zones: Zones) -> IntField:
    """Lay areas on the grid as few maps of numbers; areas that share cells lie on different maps.

    Parameters
    ----------
    zones : Zones
        The areas.

    Returns
    -------
    IntField
        (maps, rows, columns) number of the area, -1 where there is none.
    """
    maps: list[IntField] = []
    for number, cells in enumerate(zones.cells):
        free = next((each for each in maps if (each[cells] < 0).all()), None)
        if free is None:
            free = np.full(zones.shape[0] * zones.shape[1], -1, np.int32)
            maps.append(free)
        free[cells] = number
    return np.stack(maps).reshape(-1, *zones.shape) if maps else np.zeros((0, *zones.shape), np.int32)


def first_touch(sky: Sky, zones: Zones, minutes: Sequence[float], noise: Noise = motion.DEFAULT) -> FloatField:
    """Tell when each cell first touches each area, draw by draw.

    Parameters
    ----------
    sky : Sky
        The cells; their footprints keep their shape.
    zones : Zones
        Areas on the same grid.
    minutes : sequence of float
        Leads that are looked at, rising; 5 minutes apart a cell of 10 km at 30 m/s leaves no gap.
    noise : Noise
        Statistics of motion.

    Returns
    -------
    FloatField
        (cells, areas, draws) minutes, inf where it is never touched.

    Raises
    ------
    ValueError
        If cells and areas lie on different grids.
    """
    if sky.labels.shape != zones.shape:
        raise ValueError(f"cells on a grid of {sky.labels.shape}, areas on one of {zones.shape}; one grid is needed")
    shifts = np.zeros((len(sky.tracks), len(minutes), DRAWS, 2), np.int32)
    for k, track in enumerate(sky.tracks):
        for m, lead in enumerate(minutes):
            shifts[k, m] = _shift(track.state, lead, sky.cell_km, noise)
    out = np.full((len(sky.tracks), len(zones.cells), DRAWS), NEVER, np.float32)
    for layer in layers(zones):
        _touch(sky.labels, sky.prints.box, shifts, np.asarray(minutes, np.float32), layer, out)
    return out


def _shift(state: State, lead: float, cell_km: tuple[float, float], noise: Noise) -> IntField:
    """Give (draws, 2) grid cells (down, right) from a centre to where it may be."""
    to = motion.ellipse(state, lead, noise)
    along, across = (draws() * (to.along, to.across)).T
    x = to.x - state.x + along * np.cos(to.angle) - across * np.sin(to.angle)
    y = to.y - state.y + along * np.sin(to.angle) + across * np.cos(to.angle)
    return np.asarray(np.rint(np.column_stack([y / cell_km[0], x / cell_km[1]])), np.int32)


@kernel
def _touch(
    labels: IntField, box: IntField, shifts: IntField, minutes: FloatField, layer: IntField, out: FloatField
) -> None:
    rows, columns = labels.shape
    for k in range(box.shape[0]):
        for i in range(box[k, 0], box[k, 1] + 1):
            for j in range(box[k, 2], box[k, 3] + 1):
                if labels[i, j] == k + 1:
                    for m in range(minutes.size):
                        for s in range(shifts.shape[2]):
                            y, x = i + shifts[k, m, s, 0], j + shifts[k, m, s, 1]
                            if 0 <= y < rows and 0 <= x < columns and layer[y, x] >= 0:
                                at = layer[y, x]
                                out[k, at, s] = min(out[k, at, s], minutes[m])


def highest(
    field: FloatField,
    zones: Zones,
    spread_km: float,
    cell_km: tuple[float, float],
    least: float,
    need: FloatField | None = None,
) -> FloatField:
    """Give the highest value of a field in each area, draw by draw of where the field may really lie.

    Parameters
    ----------
    field : FloatField
        (rows, columns) forecast rate or amount, NaN where unknown.
    zones : Zones
        Areas on the same grid.
    spread_km : float
        Standard deviation of the field's displacement, either way, km.
    cell_km : tuple of float
        Height and width of a grid cell, km.
    least : float
        Values below it don't count (and cost no time).
    need : FloatField or None
        (rows, columns) what the field is divided by where it comes to lie; where it is 0 or less nothing is needed, NaN
        where unknown. None: 1 everywhere.

    Returns
    -------
    FloatField
        (draws, areas), 0 where nothing of `least` or more may lie, inf where nothing is needed somewhere in the area.
    """
    wanted = np.ones(field.shape, np.float32) if need is None else np.ascontiguousarray(need, np.float32)
    shift = np.rint(draws() * spread_km / np.array(cell_km)).astype(np.int32)
    out = np.zeros((DRAWS, len(zones.cells)), np.float32)
    for number, cells in enumerate(zones.cells):
        if (wanted.reshape(-1)[cells] <= 0).any():
            out[:, number] = np.inf
    for layer in layers(zones):
        _scatter(np.ascontiguousarray(field, np.float32), wanted, np.float32(least), shift, layer, out)
    return out


@kernel
def _scatter(
    field: FloatField, need: FloatField, least: np.float32, shift: IntField, layer: IntField, out: FloatField
) -> None:
    rows, columns = field.shape
    for i in range(rows):
        for j in range(columns):
            value = field[i, j]
            if value >= least:
                for s in range(shift.shape[0]):
                    y, x = i + shift[s, 0], j + shift[s, 1]
                    if 0 <= y < rows and 0 <= x < columns and layer[y, x] >= 0 and need[y, x] > 0:
                        at = layer[y, x]
                        out[s, at] = max(out[s, at], value / need[y, x])
