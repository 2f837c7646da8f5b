"""Convective or stratiform: the type of rain, by the shape of the reflectivity field."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.radar.column import DRY_DBZ, ByteField, FloatField

NONE, STRATIFORM, CONVECTIVE = 0, 1, 2
"""Types of a cell; none where it is dry or unknown."""
_BACKGROUND_M = 11_000.0
_INTENSE = np.float32(40)
_RADII_M = (1000.0, 2000.0, 3000.0, 4000.0, 5000.0)
"""Around a convective centre in surroundings of below 25, 30, 35, 40 dBZ and above: the paper's medium relation."""


def separate(dbz: FloatField, cell_m: tuple[float, float]) -> ByteField:
    """Tell convective from stratiform echo.

    A cell is a convective centre if it has 40 dBZ or more, or exceeds the mean power of the echo within 11 km by
    10 dB in weak surroundings (below 0 dBZ), 10 - Zb^2 / 180 dB in surroundings of Zb up to 42.43 dBZ, by nothing
    above. Around a centre everything within 1 to 5 km, by Zb, is convective too. What other echo there is is
    stratiform.

    Parameters
    ----------
    dbz : FloatField
        (rows, columns) reflectivity of a low level, dBZ, `DRY_DBZ` where dry, NaN where unseen; cells of 1-2 km.
    cell_m : tuple of float
        Height and width of a cell, m.

    Returns
    -------
    ndarray of uint8
        (rows, columns) type.

    References
    ----------
    Steiner, Houze, Yuter 1995, J. Appl. Meteor. 34, 1978-2007, section 2b: medium convective radius.
    """
    field = np.ascontiguousarray(dbz, np.float32)
    behind = _background(field, _spans(_BACKGROUND_M, cell_m))
    out = np.where(field > DRY_DBZ, STRATIFORM, NONE).astype(np.uint8)
    tall = round(_RADII_M[-1] / cell_m[0])
    spans = np.zeros((len(_RADII_M), 2 * tall + 1), np.int32) - 1
    for number, radius in enumerate(_RADII_M):
        rows = _spans(radius, cell_m)
        spans[number, tall - rows.size // 2 : tall + rows.size // 2 + 1] = rows
    _mark(field, behind, spans, out)
    return out


def _spans(radius_m: float, cell_m: tuple[float, float]) -> npt.NDArray[np.int32]:
    """Give for each row of a disc how many cells it reaches to either side of its middle."""
    tall = int(radius_m / cell_m[0])
    off = np.arange(-tall, tall + 1) * cell_m[0]
    return np.asarray(np.sqrt(radius_m**2 - off**2) / cell_m[1], np.int32)


@kernel
def _background(dbz: FloatField, spans: npt.NDArray[np.int32]) -> FloatField:
    """Give the mean power, dBZ, of the echo in a disc around each cell with echo; elsewhere NaN."""
    rows, columns = dbz.shape
    power = np.zeros((rows, columns + 1))
    count = np.zeros((rows, columns + 1), np.int32)
    for i in range(rows):
        for j in range(columns):
            wet = dbz[i, j] > np.float32(DRY_DBZ)
            power[i, j + 1] = power[i, j] + (10.0 ** (np.float64(dbz[i, j]) / 10.0) if wet else 0.0)
            count[i, j + 1] = count[i, j] + (1 if wet else 0)
    out = np.full(dbz.shape, np.float32(np.nan))
    tall = spans.size // 2
    for i in range(rows):
        for j in range(columns):
            if dbz[i, j] > np.float32(DRY_DBZ):
                total, cells = 0.0, 0
                for d in range(max(-tall, -i), min(tall, rows - 1 - i) + 1):
                    left, right = max(j - spans[d + tall], 0), min(j + spans[d + tall], columns - 1) + 1
                    total += power[i + d, right] - power[i + d, left]
                    cells += count[i + d, right] - count[i + d, left]
                out[i, j] = 10.0 * np.log10(max(total / cells, 1e-4))
    return out


@kernel
def _is_centre(value: np.float32, behind: np.float32) -> bool:
    if value >= _INTENSE:
        return True
    if behind < 0:
        peak = np.float32(10)
    elif behind < np.float32(42.43):
        peak = np.float32(10) - behind * behind / np.float32(180)
    else:
        peak = np.float32(0)
    return bool(value - behind >= peak)


@kernel
def _mark(dbz: FloatField, behind: FloatField, spans: npt.NDArray[np.int32], out: ByteField) -> None:
    rows, columns = dbz.shape
    tall = spans.shape[1] // 2
    for i in range(rows):
        for j in range(columns):
            if dbz[i, j] > np.float32(DRY_DBZ) and _is_centre(dbz[i, j], behind[i, j]):
                size = min(max(int((behind[i, j] - 20) // 5), 0), 4)
                for d in range(max(-tall, -i), min(tall, rows - 1 - i) + 1):
                    span = spans[size, d + tall]
                    for m in range(max(j - span, 0), min(j + span, columns - 1) + 1):
                        if span >= 0 and out[i + d, m] == STRATIFORM:
                            out[i + d, m] = CONVECTIVE
