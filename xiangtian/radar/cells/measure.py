"""What lies under the footprint of each cell: place, size, shape, values of fields, outline."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import shapely

from xiangtian.met.kernel import kernel

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
IntField = npt.NDArray[np.int32]
_FINE = 3
"""Outlines are traced on cells cut into so many parts each way."""
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
BOW_CELLS = 40
"""A cell of fewer grid cells has no shape worth a word."""


@dataclass(frozen=True)
class Footprints:
    """The footprints of the n cells of one moment; each array's k-th element belongs to label k + 1.

    Attributes
    ----------
    size : IntField
        (n,) grid cells.
    row, column : FloatArray
        (n,) centre, weighted by how far reflectivity lies above the cell's least value, plus 1 dB.
    highest, mean : FloatArray
        (n,) dBZ.
    box : IntField
        (n, 4) first row, last row, first column, last column.
    """

    size: IntField
    row: FloatArray
    column: FloatArray
    highest: FloatArray
    mean: FloatArray
    box: IntField

    def __len__(self) -> int:
        """Give the number of cells."""
        return len(self.size)


def footprints(labels: IntField, dbz: FloatField) -> Footprints:
    """Measure the footprints of the cells of a moment.

    Parameters
    ----------
    labels : IntField
        (rows, columns) as from :func:`xiangtian.radar.cells.identify.cells`.
    dbz : FloatField
        (rows, columns) reflectivity, dBZ, known wherever there is a label.

    Returns
    -------
    Footprints
        Of the cells in the order of their labels; of length 0 where there is none.
    """
    count = int(labels.max(initial=0))
    least, highest = np.full(count, np.inf), np.full(count, -np.inf)
    sums = np.zeros((count, 4))
    size, box = np.zeros(count, np.int32), np.empty((count, 4), np.int32)
    box[:, ::2], box[:, 1::2] = np.iinfo(np.int32).max, -1
    field = np.ascontiguousarray(dbz, np.float32)
    _bounds(labels, field, least, highest, size, box)
    _weigh(labels, field, least, sums)
    weight = np.maximum(sums[:, 0], 1e-9)
    mean = sums[:, 3] / np.maximum(size, 1)
    return Footprints(size, sums[:, 1] / weight, sums[:, 2] / weight, highest, mean, box)


def over(labels: IntField, count: int, field: FloatField) -> tuple[FloatArray, FloatArray]:
    """Give a field's highest value and mean over each cell's footprint.

    Parameters
    ----------
    labels : IntField
        (rows, columns) labels 1 to `count`.
    count : int
        Number of cells.
    field : FloatField
        (rows, columns) in any unit, NaN where unknown.

    Returns
    -------
    tuple
        (count,) highest and (count,) mean of the known values; NaN where nothing is known.
    """
    highest, total, known = np.full(count, -np.inf), np.zeros(count), np.zeros(count, np.int32)
    _over(labels, np.ascontiguousarray(field, np.float32), highest, total, known)
    some = known > 0
    return np.where(some, highest, np.nan), np.where(some, total / np.maximum(known, 1), np.nan)


def profiles(labels: IntField, count: int, levels: FloatField) -> FloatArray:
    """Give (levels, count) highest reflectivity of each cell at each level, dBZ; NaN where a level was not seen.

    Parameters
    ----------
    labels : IntField
        (rows, columns) labels 1 to `count`.
    count : int
        Number of cells.
    levels : FloatField
        (levels, rows, columns) reflectivity at constant heights, dBZ, NaN where unseen.
    """
    return np.stack([over(labels, count, level)[0] for level in levels])


def outline(labels: IntField, prints: Footprints, k: int, tolerance: float = 0.7) -> FloatArray:
    """Give the outline of a cell.

    Parameters
    ----------
    labels : IntField
        (rows, columns).
    prints : Footprints
        Of the same labels.
    k : int
        Which cell, from 0.
    tolerance : float
        How far the simplified outline may leave the true one, grid cells.

    Returns
    -------
    FloatArray
        (points, 2) fractional row and column of a simple closed ring, its first point repeated at the end. It runs a
        sixth of a grid cell outside the cells' edges; holes are left out.
    """
    first, last, left, right = (int(edge) for edge in prints.box[k])
    part = (labels[first : last + 1, left : right + 1] == k + 1).astype(np.uint8)
    fine = cv2.resize(np.pad(part, 1), None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_NEAREST)
    rings, _ = cv2.findContours(cv2.dilate(fine, _CROSS), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    ring = max(rings, key=cv2.contourArea).reshape(-1, 2)
    points = (ring[:, ::-1] + 0.5) / _FINE - 1.5 + (first, left)
    return np.asarray(_simple(points, tolerance), np.float64)


def _simple(points: FloatArray, tolerance: float) -> FloatArray:
    """Simplify a ring; where it touches itself the largest part stands for it."""
    traced = shapely.Polygon(points)
    whole = traced if traced.is_valid else _largest(shapely.make_valid(traced))
    return shapely.get_coordinates(whole.simplify(tolerance).boundary)


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    best = max(parts, key=lambda part: part.area)
    return shapely.Polygon(best.exterior)


@dataclass(frozen=True)
class Shape:
    """The shape of a cell's footprint.

    Attributes
    ----------
    length, width : float
        Four standard deviations along and across its long axis, grid cells: the axes of an ellipse of that spread.
    bow : float
        How far a parabola through the cell bends forward over its length, as a share of the length: above 0 where the
        middle runs ahead of the ends, 0 where it is straight.
    """

    length: float
    width: float
    bow: float


def shape(labels: IntField, prints: Footprints, k: int, east: float, south: float) -> Shape | None:
    """Describe the shape of a cell that moves by (east, south).

    Parameters
    ----------
    labels : IntField
        (rows, columns).
    prints : Footprints
        Of the same labels.
    k : int
        Which cell, from 0.
    east, south : float
        Its motion, in any unit; only the direction counts.

    Returns
    -------
    Shape or None
        None where the cell is smaller than `BOW_CELLS`.
    """
    if prints.size[k] < BOW_CELLS:
        return None
    first, last, left, right = (int(edge) for edge in prints.box[k])
    i, j = np.nonzero(labels[first : last + 1, left : right + 1] == k + 1)
    y, x = i - i.mean(), j - j.mean()
    angle = 0.5 * np.arctan2(2 * (x * y).mean(), (x * x).mean() - (y * y).mean())
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    length, width = 4 * float(along.std()), 4 * float(across.std())
    bend = float(np.polyfit(along, across, 2)[0])
    forward = float(np.sign(south * np.cos(angle) - east * np.sin(angle)))
    return Shape(length, width, -forward * bend * length / 4)


@kernel
def _bounds(
    labels: IntField, field: FloatField, least: FloatArray, highest: FloatArray, size: IntField, box: IntField
) -> None:
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            k = labels[i, j] - 1
            if k >= 0:
                value = field[i, j]
                least[k], highest[k] = min(least[k], value), max(highest[k], value)
                size[k] += 1
                box[k, 0], box[k, 1] = min(box[k, 0], i), max(box[k, 1], i)
                box[k, 2], box[k, 3] = min(box[k, 2], j), max(box[k, 3], j)


@kernel
def _weigh(labels: IntField, field: FloatField, least: FloatArray, sums: FloatArray) -> None:
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            k = labels[i, j] - 1
            if k >= 0:
                weight = field[i, j] - least[k] + 1.0
                sums[k, 0] += weight
                sums[k, 1] += weight * i
                sums[k, 2] += weight * j
                sums[k, 3] += field[i, j]


@kernel
def _over(labels: IntField, field: FloatField, highest: FloatArray, total: FloatArray, known: IntField) -> None:
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            k = labels[i, j] - 1
            if k >= 0 and field[i, j] == field[i, j]:
                highest[k] = max(highest[k], field[i, j])
                total[k] += field[i, j]
                known[k] += 1
