"""An ensemble larger than memory: members and windows of them made when they are asked for, as one lazy array.

Every window is bit for bit what stands there in the whole (`member.window`): there are no seams, and nothing but what
the members share must fit into memory, about 6 bytes for each cell and lead and 60 for each cell while it is prepared.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.motion import SPACING, Motion
from xiangtian.nowcast.steps import ensemble, member
from xiangtian.nowcast.steps.prepared import Prepared
from xiangtian.nowcast.steps.settings import DEFAULT, Settings

if TYPE_CHECKING:
    import dask.array

Place = tuple[tuple[int, int], tuple[int, int]]
FloatField = npt.NDArray[np.float32]


def forecast(
    frames: FloatField,
    motion: Motion,
    leads: int,
    members: int,
    seed: int,
    cell_km: float,
    step_min: float,
    tile: int,
    threads: int = 2,
    settings: Settings = DEFAULT,
) -> dask.array.Array:
    """Make many futures of the rain of the last frames, tile by tile.

    Parameters
    ----------
    frames, motion, leads, members, seed, cell_km, step_min, threads, settings
        As in `ensemble.forecast`; what all members share is made at once.
    tile : int
        Side of a tile, cells, 8 or more; it is taken down to a multiple of 8.

    Returns
    -------
    dask.array.Array
        (members, leads, rows, columns) float32 mm/h, NaN where unknown; a chunk is all leads of a tile of a member.
        Its values equal those of `ensemble.forecast` in every bit.

    Raises
    ------
    ValueError
        As from `ensemble.forecast`, or if the tile is smaller than 8.
    """
    da: Any = import_module("dask.array")  # loading it takes half a second, and only who asks for tiles needs it
    delayed: Any = import_module("dask.delayed").delayed
    if tile < SPACING:
        raise ValueError(f"a tile of {tile} cells; {SPACING} or more are needed")
    ensemble.checked(len(frames), leads, members)
    state, film = ensemble.shared(frames, motion, leads, seed, cell_km, step_min, threads, settings)
    draw = delayed(partial(member.drawn, state, seed), pure=False)
    cut = delayed(partial(_cut, state, film), pure=False)
    side = tile // SPACING * SPACING
    rows, columns = (_edges(length, side) for length in state.expected.shape[1:])

    def tiled(made: Any, place: Place) -> Any:
        return da.from_delayed(made, (leads, *(end - first for first, end in place)), np.float32)

    whole = []
    for number in range(members):
        luck = draw(number)
        whole.append([[tiled(cut(luck, *place), place) for place in product([down], columns)] for down in rows])
    lazy: dask.array.Array = da.stack([da.block(one) for one in whole])
    return lazy


def _edges(length: int, side: int) -> list[tuple[int, int]]:
    return [(first, min(first + side, length)) for first in range(0, length, side)]


def _cut(
    state: Prepared, film: FloatField, luck: member.Draw, rows: tuple[int, int], columns: tuple[int, int]
) -> FloatField:
    out = np.empty((state.leads, rows[1] - rows[0], columns[1] - columns[0]), np.float32)
    return member.window(state, film, luck, (rows[0], columns[0]), out)
