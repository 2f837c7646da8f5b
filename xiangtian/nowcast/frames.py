"""Frames as a forecast wants them: at equal steps, a moment without a frame marked as unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]
MOST_MISSING = 3
"""Frames that may be missing in a row; what came before a longer gap tells nothing of now."""


def laid(times: Sequence[dt.datetime], step_min: float) -> dict[int, int]:
    """Say which frame stands at which step back from the last one.

    Parameters
    ----------
    times : sequence of datetime
        (k,) rising; 1 or more.
    step_min : float
        Time between frames, minutes, above 0. A frame that is off the steps by more than a quarter of one is left out;
        more than `MOST_MISSING` missing in a row end the search.

    Returns
    -------
    dict
        Steps back (0 is the last frame) to the number of the frame in `times`.

    Raises
    ------
    ValueError
        If there is no frame, or the step is not above 0.
    """
    if not len(times) or not step_min > 0:
        raise ValueError(f"{len(times)} frames, {step_min} min apart; one frame or more and a step above 0 are needed")
    held: dict[int, int] = {}
    reached = 0
    for number in range(len(times) - 1, -1, -1):
        steps = (times[-1] - times[number]).total_seconds() / 60 / step_min
        back = round(steps)
        if back - reached > MOST_MISSING + 1:
            break
        if abs(steps - back) <= 0.25:
            held.setdefault(back, number)
            reached = back
    return held


def regular(times: Sequence[dt.datetime], rates: Sequence[FloatField] | FloatField, step_min: float) -> FloatField:
    """Lay frames out at equal steps back from the last one.

    Parameters
    ----------
    times : sequence of datetime
        (k,) rising; 1 or more.
    rates : sequence of FloatField
        (k, rows, columns) mm/h.
    step_min : float
        Time between frames, minutes, above 0; see `laid` for frames off the steps and for long gaps.

    Returns
    -------
    FloatField
        (n, rows, columns) float32, the oldest first; all NaN where there is no frame, never at either end.

    Raises
    ------
    ValueError
        If there is no frame, or the step is not above 0.
    """
    held = laid(times, step_min)
    empty = np.full(np.shape(rates[-1]), np.nan, np.float32)
    rows = [rates[held[back]] if back in held else empty for back in range(max(held), -1, -1)]
    return np.stack([np.asarray(row, np.float32) for row in rows])


def missing(frame: FloatField) -> bool:
    """Tell whether a frame is not there at all: every cell is unknown."""
    return bool(np.isnan(frame).all())
