"""Yes or no: how often a threshold was reached in the forecast, in what fell, and in both.

The scores are those of :class:`xiangtian.met.scores.Contingency` (Wilks 2011, Statistical Methods in the Atmospheric
Sciences, chapter 8), here for many thresholds and fields at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.scores import Contingency
from xiangtian.met.verify.pairs import LARGEST, FloatField, aligned, ascending, each, ratio, same_make

Scores = npt.NDArray[np.float64]
SCORES = ("csi", "pod", "far", "bias", "ets", "hss")


@dataclass(frozen=True)
class Tally:
    """Contingency tables of k fields at t thresholds.

    Attributes
    ----------
    thresholds : tuple of float
        Rising, in the unit of the fields.
    counts : ndarray
        (k, t, 4) int64: hits, false alarms, misses, correct negatives.
    """

    thresholds: tuple[float, ...]
    counts: npt.NDArray[np.int64]

    def __add__(self, other: Tally) -> Tally:
        """Add the counts of other starts or events, field by field."""
        same_make(self, other, "thresholds", "fields")
        return replace(self, counts=self.counts + other.counts)

    @property
    def fields(self) -> int:
        """Number of fields, k."""
        return len(self.counts)

    def pooled(self) -> Tally:
        """Give one tally of all fields together, k = 1."""
        return replace(self, counts=self.counts.sum(0, keepdims=True))

    def contingency(self, field: int, threshold: int) -> Contingency:
        """Give one table by the positions of its field and threshold."""
        hits, false_alarms, misses, neither = (int(n) for n in self.counts[field, threshold])
        return Contingency(hits, false_alarms, misses, neither)

    @property
    def csi(self) -> Scores:
        """(k, t) critical success index, threat score; 1 is perfect."""
        hits, false_alarms, misses, _ = self._parts()
        return ratio(hits, hits + false_alarms + misses)

    @property
    def pod(self) -> Scores:
        """(k, t) probability of detection; 1 is perfect."""
        hits, _, misses, _ = self._parts()
        return ratio(hits, hits + misses)

    @property
    def far(self) -> Scores:
        """(k, t) false alarm ratio; 0 is perfect."""
        hits, false_alarms, _, _ = self._parts()
        return ratio(false_alarms, hits + false_alarms)

    @property
    def bias(self) -> Scores:
        """(k, t) frequency bias; 1 is perfect."""
        hits, false_alarms, misses, _ = self._parts()
        return ratio(hits + false_alarms, hits + misses)

    @property
    def ets(self) -> Scores:
        """(k, t) equitable threat score, Gilbert skill score (Wilks 2011, eq. 8.18)."""
        hits, false_alarms, misses, _ = self._parts()
        by_chance = ratio((hits + false_alarms) * (hits + misses), self.counts.sum(-1))
        return ratio(hits - by_chance, hits + false_alarms + misses - by_chance)

    @property
    def hss(self) -> Scores:
        """(k, t) Heidke skill score (Wilks 2011, eq. 8.15)."""
        hits, false_alarms, misses, neither = self._parts()
        wrong = (hits + misses) * (misses + neither) + (hits + false_alarms) * (false_alarms + neither)
        return ratio(2 * (hits * neither - false_alarms * misses), wrong)

    def scores(self) -> dict[str, Scores]:
        """Give all scores by name, each (k, t)."""
        return {name: getattr(self, name) for name in SCORES}

    def _parts(self) -> tuple[Scores, Scores, Scores, Scores]:
        hits, false_alarms, misses, neither = np.moveaxis(self.counts.astype(float), -1, 0)
        return hits, false_alarms, misses, neither


def tally(forecast: npt.ArrayLike, observed: npt.ArrayLike, thresholds: Sequence[float]) -> Tally:
    """Count hits, false alarms, misses and correct negatives at every threshold in one pass.

    Parameters
    ----------
    forecast, observed : array_like
        (k, rows, columns) or (rows, columns), taken as float32; a cell that is NaN or infinite in either is left out.
    thresholds : sequence of float
        Rising, in the unit of the fields; an event reaches or passes its threshold.

    Returns
    -------
    Tally
        Counts of k fields at each threshold; k is 1 for single fields.

    Raises
    ------
    ValueError
        If the shapes differ or the thresholds don't rise.

    Examples
    --------
    >>> tally([[0.0, 2.0, 3.0]], [[1.0, 1.0, 0.0]], [1.0]).counts.tolist()
    [[[1, 1, 1, 0]]]
    """
    said, was = aligned(forecast, observed)
    levels = ascending(thresholds)
    counts = np.zeros((len(said), len(levels), 4), np.int64)
    edges = np.array(levels, np.float32)
    each(lambda k: _count(said[k], was[k], edges, counts[k]), len(said))
    return Tally(levels, counts)


@kernel
def _count(said: FloatField, was: FloatField, thresholds: FloatField, counts: npt.NDArray[np.int64]) -> None:
    for row in range(said.shape[0]):
        known = _known(said[row], was[row])
        for t in range(thresholds.shape[0]):
            both, forecast, observed = _reached(said[row], was[row], thresholds[t])
            counts[t, 0] += both
            counts[t, 1] += forecast - both
            counts[t, 2] += observed - both
            counts[t, 3] += known - forecast - observed + both


@kernel
def _known(said: FloatField, was: FloatField) -> np.int32:
    known = np.int32(0)
    for column in range(said.shape[0]):
        known += np.int32((abs(said[column]) <= LARGEST) & (abs(was[column]) <= LARGEST))
    return known


@kernel
def _reached(said: FloatField, was: FloatField, threshold: np.float32) -> tuple[np.int32, np.int32, np.int32]:
    both, forecast, observed = np.int32(0), np.int32(0), np.int32(0)
    for column in range(said.shape[0]):
        known = (abs(said[column]) <= LARGEST) & (abs(was[column]) <= LARGEST)
        yes, event = known & (said[column] >= threshold), known & (was[column] >= threshold)
        both += np.int32(yes & event)
        forecast += np.int32(yes)
        observed += np.int32(event)
    return both, forecast, observed
