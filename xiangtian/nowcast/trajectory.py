"""Backward trajectories of a motion, and fields moved along them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import Motion

FloatField = npt.NDArray[np.float32]
BLOCK = 8
_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)


def displacements(motion: Motion, leads: int) -> FloatField:
    """Follow the air at each node back in time.

    Semi-Lagrangian with a steady motion and the midpoint rule, two iterations a step
    (Germann and Zawadzki 2002, MWR 130, 2859-2873; Staniforth and Cote 1991, MWR 119, 2206-2223).

    Parameters
    ----------
    motion : Motion
        Cells per step.
    leads : int
        Steps to go back, 0 or more.

    Returns
    -------
    FloatField
        (leads, 2, nodes down, nodes across) cells eastward and southward from a node to where its air was; where the
        motion fades, the share of that way that counts at the lead.
    """
    out = np.zeros((leads, *motion.velocity.shape), np.float32)
    for lead in range(leads):
        if lead:
            out[lead] = out[lead - 1]
        _step_back(out[lead], motion.velocity, np.float32(1.0 / motion.spacing))
    if motion.fade is not None:
        out *= motion.fade[np.minimum(np.arange(leads), len(motion.fade) - 1)][:, None]
    return out


def moved(field: FloatField, shift: FloatField, spacing: int, out: FloatField | None = None) -> FloatField:
    """Give a field as it is after its air has moved.

    Each cell takes the bilinear value at the place its air came from. A place off the field is unknown, and so is one
    whose nearest cell is unknown; where only farther ones are, the value rests on the known cells.

    Parameters
    ----------
    field : FloatField
        (rows, columns) float32, NaN where unknown; 2 rows and columns or more.
    shift : FloatField
        (2, nodes down, nodes across) cells from a node to where its air was, as from `displacements`.
    spacing : int
        Cells between nodes.
    out : FloatField or None
        Where to write the result, if it exists already.

    Returns
    -------
    FloatField
        (rows, columns) float32, NaN where unknown.
    """
    result = np.empty(field.shape, np.float32) if out is None else out
    whole = np.ascontiguousarray(field, np.float32)
    _move(whole, quiet_blocks(whole), np.ascontiguousarray(shift), spacing, result)
    return result


def all_moved(field: FloatField, shifts: FloatField, spacing: int, threads: int = 2) -> FloatField:
    """Give a field as it is at each lead, see `moved`: (leads, rows, columns) of shifts (leads, 2, nodes, nodes)."""
    whole = np.ascontiguousarray(field, np.float32)
    quiet = quiet_blocks(whole)
    out = np.empty((len(shifts), *whole.shape), np.float32)
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(_move, whole, quiet, shifts[k], spacing, out[k]) for k in range(len(shifts))]
        for done in running:
            done.result()
    return out


def quiet_blocks(field: FloatField) -> npt.NDArray[np.uint8]:
    """Tell which blocks of `BLOCK` by `BLOCK` cells are 0 throughout (1), and which are unknown throughout (2)."""
    out = np.empty((-(-field.shape[0] // BLOCK), -(-field.shape[1] // BLOCK)), np.uint8)
    _find_quiet(field, out)
    return out


@kernel
def _interpolated(values: FloatField, y: np.float32, x: np.float32) -> tuple[np.float32, np.float32]:
    """Give both components at a fractional node, clipped to the grid of nodes."""
    y = min(max(y, _ZERO), np.float32(values.shape[1] - 1.001))
    x = min(max(x, _ZERO), np.float32(values.shape[2] - 1.001))
    i, j = int(y), int(x)
    a, b = y - np.float32(i), x - np.float32(j)
    upper = (_ONE - a) * (_ONE - b), (_ONE - a) * b
    lower = a * (_ONE - b), a * b
    east = upper[0] * values[0, i, j] + upper[1] * values[0, i, j + 1]
    east += lower[0] * values[0, i + 1, j] + lower[1] * values[0, i + 1, j + 1]
    south = upper[0] * values[1, i, j] + upper[1] * values[1, i, j + 1]
    south += lower[0] * values[1, i + 1, j] + lower[1] * values[1, i + 1, j + 1]
    return east, south


@kernel
def _step_back(shift: FloatField, velocity: FloatField, per_cell: np.float32) -> None:
    for i in range(shift.shape[1]):
        for j in range(shift.shape[2]):
            x, y = shift[0, i, j], shift[1, i, j]
            u, v = _interpolated(velocity, i + y * per_cell, j + x * per_cell)
            for _ in range(2):
                u, v = _interpolated(velocity, i + (y - v * _HALF) * per_cell, j + (x - u * _HALF) * per_cell)
            shift[0, i, j] = x - u
            shift[1, i, j] = y - v


@kernel
def row_origins(shift: FloatField, i: int, spacing: int, x: FloatField, y: FloatField) -> None:
    """Fill the fractional columns `x` and rows `y` (both (columns,)) from which the air of row `i` came."""
    _origins(shift, i, spacing, 0, shift.shape[2] - 1, x, y)


@kernel
def _origins(shift: FloatField, i: int, spacing: int, first: int, end: int, x: FloatField, y: FloatField) -> None:
    """Fill what lies between the nodes `first` and `end` of a row."""
    per_cell = _ONE / np.float32(spacing)
    node = i // spacing
    a = np.float32(i - node * spacing) * per_cell
    for q in range(first, end):
        start = q * spacing
        left_x = (_ONE - a) * shift[0, node, q] + a * shift[0, node + 1, q]
        left_y = (_ONE - a) * shift[1, node, q] + a * shift[1, node + 1, q]
        slope_x = ((_ONE - a) * shift[0, node, q + 1] + a * shift[0, node + 1, q + 1] - left_x) * per_cell + _ONE
        slope_y = ((_ONE - a) * shift[1, node, q + 1] + a * shift[1, node + 1, q + 1] - left_y) * per_cell
        left_x += np.float32(start)
        left_y += np.float32(i)
        for p in range(min(spacing, x.shape[0] - start)):
            far = np.float32(p)
            x[start + p] = left_x + slope_x * far
            y[start + p] = left_y + slope_y * far


@kernel
def fill_row(field: FloatField, x: FloatField, y: FloatField, out: FloatField) -> None:
    """Fill `out` (columns,) with the field's values at fractional columns and rows, as `moved` describes."""
    _sample(field, x, y, out)
    _mend(field, x, y, out)


