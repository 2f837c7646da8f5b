"""Attenuation: rain weakened by a known law must come back."""

import numpy as np
import pytest

from xiangtian.radar.qc.steps.attenuation import BANDS, Settings, apply, path_loss, zphi

X = BANDS["X"]
STEP_KM = 0.25


def rain(gates=200):
    """True 25 to 45 dBZ, the two-way loss by A = a Z^b, and the phase that goes with it by A / KDP."""
    true = 35 + 10 * np.sin(np.arange(gates) / 15)
    specific = X.factor * 10 ** (0.1 * X.exponent * true)
    loss = 2 * np.cumsum(specific) * STEP_KM
    return true, loss, loss / X.loss


def volume(scan, band="X", dual=True):
    true, loss, phase = rain()

    def fields(angle, azimuth, range_m):
        moments = {"DBZH": (true - loss)[None] + 0 * azimuth}
        return moments | ({"PHIDP": (100 + phase)[None] + 0 * azimuth, "RHOHV": 0.99 + 0 * azimuth} if dual else {})

    return scan(fields, angles=(0.5,), spacing=250.0, band=band), true, loss


def test_coefficients_follow_from_the_published_ones():
    """ITU-R P.838 (1992): k, alpha 0.00454, 1.327 at 8 GHz and 0.0101, 1.276 at 10 GHz; with Z = 200 R^1.6."""
    share = np.log(9.4 / 8) / np.log(10 / 8)
    k, alpha = 0.00454 * (0.0101 / 0.00454) ** share, 1.327 + share * (1.276 - 1.327)
    assert X.exponent == pytest.approx(alpha / 1.6, abs=1e-3)
    assert X.factor == pytest.approx(k * 200 ** (-alpha / 1.6), rel=0.01)


def test_one_degree_is_0_28_db_at_x_band(scan):
    """A / KDP = 0.28 dB per degree at X band (Park et al. 2005): 50 degrees of phase are 14 dB, two ways."""

    def fields(angle, azimuth, range_m):
        phase = np.clip((range_m - 10_000) / 30_000, 0, 1) * 50
        return {"DBZH": 30 + 0 * azimuth * range_m, "PHIDP": phase + 0 * azimuth, "RHOHV": 0.99 + 0 * azimuth}

    one = scan(fields, angles=(0.5,), spacing=250.0, band="X")
    found = apply(one, Settings(method="linear"))[0].fields["DBZH"]
    assert found[:, -1] == pytest.approx(np.full(360, 44.0), abs=0.2)


def test_zphi_gives_back_the_profile(scan):
    """The profile of a rain that obeys A = a Z^b is exact (Testud et al. 2000), but for the smoothed phase."""
    one, true, loss = volume(scan)
    verdict = apply(one, Settings())[0]
    assert loss[-1] > 8
    assert np.abs(verdict.fields["DBZH"] - true)[:, 10:].max() < 0.8
    assert verdict.quality[0, -1] < verdict.quality[0, 20] <= 1


def test_zphi_loses_all_that_the_phase_says_and_no_more():
    true, loss, phase = rain()
    found = zphi((true - loss)[None].astype(np.float32), phase[None].astype(np.float32), STEP_KM, X)[0]
    assert found[0] == pytest.approx(0, abs=0.05)
    assert found[-1] == pytest.approx(loss[-1], rel=0.02)


def test_reflectivity_alone_corrects_nothing_but_lowers_the_quality(scan):
    one, _, _ = volume(scan, dual=False)
    verdict = apply(one, Settings())[0]
    assert not verdict.fields
    assert verdict.quality[0, -1] < 0.5 < verdict.quality[0, 30]


def test_the_estimate_by_reflectivity_is_near_the_truth_and_bounded():
    """Hitschfeld and Bordan's solution, outwards: the planted loss while it is small; bounded in a hail core."""
    true, loss, _ = rain(100)
    assert path_loss((true - loss)[None].astype(np.float32), STEP_KM, X, 20)[0, -1] == pytest.approx(loss[-2], rel=0.1)
    assert path_loss(np.full((1, 400), 65, np.float32), STEP_KM, X, 20).max() == 20


def test_other_bands_and_methods(scan):
    one, _, _ = volume(scan, band="S")
    assert apply(one, Settings())[0].quality is None
    with pytest.raises(ValueError, match="'magic'"):
        apply(one, Settings(method="magic"))
