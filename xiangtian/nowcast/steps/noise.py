"""Noise with the spectrum and the memory of the errors.

It is made in two parts that add up. Waves longer than about fifty cells are made for each member on the coarse grid of
the motion's nodes, one transform of a sixty-fourth of the cells a lead. Shorter waves come from one film, a periodic
tile that all members share, each at a place of its own: as far apart as they are, two windows of it are independent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import scipy.fft

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import SPACING
from xiangtian.nowcast.steps.autoregression import Memory
from xiangtian.nowcast.steps.spectra import FloatArray, Rings, Scales, Spectrum, field_of, frequency, rings

FloatField = npt.NDArray[np.float32]

TILE = 512
"""Largest side of the film's tile, cells."""
_SHORT, _LONG = 32.0, 64.0
"""Wavelengths, cells: shorter ones are all in the film, longer ones all on the coarse grid; those between, shared."""
_FILM = 1
_MEMBER = 2
"""What a stream of random numbers is for: the second number of its seed."""


@dataclass(frozen=True)
class Texture:
    """Amplitudes from which noise of variance one (at the first lead) is made.

    Attributes
    ----------
    coarse : FloatField
        (rows / 8, columns / 16 + 1) standard deviation of each component of the coefficients on the coarse grid.
    coarse_ring : Rings
        Their rings of wavenumber.
    coarse_shape : tuple of int
        Rows and columns of the coarse grid.
    fine, fine_ring, fine_shape
        The same of the film's tile.
    """

    coarse: FloatField
    coarse_ring: Rings
    coarse_shape: tuple[int, int]
    fine: FloatField
    fine_ring: Rings
    fine_shape: tuple[int, int]