@kernel
def _sample(field: FloatField, x: FloatField, y: FloatField, out: FloatField) -> None:
    """Fill a row with bilinear values; NaN off the field and where any of the four cells is unknown.

    This loop has no exits and its indices no sign, so that the compiler may do several cells at once.
    """
    far_x, far_y = np.float32(field.shape[1] - 1), np.float32(field.shape[0] - 1)
    last_j, last_i, next_to = np.int32(field.shape[1] - 2), np.int32(field.shape[0] - 2), np.int32(1)
    for k in range(out.shape[0]):
        u, v = x[k], y[k]
        if u < _ZERO or v < _ZERO or u > far_x or v > far_y:
            out[k] = np.float32(np.nan)
        else:
            left, top = min(np.int32(u), last_j), min(np.int32(v), last_i)
            b, a = u - np.float32(left), v - np.float32(top)
            j, i = np.uint32(left), np.uint32(top)
            right, low = np.uint32(left + next_to), np.uint32(top + next_to)
            upper, lower = field[i, j], field[low, j]
            upper += b * (field[i, right] - upper)
            lower += b * (field[low, right] - lower)
            out[k] = upper + a * (lower - upper)


@kernel
def _mend(field: FloatField, x: FloatField, y: FloatField, out: FloatField) -> None:
    """Fill the gaps `_sample` left where the nearest cell is known, from the known ones of the four around."""
    far_x, far_y = np.float32(field.shape[1] - 1), np.float32(field.shape[0] - 1)
    for k in range(out.shape[0]):
        if out[k] != out[k]:
            u, v = x[k], y[k]
            if u >= _ZERO and v >= _ZERO and u <= far_x and v <= far_y:
                nearest = field[np.uint32(v + _HALF), np.uint32(u + _HALF)]
                if nearest == nearest:
                    out[k] = _known_share(field, v, u)


