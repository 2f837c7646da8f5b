"""Rain amounts from frames of rain rate, without gaps behind fast cells.

Between two frames the rate is taken along the motion: a share of the earlier frame carried forward and the rest of
the later one carried back (advection correction: Anagnostou and Krajewski 1999, J. Atmos. Oceanic Technol. 16,
189-197; Fabry et al. 1994, J. Hydrol. 161, 415-428). Adding up frames as they stand would print a fast cell as a row
of separate spots.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.trajectory import fill_row, row_origins

FloatField = npt.NDArray[np.float32]
THREADS = 2
CELLS_PER_PART = 1.5
"""A step is cut into so many parts that rain moves at most this far in each."""
MAX_PARTS = 12


def amounts(frames: Sequence[FloatField] | FloatField, motion: Motion, step_s: float) -> FloatField:
    """Give the rain that falls between consecutive frames.

    Parameters
    ----------
    frames : sequence of FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, `step_s` apart; observed, forecast, or both in a row.
        NaN where unknown; 2 frames or more.
    motion : Motion
        Cells per step, of the same shape.
    step_s : float
        Time between frames, s, above 0.

    Returns
    -------
    FloatField
        (k - 1, rows, columns) float32 mm; NaN where, at some moment of the step, neither frame knows the rate.

    Raises
    ------
    ValueError
        If there are fewer than two frames, shapes differ, or the step is not above 0.
    """
    shapes = {np.shape(frame) for frame in frames}
    if len(frames) < 2 or shapes != {motion.shape}:
        raise ValueError(
            f"{len(frames)} frames of the shapes {sorted(shapes)}, motion for {motion.shape}; "
            "two or more frames of the motion's shape are needed"
        )
    if not step_s > 0:
        raise ValueError(f"frames {step_s} s apart; the step must be above 0 s")
    fields = [np.ascontiguousarray(frame, np.float32) for frame in frames]
    out = np.empty((len(fields) - 1, *motion.shape), np.float32)
    count, hours = parts(motion), np.float32(step_s / 3600.0)
    with ThreadPoolExecutor(THREADS) as pool:
        running = [
            pool.submit(_between, fields[k], fields[k + 1], motion.velocity, motion.spacing, count, hours, out[k])
            for k in range(len(out))
        ]
        for done in running:
            done.result()
    return out


def parts(motion: Motion) -> int:
    """Give the number of parts into which a step of this motion is cut, 1 to `MAX_PARTS`."""
    fastest = float(np.hypot(motion.velocity[0], motion.velocity[1]).max(initial=0.0))
    return min(MAX_PARTS, max(1, math.ceil(fastest / CELLS_PER_PART)))


def windows(steps_mm: FloatField, length: int) -> FloatField:
    """Give the rain of every run of `length` consecutive steps.

    Parameters
    ----------
    steps_mm : FloatField
        (k, ...) mm in each step, NaN where unknown.
    length : int
        Steps in a window, 1 to k.

    Returns
    -------
    FloatField
        (k - length + 1, ...) mm; window i holds the steps i to i + length - 1; NaN where one of them is unknown.

    Raises
    ------
    ValueError
        If the window is longer than the series, or not positive.
    """
    if not 1 <= length <= len(steps_mm):
        raise ValueError(f"windows of {length} steps in a series of {len(steps_mm)}; allowed are 1 to that many")
    view = np.lib.stride_tricks.sliding_window_view(steps_mm, length, axis=0)
    return np.asarray(view.sum(axis=-1, dtype=np.float32), np.float32)


@kernel
def _add_part(total: FloatField, first: FloatField, last: FloatField, share: np.float32) -> None:
    """Add one moment's rate: both frames weighted by time where both are known, else the one that is."""
    for k in range(total.shape[0]):
        early, late = first[k], last[k]
        if early != early:
            total[k] += late
        elif late != late:
            total[k] += early
        else:
            total[k] += early + share * (late - early)


@kernel
def _between(
    first: FloatField,
    last: FloatField,
    velocity: FloatField,
    spacing: int,
    count: int,
    hours: np.float32,
    out: FloatField,
) -> None:
    columns = first.shape[1]
    x, y = np.empty(columns, np.float32), np.empty(columns, np.float32)
    early, late = np.empty(columns, np.float32), np.empty(columns, np.float32)
    out[:] = np.float32(0)
    for part in range(count):
        share = np.float32((part + 0.5) / count)
        forward, backward = velocity * -share, velocity * (np.float32(1) - share)
        for i in range(first.shape[0]):
            row_origins(forward, i, spacing, x, y)
            fill_row(first, x, y, early)
            row_origins(backward, i, spacing, x, y)
            fill_row(last, x, y, late)
            _add_part(out[i], early, late, share)
    out *= hours / np.float32(count)
