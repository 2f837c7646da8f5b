"""Advection: rain keeps its strength and moves with the motion of the last frames."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.trajectory import all_moved, displacements


def forecast(rate: npt.NDArray[np.float32], motion: Motion, leads: int) -> npt.NDArray[np.float32]:
    """Move a field of rain on, see the family's contract in :mod:`xiangtian.nowcast.methods`.

    Each lead is interpolated once, from the last observed field, so that fields don't blur step by step
    (Germann and Zawadzki 2002, MWR 130, 2859-2873).

    Parameters
    ----------
    rate : ndarray
        (rows, columns) rain rate, mm/h, NaN where unknown.
    motion : Motion
        Cells per step, of the same shape.
    leads : int
        Steps to forecast, 1 or more.

    Returns
    -------
    ndarray
        (leads, rows, columns) float32 rain rate, mm/h; NaN where the air comes from where nothing is known.
    """
    return all_moved(rate, displacements(motion, leads), motion.spacing)
