"""The wind rose: how often the wind blew from each of sixteen sectors, in classes of speed.

Sectors are 22.5 degrees wide and stand around N, NNE, NE and so on, as in the sixteen directions of Chinese surface
observation; a wind below `CALM` has no direction and is counted apart. Classes follow the Beaufort scale.

References
----------
GB/T 28591-2012, wind force scale: lower bounds of forces 1 to 6 are 0.3, 1.6, 3.4, 5.5, 8.0 and 10.8 m/s.
WMO-No. 8 (Guide to Instruments and Methods of Observation), Volume I, chapter 5: calm is a mean speed below 0.5 kn,
which is force 0 (0.0 to 0.2 m/s).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SECTORS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
WIDTH_DEG = 360 / len(SECTORS)
CALM = 0.3
"""Lowest speed that has a direction, m/s."""
EDGES = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8)
"""Lower bounds of the classes of speed, m/s; the last class has no upper bound."""


@dataclass(frozen=True)
class Rose:
    """A wind rose.

    Attributes
    ----------
    counts : IntArray
        (16, classes) readings from each sector in each class of speed.
    calm : int
        Readings below `CALM`.
    unknown : int
        Readings left out: no speed, or a wind without a direction.
    mean : FloatArray
        (16,) mean speed from each sector, m/s; NaN where there was none.
    """

    counts: IntArray
    calm: int
    unknown: int
    mean: FloatArray

    @property
    def total(self) -> int:
        """Readings that count: calm or with a direction."""
        return int(self.counts.sum()) + self.calm

    @property
    def calm_share(self) -> float | None:
        """Share of calm readings, 0 to 1; None where nothing was measured."""
        return self.calm / self.total if self.total else None

    @property
    def prevailing(self) -> str | None:
        """The sector most winds came from, the first in the order of `SECTORS` if several; None where there is none."""
        sums = self.counts.sum(axis=1)
        return SECTORS[int(sums.argmax())] if sums.any() else None


def sector(direction_deg: npt.ArrayLike) -> IntArray:
    """Give the number of the sector (0 is N) of directions the wind comes from, degrees; 0 and 360 are both N.

    >>> sector([0, 11.2, 11.3, 348.8, 360]).tolist()
    [0, 0, 1, 0, 0]
    """
    turned = (np.asarray(direction_deg, float) + WIDTH_DEG / 2) // WIDTH_DEG
    return np.asarray(turned, np.int64) % len(SECTORS)


def rose(direction_deg: npt.ArrayLike, speed: npt.ArrayLike, edges: tuple[float, ...] = EDGES) -> Rose:
    """Count winds by sector and class of speed.

    Parameters
    ----------
    direction_deg : array_like
        (n,) where the wind comes from, degrees; NaN where missing.
    speed : array_like
        (n,) m/s; NaN where missing.
    edges : tuple of float
        Lower bounds of the classes, m/s, rising from `CALM`.

    Returns
    -------
    Rose
        The counts; all zero where nothing was measured.

    Raises
    ------
    ValueError
        If the two differ in length, or the edges don't rise from `CALM`.
    """
    way, pace = np.asarray(direction_deg, float), np.asarray(speed, float)
    if way.shape != pace.shape or way.ndim != 1:
        raise ValueError(f"directions {way.shape} and speeds {pace.shape}: two rows of one length are needed")
    if not edges or edges[0] != CALM or list(edges) != sorted(set(edges)):
        raise ValueError(f"edges {edges}: they must rise and begin with {CALM} m/s, below which it is calm")
    calm = pace < CALM
    blows = (pace >= CALM) & np.isfinite(way)
    number = sector(way[blows])
    kind = np.searchsorted(edges, pace[blows], side="right") - 1
    counts = np.zeros((len(SECTORS), len(edges)), np.int64)
    np.add.at(counts, (number, kind), 1)
    sums = np.bincount(number, pace[blows], len(SECTORS))
    each = counts.sum(axis=1)
    mean = np.divide(sums, each, out=np.full(len(SECTORS), np.nan), where=each > 0)
    return Rose(counts, int(calm.sum()), int(len(pace) - calm.sum() - blows.sum()), mean)
