"""Values of fields at places: the forecast for a station, by lead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]


def around(
    fields: FloatField, row: npt.ArrayLike, column: npt.ArrayLike, reach: int = 0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give the mean and the highest value in the square of cells around each place.

    Parameters
    ----------
    fields : FloatField
        (k, rows, columns) rates, amounts or probabilities, NaN where unknown.
    row : ArrayLike
        (places,) fractional rows, as from `Grid.position`; they may lie off the grid.
    column : ArrayLike
        (places,) fractional columns.
    reach : int
        Cells to each side: 0 is the cell itself, 1 the 3 x 3 around it.

    Returns
    -------
    tuple of ndarray
        Mean and highest value, each (k, places) float64; unknown cells and those off the grid don't count,
        NaN where none is known.

    Raises
    ------
    ValueError
        If the fields are not (k, rows, columns), places don't pair up, or the reach is negative.
    """
    i, j = (np.atleast_1d(np.rint(np.asarray(part, float))) for part in (row, column))
    if fields.ndim != 3 or i.shape != j.shape or i.ndim != 1 or reach < 0:
        raise ValueError(
            f"fields of {fields.shape}, {i.shape} rows, {j.shape} columns, reach {reach}; "
            "(k, rows, columns), as many rows as columns, and a reach of 0 or more are needed"
        )
    down, across = (part.ravel() for part in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    rows, columns = i[:, None] + down, j[:, None] + across
    held = (rows >= 0) & (rows < fields.shape[1]) & (columns >= 0) & (columns < fields.shape[2])
    at = np.where(held, rows, 0).astype(int), np.where(held, columns, 0).astype(int)
    values = np.where(held, fields[:, at[0], at[1]].astype(np.float64), np.nan)
    known = np.isfinite(values)
    some = known.any(-1)
    total = np.where(known, values, 0.0).sum(-1)
    mean = np.where(some, total / np.maximum(known.sum(-1), 1), np.nan)
    highest = np.where(some, np.where(known, values, -np.inf).max(-1), np.nan)
    return mean, highest