@kernel
def _known_share(field: FloatField, v: np.float32, u: np.float32) -> np.float32:
    """Give the mean of the known among the four cells around a place, weighted as usual."""
    i, j = min(int(v), field.shape[0] - 2), min(int(u), field.shape[1] - 2)
    a, b = v - np.float32(i), u - np.float32(j)
    total, weight = _ZERO, _ZERO
    for k in range(2):
        for m in range(2):
            value = field[i + k, j + m]
            if value == value:
                share = (a if k else _ONE - a) * (b if m else _ONE - b)
                total += share * value
                weight += share
    return total / weight


@kernel
def _find_quiet(field: FloatField, out: npt.NDArray[np.uint8]) -> None:
    for bi in range(out.shape[0]):
        for bj in range(out.shape[1]):
            dry = unknown = True
            for i in range(bi * BLOCK, min((bi + 1) * BLOCK, field.shape[0])):
                for j in range(bj * BLOCK, min((bj + 1) * BLOCK, field.shape[1])):
                    dry &= field[i, j] == _ZERO
                    unknown &= field[i, j] != field[i, j]
            out[bi, bj] = 1 if dry else (2 if unknown else 0)


@kernel
def _still(quiet: npt.NDArray[np.uint8], rows: int, columns: int, corners: FloatField) -> int:
    """Give what all cells are between whose origins (2, 4 corners) a field is asked: 1 dry, 2 unknown, 0 else."""
    low_x, high_x = corners[0].min() - 2, corners[0].max() + 3
    low_y, high_y = corners[1].min() - 2, corners[1].max() + 3
    if low_x < 0 or low_y < 0 or high_x > columns - 1 or high_y > rows - 1:
        return 0
    first = quiet[int(low_y) // BLOCK, int(low_x) // BLOCK]
    for bi in range(int(low_y) // BLOCK, int(high_y) // BLOCK + 1):
        for bj in range(int(low_x) // BLOCK, int(high_x) // BLOCK + 1):
            if quiet[bi, bj] != first:
                return 0
    return int(first)


@kernel
def _find_still(
    quiet: npt.NDArray[np.uint8], shift: FloatField, node: int, spacing: int, shape: tuple[int, int],
    out: npt.NDArray[np.uint8],
) -> None:  # fmt: skip
    """Tell of each stretch between the nodes of a row, and of the next row's, what its cells come from (`_still`)."""
    corners = np.empty((2, 4), np.float32)
    for q in range(out.shape[0]):
        for k in range(4):
            i, j = node + k // 2, q + k % 2
            corners[0, k] = shift[0, i, j] + np.float32(j * spacing)
            corners[1, k] = shift[1, i, j] + np.float32(i * spacing)
        out[q] = _still(quiet, shape[0], shape[1], corners)


@kernel
def _move(field: FloatField, quiet: npt.NDArray[np.uint8], shift: FloatField, spacing: int, out: FloatField) -> None:
    """Fill `out` row by row; stretches that come from dry or unknown cells alone are not interpolated."""
    columns = field.shape[1]
    x, y = np.empty(columns, np.float32), np.empty(columns, np.float32)
    still = np.empty((columns - 1) // spacing + 1, np.uint8)
    for i in range(field.shape[0]):
        if i % spacing == 0:
            _find_still(quiet, shift, i // spacing, spacing, field.shape, still)
        q = 0
        while q < still.shape[0]:
            end = q + 1
            while end < still.shape[0] and still[end] == still[q]:
                end += 1
            start, stop = q * spacing, min(end * spacing, columns)
            if still[q]:
                out[i, start:stop] = _ZERO if still[q] == 1 else np.float32(np.nan)
            else:
                _origins(shift, i, spacing, q, end, x, y)
                fill_row(field, x[start:stop], y[start:stop], out[i, start:stop])
            q = end
