"""From the latent field back to rain, so that rain comes as often and as strong as in the last frame.

Usually each member is ranked and given the last frame's values by rank. Here the match is made once for all members of
a lead: the distribution that they will have together is known (the expected field plus normal noise of known size),
and one table turns its quantiles into those of the last frame. A member may then be wetter or drier than the others,
as the weather may, and needs no pass of its own over the field.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import SPACING
from xiangtian.nowcast.trajectory import row_origins

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ENTRIES = 4096
_BINS = 2048
_SIZES = 32
_STRIDE = 2
_RATE_BINS = 1024
_CLASS = 1.015
_TAIL = 6.0
"""Standard deviations beyond the extremes of the expected field that the distribution reaches."""


@dataclass(frozen=True)
class Table:
    """Rain for each latent value.

    Attributes
    ----------
    rain : FloatField
        (4096,) mm/h, the first is 0 and stands for all that is lower; never falling.
    start : float
        Latent value where the first entry ends minus the width of one.
    per_unit : float
        Entries in one unit of the latent variable.
    """

    rain: FloatField
    start: float
    per_unit: float


def matched(expected: FloatField, known: Mask, sizes: FloatField, rain: FloatArray, wet: float, dry: float) -> Table:
    """Match the members' common distribution with that of rain.

    Parameters
    ----------
    expected : FloatField
        (rows, columns) latent values, the mean of all members.
    known : Mask
        (rows, columns) cells that count.
    sizes : FloatField
        (nodes down, nodes across) standard deviation of the noise around each node.
    rain : FloatArray
        (bins + 1) counts of rain from `counted`; the first is that of dry cells.
    wet : float
        The weakest rain, mm/h.
    dry : float
        The latent value of dry air, for a field without any known cell.

    Returns
    -------
    Table
        All 0 where it rains nowhere.
    """
    low, width, exceeding = _exceedance(expected, known, sizes, dry)
    if not rain[1:].any():
        return Table(np.zeros(ENTRIES, np.float32), low, 1.0)
    edges = low + width * np.arange(len(exceeding))
    share = rain[1:].sum() / rain.sum()
    start = float(np.interp(-share, -exceeding, edges))
    top = max(float(edges[-1 - np.argmax(exceeding[::-1] > 0)]), start + width)
    step = (top - start) / (ENTRIES - 2)
    ahead = np.interp(start + step * (np.arange(ENTRIES - 1) + 0.5), edges, exceeding)
    entries = np.concatenate([[0.0], _quantiles(ahead / share, rain[1:], wet)])
    return Table(entries.astype(np.float32), start - step, 1.0 / step)


def _exceedance(expected: FloatField, known: Mask, sizes: FloatField, dry: float) -> tuple[float, float, FloatArray]:
    """Give lower end, width of a bin, and (bins + 1,) share of members' cells above each edge, falling from 1 to 0."""
    low, high, largest = _range(expected, known, sizes)
    if low > high:
        low = high = dry
    low, high = low - _TAIL * largest - 0.1, high + _TAIL * largest + 0.1
    width = (high - low) / _BINS
    largest = max(largest, 1e-6)
    counts = np.zeros((_SIZES, _BINS))
    _count(expected, known, sizes, SPACING, low, 1.0 / width, _SIZES / largest * 0.999999, counts)
    spread = (np.arange(_SIZES) + 0.5) * (largest / _SIZES / width)
    wave = 2 * np.pi * np.arange(_BINS + 1) / (2 * _BINS)
    kept = scipy.fft.rfft(counts, 2 * _BINS, axis=1) * np.exp(-0.5 * (spread[:, None] * wave[None]) ** 2)
    density = np.maximum(scipy.fft.irfft(kept.sum(0), 2 * _BINS)[:_BINS], 0.0)
    above = np.concatenate([[0.0], np.cumsum(density[::-1])])[::-1]
    return low, width, np.where(above > 1e-9 * above[0], above / max(above[0], 1e-12), 0.0)


@kernel
def _range(expected: FloatField, known: Mask, sizes: FloatField) -> tuple[float, float, float]:
    low, high, largest = np.inf, -np.inf, 0.0
    for i in range(expected.shape[0]):
        for j in range(expected.shape[1]):
            if known[i, j]:
                low, high = min(low, expected[i, j]), max(high, expected[i, j])
    for i in range(sizes.shape[0]):
        for j in range(sizes.shape[1]):
            largest = max(largest, sizes[i, j])
    return low, high, largest


@kernel
def _count(
    expected: FloatField,
    known: Mask,
    sizes: FloatField,
    spacing: int,
    low: float,
    per_value: float,
    per_size: float,
    out: FloatArray,
) -> None:
    """Count cells by size of noise and expected value; sizes are read at the nearest node."""
    for i in range(0, expected.shape[0], _STRIDE):
        for j in range(0, expected.shape[1], _STRIDE):
            if known[i, j]:
                size = sizes[(i + spacing // 2) // spacing, (j + spacing // 2) // spacing]
                place = min(max(int((expected[i, j] - low) * per_value), 0), out.shape[1] - 1)
                out[min(int(size * per_size), out.shape[0] - 1), place] += 1.0


def counted(rate: FloatField, shift: FloatField, known: Mask, wet: float) -> FloatArray:
    """Count rain by its strength, as it comes to the known cells of a lead.

    Parameters
    ----------
    rate : FloatField
        (rows, columns) rain of the last frame, mm/h, NaN where unknown.
    shift : FloatField
        (2, nodes down, nodes across) cells from a node to where its air was.
    known : Mask
        (rows, columns) cells that are known at the lead.
    wet : float
        Weakest rain, mm/h.

    Returns
    -------
    FloatArray
        (1 + classes,) counts of a quarter of the cells: dry ones, then classes of rain 1.5 % wide from `wet` up.
    """
    out = np.zeros(1 + _RATE_BINS)
    _count_rain(rate, shift, SPACING, known, wet, 1.0 / np.log(_CLASS), out)
    return out


@kernel
def _count_rain(
    rate: FloatField, shift: FloatField, spacing: int, known: Mask, wet: float, per_log: float, out: FloatArray
) -> None:
    x, y = np.empty(rate.shape[1], np.float32), np.empty(rate.shape[1], np.float32)
    for i in range(0, rate.shape[0], _STRIDE):
        row_origins(shift, i, spacing, x, y)
        for j in range(0, rate.shape[1], _STRIDE):
            if known[i, j]:
                r = rate[int(y[j] + np.float32(0.5)), int(x[j] + np.float32(0.5))]
                if r >= wet:
                    out[1 + min(int(np.log(r / wet) * per_log), out.shape[0] - 2)] += 1.0
                else:
                    out[0] += 1.0


def _quantiles(exceeding: FloatArray, counts: FloatArray, wet: float) -> FloatArray:
    """Give the rain that is exceeded with each probability, given that it rains; log-linear within a class."""
    classes = np.flatnonzero(counts)
    upper = counts[::-1].cumsum()[::-1][classes] / counts.sum()
    chance = np.stack([upper, upper - counts[classes] / counts.sum()], axis=1).ravel()
    place = np.stack([classes, classes + 1], axis=1).ravel().astype(float)
    found = np.interp(-exceeding, -chance, place)
    return np.asarray(np.maximum(wet * _CLASS**found, np.float32(wet)), np.float64)