def textured(power: FloatField, scale: Scales) -> Texture:
    """Take the amplitudes of noise from the spectrum of what was new.

    The spectrum is used as it is, not fitted by a curve, so that the noise has the grain and direction of the errors
    (Seed, Pierce and Norman 2013, WRR 49, 6624-6641, doi:10.1002/wrcr.20536, for the idea).

    Parameters
    ----------
    power : FloatField
        (rows, columns // 2 + 1) squared modulus of the spectrum of the padded domain.
    scale : Scales
        Of that domain, whose sides are even multiples of 8.

    Returns
    -------
    Texture
        All amplitudes 0 where there is no power.
    """
    cells = float(np.prod(scale.shape))
    variance = float((power * scale.fold).sum(dtype=np.float64)) / cells**2
    density = power / np.float32(max(variance, 1e-12) * cells)
    coarse_shape = (scale.shape[0] // SPACING, scale.shape[1] // SPACING)
    fine_shape = (min(TILE, scale.shape[0]), min(TILE, scale.shape[1]))
    return Texture(
        _coarse(density, coarse_shape),
        _within(rings(coarse_shape, scale.longest, SPACING), scale),
        coarse_shape,
        _fine(density, scale.shape, fine_shape),
        _within(rings(fine_shape, scale.longest), scale),
        fine_shape,
    )


def _within(ring: Rings, scale: Scales) -> Rings:
    return np.asarray(np.minimum(ring, scale.share.shape[1] - 1), np.int32)


def _long_share(frequencies: FloatArray) -> FloatArray:
    """Give the share of variance at each frequency that belongs to the coarse grid: 0 to 1 with the octave."""
    octave = np.log2(_LONG / _SHORT)
    return np.asarray(np.clip(-np.log2(np.maximum(frequencies, 1e-9) * _SHORT) / octave, 0.0, 1.0), np.float64)


def _amplitude(density: FloatArray, cells: int) -> FloatField:
    """Give the standard deviation of the real and imaginary parts for a spectral density (variance per coefficient)."""
    out = np.sqrt(density * (0.5 * cells))
    out[:, 0] *= np.sqrt(2.0)  # a real field keeps only the symmetric half of what the first column is given
    out[0, 0] = 0.0
    return out.astype(np.float32)


def _coarse(density: FloatField, shape: tuple[int, int]) -> FloatField:
    rows, columns = shape
    low = np.concatenate([density[: (rows + 1) // 2], density[density.shape[0] - rows // 2 :]])[:, : columns // 2 + 1]
    waves = (np.sinc(scipy.fft.fftfreq(rows))[:, None] * np.sinc(scipy.fft.rfftfreq(columns))[None]) ** 2
    kept = low * _long_share(frequency(shape, SPACING)) / waves**2  # what linear interpolation between nodes takes off
    return _amplitude(kept / SPACING**2, rows * columns)


def _fine(density: FloatField, shape: tuple[int, int], tile: tuple[int, int]) -> FloatField:
    """Read the density at the tile's frequencies, averaged over the finer spacing of the domain's ones."""
    ratio = shape[0] / tile[0], shape[1] / tile[1]
    centred = scipy.fft.fftshift(density, axes=0)
    smooth = cv2.blur(centred, (round(ratio[1]) | 1, round(ratio[0]) | 1), borderType=cv2.BORDER_REFLECT)
    down = np.rint(scipy.fft.fftfreq(tile[0]) * shape[0]).astype(int) + shape[0] // 2
    across = np.rint(scipy.fft.rfftfreq(tile[1]) * shape[1]).astype(int)
    near = np.asarray(smooth)[np.clip(down, 0, shape[0] - 1)][:, np.minimum(across, shape[1] // 2)]
    return _amplitude(near * (1.0 - _long_share(frequency(tile))), tile[0] * tile[1])


def film(texture: Texture, memory: Memory, leads: int, seed: int) -> FloatField:
    """Make the short waves that all members share.

    Parameters
    ----------
    texture : Texture
        Amplitudes.
    memory : Memory
        How noise goes on from lead to lead; it starts from none.
    leads : int
        Steps.
    seed : int
        Of the ensemble.

    Returns
    -------
    FloatField
        (leads, rows, columns + 8) periodic; the first eight columns stand again behind the last.
    """
    states = _stepped(texture.fine, texture.fine_ring, memory, np.random.default_rng([seed, _FILM]))
    rows, columns = texture.fine_shape
    out = np.empty((leads, rows, columns + SPACING), np.float32)
    for lead in range(leads):
        out[lead, :, :columns] = field_of(next(states), texture.fine_shape)
        out[lead, :, columns:] = out[lead, :, :SPACING]
    return out


def stream(seed: int, member: int) -> np.random.Generator:
    """Give the random numbers of a member: they don't depend on how many members there are."""
    return np.random.default_rng([seed, _MEMBER, member])


def long_waves(texture: Texture, memory: Memory, chance: np.random.Generator) -> Iterator[FloatField]:
    """Make the long waves of a member, lead after lead without end, on the coarse grid."""
    for state in _stepped(texture.coarse, texture.coarse_ring, memory, chance):
        yield field_of(state, texture.coarse_shape)


def _stepped(amplitude: FloatField, ring: Rings, memory: Memory, chance: np.random.Generator) -> Iterator[Spectrum]:
    now, before = np.zeros((2, *amplitude.shape), np.complex64)
    while True:
        shock = chance.standard_normal((*amplitude.shape, 2), np.float32).view(np.complex64)[..., 0]
        _step(now, before, memory.last, memory.earlier, amplitude, ring, shock)
        now, before = before, now
        yield now


@kernel
def _step(
    now: Spectrum,
    before: Spectrum,
    one: FloatField,
    two: FloatField,
    amplitude: FloatField,
    ring: Rings,
    shock: Spectrum,
) -> None:
    """Replace the state before the last by the next."""
    for i in range(now.shape[0]):
        for j in range(now.shape[1]):
            r = ring[i, j]
            before[i, j] = one[r] * now[i, j] + two[r] * before[i, j] + amplitude[i, j] * shock[i, j]


@kernel
def at_origins(values: FloatField, shift: FloatField, spacing: int, out: FloatField) -> None:
    """Fill `out` (nodes down, nodes across) with what stands on a grid of nodes where each node's air came from.

    `values` covers the same nodes or more; places beyond it take its rim. `shift` (2, nodes down, nodes across) counts
    cells.
    """
    far_y, far_x = np.float32(values.shape[0] - 1.001), np.float32(values.shape[1] - 1.001)
    per_cell = np.float32(1.0) / np.float32(spacing)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            y = min(max(i + shift[1, i, j] * per_cell, np.float32(0)), far_y)
            x = min(max(j + shift[0, i, j] * per_cell, np.float32(0)), far_x)
            top, left = int(y), int(x)
            a, b = np.float32(y - top), np.float32(x - left)
            upper = values[top, left] + b * (values[top, left + 1] - values[top, left])
            lower = values[top + 1, left] + b * (values[top + 1, left + 1] - values[top + 1, left])
            out[i, j] = upper + a * (lower - upper)
