"""Where the observation stands among the members: the rank histogram of an ensemble and no more.

The same counts as :func:`xiangtian.met.verify.ensemble.tally` makes, without sorting, in less time where CRPS and
probabilities aren't asked for. Ties are shared equally, as there (Hamill 2001, MWR 129, 550-560).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.verify.pairs import FloatField, each, members_of, same_make

BLOCK = 256
"""Cells looked at together; their counts stay in the fastest cache."""
Scores = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
_Number = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Tally:
    """Places of the observation over k fields.

    Attributes
    ----------
    placed : ndarray
        (k, m + 1, m + 1) int64: cells with b members below the observation and e equal to it.
    """

    placed: Counts

    def __add__(self, other: Tally) -> Tally:
        """Add the counts of other starts or events, field by field."""
        same_make(self, other, "fields", "members")
        return Tally(self.placed + other.placed)

    @property
    def fields(self) -> int:
        """Number of fields, k."""
        return len(self.placed)

    @property
    def members(self) -> int:
        """Number of members, m."""
        return int(self.placed.shape[-1]) - 1

    def pooled(self) -> Tally:
        """Give one tally of all fields together, k = 1."""
        return Tally(self.placed.sum(0, keepdims=True))

    def ranks(self, everywhere: bool = True) -> Scores:
        """(k, m + 1) cells of each rank; `everywhere=False` leaves out cells where all values are the same."""
        table = self.placed.copy()
        if not everywhere:
            table[:, 0, self.members] = 0
        return np.asarray(np.einsum("kbe,ber->kr", table, shares(self.members)), float)


def tally(members: npt.ArrayLike, observed: npt.ArrayLike) -> Tally:
    """Count how many members are below the observation and how many equal it.

    Parameters
    ----------
    members : array_like
        (m, k, rows, columns) or (m, rows, columns), m of 2 or more, taken as float32.
    observed : array_like
        The shape of one member; a cell that is NaN or infinite here or in any member is left out.

    Returns
    -------
    Tally
        Counts of k fields; k is 1 for single fields.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> tally([[[0.0]], [[1.0]], [[3.0]]], [[1.0]]).ranks().tolist()
    [[0.0, 0.5, 0.5, 0.0]]
    """
    said, was = members_of(members, observed)
    count, fields = said.shape[:2]
    placed = np.zeros((fields, count + 1, count + 1), np.int64)
    together = said.reshape(count, fields, -1)
    each(lambda k: _place_field(together, k, was[k].ravel(), placed[k]), fields)
    return Tally(placed)


@lru_cache(maxsize=8)
def shares(members: int) -> Scores:
    """(m + 1, m + 1, m + 1) share of each rank in a cell with b members below and e equal, 0 where out of reach."""
    below, equal, rank = np.indices((members + 1, members + 1, members + 1))
    return np.where((rank >= below) & (rank <= below + equal), 1.0 / (equal + 1.0), 0.0)


@kernel
def _place_field(members: FloatField, field: int, observed: FloatField, placed: Counts) -> None:
    below, upto = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    unknown = np.empty(BLOCK, np.float32)
    for start in range(0, observed.shape[0], BLOCK):
        seen = observed[start : start + BLOCK]
        _compare(members, field, start, seen, unknown, below, upto)
        _enter(seen.shape[0], members.shape[0], unknown, below, upto, placed)


@kernel
def _compare(
    members: FloatField, field: int, start: int, seen: FloatField, unknown: FloatField, below: _Number, upto: _Number
) -> None:
    """Count members below and up to the observation; `unknown` becomes NaN where a value is not finite, else 0."""
    none = np.float32(0.0)
    for j in range(seen.shape[0]):
        below[j], upto[j], unknown[j] = 0, 0, seen[j] * none
    for i in range(0, members.shape[0] - 1, 2):
        for j in range(seen.shape[0]):
            a, b = members[i, field, start + j], members[i + 1, field, start + j]
            unknown[j] += a * none + b * none
            below[j] += np.int32(a < seen[j]) + np.int32(b < seen[j])
            upto[j] += np.int32(a <= seen[j]) + np.int32(b <= seen[j])
    for i in range(members.shape[0] - members.shape[0] % 2, members.shape[0]):
        for j in range(seen.shape[0]):
            value = members[i, field, start + j]
            unknown[j] += value * none
            below[j] += np.int32(value < seen[j])
            upto[j] += np.int32(value <= seen[j])


@kernel
def _enter(width: int, count: int, unknown: FloatField, below: _Number, upto: _Number, placed: Counts) -> None:
    """Enter the known cells in the table; those where all is the same are most, and counted apart, which is faster."""
    same = 0
    for j in range(width):
        if unknown[j] == 0.0:
            if below[j] == 0 and upto[j] == count:
                same += 1
            else:
                placed[below[j], upto[j] - below[j]] += 1
    placed[0, count] += same
