"""A bound: what one relation between the elements of a reading allows one of them to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.model import FloatArray, VerdictArray


@dataclass(frozen=True)
class Bound:
    """The range that a relation allows for an element, station by station.

    Attributes
    ----------
    element : str
        Who is judged.
    relation : str
        By what (of `evidence.WORDS`).
    found : FloatArray
        (n,) its values, NaN where missing or doubted.
    low : FloatArray
        (n,) least allowed, minus infinity where there is no lower end, NaN where the relation can't be formed.
    high : FloatArray
        (n,) most allowed, as `low`.
    partners : tuple[tuple[str, FloatArray], ...]
        The elements it is compared with and their (n,) values.
    """

    element: str
    relation: str
    found: FloatArray
    low: FloatArray
    high: FloatArray
    partners: tuple[tuple[str, FloatArray], ...]

    def verdict(self) -> VerdictArray:
        """Give (n,) SUSPECT outside the range, PASS inside, NOT_RUN where anything is missing."""
        unknown = np.isnan(self.found) | np.isnan(self.low) | np.isnan(self.high)
        outside = (self.found < self.low) | (self.found > self.high)
        verdict = np.where(outside, Verdict.SUSPECT, Verdict.PASS)
        return np.where(unknown, Verdict.NOT_RUN, verdict).astype(np.int8)


def near(
    element: str,
    relation: str,
    found: FloatArray,
    expected: FloatArray,
    tolerance: FloatArray | float,
    partners: tuple[tuple[str, FloatArray], ...],
) -> Bound:
    """Give the bound that a value lies within a tolerance of what is expected."""
    return Bound(element, relation, found, expected - tolerance, expected + tolerance, partners)


def ordered(relation: str, less: tuple[str, FloatArray], more: tuple[str, FloatArray], slack: float) -> list[Bound]:
    """Give the bounds that one value is at most another (plus a slack); either may be at fault, so both are judged."""
    (low_name, low), (high_name, high) = less, more
    return [
        Bound(low_name, relation, low, _endless(high, -np.inf), high + slack, (more,)),
        Bound(high_name, relation, high, low - slack, _endless(low, np.inf), (less,)),
    ]


def together(
    relation: str, one: tuple[str, FloatArray], other: tuple[str, FloatArray], tolerance: FloatArray | float
) -> list[Bound]:
    """Give the bounds that two values lie within a tolerance of each other; both are judged."""
    return [
        near(one[0], relation, one[1], other[1], tolerance, (other,)),
        near(other[0], relation, other[1], one[1], tolerance, (one,)),
    ]


def _endless(like: FloatArray, end: float) -> FloatArray:
    return np.where(np.isnan(like), np.nan, end)
