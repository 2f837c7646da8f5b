"""Lines of equal value through a field, by marching squares, rounded for the eye."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
Points = npt.NDArray[np.float64]
STEPS = (1.0, 2.0, 2.5, 5.0)
"""Lines stand at multiples of one of these times a power of ten."""

_TOP, _RIGHT, _BOTTOM, _LEFT = range(4)
_CASES: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((_LEFT, _TOP),),
    ((_TOP, _RIGHT),),
    ((_LEFT, _RIGHT),),
    ((_RIGHT, _BOTTOM),),
    ((_LEFT, _TOP), (_RIGHT, _BOTTOM)),
    ((_TOP, _BOTTOM),),
    ((_LEFT, _BOTTOM),),
    ((_BOTTOM, _LEFT),),
    ((_BOTTOM, _TOP),),
    ((_TOP, _RIGHT), (_BOTTOM, _LEFT)),
    ((_BOTTOM, _RIGHT),),
    ((_RIGHT, _LEFT),),
    ((_RIGHT, _TOP),),
    ((_TOP, _LEFT),),
    (),
)
"""Which edges of a cell a line joins; the case has bit 1, 2, 4, 8 where the upper left, upper right, lower right, lower
left corner is at or above the level (Lorensen and Cline 1987, in two dimensions; in a saddle high corners stay apart).
"""


@dataclass(frozen=True)
class Isoline:
    """A line of one value: `points` is (points, 2) of column and row, fractional; a closed line ends where it began."""

    value: float
    points: Points


def levels(low: float, high: float, most: int = 10) -> tuple[float, ...]:
    """Give round values between two, as many as fit and at most `most`.

    >>> levels(21.3, 24.1, 6)
    (21.5, 22.0, 22.5, 23.0, 23.5, 24.0)
    """
    if not high > low:
        return ()
    power = math.floor(math.log10((high - low) / most))
    sizes = (unit * 10.0**exponent for exponent in (power, power + 1) for unit in STEPS)
    size = next(one for one in sizes if math.floor(high / one) - math.ceil(low / one) < most)
    return tuple(round(number * size, 10) for number in range(math.ceil(low / size), math.floor(high / size) + 1))


def lines(field: FloatArray, values: Sequence[float], *, rounds: int = 2, shortest: float = 6.0) -> list[Isoline]:
    """Trace lines of equal value.

    Parameters
    ----------
    field : FloatArray
        (rows, columns); no line enters a cell that has a NaN corner.
    values : Sequence of float
        The levels, in the unit of the field.
    rounds : int
        How often corners are cut (Chaikin 1974); 0 leaves the line as traced.
    shortest : float
        Lines shorter than this many cells are left out.

    Returns
    -------
    list of Isoline
        In the order of the levels.
    """
    plain = np.asarray(field, np.float64)
    traced = ((value, line) for value in values for line in _chains(_segments(plain, value)))
    return [Isoline(float(value), rounded(line, rounds)) for value, line in traced if _length(line) >= shortest]


def rounded(points: Points, rounds: int) -> Points:
    """Cut the corners of a line: each stretch gives its points at a quarter and three quarters; open ends stay.

    >>> rounded(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]), 1).tolist()
    [[0.0, 0.0], [3.0, 0.0], [4.0, 1.0], [4.0, 4.0]]
    """
    for _ in range(rounds):
        if len(points) < 3:
            return points
        closed = np.allclose(points[0], points[-1])
        early, late = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.stack([early, late], axis=1).reshape(-1, 2)
        points = np.vstack([cut, cut[:1]]) if closed else np.vstack([points[:1], cut[1:-1], points[-1:]])
    return points


def _length(points: Points) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _segments(field: Points, value: float) -> Points:
    """Give (segments, 2, 2) stretches of line, each from (column, row) to (column, row)."""
    above = field >= value
    case = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    whole = np.isfinite(field)
    case[~(whole[:-1, :-1] & whole[:-1, 1:] & whole[1:, 1:] & whole[1:, :-1])] = 0
    parts = [
        np.stack([_crossing(field, value, np.argwhere(case == kind), edge) for edge in pair], axis=1)
        for kind, pairs in enumerate(_CASES)
        for pair in pairs
    ]
    return np.concatenate(parts)


def _crossing(field: Points, value: float, cells: npt.NDArray[np.intp], edge: int) -> Points:
    """Give (cells, 2) points (column, row) where the level crosses an edge; the same from both cells that share it."""
    down, right = {_TOP: (0, 0), _BOTTOM: (1, 0), _LEFT: (0, 0), _RIGHT: (0, 1)}[edge]
    row, column = cells[:, 0] + down, cells[:, 1] + right
    flat = edge in (_TOP, _BOTTOM)
    first = field[row, column]
    second = field[row, column + 1] if flat else field[row + 1, column]
    share = (value - first) / (second - first)
    return np.stack([column + share, row] if flat else [column, row + share], axis=-1).astype(np.float64)


def _chains(segments: Points) -> Iterable[Points]:
    """Join stretches end to end; open lines first, then rings."""
    ends: dict[tuple[float, float], list[int]] = {}
    for number, (first, last) in enumerate(segments.tolist()):
        ends.setdefault(tuple(first), []).append(number)
        ends.setdefault(tuple(last), []).append(number)
    free = set(range(len(segments)))
    loose = [numbers[0] for numbers in ends.values() if len(numbers) == 1]
    for start in (*loose, *range(len(segments))):
        if start in free:
            yield _follow(segments, ends, free, start)


def _follow(segments: Points, ends: dict[tuple[float, float], list[int]], free: set[int], start: int) -> Points:
    first, last = (tuple(point) for point in segments[start].tolist())
    chain = [last, first] if len(ends[last]) == 1 else [first, last]
    free.discard(start)
    while onward := [number for number in ends[chain[-1]] if number in free]:
        free.discard(onward[0])
        one, other = (tuple(point) for point in segments[onward[0]].tolist())
        chain.append(other if one == chain[-1] else one)
    return np.array(chain, np.float64)
