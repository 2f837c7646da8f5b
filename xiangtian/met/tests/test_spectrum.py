"""Power by wavelength: waves whose ring is known, and a field that is blurred."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from xiangtian.met.verify import spectrum


def wave(number: int, height: float = 3.0, side: int = 64) -> np.ndarray:
    """Rain whose decibels above 0.1 are a wave of so many crests on the side."""
    x = np.arange(side) / side
    decibels = 10.0 + height * np.cos(2 * np.pi * number * x)
    return np.tile(0.1 * 10 ** (decibels / 10), (side, 1))


def test_power_stands_in_its_ring_and_goes_with_the_square() -> None:
    found = spectrum.tally(wave(8, 6.0), wave(8, 3.0))
    assert found.wavelengths[7] == 8.0  # 64 cells / 8 crests
    assert found.power[0, 2:, 1].argmax() == 5  # ring 8, the first two are the window's
    assert found.kept[0, 7] == pytest.approx(4.0, rel=5e-3)  # the window leaks a little into the rings beside


def test_blurring_takes_the_small_scales() -> None:
    field = np.exp(np.random.default_rng(1).normal(size=(64, 64)))
    found = spectrum.tally(uniform_filter(field, 3), field)
    assert found.kept[0, 24:].max() < 0.2
    assert spectrum.tally(field, field).kept == pytest.approx(np.ones((1, 32)))


def test_sums_and_unknown_cells() -> None:
    field, other = wave(4), wave(6)
    holed = field.copy()
    holed[:5] = np.nan
    dry = np.where(np.isnan(holed), 0.1, field)
    assert spectrum.tally(holed, other).power[..., 0] == pytest.approx(
        spectrum.tally(dry, other).power[..., 0], rel=1e-4
    )
    both = spectrum.tally(np.stack([field, other]), np.stack([other, field]))
    assert both.pooled().kept == pytest.approx((spectrum.tally(field, other) + spectrum.tally(other, field)).kept)


def test_refuses() -> None:
    with pytest.raises(ValueError, match="sides of 4"):
        spectrum.tally(np.ones((3, 9)), np.ones((3, 9)))
    with pytest.raises(ValueError, match="above 0"):
        spectrum.tally(np.ones((4, 9)), np.ones((4, 9)), floor=0.0)
