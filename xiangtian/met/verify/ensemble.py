"""Ensembles: CRPS, spread and error, ranks, and the probabilities they give, counted in one pass.

CRPS is that of the members' step function (Hersbach 2000, Weather and Forecasting 15, 559-570; Gneiting and Raftery
2007, JASA 102, 359-378, eq. 21), mean |x_i - y| - sum_i sum_j |x_i - x_j| / (2 m^2), exact where members equal each
other or the observation; the fair one, which doesn't reward small ensembles, divides by 2 m (m - 1) (Ferro 2014, QJRMS
140, 1917-1923). Spread is the root of the mean unbiased variance times (m + 1) / m, which a reliable ensemble's error
of the mean equals (Fortin et al. 2014, J. Hydrometeorol. 15, 1708-1713).

**Ties.** Rain has many: a dry observation among dry members stands nowhere. It is not thrown by dice: an observation
with b members below and e equal to it may have any rank from b to b + e, and each gets an equal share (Hamill 2001,
MWR 129, 550-560). The table of (b, e) is kept, so all of it can be asked for afterwards. Where members and
observation are all the same, as in dry air, ranks tell nothing and hide what the others tell; `everywhere=False` leaves
those cells out. It asks no more of the observation than of any member, so a reliable ensemble stays reliable; leaving
out cells by the members alone, or by the observation alone, would not do that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiangtian.met.verify import probability
from xiangtian.met.verify.members import comparators, count_cells
from xiangtian.met.verify.pairs import ascending, each, members_of, ratio, same_make
from xiangtian.met.verify.ranking import shares

Scores = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Sums and counts of an ensemble of m members over k fields, at t thresholds.

    Attributes
    ----------
    thresholds : tuple of float
        Rising, in the unit of the fields; may be none.
    cells : ndarray
        (k,) int64 known cells.
    sums : ndarray
        (k, 5) float64, summed over the cells: mean |x_i - y|; sum over pairs i < j of |x_i - x_j| / m^2; unbiased
        variance of the members; error of their mean; its square.
    reached : ndarray
        (k, t, m + 1, 2) int64: cells where so many members reached the threshold, and the observation did not, or did.
    placed : ndarray
        (k, m + 1, m + 1) int64: cells with b members below the observation and e equal to it, where members differ.
    flat : ndarray
        (k, 3) int64: cells where all members are the same, and the observation is below, equal, above.
    """

    thresholds: tuple[float, ...]
    cells: Counts
    sums: Scores
    reached: Counts
    placed: Counts
    flat: Counts

    def __add__(self, other: Tally) -> Tally:
        """Add the counts of other starts or events, field by field."""
        same_make(self, other, "thresholds", "fields", "members")
        added = {name: getattr(self, name) + getattr(other, name) for name in _COUNTED}
        return replace(self, **added)

    @property
    def fields(self) -> int:
        """Number of fields, k."""
        return len(self.cells)

    @property
    def members(self) -> int:
        """Number of members, m."""
        return int(self.placed.shape[-1]) - 1

    def pooled(self) -> Tally:
        """Give one tally of all fields together, k = 1."""
        return replace(self, **{name: getattr(self, name).sum(0, keepdims=True) for name in _COUNTED})

    def crps(self, fair: bool = False) -> Scores:
        """(k,) mean continuous ranked probability score, in the unit of the fields; 0 is perfect."""
        inner = self.members / (self.members - 1.0) if fair else 1.0
        return ratio(self.sums[:, 0] - inner * self.sums[:, 1], self.cells)

    @property
    def spread(self) -> Scores:
        """(k,) spread, corrected for the number of members, in the unit of the fields."""
        return np.sqrt((self.members + 1.0) / self.members * ratio(self.sums[:, 2], self.cells))

    @property
    def rmse(self) -> Scores:
        """(k,) root mean square error of the ensemble mean, in the unit of the fields."""
        return np.sqrt(ratio(self.sums[:, 4], self.cells))

    @property
    def bias(self) -> Scores:
        """(k,) mean error of the ensemble mean, in the unit of the fields."""
        return ratio(self.sums[:, 3], self.cells)

    def probability(self) -> probability.Tally:
        """Give the probabilities of each threshold, counts (k, t, m + 1): Brier score, reliability, ROC."""
        chances = np.arange(self.members + 1) / self.members
        return probability.of_counts(self.reached.sum(-1), self.reached[..., 1], chances)

    def brier(self, fair: bool = False) -> Scores:
        """(k, t) Brier score of each threshold; fair: what an endless ensemble would have (Ferro 2014)."""
        plain = self.probability().brier
        if not fair:
            return plain
        said = np.arange(self.members + 1.0)
        each_cell = said * (self.members - said) / (self.members**2 * (self.members - 1.0))
        counts = self.reached.sum(-1)
        return plain - ratio((counts * each_cell).sum(-1), counts.sum(-1))

    def ranks(self, everywhere: bool = True) -> Scores:
        """(k, m + 1) rank histogram: cells of each rank of the observation, ties shared equally."""
        return np.asarray(np.einsum("kbe,ber->kr", self._places(everywhere), shares(self.members)), float)

    def drawn_ranks(self, seed: int, everywhere: bool = True) -> Counts:
        """(k, m + 1) rank histogram in whole cells: among ties the rank is drawn at random, from the seed given."""
        source, table = np.random.default_rng(seed), self._places(everywhere)
        out = np.zeros((self.fields, self.members + 1), np.int64)
        for k, below, equal in np.argwhere(table):
            out[k, below : below + equal + 1] += source.multinomial(
                table[k, below, equal], np.full(equal + 1, 1.0 / (equal + 1))
            )
        return out

    def inside(self, share: float = 0.8, everywhere: bool = True) -> Scores:
        """(k,) how often the observation is in the middle `share` of the forecast; a reliable ensemble gives `share`.

        The observation's place (PIT) is spread evenly over the ranks it may have, so that the figure to meet is exact
        for any number of members.
        """
        low, high = self._edges()
        middle = np.minimum(high, 0.5 + share / 2) - np.maximum(low, 0.5 - share / 2)
        return self._mean(np.maximum(middle, 0.0) / (high - low), everywhere)

    def pit_variance(self, everywhere: bool = True) -> Scores:
        """(k,) variance of the observation's place, times 12: 1 if reliable, above 1 if the ensemble is too narrow."""
        low, high = self._edges()
        mean = self._mean((low + high) / 2, everywhere)
        return 12.0 * (self._mean((low**2 + low * high + high**2) / 3, everywhere) - mean**2)

    def scores(self) -> dict[str, Scores]:
        """Give the scores by name, (k,), and those of the thresholds, (k, t)."""
        whole = {
            "crps": self.crps(),
            "crps_fair": self.crps(fair=True),
            "spread": self.spread,
            "rmse": self.rmse,
            "rmse_to_spread": ratio(self.rmse, self.spread),
            "bias": self.bias,
            "inside_80": self.inside(everywhere=False),
            "pit_variance": self.pit_variance(everywhere=False),
        }
        return {**whole, **self.probability().scores(), "brier_fair": self.brier(fair=True)}

    def _places(self, everywhere: bool) -> Counts:
        table = self.placed.copy()
        table[:, 0, 0] += self.flat[:, 0]
        table[:, self.members, 0] += self.flat[:, 2]
        if everywhere:
            table[:, 0, self.members] += self.flat[:, 1]
        return table

    def _edges(self) -> tuple[Scores, Scores]:
        below, equal = np.indices(self.placed.shape[1:]).astype(float)
        return below / (self.members + 1), (below + equal + 1) / (self.members + 1)

    def _mean(self, values: Scores, everywhere: bool) -> Scores:
        table = self._places(everywhere)
        return ratio((table * values).sum((1, 2)), table.sum((1, 2)))


