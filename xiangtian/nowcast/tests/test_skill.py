"""Skill by scale: of noise whose correlation is known because it was made so."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from xiangtian.nowcast.blend import skill


def rain_of(noise):
    """Give mm/h whose decibels are the noise; wet everywhere, so that nothing is cut."""
    return (10 ** (noise / 10)).astype(np.float32)


@pytest.fixture
def pair():
    """Give two fields of white noise, 256 x 256, spread 2 dB about 10 dB, correlated by 0.6."""
    rng = np.random.default_rng(11)
    first, own = rng.normal(size=(2, 256, 256))
    return 10 + 2 * first, 10 + 2 * (0.6 * first + 0.8 * own)


def test_white_noise_has_the_same_correlation_at_all_levels(pair):
    found = skill.correlation(*(rain_of(field) for field in pair), skill.levels_of((256, 256)))
    # the sampling error grows with wavelength: the last four levels hold thousands of waves
    np.testing.assert_allclose(found[4:], 0.6, atol=0.03)


def test_smooth_and_rough_are_told_apart(pair):
    smooth = gaussian_filter(np.random.default_rng(1).normal(size=(256, 256)), 20, mode="wrap") * 150
    one, other = rain_of(10 + smooth + pair[0] - 10), rain_of(10 + smooth + 10 - pair[0])
    found = skill.correlation(one, other, skill.levels_of((256, 256)))
    assert found[1] > 0.9  # they share the long waves
    assert found[-1] < -0.9  # and have opposite short ones


def test_what_is_unknown_to_one_has_no_part(pair):
    one, other = (rain_of(field) for field in pair)
    holed = other.copy()
    holed[:, 128:] = np.nan
    whole = other.copy()
    whole[:, 128:] = one[:, 128:]
    scale = skill.levels_of((256, 256))
    np.testing.assert_allclose(skill.correlation(one, holed, scale)[5:], 0.6, atol=0.03)
    assert skill.correlation(one, whole, scale)[-1] > 0.75


def test_dry_and_unknown_fields_have_no_skill():
    scale = skill.levels_of((64, 64))
    dry, nothing = np.zeros((64, 64), np.float32), np.full((64, 64), np.nan, np.float32)
    assert (skill.correlation(dry, dry, scale) == 0).all()
    assert (skill.correlation(nothing, dry, scale) == 0).all()


def test_a_known_decay_is_found_again():
    # correlation exp(-lag / 5) at all scales: an autoregression of first order, and a field each lag away from the last
    rng = np.random.default_rng(4)
    last = rng.normal(size=(256, 256))
    lags = [1, 2, 4, 8]
    earlier = [
        np.exp(-lag / 5) * last + np.sqrt(1 - np.exp(-2 * lag / 5)) * rng.normal(size=last.shape) for lag in lags
    ]
    found = skill.keeping([rain_of(10 + field) for field in earlier], lags, rain_of(10 + last))
    np.testing.assert_allclose(found.time[4:], 5, rtol=0.1)
    np.testing.assert_allclose(found.bend[4:], 1, atol=0.1)
    np.testing.assert_allclose(found.after(10.0)[4:], np.exp(-2), atol=0.03)


def test_one_lag_says_nothing_of_a_decay():
    field = np.ones((32, 32), np.float32)
    with pytest.raises(ValueError, match="two or more different"):
        skill.keeping([field, field], [3, 3], field)


def test_decibels():
    told = skill.decibels(np.array([[0.0, 0.05, 0.1, 1.0, 100.0, np.nan]], np.float32))
    np.testing.assert_allclose(told, [[-15, -15, -10, 0, 20, -15]], atol=1e-5)
