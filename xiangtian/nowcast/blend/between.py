"""A numerical forecast at a moment between two of its fields.

A mean of two fields an hour apart shows every shower twice. Here both are moved to the moment along the motion
between them and then averaged, as in the morphing of satellite rain (Joyce et al. 2004, J. Hydrometeor. 5, 487-503).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast import motion
from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.trajectory import displacements, moved

FloatField = npt.NDArray[np.float32]


def between(first: FloatField, second: FloatField, share: float, moving: Motion | None = None) -> FloatField:
    """Give the field at a moment between two.

    Parameters
    ----------
    first, second : FloatField
        (rows, columns) mm/h, NaN where unknown.
    share : float
        Of the time from the first to the second that has passed, 0 to 1.
    moving : Motion or None
        Cells from the first to the second, where it is known already; None: it is found.

    Returns
    -------
    FloatField
        (rows, columns) mm/h; where one of the moved fields is unknown, the other alone.

    Raises
    ------
    ValueError
        If the share is not of 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share of {share:g}; allowed: 0 to 1")
    if share in (0, 1):
        return np.array(second if share else first, np.float32)
    found = moving or motion.dense([first, second])
    earlier, later = _moved(first, found, share), _moved(second, found, share - 1)
    mean = np.float32(1 - share) * earlier + np.float32(share) * later
    return np.where(np.isnan(earlier), later, np.where(np.isnan(later), earlier, mean))


def _moved(field: FloatField, moving: Motion, share: float) -> FloatField:
    part = replace(moving, velocity=moving.velocity * np.float32(share))
    return moved(field, displacements(part, 1)[0], moving.spacing)