_COUNTED = ("cells", "sums", "reached", "placed", "flat")


def tally(members: npt.ArrayLike, observed: npt.ArrayLike, thresholds: Sequence[float] = ()) -> Tally:
    """Count everything about an ensemble in one pass over its cells.

    Parameters
    ----------
    members : array_like
        (m, k, rows, columns) or (m, rows, columns), m of 2 or more, taken as float32.
    observed : array_like
        The shape of one member; a cell that is NaN or infinite here or in any member is left out.
    thresholds : sequence of float
        Rising, in the unit of the fields; an event reaches or passes its threshold. None: no probabilities.

    Returns
    -------
    Tally
        Counts of k fields; k is 1 for single fields.

    Raises
    ------
    ValueError
        If the shapes don't fit or the thresholds don't rise.

    Examples
    --------
    >>> float(tally([[[0.0]], [[0.0]], [[1.0]], [[2.0]]], [[0.0]]).crps()[0])
    0.3125
    """
    said, was = members_of(members, observed)
    levels = ascending(thresholds) if len(thresholds) else ()
    count, fields = said.shape[:2]
    cells, sums, flat = np.zeros(fields, np.int64), np.zeros((fields, 5)), np.zeros((fields, 3), np.int64)
    reached = np.zeros((fields, len(levels), count + 1, 2), np.int64)
    placed = np.zeros((fields, count + 1, count + 1), np.int64)
    edges, swaps = np.array(levels, np.float32), comparators(count)
    together = said.reshape(count, fields, -1)

    def work(k: int) -> None:
        counts = (sums[k], reached[k], placed[k], flat[k])
        cells[k] = count_cells(together, k, was[k].ravel(), edges, swaps, *counts)

    each(work, fields)
    return Tally(levels, cells, sums, reached, placed, flat)
