"""Whether a difference is one: block bootstrap of what two methods did on the same cases.

Neighbouring cases (leads of one start, starts of one event) are alike; drawn one by one they would seem to be more
evidence than they are. So whole blocks are drawn, with replacement (Kuensch 1989, Annals of Statistics 17, 1217-1241;
Hamill 1999, Weather and Forecasting 14, 155-167), and the interval is of percentiles (Efron and Tibshirani 1993,
An Introduction to the Bootstrap, chapter 13).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DRAWS = 2000
FEWEST = 2


@dataclass(frozen=True)
class Difference:
    """A mean difference and the interval it may lie in.

    Attributes
    ----------
    value : float
        The difference of all cases.
    low, high : float
        The interval.
    confidence : float
        Of the interval, e.g. 0.95.
    blocks : int
        How many blocks there were to draw from; with few of them the interval is too narrow.
    """

    value: float
    low: float
    high: float
    confidence: float
    blocks: int

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out 0: only then is a gain a gain, or a loss a loss."""
        return self.low > 0.0 or self.high < 0.0


def mean_difference(
    ours: npt.ArrayLike,
    theirs: npt.ArrayLike,
    blocks: Sequence[object],
    seed: int,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> Difference:
    """Bootstrap the mean of paired differences, `ours` less `theirs`.

    Parameters
    ----------
    ours, theirs : array_like
        (n,) the same score of two methods for the same cases; a pair with a NaN is left out.
    blocks : sequence
        (n,) which block each case is of, e.g. its event; any values that compare as equal.
    seed : int
        Of the draws; the same seed gives the same interval.
    draws : int
        Number of draws, 1 or more.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Difference
        Mean difference and interval; each case has the same weight.

    Raises
    ------
    ValueError
        If the lengths differ, fewer than two blocks have a known pair, or draws or confidence can't be.
    """
    pairs = np.asarray(ours, float) - np.asarray(theirs, float)
    if pairs.ndim != 1 or len(blocks) != len(pairs):
        raise ValueError(f"differences of shape {pairs.shape} and {len(blocks)} blocks; both must be of one length n")
    known = np.isfinite(pairs)
    names = {
        name: at for at, name in enumerate(dict.fromkeys(b for b, there in zip(blocks, known, strict=True) if there))
    }
    member = np.array([names[b] for b, there in zip(blocks, known, strict=True) if there], int)
    sums = np.stack([np.bincount(member, pairs[known], len(names)), np.bincount(member, minlength=len(names))], -1)
    return ratio_difference(sums, np.zeros_like(sums), _mean, seed, draws, confidence)


def ratio_difference(
    ours: npt.ArrayLike,
    theirs: npt.ArrayLike,
    score: Callable[[Floats], float],
    seed: int,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> Difference:
    """Bootstrap the difference of a score that is made of counts: counts are added first, block by block.

    Parameters
    ----------
    ours, theirs : array_like
        (blocks, ...) counts or sums of each block for two methods.
    score : callable
        Gives the score of counts added over blocks, of shape (...); NaN if it has none.
    seed : int
        Of the draws; the same seed gives the same interval.
    draws : int
        Number of draws, 1 or more.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Difference
        The score of `ours` less that of `theirs`, and the interval; draws without a score are left out.

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two blocks, or draws or confidence can't be, or no
        draw has a score.
    """
    mine, other = np.asarray(ours, float), np.asarray(theirs, float)
    if mine.shape != other.shape or len(mine) < FEWEST:
        raise ValueError(f"counts of {mine.shape} and {other.shape}; both must be alike, with {FEWEST} blocks or more")
    if draws < 1 or not 0.0 < confidence < 1.0:
        raise ValueError(f"{draws} draws, confidence {confidence}; 1 or more, and between 0 and 1, are allowed")
    chosen = np.random.default_rng(seed).integers(0, len(mine), (draws, len(mine)))
    found = np.array([score(mine[draw].sum(0)) - score(other[draw].sum(0)) for draw in chosen])
    found = found[np.isfinite(found)]
    if not len(found):
        raise ValueError("no draw has a score; the blocks have too few events, take a lower threshold or more blocks")
    low, high = np.quantile(found, (0.5 - confidence / 2, 0.5 + confidence / 2))
    value = score(mine.sum(0)) - score(other.sum(0))
    return Difference(float(value), float(low), float(high), confidence, len(mine))


def _mean(sums: Floats) -> float:
    return float(sums[0] / sums[1]) if sums[1] else 0.0
