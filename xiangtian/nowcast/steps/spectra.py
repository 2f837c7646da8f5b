"""Spectra of periodic fields: rings of wavenumber, and the levels of a cascade of scales."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from xiangtian.met.kernel import kernel

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
Rings = npt.NDArray[np.int32]
Spectrum = npt.NDArray[np.complex64]

RINGS_PER_WAVE = 4
_WIDTH = 0.5
"""Standard deviation of a level's weight, in steps between the levels' centres on the axis of the logarithm."""


@dataclass(frozen=True)
class Scales:
    """Rings of wavenumber of a periodic domain and their grouping into levels.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns of the domain.
    ring : Rings
        (rows, columns // 2 + 1) ring of each coefficient of the real transform; ring = 4 x waves along the longer side.
    share : FloatArray
        (levels, rings) weight of a level at a ring; they add up to 1 at each ring.
    fold : FloatField
        (columns // 2 + 1,) how often a column of coefficients counts: 2, but 1 for the first and the last.
    """

    shape: tuple[int, int]
    ring: Rings
    share: FloatArray
    fold: FloatField

    @property
    def longest(self) -> int:
        """Cells along the longer side: the wavelength of ring `RINGS_PER_WAVE`."""
        return max(self.shape)


def good_shape(shape: tuple[int, int], spacing: int) -> tuple[int, int]:
    """Give the next size that transforms quickly and is an even multiple of a spacing.

    >>> good_shape((1226, 760), 8)
    (1280, 768)
    """
    rows, columns = (2 * spacing * int(scipy.fft.next_fast_len(-(-size // (2 * spacing)), real=True)) for size in shape)
    return rows, columns


def rings(shape: tuple[int, int], longest: int, spacing: int = 1) -> Rings:
    """Give the ring of each coefficient of the real transform of a grid.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the grid.
    longest : int
        Cells along the longer side of the domain that defines the rings.
    spacing : int
        Cells between the points of the grid.

    Returns
    -------
    Rings
        (rows, columns // 2 + 1).
    """
    return np.rint(frequency(shape, spacing) * (longest * RINGS_PER_WAVE)).astype(np.int32)


def frequency(shape: tuple[int, int], spacing: int = 1) -> FloatArray:
    """Give the frequency of each coefficient of the real transform of a grid, waves a cell."""
    down, across = scipy.fft.fftfreq(shape[0], spacing), scipy.fft.rfftfreq(shape[1], spacing)
    return np.asarray(np.hypot(down[:, None], across[None]), np.float64)


@lru_cache(maxsize=8)
def scales(shape: tuple[int, int], levels: int) -> Scales:
    """Divide a periodic domain into scales.

    The levels' weights are Gaussians in the logarithm of wavenumber, normalised to add up to one
    (Pulkkinen et al. 2019, GMD 12, 4185-4219, doi:10.5194/gmd-12-4185-2019, section 2.3.1).

    Parameters
    ----------
    shape : tuple of int
        Even rows and columns.
    levels : int
        How many, 1 or more.

    Returns
    -------
    Scales
        Shared by all who ask for the same: not to be written to.
    """
    ring = rings(shape, max(shape))
    fold = np.full(shape[1] // 2 + 1, 2, np.float32)
    fold[0] = fold[-1] = 1
    return Scales(shape, ring, _shares(int(ring.max()) + 1, max(shape), levels), fold)


def _shares(count: int, longest: int, levels: int) -> FloatArray:
    wave = np.maximum(np.arange(count) / RINGS_PER_WAVE, 1.0)
    step = np.log(0.5 * longest) / levels
    off = (np.log(wave)[None] / step - np.arange(levels)[:, None] - 0.5) / _WIDTH
    exponent = -0.5 * off**2
    weight = np.exp(exponent - exponent.max(0))
    return np.asarray(weight / weight.sum(0), np.float64)


def transformed(field: FloatField) -> Spectrum:
    """Give the spectrum of a real field."""
    return np.asarray(scipy.fft.rfft2(field), np.complex64)


def field_of(spectrum: Spectrum, shape: tuple[int, int]) -> FloatField:
    """Give the real field of a spectrum."""
    return np.asarray(scipy.fft.irfft2(spectrum, s=shape), np.float32)


def by_ring(first: Spectrum, second: Spectrum, scale: Scales) -> FloatArray:
    """Give the covariance of two fields ring by ring.

    Parameters
    ----------
    first, second : Spectrum
        Of fields of the domain; the same one twice gives its variance.
    scale : Scales
        Of that domain.

    Returns
    -------
    FloatArray
        (rings,) in the unit of the fields squared; the mean (ring 0) is left out. The sum is the covariance.
    """
    total = np.zeros(scale.share.shape[1])
    _products(first, second, scale.ring, scale.fold, total)
    total[0] = 0.0
    return total / float(np.prod(scale.shape)) ** 2


@kernel
def _products(first: Spectrum, second: Spectrum, ring: Rings, fold: FloatField, out: FloatArray) -> None:
    for i in range(first.shape[0]):
        for j in range(first.shape[1]):
            a, b = first[i, j], second[i, j]
            out[ring[i, j]] += fold[j] * (a.real * b.real + a.imag * b.imag)


@kernel
def mixed(first: Spectrum, second: Spectrum, one: FloatField, two: FloatField, ring: Rings, out: Spectrum) -> None:
    """Fill `out` with `one[ring] * first + two[ring] * second`; the mean (ring 0) is that of `first`."""
    for i in range(first.shape[0]):
        for j in range(first.shape[1]):
            r = ring[i, j]
            out[i, j] = one[r] * first[i, j] + two[r] * second[i, j] if r else first[i, j]


def rings_of_power(power: FloatField, scale: Scales) -> FloatArray:
    """Give (rings,) sums of a squared modulus, counted as in the whole transform; the mean (ring 0) is left out."""
    total = np.bincount(scale.ring.ravel(), (power * scale.fold).ravel(), scale.share.shape[1])
    total[0] = 0.0
    return np.asarray(total, np.float64)
