"""Sums by district: polygons laid on a grid, and what a field does inside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid

Ring = npt.NDArray[np.float64]
"""(points, 2) longitude and latitude, degrees (WGS-84), closed or not."""
FloatField = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Zones:
    """Areas as lists of cells of one grid.

    Attributes
    ----------
    cells : tuple of ndarray
        For each area, the flat indices (row * columns + column) of its cells; empty where it lies off the grid.
    shape : tuple of int
        Rows and columns of the grid.
    """

    cells: tuple[npt.NDArray[np.intp], ...]
    shape: tuple[int, int]


@dataclass(frozen=True)
class AreaSummary:
    """What fields do in areas; each is (k, areas) float64, NaN (known: 0) where nothing is known.

    Attributes
    ----------
    mean, highest : ndarray
        Over the known cells, in the unit of the fields.
    share : ndarray
        Share of the known cells with the threshold or more, 0 to 1.
    known : ndarray
        Share of the area's cells that are known, 0 to 1.
    """

    mean: npt.NDArray[np.float64]
    highest: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    known: npt.NDArray[np.float64]


def inside(rings: Sequence[Ring], grid: Grid) -> npt.NDArray[np.bool_]:
    """Tell which cells have their centre inside an area.

    Parameters
    ----------
    rings : sequence of Ring
        Outer rings and holes alike, in any order and direction: a centre is inside when a ray from it crosses the
        rings an odd number of times (even-odd rule). Edges are straight on the grid.
    grid : Grid
        Where.

    Returns
    -------
    ndarray
        (rows, columns) bool.

    Raises
    ------
    ValueError
        If a ring is not (points, 2) with three points or more.
    """
    flips = np.zeros((grid.rows, grid.columns + 1), np.intp)
    for ring in rings:
        points = np.asarray(ring, float)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
            raise ValueError(f"a ring of the shape {points.shape}; (points, 2) with 3 points or more is needed")
        row, column = grid.position(points[:, 0], points[:, 1])
        _cross(row, column, flips)
    return np.asarray(np.cumsum(flips, axis=1)[:, :-1] % 2 == 1)


def _cross(row: npt.NDArray[np.float64], column: npt.NDArray[np.float64], flips: npt.NDArray[np.intp]) -> None:
    """Count, for each row of cell centres, the first column right of each edge that crosses it."""
    rows, columns = flips.shape[0], flips.shape[1] - 1
    row_2, column_2 = np.roll(row, -1), np.roll(column, -1)
    low, high = np.minimum(row, row_2), np.maximum(row, row_2)
    first = np.clip(np.ceil(low), 0, rows).astype(int)
    beyond = np.clip(np.ceil(high), 0, rows).astype(int)  # an edge holds its upper end, not its lower one
    count = np.maximum(beyond - first, 0)
    edge = np.repeat(np.arange(row.size), count)
    crossed = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    along = (crossed - row[edge]) / (row_2[edge] - row[edge])
    at = column[edge] + along * (column_2[edge] - column[edge])
    np.add.at(flips, (crossed, np.clip(np.ceil(at), 0, columns).astype(int)), 1)


def zones(areas: Sequence[Sequence[Ring]], grid: Grid) -> Zones:
    """Lay areas on a grid.

    Parameters
    ----------
    areas : sequence of sequences of Ring
        Each area's rings.
    grid : Grid
        Where.

    Returns
    -------
    Zones
        In the order given. An area too small to hold a cell's centre gets the cell at the middle of its first ring.
    """
    return Zones(tuple(_cells(rings, grid) for rings in areas), grid.shape)


def _cells(rings: Sequence[Ring], grid: Grid) -> npt.NDArray[np.intp]:
    found = np.flatnonzero(inside(rings, grid))
    if found.size or not rings:
        return found
    row, column = (float(np.rint(part.mean())) for part in grid.position(*np.asarray(rings[0], float).T))
    on_grid = 0 <= row < grid.rows and 0 <= column < grid.columns
    return np.array([int(row) * grid.columns + int(column)] if on_grid else [], np.intp)


def summary(fields: FloatField, places: Zones, threshold: float) -> AreaSummary:
    """Give mean, highest value, share over a threshold and share known, for each field and area.

    Parameters
    ----------
    fields : FloatField
        (k, rows, columns) rates, amounts or probabilities, NaN where unknown.
    places : Zones
        Areas on the same grid.
    threshold : float
        In the unit of the fields.

    Returns
    -------
    AreaSummary
        Arrays (k, areas).

    Raises
    ------
    ValueError
        If the fields don't have the shape of the zones' grid, or there is no area.
    """
    if fields.ndim != 3 or fields.shape[1:] != places.shape or not places.cells:
        raise ValueError(
            f"fields of {fields.shape} and {len(places.cells)} areas on {places.shape}; "
            "fields (k, rows, columns) on the areas' grid and one area or more are needed"
        )
    flat = fields.reshape(len(fields), -1)
    inside_each = [flat[:, cells].astype(np.float64) for cells in places.cells]
    return AreaSummary(
        _each(inside_each, _mean),
        _each(inside_each, _highest),
        _each(inside_each, lambda values: _over(values, threshold)),
        _each(inside_each, lambda values: np.isfinite(values).sum(1) / max(values.shape[1], 1)),
    )


def _each(
    inside_each: Sequence[npt.NDArray[np.float64]],
    answer: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
) -> npt.NDArray[np.float64]:
    return np.stack([answer(values) for values in inside_each], axis=1)


def _count(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isfinite(values).any(1), np.isfinite(values).sum(1), np.nan)


def _mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.nansum(values, axis=1) / _count(values))


def _highest(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    top = np.where(np.isfinite(values), values, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(top), top, np.nan)


def _over(values: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.float64]:
    return np.asarray((values >= threshold).sum(1) / _count(values))
