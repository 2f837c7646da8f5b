"""Differential phase along a ray: unfolded, freed of noise and of the offset of the system, never falling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

Field = npt.NDArray[np.float32]


@kernel
def _ray(phase: Field, trusted: np.ndarray, window: int, first: int, out: Field) -> None:
    """Smooth one ray by medians of the trusted gates around, then keep its running maximum from the offset on."""
    gates = len(phase)
    held = np.empty(gates, np.float32)
    place = np.empty(gates, np.int64)
    count = 0
    for j in range(gates):
        if trusted[j] and not np.isnan(phase[j]):
            value = phase[j]
            if count:
                recent = np.median(held[max(0, count - first) : count])
                value -= 360.0 * np.rint((value - recent) / 360.0)
            held[count], place[count] = value, j
            count += 1
    out[:] = np.nan
    if count < first:
        return
    start = np.median(held[:first])
    highest = 0.0
    at = 0
    for j in range(place[0], gates):
        while at < count and place[at] < j:
            at += 1
        begin, end = max(0, at - window), min(count, at + window + 1)
        if j > place[count - 1]:
            out[j] = highest
            continue
        highest = max(highest, float(np.median(held[begin:end]) - start))
        out[j] = highest


@kernel
def _rays(phase: Field, trusted: np.ndarray, window: int, first: int, out: Field) -> None:
    for i in range(phase.shape[0]):
        _ray(phase[i], trusted[i], window, first, out[i])


def advance(phase: Field, trusted: npt.NDArray[np.bool_], window: int = 10, first: int = 10) -> Field:
    """Find by how much the phase has advanced since the first rain of each ray.

    Parameters
    ----------
    phase : Field
        (rays, gates) PHIDP, degrees, folded at 360; NaN where there is none.
    trusted : ndarray
        (rays, gates) gates of rain (high RHOHV) whose phase counts.
    window : int
        Trusted gates to either side over which medians are taken.
    first : int
        Trusted gates at the beginning whose median is the offset; a ray with fewer is not judged.

    Returns
    -------
    Field
        (rays, gates) degrees from 0, never falling along a ray (backscatter phase and noise are cut off, as in Hubbert
        and Bringi 1995, JTECH 12, 643-648); NaN before the first rain, and on rays without.
    """
    out = np.empty(phase.shape, np.float32)
    _rays(phase, trusted, window, first, out)
    return out
