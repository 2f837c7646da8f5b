"""How well two series that measure the same thing agree. Every figure keeps the number of pairs it was made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEWEST = 3
"""With fewer pairs nothing is said of correlation: two points always lie on a line."""


@dataclass(frozen=True)
class Agreement:
    """Figures of two series over the moments at which both have a value.

    Attributes
    ----------
    pairs : int
        Moments at which both have a value.
    missing : int
        Moments at which one of them or both have none.
    bias : float or None
        Mean of (other - reference); None without a pair.
    mean_absolute : float or None
        Mean of the absolute differences.
    rms : float or None
        Root of the mean squared difference.
    correlation : float or None
        Pearson's coefficient; None with fewer than `FEWEST` pairs, or where one of them never changes.
    """

    pairs: int
    missing: int
    bias: float | None
    mean_absolute: float | None
    rms: float | None
    correlation: float | None


def agreement(reference: npt.ArrayLike, other: npt.ArrayLike) -> Agreement:
    """Compare a series with a reference.

    Parameters
    ----------
    reference : array_like
        (time,) in any unit; NaN where missing.
    other : array_like
        (time,) in the same unit and at the same moments.

    Returns
    -------
    Agreement
        What can be said of them.

    Raises
    ------
    ValueError
        If the two are no rows of one length.

    References
    ----------
    D. S. Wilks, Statistical Methods in the Atmospheric Sciences, sections 3.5 (Pearson's correlation) and 8.3 (mean
    error, mean absolute error, root mean squared error).
    """
    first, second = np.asarray(reference, float), np.asarray(other, float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"series of {first.shape} and {second.shape}: two rows of one length are needed")
    both = np.isfinite(first) & np.isfinite(second)
    pairs, missing = int(both.sum()), int((~both).sum())
    if not pairs:
        return Agreement(0, missing, None, None, None, None)
    gap = second[both] - first[both]
    squared = float(np.sqrt(np.mean(gap**2)))
    together = _correlation(first[both], second[both])
    return Agreement(pairs, missing, float(gap.mean()), float(np.abs(gap).mean()), squared, together)


def _correlation(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float | None:
    if len(first) < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.clip(np.corrcoef(first, second)[0, 1], -1, 1))
