"""How likely a threshold is passed: the local Lagrangian method.

The rain that may come to a place is the rain forecast around it; the probability is the share of the cells around it
that pass the threshold, and the surroundings widen as the forecast looks farther ahead (Germann and Zawadzki 2004,
J. Appl. Meteorol. 43, 74-89, doi:10.1175/1520-0450(2004)043<0074:SDOTPO>2.0.CO;2, who found 1 km a minute best).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]
WIDENING_KM_PER_MIN = 1.0
"""How much the side of the square around a place grows with each minute of lead."""


def side(minutes: float, cell_km: float, widening: float = WIDENING_KM_PER_MIN) -> int:
    """Give the side of the square around a place, in cells: odd, 1 or more.

    >>> side(0.0, 1.0), side(5.0, 1.0), side(60.0, 1.0), side(60.0, 0.5)
    (1, 5, 61, 121)
    """
    return 2 * round(minutes * widening / cell_km / 2.0) + 1 if minutes > 0 else 1


def exceeding(
    fields: FloatField,
    threshold: float,
    minutes: Sequence[float],
    cell_km: float,
    widening: float = WIDENING_KM_PER_MIN,
) -> FloatField:
    """Give the probability that a threshold is reached or passed.

    Parameters
    ----------
    fields : FloatField
        (k, rows, columns) forecast rain rates or amounts, NaN where unknown.
    threshold : float
        In the unit of the fields.
    minutes : sequence of float
        (k,) lead of each field, min; for an amount, the lead of the end of its window.
    cell_km : float
        Size of a cell, km, above 0.
    widening : float
        Growth of the square's side, km per minute of lead.

    Returns
    -------
    FloatField
        (k, rows, columns) float32, 0 to 1: the share of the known cells in the square that have `threshold` or more;
        NaN where the field itself is unknown.

    Raises
    ------
    ValueError
        If fields and leads don't fit, or cell size or widening can't be.
    """
    if fields.ndim != 3 or len(minutes) != len(fields):
        raise ValueError(f"fields of {fields.shape} and {len(minutes)} leads; (k, rows, columns) and k are needed")
    if not (cell_km > 0 and widening >= 0):
        raise ValueError(
            f"cells of {cell_km} km and a widening of {widening} km/min; above 0, and 0 or more, are allowed"
        )
    out = np.empty(fields.shape, np.float32)
    for k, lead in enumerate(minutes):
        out[k] = _share(fields[k], threshold, side(lead, cell_km, widening))
    return out


def _share(field: FloatField, threshold: float, width: int) -> FloatField:
    known = np.isfinite(field)
    with np.errstate(invalid="ignore"):
        passed = field >= threshold
    found, among = _count(passed, width), _count(known, width)
    return np.where(known, found / np.maximum(among, 1), np.float32(np.nan)).astype(np.float32)


def _count(cells: npt.NDArray[np.bool_], width: int) -> FloatField:
    return np.asarray(
        cv2.boxFilter(
            cells.view(np.uint8), cv2.CV_32F, (width, width), normalize=False, borderType=cv2.BORDER_CONSTANT
        ),
        np.float32,
    )
