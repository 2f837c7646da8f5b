"""Forecast probabilities: Brier score and its parts, reliability, ROC.

Everything is made of one table: for each class of forecast probability the cells, the events among them, and the sums
of p, p^2 and of p where the event came. From it the Brier score (Brier 1950, MWR 78, 1-3) is exact whatever the
classes, and so are its parts: reliability, resolution and uncertainty (Murphy 1973, J. Appl. Meteorol. 12, 595-600),
with the two terms that appear when forecasts of different probability share a class (Stephenson, Coelho and Jolliffe
2008, Weather and Forecasting 23, 752-757, doi:10.1175/2007WAF2006116.1):

    BS = reliability - resolution + uncertainty + within_variance - within_covariance

An ensemble of m members has m + 1 probabilities; with one class for each, both terms are 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.verify.pairs import LARGEST, FloatField, aligned, each, ratio, same_make

Scores = npt.NDArray[np.float64]
CLASSES = 20
"""Classes of equal width, where a forecast gives any number from 0 to 1."""


@dataclass(frozen=True)
class Parts:
    """The Brier score and what it is made of, each of one shape; see the module for their sum."""

    reliability: Scores
    resolution: Scores
    uncertainty: Scores
    within_variance: Scores
    within_covariance: Scores

    @property
    def brier(self) -> Scores:
        """Their sum."""
        proper = self.reliability - self.resolution + self.uncertainty
        return proper + self.within_variance - self.within_covariance


@dataclass(frozen=True)
class Tally:
    """What forecast probabilities and events were, by class of probability; c classes, rising.

    Attributes
    ----------
    cells, events : ndarray
        (..., c) cells, and those of them where the event came.
    sums : ndarray
        (..., c, 3) float64: sums of p, of p^2, and of p where the event came.
    """

    cells: npt.NDArray[np.int64]
    events: npt.NDArray[np.int64]
    sums: Scores

    def __add__(self, other: Tally) -> Tally:
        """Add the counts of other starts or events, field by field."""
        same_make(self, other, "shape")
        return Tally(self.cells + other.cells, self.events + other.events, self.sums + other.sums)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the counts."""
        return self.cells.shape

    def pooled(self) -> Tally:
        """Give one tally of all fields (the first axis) together, kept as an axis of 1."""
        return Tally(*(part.sum(0, keepdims=True) for part in (self.cells, self.events, self.sums)))

    def merged(self, every: int) -> Tally:
        """Give wider classes: each `every` neighbours become one, the last may be narrower."""
        starts = np.arange(0, self.cells.shape[-1], every)
        return Tally(
            np.add.reduceat(self.cells, starts, -1),
            np.add.reduceat(self.events, starts, -1),
            np.add.reduceat(self.sums, starts, -2),
        )

    @property
    def brier(self) -> Scores:
        """(...) Brier score, mean of (p - o)^2; 0 is perfect."""
        squares, both = self.sums[..., 1].sum(-1), self.sums[..., 2].sum(-1)
        return ratio(squares - 2 * both + self.events.sum(-1), self.cells.sum(-1))

    @property
    def skill(self) -> Scores:
        """(...) Brier skill score against the frequency of these very observations; 1 is perfect, 0 no skill."""
        return 1.0 - ratio(self.brier, self.parts().uncertainty)

    def parts(self) -> Parts:
        """Take the Brier score apart, each part of shape (...)."""
        cells, total = self.cells.astype(float), self.cells.sum(-1)
        said, came = ratio(self.sums[..., 0], cells), ratio(self.events, cells)
        base = ratio(self.events.sum(-1), total)
        scatter = self.sums[..., 1] - cells * np.nan_to_num(said) ** 2
        together = self.sums[..., 2] - np.nan_to_num(came) * self.sums[..., 0]
        return Parts(
            ratio(np.nansum(cells * (said - came) ** 2, -1), total),
            ratio(np.nansum(cells * (came - base[..., None]) ** 2, -1), total),
            base * (1.0 - base),
            ratio(scatter.sum(-1), total),
            ratio(2.0 * together.sum(-1), total),
        )

    def reliability(self) -> tuple[Scores, Scores, npt.NDArray[np.int64]]:
        """Give the reliability diagram: (..., c) mean probability, (..., c) frequency of the event, (..., c) cells."""
        return ratio(self.sums[..., 0], self.cells), ratio(self.events, self.cells), self.cells

    def roc(self) -> tuple[Scores, Scores]:
        """Give the ROC curve: (..., c + 1) share of non-events and of events warned of, from (0, 0) to (1, 1).

        Point i warns of the i highest classes of probability (Mason 1982, Aust. Meteorol. Mag. 30, 291-303).
        """
        calm = self.cells - self.events
        return _from_the_top(calm), _from_the_top(self.events)

    @property
    def roc_area(self) -> Scores:
        """(...) area under the ROC curve by trapezia; 1 is perfect, 0.5 no skill, NaN without events or non-events."""
        alarm, found = self.roc()
        return np.asarray((np.diff(alarm, axis=-1) * (found[..., 1:] + found[..., :-1]) / 2.0).sum(-1), np.float64)

    def scores(self) -> dict[str, Scores]:
        """Give all scores by name, each (...)."""
        parts = self.parts()
        named = {name: getattr(parts, name) for name in Parts.__dataclass_fields__}
        return {"brier": self.brier, "brier_skill": self.skill, "roc_area": self.roc_area, **named}


