"""Expected values: the slopes and lives asked for, and the Yule-Walker equations of the second-order autoregression."""

from itertools import islice

import numpy as np
import pytest

from xiangtian.drill.texture import Spectrum, evolve, memory


def _power(field):
    """Mean power of the waves in rings of wave number (radially averaged spectrum), by wave number in 1/cell."""
    power = np.abs(np.fft.fft2(field)) ** 2
    number = np.hypot(*np.meshgrid(np.fft.fftfreq(len(field)), np.fft.fftfreq(len(field))))
    ring = np.rint(number * len(field)).astype(int)
    mean = np.bincount(ring.ravel(), power.ravel()) / np.bincount(ring.ravel())
    return np.arange(len(mean)) / len(field), mean


def _band(field, short, long):
    """Keep the waves between two lengths, cells."""
    number = np.hypot(*np.meshgrid(np.fft.fftfreq(len(field)), np.fft.fftfreq(len(field))))
    keep = (number >= 1 / long) & (number <= 1 / short)
    return np.fft.ifft2(np.fft.fft2(field) * keep).real


def _states(number, seed=3, step_s=300.0, spectrum=None):
    return list(islice(evolve(spectrum or Spectrum(), seed, step_s), number))


def test_slopes_are_those_asked_for_on_both_sides_of_the_break():
    spectrum = Spectrum(cells=256)
    powers = [_power(field)[1] for field in _states(40, step_s=3600.0, spectrum=spectrum)]
    number, mean = _power(_states(1, spectrum=spectrum)[0])[0], np.mean(powers, axis=0)
    large = (number > 1 / 90) & (number < 1 / 22)
    small = (number > 1 / 14) & (number < 1 / 2.5)
    assert np.polyfit(np.log(number[large]), np.log(mean[large]), 1)[0] == pytest.approx(-2.4, abs=0.2)
    assert np.polyfit(np.log(number[small]), np.log(mean[small]), 1)[0] == pytest.approx(-2.9, abs=0.1)


def test_mean_0_and_variance_1():
    fields = np.stack(_states(40, step_s=3600.0, spectrum=Spectrum(cells=256)))
    assert abs(fields.mean()) < 1e-5
    assert fields.var() == pytest.approx(1.0, abs=0.08)


def test_small_scales_live_shorter_than_large_ones():
    fields = _states(13)

    def likeness(steps, short, long):
        pairs = zip(fields, fields[steps:], strict=False)
        return np.mean(
            [np.corrcoef(_band(a, short, long).ravel(), _band(b, short, long).ravel())[0, 1] for a, b in pairs]
        )

    short, middle, large = (likeness(6, *band) for band in ((2, 6), (12, 24), (60, 120)))
    assert short < 0.3 < middle < 0.8 < large
    assert likeness(1, 2, 6) > 0.7  # yet it grows and decays, it does not flicker


def test_autoregression_obeys_yule_walker_and_keeps_variance_1():
    life = np.array([600.0, 2400.0, 9000.0])
    phi1, phi2, noise, rho1 = memory(300.0, life)
    assert rho1 == pytest.approx(phi1 / (1 - phi2))
    rho2 = phi1 * rho1 + phi2
    assert noise**2 == pytest.approx(1 - phi1 * rho1 - phi2 * rho2)
    assert (np.abs(phi2) < 1).all()
    assert (phi1 + phi2 < 1).all()  # stationary


@pytest.mark.parametrize("life_s", [600.0, 2400.0, 9000.0])
def test_correlation_after_one_life_is_about_1_over_e(life_s):
    phi1, phi2, _, rho1 = (float(part) for part in memory(30.0, np.array(life_s)))
    older, newer = 1.0, rho1
    for _ in range(round(life_s / 30) - 1):
        older, newer = newer, phi1 * newer + phi2 * older
    assert newer == pytest.approx(np.exp(-1), abs=0.02)


def test_lives_follow_the_scaling_power():
    spectrum = Spectrum(cells=512, cell_km=1.0, life_s=2400.0, life_power=0.6)
    lives = spectrum.lives_s()
    assert lives[32, 0] == pytest.approx(2400.0)  # 512 / 32 = 16 km
    assert lives[0, 64] == pytest.approx(2400.0 * 0.5**0.6)  # 8 km
    assert lives[0, 0] == lives.max()


def test_the_seed_rules():
    assert np.array_equal(_states(3, seed=5)[2], _states(3, seed=5)[2])
    assert not np.array_equal(_states(1, seed=5)[0], _states(1, seed=6)[0])
