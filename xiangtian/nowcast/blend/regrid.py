"""A numerical forecast's field on the radar's grid."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid

FloatField = npt.NDArray[np.float32]


def regrid(field: npt.NDArray[np.floating], own: Grid, to: Grid) -> FloatField:
    """Interpolate bilinearly.

    Parameters
    ----------
    field : ndarray
        (rows, columns) on `own`, NaN where unknown.
    own, to : Grid
        The field's grid, in any projection or of longitude and latitude, and the grid that is asked for.

    Returns
    -------
    FloatField
        (rows, columns) on `to`; NaN off the field and beside its unknown cells.

    Raises
    ------
    ValueError
        If the field is not of its grid's shape.
    """
    if np.shape(field) != own.shape:
        raise ValueError(f"a field of {np.shape(field)} on a grid of {own.shape}; they must be the same")
    row, column = own.position(*to.lonlat(*np.indices(to.shape)))
    given = np.ascontiguousarray(field, np.float32)
    nothing = float("nan")
    found = cv2.remap(
        given, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, nothing
    )
    return np.asarray(found, np.float32)
