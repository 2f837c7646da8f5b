"""How long each scale of rain keeps: an autoregressive model of second order for each level of the cascade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.steps.spectra import Scales, Spectrum, by_ring

FloatArray = npt.NDArray[np.float64]
FloatField = npt.NDArray[np.float32]
_NEARLY_ONE = 0.9999
_TINY = 1e-12


@dataclass(frozen=True)
class Memory:
    """What the next field of each ring of wavenumber keeps of the last two.

    Attributes
    ----------
    last, earlier : FloatField
        (rings,) weight of the last field and of the one before it.
    """

    last: FloatField
    earlier: FloatField

    def weights(self, leads: int) -> tuple[FloatField, FloatField]:
        """Give (leads, rings) weights of the last field and the one before in the expected field at each lead."""
        last, earlier = np.empty((2, leads, len(self.last)), np.float32)
        unit = np.stack([np.ones_like(self.last), np.zeros_like(self.last)])
        now, before = unit, unit[::-1]
        for lead in range(leads):
            now, before = self.last * now + self.earlier * before, now
            last[lead], earlier[lead] = now
        return last, earlier

    def growth(self, leads: int, power: FloatArray) -> FloatArray:
        """Give (leads,) variance of what is new since the last field, in units of that of the first lead.

        `power` (rings,) is the variance of the innovation of one step; all zero gives ones.
        """
        total, now, before = np.zeros_like(power), np.ones_like(power), np.zeros_like(power)
        out = np.ones(leads)
        for lead in range(leads):
            total = total + now**2
            now, before = self.last * now + self.earlier * before, now
            out[lead] = np.dot(total, power) / power.sum() if power.any() else 1.0
        return out


def fitted(spectra: Sequence[Spectrum], scale: Scales) -> Memory:
    """Fit the model to the last fields, brought to one place along the motion.

    Yule-Walker equations for the lag-one and lag-two correlations of each level (Bowler, Pierce and Seed 2006, QJRMS
    132, 2127-2155, doi:10.1256/qj.04.100, equations 6 to 8); a ring's weights are the levels' ones by their shares.

    Parameters
    ----------
    spectra : sequence of Spectrum
        (k) of the fields, the oldest first, 3 or more.
    scale : Scales
        Of their domain.

    Returns
    -------
    Memory
        Stationary at every ring.
    """
    weight = scale.share**2
    variance = [weight @ by_ring(one, one, scale) for one in spectra]
    one, two = (_correlation(spectra, variance, scale, lag) for lag in (1, 2))
    last, earlier = yule_walker(one, two)
    return Memory((last @ scale.share).astype(np.float32), (earlier @ scale.share).astype(np.float32))


def yule_walker(one: FloatArray, two: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give both weights of a stationary model of second order from correlations at lags one and two.

    Correlations below 0 count as 0; the one at lag two is brought into the range in which the model is stationary,
    2 one^2 - 1 < two <= one.

    >>> last, earlier = yule_walker(np.array([0.8]), np.array([0.64]))
    >>> round(float(last[0]), 6), abs(round(float(earlier[0]), 6))
    (0.8, 0.0)
    """
    one = np.clip(one, 0.0, _NEARLY_ONE)
    two = np.minimum(np.maximum(two, 2 * one**2 - 1 + 1e-4), one)
    rest = 1 - one**2
    return one * (1 - two) / rest, (two - one**2) / rest


def _correlation(spectra: Sequence[Spectrum], variance: Sequence[FloatArray], scale: Scales, lag: int) -> FloatArray:
    """Give the correlation of each level between fields some steps apart; 0 where there is no variance."""
    pairs = [(k, k + lag) for k in range(len(spectra) - lag)]
    both = sum(scale.share**2 @ by_ring(spectra[a], spectra[b], scale) for a, b in pairs)
    size = sum(np.sqrt(variance[a] * variance[b]) for a, b in pairs)
    return np.asarray(both / np.maximum(size, _TINY), np.float64)
