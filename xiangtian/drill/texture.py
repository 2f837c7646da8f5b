"""A random texture with the spectrum of rain, whose small scales live shorter than its large ones.

Each wave of the texture is an autoregressive process of second order in time (as each level of the cascade is in
STEPS), here with one life per wave number rather than per octave. It moves with the air: nothing here drifts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

FloatArray = npt.NDArray[np.float64]

FOLDS = 2.1461932
"""(1 + x) exp(-x) falls to 1/e at this x."""


@dataclass(frozen=True)
class Spectrum:
    """How rough the texture is, and how long its waves live.

    Attributes
    ----------
    cells : int
        Side of the periodic square, cells.
    cell_km : float
        Cell size, km.
    outer_km : float
        Waves longer than this carry no more power than this one.
    break_km : float
        Wave length where the slope changes.
    slope_large : float
        Slope of the power per wave against wave number, for waves longer than the break. The dB fields of two
        storms (Netherlands 2010-08-26, Finland 2016-09-28; 1 km) gave -2.6 and -2.6 for 20-128 km.
    slope_small : float
        The same for shorter waves; the two storms gave -3.4 and -2.7 for 3-16 km.
    life_s : float
        Time after which a wave of 16 km has lost its likeness (correlation 1/e), s.
    life_power : float
        A wave's life grows with its length to this power: 0.6, the dynamic scaling exponent of rain found by
        Venugopal, Foufoula-Georgiou and Sapozhnikov 1999 (doi:10.1029/1999JD900437).
    """

    cells: int = 512
    cell_km: float = 1.0
    outer_km: float = 110.0
    break_km: float = 18.0
    slope_large: float = -2.4
    slope_small: float = -2.9
    life_s: float = 2400.0
    life_power: float = 0.6

    def wavelengths_km(self) -> FloatArray:
        """(cells, cells // 2 + 1) length of each wave of a real Fourier transform, km; infinite for the mean."""
        along, across = fft.fftfreq(self.cells, self.cell_km), fft.rfftfreq(self.cells, self.cell_km)
        number = np.hypot(along[:, None], across[None, :])
        return np.asarray(np.divide(1.0, number, out=np.full(number.shape, np.inf), where=number > 0), float)

    def lives_s(self) -> FloatArray:
        """Time for which each wave lives (correlation 1/e), s, as shaped by `wavelengths_km`."""
        length = np.minimum(self.wavelengths_km(), self.outer_km)
        return np.asarray(self.life_s * (length / 16.0) ** self.life_power, float)

    def amplitudes(self) -> FloatArray:
        """Give the factor for each wave of white noise, so that the texture has mean 0 and variance 1."""
        length = np.minimum(self.wavelengths_km(), self.outer_km)
        slope = np.where(length >= self.break_km, self.slope_large, self.slope_small)
        power = (self.break_km / length) ** slope
        power[0, 0] = 0.0
        twice = np.full(power.shape[1], 2.0)
        twice[0] = twice[-1] = 1.0
        return np.asarray(np.sqrt(power * self.cells**2 / (power * twice).sum()), float)


def memory(step_s: float, life_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Give the second-order autoregression whose correlation is close to (1 + t/T) exp(-t/T).

    Parameters
    ----------
    step_s : float
        Time between states, s, above 0.
    life_s : FloatArray
        Time after which the correlation is about 1/e, s, above 0.

    Returns
    -------
    tuple of arrays
        (phi1, phi2, noise, rho1): x[t] = phi1 x[t-1] + phi2 x[t-2] + noise * e[t] has variance 1 for white e of
        variance 1, and correlation rho1 after one step.

    References
    ----------
    Yule-Walker equations for a double root r = exp(-step / T): Box and Jenkins, Time Series Analysis, section 3.2.4.
    """
    root = np.exp(-FOLDS * step_s / np.asarray(life_s, float))
    square = root**2
    noise = np.sqrt((1.0 - square) ** 3 / (1.0 + square))
    return 2.0 * root, -square, noise, 2.0 * root / (1.0 + square)


def evolve(spectrum: Spectrum, seed: int, step_s: float) -> Iterator[npt.NDArray[np.float32]]:
    """Give the texture at one time after another, without end.

    Parameters
    ----------
    spectrum : Spectrum
        How rough it is and how long its waves live.
    seed : int
        The same seed gives the same texture.
    step_s : float
        Time between two states, s.

    Yields
    ------
    npt.NDArray[np.float32]
        (cells, cells) float32, periodic, mean 0, variance 1 (over many states), correlated in time.

    References
    ----------
    Seed 2003, doi:10.1175/1520-0450(2003)042<0381:ADASSA>2.0.CO;2; Bowler, Pierce and Seed 2006 (STEPS),
    doi:10.1256/qj.04.100.
    """
    rng = np.random.default_rng([seed, 0x7E])
    amplitude = spectrum.amplitudes().astype(np.float32)
    phi1, phi2, noise, rho1 = (part.astype(np.float32) for part in memory(step_s, spectrum.lives_s()))
    older = _waves(rng, spectrum.cells)
    newer = rho1 * older + np.sqrt(1.0 - rho1**2) * _waves(rng, spectrum.cells)
    yield _field(amplitude * older)
    while True:
        yield _field(amplitude * newer)
        older, newer = newer, phi1 * newer + phi2 * older + noise * _waves(rng, spectrum.cells)


def _waves(rng: np.random.Generator, cells: int) -> npt.NDArray[np.complex64]:
    white = rng.standard_normal((cells, cells), dtype=np.float32)
    return np.asarray(fft.rfft2(white), np.complex64)


def _field(waves: npt.NDArray[np.complex64]) -> npt.NDArray[np.float32]:
    return np.asarray(fft.irfft2(waves), np.float32)
