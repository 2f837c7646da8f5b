"""How many members reach a threshold, and whether the observation did: the probabilities of an ensemble and no more.

The same counts as :func:`xiangtian.met.verify.ensemble.tally` makes, in less time where CRPS and ranks aren't
asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.verify import probability
from xiangtian.met.verify.pairs import LARGEST, FloatField, ascending, each, members_of

BLOCK = 64
"""Cells looked at together; a threshold that none of them reaches is done with at once, so few are better than many."""
_Counts = npt.NDArray[np.int64]


def tally(members: npt.ArrayLike, observed: npt.ArrayLike, thresholds: Sequence[float]) -> probability.Tally:
    """Count forecast probabilities of an ensemble, one class for each number of members, against what was observed.

    Parameters
    ----------
    members : array_like
        (m, k, rows, columns) or (m, rows, columns), m of 2 or more, taken as float32.
    observed : array_like
        The shape of one member; a cell that is NaN or infinite here or in any member is left out.
    thresholds : sequence of float
        Rising, in the unit of the fields; an event reaches or passes its threshold.

    Returns
    -------
    probability.Tally
        Counts of shape (k, t, m + 1).

    Raises
    ------
    ValueError
        If the shapes don't fit or the thresholds don't rise.
    """
    said, was = members_of(members, observed)
    levels = np.array(ascending(thresholds), np.float32)
    count, fields = said.shape[:2]
    reached = np.zeros((fields, len(levels), count + 1, 2), np.int64)
    together = said.reshape(count, fields, -1)
    each(lambda k: _count_field(together, k, was[k].ravel(), levels, reached[k]), fields)
    return probability.of_counts(reached.sum(-1), reached[..., 1], np.arange(count + 1) / count)


@kernel
def _count_field(
    members: FloatField, field: int, observed: FloatField, thresholds: FloatField, reached: _Counts
) -> None:
    top, unknown = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    number = np.empty(BLOCK, np.int32)
    for start in range(0, observed.shape[0], BLOCK):
        seen = observed[start : start + BLOCK]
        _range(members, field, start, seen, unknown, top)
        cells, highest = _judge(unknown[: seen.shape[0]], top)
        for t in range(thresholds.shape[0]):
            if highest < thresholds[t]:
                reached[t, 0, 0] += cells
            else:
                _count(members, field, start, seen.shape[0], thresholds[t], number)
                _enter(number, seen, unknown, thresholds[t], reached[t])


@kernel
def _range(members: FloatField, field: int, start: int, seen: FloatField, unknown: FloatField, top: FloatField) -> None:
    """Find each cell's highest value, and make `unknown` NaN where a value is not finite, else 0."""
    width, count, none = seen.shape[0], members.shape[0], np.float32(0.0)
    for j in range(width):
        top[j], unknown[j] = seen[j], seen[j] * none
    for i in range(0, count - 3, 4):
        for j in range(width):
            a, b = members[i, field, start + j], members[i + 1, field, start + j]
            c, d = members[i + 2, field, start + j], members[i + 3, field, start + j]
            unknown[j] += (a * none + b * none) + (c * none + d * none)
            low, high = a if a > b else b, c if c > d else d
            most = low if low > high else high
            top[j] = most if most > top[j] else top[j]
    for i in range(count - count % 4, count):
        for j in range(width):
            value = members[i, field, start + j]
            unknown[j] += value * none
            top[j] = value if value > top[j] else top[j]


@kernel
def _judge(unknown: FloatField, top: FloatField) -> tuple[int, np.float32]:
    """Count the known cells and find their highest value, -LARGEST if there are none."""
    cells, highest = 0, -LARGEST
    for j in range(unknown.shape[0]):
        known = unknown[j] == 0.0
        cells += known
        value = top[j] if known else -LARGEST
        highest = value if value > highest else highest
    return cells, highest


@kernel
def _count(
    members: FloatField, field: int, start: int, width: int, threshold: np.float32, number: npt.NDArray[np.int32]
) -> None:
    count = members.shape[0]
    number[:] = 0
    for i in range(0, count - 3, 4):
        for j in range(width):
            pair = np.int32(members[i, field, start + j] >= threshold)
            pair += np.int32(members[i + 1, field, start + j] >= threshold)
            other = np.int32(members[i + 2, field, start + j] >= threshold)
            other += np.int32(members[i + 3, field, start + j] >= threshold)
            number[j] += pair + other
    for i in range(count - count % 4, count):
        for j in range(width):
            number[j] += np.int32(members[i, field, start + j] >= threshold)


@kernel
def _enter(
    number: npt.NDArray[np.int32], seen: FloatField, unknown: FloatField, threshold: np.float32, reached: _Counts
) -> None:
    """Enter the known cells of a block in the table; most have nothing and are counted apart, which is faster."""
    nothing = 0
    for j in range(seen.shape[0]):
        if unknown[j] == 0.0:
            if number[j] == 0 and not seen[j] >= threshold:
                nothing += 1
            else:
                reached[number[j], np.int64(seen[j] >= threshold)] += 1
    reached[0, 0] += nothing
