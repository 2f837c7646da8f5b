"""Frames as a forecast wants them: at equal steps, a moment without a frame marked as unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]
MOST_MISSING = 3
"""Frames that may be missing in a row; what came before a longer gap tells nothing of now."""


def regular(times: Sequence[dt.datetime], rates: Sequence[FloatField] | FloatField, step_min: float) -> FloatField:
    """Lay frames out at equal steps back from the last one.

    Parameters
    ----------
    times : sequence of datetime
        (k,) rising; 1 or more.
    rates : sequence of FloatField
        (k, rows, columns) mm/h.
    step_min : float
        Time between frames, minutes, above 0. A frame that is off the steps by more than a quarter of one is left out.

    Returns
    -------
    FloatField
        (n, rows, columns) float32, the oldest first; all NaN where there is no frame, never at either end. More than
        `MOST_MISSING` missing in a row end it: what came before is left out.

    Raises
    ------
    ValueError
        If there is no frame, or the step is not above 0.
    """
    if not len(times) or not step_min > 0:
        raise ValueError(f"{len(times)} frames, {step_min} min apart; one frame or more and a step above 0 are needed")
    held: dict[int, FloatField] = {}
    reached = 0
    for time, rate in zip(reversed(times), reversed(rates), strict=True):
        steps = (times[-1] - time).total_seconds() / 60 / step_min
        back = round(steps)
        if back - reached > MOST_MISSING + 1:
            break
        if abs(steps - back) <= 0.25:
            held.setdefault(back, rate)
            reached = back
    shape = np.shape(rates[-1])
    empty = np.full(shape, np.nan, np.float32)
    return np.stack([np.asarray(held.get(back, empty), np.float32) for back in range(max(held), -1, -1)])


def missing(frame: FloatField) -> bool:
    """Tell whether a frame is not there at all: every cell is unknown."""
    return bool(np.isnan(frame).all())
