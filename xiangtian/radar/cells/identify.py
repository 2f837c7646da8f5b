"""Finding the storm cells of one moment: hills of reflectivity that stand apart from their neighbours.

The field is flooded from its summits downward to a lowest reflectivity. Where two hills meet, the lower one is joined
to the higher one if it rises too little above the pass, or is still too small; else both stay cells and the pass is
their border. So a broad rain area with one summit is one cell, and two cores in one rain area are two cells however
they are bridged. This is the h-maxima transform (Soille 2003, Morphological Image Analysis, ch. 6) with the limits of
Feldmann et al. 2021, Weather Clim. Dynam. 2, 1225-1244, doi:10.5194/wcd-2-1225-2021, and an alternative to the stacked
thresholds of Johnson et al. 1998, Wea. Forecasting 13, 263-276: passes are found at any height, not at every fifth dBZ.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

FloatField = npt.NDArray[np.float32]
IntField = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Limits:
    """What counts as a storm cell.

    Attributes
    ----------
    floor_dbz : float
        A cell ends where reflectivity falls below it.
    summit_dbz : float
        A cell holds at least this somewhere.
    rise_db : float
        A (smoothed) summit rises so much above the pass to a higher one, or belongs to it.
    area_km2 : float
        A cell is at least so large; a hill that is smaller where it meets another belongs to that.
    smooth_km : float
        Standard deviation of the Gaussian that smooths the field before hills are looked for; values are not changed.
    """

    floor_dbz: float = 35.0
    summit_dbz: float = 40.0
    rise_db: float = 3.0
    area_km2: float = 16.0
    smooth_km: float = 1.2


DEFAULT = Limits()


def cells(dbz: FloatField, cell_km: float, limits: Limits = DEFAULT) -> IntField:
    """Label the storm cells of a field.

    Parameters
    ----------
    dbz : FloatField
        (rows, columns) reflectivity, dBZ, NaN where unseen; of a stack of levels give the column's maximum
        (:func:`highest`).
    cell_km : float
        Size of a grid cell, km (the root of its area where it isn't square), above 0.
    limits : Limits
        What counts as a cell.

    Returns
    -------
    IntField
        (rows, columns) 0 outside cells, else 1 to n, in the order of the smoothed summits, the highest first (ties: the
        one farther north, then west).

    Raises
    ------
    ValueError
        If the field has not two dimensions, or the cell size is not above 0.
    """
    if np.ndim(dbz) != 2:
        raise ValueError(f"a field of the shape {np.shape(dbz)}; (rows, columns) is needed")
    if not cell_km > 0:
        raise ValueError(f"cells of {cell_km} km; above 0 is needed")
    field = np.ascontiguousarray(dbz, np.float32)
    place = np.flatnonzero(field >= limits.floor_dbz)
    labels = np.zeros(field.shape, np.int32)
    if not place.size:
        return labels
    smooth = _smoothed(field, place, limits, cell_km)
    order = place[np.argsort(-smooth.ravel()[place], kind="stable")]
    least = max(1, round(limits.area_km2 / cell_km**2))
    count = _flood(smooth, order, np.float32(limits.rise_db), least, labels)
    _number(field, order, np.float32(limits.summit_dbz), least, count, labels)
    return labels


def highest(levels: FloatField) -> FloatField:
    """Give the highest reflectivity of each column.

    Parameters
    ----------
    levels : FloatField
        (levels, rows, columns) dBZ, NaN where unseen.

    Returns
    -------
    FloatField
        (rows, columns) dBZ; NaN where no level was seen.
    """
    return np.asarray(np.fmax.reduce(levels, axis=0), np.float32)


def _smoothed(field: FloatField, place: npt.NDArray[np.intp], limits: Limits, cell_km: float) -> FloatField:
    """Smooth the part of the field that holds echo; what is below the floor counts as 10 dB below it at most."""
    sigma = limits.smooth_km / cell_km
    if sigma < 0.3:
        return field
    rim = int(np.ceil(3 * sigma)) + 1
    i, j = np.divmod(place, field.shape[1])
    box = (
        slice(max(0, int(i.min()) - rim), int(i.max()) + rim + 1),
        slice(max(0, int(j.min()) - rim), int(j.max()) + rim + 1),
    )
    lifted = np.fmax(field[box], np.float32(limits.floor_dbz - 10))
    out = np.full(field.shape, np.nan, np.float32)
    out[box] = cv2.GaussianBlur(lifted, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return out


@kernel
def _root(parent: IntField, k: int) -> int:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@kernel
def _flood(field: FloatField, order: npt.NDArray[np.intp], rise: np.float32, least: int, labels: IntField) -> int:
    """Flood from the highest cell to the lowest; `labels` become hills from 1, in the order of their summits."""
    rows, columns = field.shape
    parent = np.empty(order.size + 1, np.int32)
    peak = np.empty(order.size + 1, np.float32)
    size = np.zeros(order.size + 1, np.int32)
    hills = 0
    for at in order:
        i, j = at // columns, at % columns
        value, own = field[i, j], 0
        for k in range(max(i - 1, 0), min(i + 2, rows)):
            for m in range(max(j - 1, 0), min(j + 2, columns)):
                if labels[k, m] > 0:
                    other = _root(parent, labels[k, m])
                    if own == 0 or own == other:
                        own = other
                    else:
                        own = _meet(parent, peak, size, own, other, value, rise, least)
        if own == 0:
            hills += 1
            own = hills
            parent[own], peak[own] = own, value
        labels[i, j] = own
        size[own] += 1
    for at in order:
        i, j = at // columns, at % columns
        labels[i, j] = _root(parent, labels[i, j])
    return hills


@kernel
def _meet(
    parent: IntField,
    peak: FloatField,
    size: IntField,
    one: int,
    other: int,
    value: np.float32,
    rise: np.float32,
    least: int,
) -> int:
    """Join two hills, or keep them apart; give the one that takes the pass: the higher, that is the older."""
    higher, lower = min(one, other), max(one, other)
    if peak[lower] - value < rise or size[lower] < least:
        parent[lower] = higher
        size[higher] += size[lower]
    return higher


@kernel
def _number(
    field: FloatField,
    order: npt.NDArray[np.intp],
    summit: np.float32,
    least: int,
    hills: int,
    labels: IntField,
) -> None:
    """Number the hills that are cells; the others become 0."""
    columns = labels.shape[1]
    size = np.zeros(hills + 1, np.int32)
    high = np.zeros(hills + 1, np.bool_)
    for at in order:
        i, j = at // columns, at % columns
        size[labels[i, j]] += 1
        high[labels[i, j]] |= field[i, j] >= summit
    number = np.zeros(hills + 1, np.int32)
    count = 0
    for hill in range(1, hills + 1):
        if high[hill] and size[hill] >= least:
            count += 1
            number[hill] = count
    for at in order:
        i, j = at // columns, at % columns
        labels[i, j] = number[labels[i, j]]