def of_counts(cells: npt.NDArray[np.int64], events: npt.NDArray[np.int64], said: npt.ArrayLike) -> Tally:
    """Make a tally of forecasts of c exact probabilities.

    Parameters
    ----------
    cells, events : ndarray
        (..., c) cells of each probability, and those of them where the event came.
    said : array_like
        (c,) the probabilities, rising, 0 to 1.

    Returns
    -------
    Tally
        With one class for each probability.
    """
    chance = np.asarray(said, float)
    return Tally(cells, events, np.stack([cells * chance, cells * chance**2, events * chance], -1))


def tally(
    probability: npt.ArrayLike, observed: npt.ArrayLike, threshold: float | Sequence[float], classes: int = CLASSES
) -> Tally:
    """Count probabilities of reaching a threshold against what was observed.

    Parameters
    ----------
    probability : array_like
        (k, rows, columns) or (rows, columns), 0 to 1, taken as float32; NaN or infinite where unknown.
    observed : array_like
        The observed values, of the same shape; NaN or infinite where unknown.
    threshold : float or sequence of float
        The event's threshold in the unit of `observed`; or one for each of the k fields.
    classes : int
        Number of classes of equal width, 1 or more; a probability on an edge belongs to the upper one.

    Returns
    -------
    Tally
        Counts of shape (k, classes).

    Raises
    ------
    ValueError
        If the shapes differ, a probability is outside 0 to 1, or thresholds or classes can't be.
    """
    said, was = aligned(probability, observed)
    if classes < 1:
        raise ValueError(f"{classes} classes; 1 or more are allowed")
    levels = np.broadcast_to(np.asarray(threshold, np.float32), (len(said),))
    counts, sums = np.zeros((2, len(said), classes), np.int64), np.zeros((len(said), classes, 3))
    wrong = np.zeros(len(said), np.int64)

    def count(k: int) -> None:
        wrong[k] = _classify(said[k].ravel(), was[k].ravel(), levels[k], counts[:, k], sums[k])

    each(count, len(said))
    if wrong.any():
        raise ValueError(f"{wrong.sum()} probabilities are below 0 or above 1; give shares, not per cent")
    return Tally(counts[0], counts[1], sums)


@kernel
def _classify(
    said: FloatField,
    was: FloatField,
    threshold: np.float32,
    counts: npt.NDArray[np.int64],
    sums: npt.NDArray[np.float64],
) -> int:
    classes, wrong = counts.shape[1], 0
    for i in range(said.shape[0]):
        if not (abs(said[i]) <= LARGEST and abs(was[i]) <= LARGEST):
            continue
        chance = np.float64(said[i])
        if chance < 0.0 or chance > 1.0:
            wrong += 1
            continue
        at, came = min(int(chance * classes), classes - 1), was[i] >= threshold
        counts[0, at] += 1
        counts[1, at] += came
        sums[at, 0] += chance
        sums[at, 1] += chance * chance
        sums[at, 2] += chance * came
    return wrong


def _from_the_top(counts: npt.NDArray[np.int64]) -> Scores:
    passed = np.cumsum(counts[..., ::-1], -1)
    return ratio(np.concatenate([np.zeros_like(passed[..., :1]), passed], -1), passed[..., -1:])
