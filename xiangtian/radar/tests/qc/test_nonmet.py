"""Echo that is not weather, planted beside rain and hail."""

import numpy as np

from xiangtian.radar.polar.model import BELOW_THRESHOLD
from xiangtian.radar.qc.steps.nonmet import Settings, apply

SHAPE = (360, 300)


def dual(angle, azimuth, range_m):
    """Insects in the north within 60 km, rain in the south, hail core of RHOHV 0.85 in the rain.

    Values as in the classes of Park et al. 2009 (WAF 24, table 1): biological RHOHV 0.3-0.8, rain over 0.97.
    """
    random = np.random.default_rng(2)
    insects = ((azimuth < 90) | (azimuth > 270)) & (range_m < 60_000)
    hail = (np.abs(azimuth - 180) < 5) & (np.abs(range_m - 50_000) < 5_000)
    rain = (azimuth > 120) & (azimuth < 240) & (range_m < 120_000)
    dbz = np.where(insects, random.normal(12, 4, SHAPE), np.where(rain, random.normal(32, 1, SHAPE), np.nan))
    dbz = np.where(hail, random.normal(58, 2, SHAPE), dbz)
    rho = np.where(insects, random.uniform(0.4, 0.8, SHAPE), random.normal(0.985, 0.005, SHAPE))
    rho = np.where(hail, random.normal(0.85, 0.02, SHAPE), rho)
    zdr = np.where(insects, random.normal(3, 2.5, SHAPE), random.normal(0.8, 0.2, SHAPE))
    phase = np.where(insects, random.uniform(0, 360, SHAPE), random.normal(40, 2, SHAPE)) % 360
    return {"DBZH": dbz, "RHOHV": rho, "ZDR": zdr, "PHIDP": phase, "INSECTS": insects, "HAIL": hail}


def test_insects_go_rain_and_hail_stay(scan):
    """Detection over 98 %, false under 0.5 % of rain, and no gate of hail."""
    one = scan(dual, angles=(0.5,), gates=300, spacing=500.0)
    verdict = apply(one, Settings())[0]
    echo = np.isfinite(one.cuts[0].fields["DBZH"])
    insects, hail = (one.cuts[0].fields[name] > 0 for name in ("INSECTS", "HAIL"))
    gone = np.isnan(verdict.fields["DBZH"])
    assert gone[echo & insects].mean() > 0.98
    assert gone[echo & ~insects].mean() < 0.005
    assert not gone[hail & echo & ~insects].any()
    assert (verdict.states["gate"][gone & echo] == BELOW_THRESHOLD).all()


def single(angle, azimuth, range_m):
    """With one polarisation: a bloom of 8 dBZ around the radar in the lowest tilt, and rain through all tilts."""
    random = np.random.default_rng(4)
    bloom = (range_m < 60_000) & (azimuth < 180) & (angle < 1)
    rain = (azimuth > 200) & (azimuth < 340)
    dbz = np.where(bloom, random.normal(8, 4, SHAPE), np.where(rain, random.normal(25, 1.5, SHAPE), np.nan))
    return {"DBZH": dbz}


def test_a_shallow_bloom_goes_and_rain_stays_with_one_polarisation(scan):
    one = scan(single, gates=300, spacing=500.0)
    verdict = apply(one, Settings())[0]
    gone = np.isnan(verdict.fields["DBZH"])
    assert gone[5:175, 2:110].mean() > 0.8
    assert not gone[205:335].any()


def test_weak_wide_rain_stays_with_one_polarisation(scan):
    """Drizzle of 12 dBZ that the next tilt sees too is weather."""
    one = scan(lambda a, azimuth, range_m: {"DBZH": 12 + 0 * azimuth * range_m}, gates=300, spacing=500.0)
    assert not apply(one, Settings())[0].fields


def test_the_highest_cut_alone_is_not_judged_with_one_polarisation(scan):
    one = scan(lambda a, azimuth, range_m: {"DBZH": 12 + 0 * azimuth * range_m}, angles=(0.5,))
    assert apply(one, Settings())[0].quality is None
