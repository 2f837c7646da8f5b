"""Synthetic rain whose motion is known because it was made so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter


def smooth_rain(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give rain at any place: forty round showers of 10 to 25 km on a plane of 600 x 600 cells, mm/h."""
    chance = np.random.default_rng(58349)
    total = np.zeros(np.broadcast(y, x).shape)
    for _ in range(40):
        at, width, peak = chance.uniform(-100, 500, 2), chance.uniform(5, 12), chance.uniform(2, 40)
        total += peak * np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / (2 * width**2))
    return np.where(total >= 0.1, total, 0).astype(np.float32)


@pytest.fixture(scope="session")
def moving_rain():
    """Make frames of showers that move by (east, south) cells a step: the field is computed, not interpolated."""

    def make(east: float, south: float, count: int = 3, shape: tuple[int, int] = (400, 400)) -> np.ndarray:
        y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
        return np.stack([smooth_rain(y - k * south, x - k * east) for k in range(count)])

    return make


@pytest.fixture(scope="session")
def speckled():
    """Give a field of fine-grained rain, (120, 160), mean about 2 mm/h."""
    noise = gaussian_filter(np.random.default_rng(7).normal(size=(120, 160)), 3)
    return np.maximum(noise / noise.std() * 3, 0).astype(np.float32)
