"""Persistence: what rains now rains on where it is; the yardstick every other method is measured with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.motion import Motion


def forecast(rate: npt.NDArray[np.float32], motion: Motion, leads: int) -> npt.NDArray[np.float32]:
    """Repeat the last field, see the family's contract in :mod:`xiangtian.nowcast.methods`.

    Parameters
    ----------
    rate : ndarray
        (rows, columns) rain rate, mm/h, NaN where unknown.
    motion : Motion
        Not looked at.
    leads : int
        Steps to forecast, 1 or more.

    Returns
    -------
    ndarray
        (leads, rows, columns) float32 rain rate, mm/h.
    """
    del motion
    return np.repeat(np.asarray(rate, np.float32)[None], leads, axis=0)
