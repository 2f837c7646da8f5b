"""Counts and the figures made of them: each figure stands on its numerator, denominator and exemptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from xiangtian.observe.assess.rules import METRICS

CountArray = npt.NDArray[np.int64]
"""(..., 11) counts in the order of `Count`; they add up over anything."""


class Count(IntEnum):
    """What is counted. What is due excludes what is exempt; so does what came of it."""

    REPORTS = 0
    REPORTS_EXEMPT = 1
    RECEIVED = 2
    PUNCTUAL = 3
    PERIOD_MIN = 4
    EXEMPT_MIN = 5
    RUNNING_MIN = 6
    VALUES = 7
    VALUES_EXEMPT = 8
    MISSING = 9
    WRONG = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate that shows its work: `numerator` of `denominator`; `exempt` were due and are in neither."""

    numerator: int
    denominator: int
    exempt: int

    @property
    def rate(self) -> float | None:
        """The rate, 0 to 1; None where nothing was due."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def percent(self) -> float | None:
        """The rate in per cent, None where nothing was due."""
        return None if self.rate is None else 100 * self.rate


def figures(counts: CountArray) -> dict[str, Figure]:
    """Make the five figures of counts.

    Parameters
    ----------
    counts : CountArray
        (11,) counts.

    Returns
    -------
    dict
        Metric (`rules.METRICS`) to figure: arrival = received / due reports; timeliness = received by the deadline /
        due reports; availability = (due values - missing - wrong) / due values; correctness = (due values - missing
        - wrong) / (due values - missing); running = (period - downtime) / period, minutes. Exemptions are taken from
        both sides.

    Raises
    ------
    ValueError
        If there are not eleven counts.

    References
    ----------
    National practice of surface observation quality: equipment stable-running rate, transmission timeliness and data
    availability, joined into one index (设备稳定运行率、传输及时率、数据可用率).
    """
    if counts.shape != (len(Count),):
        raise ValueError(f"counts of shape {counts.shape}: needed are {len(Count)}, one for each of Count")
    n = {one: int(counts[one]) for one in Count}
    usable = n[Count.VALUES] - n[Count.MISSING] - n[Count.WRONG]
    told = {
        "arrival": (n[Count.RECEIVED], n[Count.REPORTS], n[Count.REPORTS_EXEMPT]),
        "timeliness": (n[Count.PUNCTUAL], n[Count.REPORTS], n[Count.REPORTS_EXEMPT]),
        "availability": (usable, n[Count.VALUES], n[Count.VALUES_EXEMPT]),
        "correctness": (usable, n[Count.VALUES] - n[Count.MISSING], n[Count.VALUES_EXEMPT]),
        "running": (n[Count.RUNNING_MIN], n[Count.PERIOD_MIN], n[Count.EXEMPT_MIN]),
    }
    return {metric: Figure(*told[metric]) for metric in METRICS}


def index(figures: Mapping[str, Figure], weights: Mapping[str, float]) -> float | None:
    """Join figures into the quality index.

    Parameters
    ----------
    figures : Mapping
        Metric to figure.
    weights : Mapping
        Metric to weight, adding up to 1.

    Returns
    -------
    float or None
        Per cent; None where one of the weighted figures has nothing due.
    """
    rates = [(figures[metric].percent, weight) for metric, weight in weights.items()]
    known = [(percent, weight) for percent, weight in rates if percent is not None]
    return sum(percent * weight for percent, weight in known) if len(known) == len(rates) else None


def grouped(keys: npt.NDArray[np.str_], counts: CountArray) -> tuple[npt.NDArray[np.str_], CountArray]:
    """Add up counts that have the same key.

    Parameters
    ----------
    keys : ndarray of str
        (n,) keys.
    counts : CountArray
        (n, 11).

    Returns
    -------
    tuple
        (k,) keys, rising, and their (k, 11) sums.
    """
    unique, place = np.unique(keys, return_inverse=True)
    sums = np.zeros((len(unique), len(Count)), np.int64)
    np.add.at(sums, place, counts)
    return unique, sums
