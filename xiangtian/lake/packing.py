"""Floats kept as small integers where that loses nothing that was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Packing:
    """Hundredths (or another step) in 16-bit integers: value = stored * step, `missing` stands for NaN."""

    step: float = 0.01
    missing: int = -1

    @property
    def highest(self) -> float:
        """The largest value that fits."""
        return float(np.iinfo(np.int16).max) * self.step


RAIN = Packing(0.01, -1)
"""Rain rates in mm/h: 0 to 327.67, to within 0.005; no radar composite here is finer than 0.01 mm/h."""


def fits(values: npt.NDArray[Any], packing: Packing) -> bool:
    """Say whether packing keeps all values: floats, none infinite, none below 0 or above `packing.highest`."""
    if not np.issubdtype(values.dtype, np.floating):
        return False
    if np.isinf(values).any():
        return False
    held = values[~np.isnan(values)]
    return held.size == 0 or bool(held.min() >= 0 and held.max() <= packing.highest)


def pack(values: npt.NDArray[Any], packing: Packing) -> npt.NDArray[np.int16]:
    """Pack values that fit.

    Parameters
    ----------
    values : ndarray
        Floats of any shape, NaN where missing.
    packing : Packing
        Step and code for missing.

    Returns
    -------
    ndarray
        int16 of the same shape; unpacked values differ by at most half a step.

    Raises
    ------
    ValueError
        If a value doesn't fit.
    """
    if not fits(values, packing):
        raise ValueError(f"values must be floats between 0 and {packing.highest:g} to be packed; keep them as floats")
    scaled = np.rint(values.astype(np.float64) / packing.step)
    return np.where(np.isnan(scaled), packing.missing, scaled).astype(np.int16)


def unpack(stored: npt.NDArray[np.int16], packing: Packing) -> npt.NDArray[np.float32]:
    """Give the values of packed integers as float32, NaN where missing."""
    values = stored.astype(np.float64) * packing.step
    return np.where(stored == packing.missing, np.nan, values).astype(np.float32)
