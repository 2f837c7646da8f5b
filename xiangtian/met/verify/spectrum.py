"""How much variance a forecast has left at each scale, beside what fell.

A forecast that blurs loses its small scales and gains in squared error all the same; the ratio of its power spectrum to
the observed one shows it. Spectra are means over rings of equal wavenumber of the two-dimensional Fourier spectrum
(Harris, Foufoula-Georgiou, Droegemeier and Levit 2001, J. Hydrometeorol. 2, 406-418), of the fields in dB
above a floor, with a Hann window against the edges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiangtian.met.verify.pairs import aligned, ratio, same_make

Scores = npt.NDArray[np.float64]
FLOOR = 0.1


@dataclass(frozen=True)
class Tally:
    """Power of k fields in rings of wavelength.

    Attributes
    ----------
    wavelengths : tuple of float
        Longest first, in cells: middle of each ring, the shorter side of the field divided by 1, 2, 3, ...
    power : ndarray
        (k, rings, 2) float64: power of the forecast and of the observation, dB^2, summed over fields.
    """

    wavelengths: tuple[float, ...]
    power: Scores

    def __add__(self, other: Tally) -> Tally:
        """Add the power of other starts or events, field by field."""
        same_make(self, other, "wavelengths", "fields")
        return replace(self, power=self.power + other.power)

    @property
    def fields(self) -> int:
        """Number of fields, k."""
        return len(self.power)

    def pooled(self) -> Tally:
        """Give one tally of all fields together, k = 1."""
        return replace(self, power=self.power.sum(0, keepdims=True))

    @property
    def kept(self) -> Scores:
        """(k, rings) power of the forecast to that of the observation; 1 is perfect, below 1 is too smooth."""
        return ratio(self.power[..., 0], self.power[..., 1])

    def scores(self) -> dict[str, Scores]:
        """Give the scores by name: "power_kept" (k, rings)."""
        return {"power_kept": self.kept}


def tally(forecast: npt.ArrayLike, observed: npt.ArrayLike, floor: float = FLOOR) -> Tally:
    """Add up the power of forecast and observation in rings of wavelength.

    Parameters
    ----------
    forecast, observed : array_like
        (k, rows, columns) or (rows, columns), not below 0, sides of 4 cells or more; cells that are NaN or infinite in
        either count as `floor` in both.
    floor : float
        Smaller values are taken for this one, above 0.

    Returns
    -------
    Tally
        Power of k fields.

    Raises
    ------
    ValueError
        If the shapes differ, a side is below 4 cells, or the floor isn't above 0.
    """
    said, was = aligned(forecast, observed)
    if min(said.shape[1:]) < 4 or not floor > 0:
        raise ValueError(
            f"fields of {said.shape[1:]} and a floor of {floor}; sides of 4 or more and above 0 are allowed"
        )
    rings, count = _rings(*said.shape[1:])
    power = np.empty((len(said), count, 2))
    for k, pair in enumerate(zip(said, was, strict=True)):
        known = np.isfinite(pair[0]) & np.isfinite(pair[1])
        for part, field in enumerate(pair):
            power[k, :, part] = _spectrum(np.where(known, field, floor).astype(float), floor, rings, count)
    return Tally(tuple(min(said.shape[1:]) / ring for ring in range(1, count + 1)), power)


def _rings(rows: int, columns: int) -> tuple[npt.NDArray[np.int64], int]:
    """Give the ring of each coefficient, 0 being the mean, and the number of rings up to a wavelength of two cells."""
    shorter = min(rows, columns)
    number = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]) * shorter
    return np.rint(number).astype(np.int64), shorter // 2


def _spectrum(field: Scores, floor: float, rings: npt.NDArray[np.int64], count: int) -> Scores:
    decibels = 10.0 * np.log10(np.maximum(field, floor) / floor)
    taper = np.outer(np.hanning(field.shape[0]), np.hanning(field.shape[1]))
    power = np.abs(np.fft.rfft2(decibels * taper)) ** 2 / field.size
    return np.bincount(rings.ravel(), power.ravel(), count + 1)[1 : count + 1] / np.maximum(
        np.bincount(rings.ravel(), minlength=count + 1)[1 : count + 1], 1
    )
