"""The pass over an ensemble's cells: cells side by side, so that the processor takes eight or more at once.

The members of each cell are sorted by a network of compare-and-swap steps (Batcher 1968, AFIPS Spring Joint Computing
Conference 32, 307-314), which needs no branches: the same steps for every cell. Most of a radar picture is dry or
unknown; such groups of cells are counted without sorting, the others laid on a bench, which is worked off when full.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.verify.pairs import LARGEST, FloatField

BLOCK = 256
"""Cells on the bench: with 24 members 24 kB, which stay in the fastest cache."""
GROUP = 16
"""Neighbours that are left out together, where all are unknown or dry, or laid on the bench together."""
_Counts = npt.NDArray[np.int64]
_Sums = npt.NDArray[np.float64]
_Steps = npt.NDArray[np.int32]


@lru_cache(maxsize=32)
def comparators(count: int) -> npt.NDArray[np.int32]:
    """Give the steps that sort `count` values: (steps, 2) positions, the smaller value goes to the first of each.

    Batcher's odd-even merge exchange for any count (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M).

    >>> comparators(3).tolist()
    [[0, 2], [0, 1], [1, 2]]
    """
    steps: list[tuple[int, int]] = []
    top = 1 << max((count - 1).bit_length() - 1, 0)
    part = top
    while part and count > 1:
        merge, rest, distance = top, 0, part
        while True:
            steps += [(i, i + distance) for i in range(count - distance) if i & part == rest]
            if merge == part:
                break
            distance, merge, rest = merge - part, merge >> 1, part
        part >>= 1
    return np.array(steps, np.int32).reshape(-1, 2)


@kernel
def count_cells(
    members: FloatField,
    field: int,
    observed: FloatField,
    thresholds: FloatField,
    swaps: _Steps,
    sums: _Sums,
    reached: _Counts,
    placed: _Counts,
    flat: _Counts,
) -> int:
    """Add all cells of one field to its counts, see :class:`xiangtian.met.verify.ensemble.Tally`; give the known cells.

    Parameters
    ----------
    members : FloatField
        (m, k, n) float32.
    field : int
        Which of the k is counted.
    observed : FloatField
        (n,) float32.
    thresholds : FloatField
        (t,) float32, rising.
    swaps : ndarray
        What :func:`comparators` gives for m.
    sums, reached, placed, flat : ndarray
        (5,), (t, m + 1, 2), (m + 1, m + 1), (3,): added to in place.

    Returns
    -------
    int
        Cells known in the observation and in every member.
    """
    total, same, filled = 0, 0, 0
    first = thresholds[0] if thresholds.shape[0] else LARGEST
    apart, bench_apart = np.empty(BLOCK), np.empty(BLOCK)
    bench, bench_seen = np.empty((members.shape[0], BLOCK), np.float32), np.empty(BLOCK, np.float32)
    for start in range(0, observed.shape[0], BLOCK):
        seen = observed[start : start + BLOCK]
        _distances(members, field, seen, start, apart)
        for at in range(0, seen.shape[0], GROUP):
            width = min(GROUP, seen.shape[0] - at)
            cells, alike = _judge(seen[at : at + width], apart[at : at + width], first)
            total += cells
            if alike == cells:
                same += cells
                continue
            for j in range(width):
                bench_seen[filled + j], bench_apart[filled + j] = seen[at + j], apart[at + j]
            _lay_out(members, field, start + at, width, bench, filled)
            filled += width
            if filled > BLOCK - GROUP:
                _settle(bench, bench_seen[:filled], bench_apart, thresholds, swaps, sums, reached, placed, flat)
                filled = 0
    _settle(bench, bench_seen[:filled], bench_apart, thresholds, swaps, sums, reached, placed, flat)
    flat[1] += same
    for t in range(thresholds.shape[0]):
        reached[t, 0, 0] += same
    return total


@kernel
def _distances(members: FloatField, field: int, seen: FloatField, start: int, apart: _Sums) -> None:
    """Sum each cell's distances between members and observation; not finite where a value isn't known."""
    width, count = seen.shape[0], members.shape[0]
    apart[:width] = 0.0
    for i in range(0, count - 3, 4):
        for j in range(width):
            a, b = members[i, field, start + j] - seen[j], members[i + 1, field, start + j] - seen[j]
            c, d = members[i + 2, field, start + j] - seen[j], members[i + 3, field, start + j] - seen[j]
            apart[j] += (abs(a) + abs(b)) + (abs(c) + abs(d))
    for i in range(count - count % 4, count):
        for j in range(width):
            apart[j] += abs(members[i, field, start + j] - seen[j])


@kernel
def _judge(seen: FloatField, apart: _Sums, first: np.float32) -> tuple[int, int]:
    """Count the known cells, and those of them whose members all equal an observation below the first threshold."""
    cells, alike = 0, 0
    for j in range(seen.shape[0]):
        cells += apart[j] <= LARGEST
        alike += (apart[j] == 0.0) & (seen[j] < first)
    return cells, alike


@kernel
def _lay_out(members: FloatField, field: int, start: int, width: int, bench: FloatField, filled: int) -> None:
    for i in range(members.shape[0]):
        source, place = members[i, field, start : start + width], bench[i, filled : filled + width]
        for j in range(width):
            place[j] = source[j]


@kernel
def _settle(
    bench: FloatField,
    seen: FloatField,
    apart: _Sums,
    thresholds: FloatField,
    swaps: _Steps,
    sums: _Sums,
    reached: _Counts,
    placed: _Counts,
    flat: _Counts,
) -> None:
    """Sort the members of the cells on the bench and add the cells to all counts."""
    _sort(bench, seen.shape[0], swaps)
    _add_sums(bench, seen, apart, sums)
    _count_places(bench, seen, apart, placed, flat)
    for t in range(thresholds.shape[0]):
        _count_reached(bench, seen, apart, thresholds[t], reached[t])


@kernel
def _sort(values: FloatField, width: int, swaps: _Steps) -> None:
    """Sort the members of every cell, the lowest first."""
    for step in range(swaps.shape[0]):
        upper, lower = values[swaps[step, 0]], values[swaps[step, 1]]
        for j in range(width):
            a, b = upper[j], lower[j]
            upper[j] = a if a < b else b
            lower[j] = b if a < b else a


@kernel
def _add_sums(values: FloatField, seen: FloatField, apart: _Sums, sums: _Sums) -> None:
    """Add absolute errors, pair distances, variances and errors of the mean; the members are sorted."""
    count, width = values.shape[0], seen.shape[0]
    total, squares, pairs = np.zeros(width), np.zeros(width), np.zeros(width)
    for i in range((count + 1) // 2):
        weight, twice = np.float64(count - 1 - 2 * i), np.float64(2 * i + 1 < count)
        for j in range(width):
            low, high = np.float64(values[i, j]), np.float64(values[count - 1 - i, j])
            total[j] += low + twice * high
            squares[j] += low * low + twice * (high * high)
            pairs[j] += weight * (high - low)
    size = np.float64(count)
    for j in range(width):
        if apart[j] <= LARGEST:
            mean = total[j] / size
            error = mean - seen[j]
            sums[0] += apart[j] / size
            sums[1] += pairs[j] / (size * size)
            sums[2] += max(squares[j] - total[j] * mean, 0.0) / (size - 1.0)
            sums[3] += error
            sums[4] += error * error


@kernel
def _count_reached(values: FloatField, seen: FloatField, apart: _Sums, threshold: np.float32, reached: _Counts) -> None:
    """Count the cells by how many members reach a threshold; the members are sorted."""
    count, width = values.shape[0], seen.shape[0]
    number, among = np.zeros(width, np.int32), 0
    for j in range(width):
        among += values[count - 1, j] >= threshold
    for i in range(count if among else 0):
        for j in range(width):
            number[j] += np.int32(values[i, j] >= threshold)
    for j in range(width):
        if apart[j] <= LARGEST:
            reached[number[j], np.int64(seen[j] >= threshold)] += 1


@kernel
def _count_places(values: FloatField, seen: FloatField, apart: _Sums, placed: _Counts, flat: _Counts) -> None:
    """Count the cells by the place of the observation among the members, which are sorted."""
    count, width = values.shape[0], seen.shape[0]
    below, upto = np.zeros(width, np.int32), np.zeros(width, np.int32)
    for i in range(count):
        for j in range(width):
            below[j] += np.int32(values[i, j] < seen[j])
            upto[j] += np.int32(values[i, j] <= seen[j])
    for j in range(width):
        if not apart[j] <= LARGEST:
            continue
        if values[0, j] == values[count - 1, j]:
            flat[1 + np.int64(seen[j] > values[0, j]) - np.int64(seen[j] < values[0, j])] += 1
        else:
            placed[below[j], upto[j] - below[j]] += 1
