"""A forecast in one call: from frames at hand to rain ahead, of one future or of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast import fading
from xiangtian.nowcast.frames import missing
from xiangtian.nowcast.methods import get_method
from xiangtian.nowcast.motion import Motion, dense
from xiangtian.nowcast.steps import ensemble, tiled
from xiangtian.nowcast.trajectory import displacements, moved

FloatField = npt.NDArray[np.float32]
TRACKED = 3
"""Frames that rain is followed through; earlier ones tell how far to trust its motion."""
MEMORY_MIN = 90.0
"""Frames older than this before the last one are not looked at."""


def moving(frames: Sequence[FloatField] | FloatField, leads: int, cell_km: float, step_min: float) -> Motion:
    """Find how rain moves, and how far ahead that holds.

    Parameters
    ----------
    frames : sequence of FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, NaN where unknown, at equal steps; 2 or more, an hour or
        more is best. A frame that is all NaN is missing (`frames.regular`).
    leads : int
        Steps that will be forecast, 1 or more.
    cell_km, step_min : float
        Size of a cell and time between frames, above 0.

    Returns
    -------
    Motion
        With its fading.

    Raises
    ------
    ValueError
        As from `motion.dense` and `fading.faded`.
    """
    there = [number for number in range(len(frames)) if not missing(frames[number])]
    motion = dense(frames[(there[-TRACKED:] or [0])[0] :])
    return fading.faded(motion, recent(frames, step_min), leads, cell_km, step_min) if motion.features else motion


def recent(frames: Sequence[FloatField] | FloatField, step_min: float) -> Sequence[FloatField] | FloatField:
    """Give the frames of the last `MEMORY_MIN` minutes, the last one among them."""
    return frames[-1 - int(MEMORY_MIN / step_min) :]


def deterministic(
    frames: Sequence[FloatField] | FloatField, leads: int, cell_km: float, step_min: float, method: str = "advect"
) -> FloatField:
    """Forecast one future.

    Parameters
    ----------
    frames, leads, cell_km, step_min
        See `moving`.
    method : str
        A name of `nowcast.methods`.

    Returns
    -------
    FloatField
        (leads, rows, columns) mm/h, NaN where unknown.

    Raises
    ------
    ValueError
        If frames or numbers can't be forecast from; the message says why.
    """
    forecast = get_method(method)
    return forecast(np.asarray(frames[-1], np.float32), moving(frames, leads, cell_km, step_min), leads)


def many(
    frames: Sequence[FloatField] | FloatField,
    leads: int,
    members: int,
    seed: int,
    cell_km: float,
    step_min: float,
    tile: int = 0,
) -> Any:
    """Forecast many futures, each as likely as the others.

    Parameters
    ----------
    frames, leads, cell_km, step_min
        See `moving`; 3 frames or more.
    members : int
        How many, 1 or more.
    seed : int
        The same seed gives the same futures.
    tile : int
        0: all futures are made now. 8 or more: a lazy Dask array in tiles of that side, for ensembles larger than
        memory, with the same values.

    Returns
    -------
    FloatField or dask.array.Array
        (members, leads, rows, columns) mm/h, NaN where unknown.

    Raises
    ------
    ValueError
        If frames or numbers can't be forecast from; the message says why.
    """
    motion = moving(frames, leads, cell_km, step_min)
    known = filled(np.array(recent(frames, step_min), np.float32), motion)
    if tile:
        return tiled.forecast(known, motion, leads, members, seed, cell_km, step_min, tile)
    return ensemble.forecast(known, motion, leads, members, seed, cell_km, step_min)


def filled(frames: FloatField, motion: Motion) -> FloatField:
    """Give missing frames what the frame before them brings there, in place; missing ones at the beginning go.

    `frames` are (k, rows, columns) mm/h, one that is all NaN is missing; the result is a part of them.
    """
    first = next((number for number in range(len(frames)) if not missing(frames[number])), 0)
    one_step = displacements(replace(motion, fade=None), 1)[0]
    for number in range(first + 1, len(frames)):
        if missing(frames[number]):
            moved(frames[number - 1], one_step, motion.spacing, frames[number])
    return frames[first:]
