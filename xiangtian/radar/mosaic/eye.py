"""The eye of a tropical cyclone in a field of reflectivity: a weak spot with a strong ring all around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid
from xiangtian.met.kernel import kernel
from xiangtian.radar.column import FloatField

_SECTORS = 12
_KNOWN = 0.7
"""Least share of the eye and of each sector of its ring that must be seen."""
_FLOOR_DBZ = np.float32(0)


@dataclass(frozen=True)
class Eye:
    """A place that looks like the eye of a cyclone.

    Attributes
    ----------
    longitude, latitude : float
        Its centre, degrees.
    radius_m : float
        Radius of the weak spot, m.
    contrast_db : float
        By how much the weakest sector of the ring is stronger than the spot, dB. Below about 5 it is no eye.
    """

    longitude: float
    latitude: float
    radius_m: float
    contrast_db: float


def eye(
    dbz: FloatField, grid: Grid, radii_m: tuple[float, ...] = (6e3, 9e3, 12e3, 16e3, 20e3, 26e3, 34e3)
) -> Eye | None:
    """Find the place with the greatest contrast between a disc and the weakest of 12 sectors of the ring around it.

    The ring reaches from 1.2 to 2.2 radii of the disc. Asking the weakest sector makes a gap between rain bands lose
    to a closed wall. Means are of dBZ, dry as 0.

    Parameters
    ----------
    dbz : FloatField
        (rows, columns) reflectivity at about 3 km, dBZ, NaN where unseen.
    grid : Grid
        Where.
    radii_m : tuple of float
        Radii of the disc that are tried, m.

    Returns
    -------
    Eye or None
        None where no place has a ring that is seen all around.
    """
    field = np.ascontiguousarray(dbz, np.float32)
    best: tuple[float, float, int, int] | None = None
    for radius in radii_m:
        shape, sector, count = _stencil(radius, grid.cell_m)
        stride = max(1, round(radius / 2 / max(grid.cell_m)))
        value, i, j = _search(field, shape, sector, count, stride)
        if i >= 0:
            value, i, j = _search_near(field, shape, sector, count, stride, i, j)
        if i >= 0 and (best is None or value > best[0]):
            best = float(value), radius, i, j
    if best is None:
        return None
    lon, lat = grid.lonlat(np.array(best[2], np.float64), np.array(best[3], np.float64))
    return Eye(float(lon), float(lat), best[1], best[0])


def _stencil(
    radius: float, cell_m: tuple[float, float]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Give the cells (n, 2) of disc and ring about a centre, the part of each (0 disc, 1.. sectors), cells a part."""
    outer = 2.2 * radius
    tall, broad = (int(outer / size) for size in cell_m)
    i, j = (field.ravel() for field in np.mgrid[-tall : tall + 1, -broad : broad + 1])
    far, turn = np.hypot(i * cell_m[0], j * cell_m[1]), np.arctan2(j * cell_m[1], -i * cell_m[0])
    sector = 1 + ((turn / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS)
    part = np.where(far <= radius, 0, np.where((far >= 1.2 * radius) & (far <= outer), sector, -1))
    kept = part >= 0
    places = np.column_stack([i, j])[kept].astype(np.int32)
    return places, part[kept].astype(np.int32), np.bincount(part[kept], minlength=_SECTORS + 1).astype(np.int32)


@kernel
def _contrast(
    dbz: FloatField,
    places: npt.NDArray[np.int32],
    part: npt.NDArray[np.int32],
    count: npt.NDArray[np.int32],
    row: int,
    column: int,
) -> float:
    """Give the contrast about a cell, -1000 where too little is seen."""
    total, known = np.zeros(count.size), np.zeros(count.size, np.int32)
    for n in range(part.size):
        i, j = row + places[n, 0], column + places[n, 1]
        if 0 <= i < dbz.shape[0] and 0 <= j < dbz.shape[1] and dbz[i, j] == dbz[i, j]:
            total[part[n]] += max(dbz[i, j], _FLOOR_DBZ)
            known[part[n]] += 1
    weakest = 1000.0
    for p in range(count.size):
        if known[p] < _KNOWN * count[p] or known[p] == 0:
            return -1000.0
        if p > 0:
            weakest = min(weakest, total[p] / known[p])
    return float(weakest - total[0] / known[0])


@kernel
def _search(
    dbz: FloatField,
    places: npt.NDArray[np.int32],
    part: npt.NDArray[np.int32],
    count: npt.NDArray[np.int32],
    stride: int,
) -> tuple[float, int, int]:
    best, at_i, at_j = -1000.0, -1, -1
    for i in range(0, dbz.shape[0], stride):
        for j in range(0, dbz.shape[1], stride):
            value = _contrast(dbz, places, part, count, i, j) if dbz[i, j] == dbz[i, j] else -1000.0
            if value > best:
                best, at_i, at_j = value, i, j
    return best, at_i, at_j


@kernel
def _search_near(
    dbz: FloatField,
    places: npt.NDArray[np.int32],
    part: npt.NDArray[np.int32],
    count: npt.NDArray[np.int32],
    stride: int,
    row: int,
    column: int,
) -> tuple[float, int, int]:
    best, at_i, at_j = -1000.0, -1, -1
    for i in range(max(row - stride, 0), min(row + stride, dbz.shape[0] - 1) + 1):
        for j in range(max(column - stride, 0), min(column + stride, dbz.shape[1] - 1) + 1):
            value = _contrast(dbz, places, part, count, i, j)
            if value > best:
                best, at_i, at_j = value, i, j
    return best, at_i, at_j
