"""Radial spikes: interference and the sun, planted by the law of constant received power."""

import numpy as np
import pytest

from xiangtian.radar.qc.steps.spike import Settings, apply, law


def test_the_law_rises_by_the_square_of_the_range():
    """20 dB from 10 to 100 km, and 0.016 dB/km two-way loss to gas over 90 km: 21.44 dB."""
    near, far = law(np.array([10_000.0, 100_000.0]), 0.016)
    assert far - near == pytest.approx(21.44, abs=1e-4)


def planted(scan, background, rays=(100, 101, 200), gates=slice(0, 230)):
    random = np.random.default_rng(11)
    dbz = background.copy()
    spike = (law((np.arange(230) + 0.5) * 1000, 0.016) - 30)[gates] + random.normal(0, 0.5, (len(rays), 230))[:, gates]
    for ray, values in zip(rays, spike, strict=True):
        dbz[ray, gates] = np.fmax(dbz[ray, gates], values)
    verdict = apply(scan(lambda *_: {"DBZH": dbz}, angles=(0.5,), gates=230), Settings())[0]
    there = np.isfinite(dbz) & ~(dbz == background)
    return np.isnan(verdict.fields.get("DBZH", dbz)) & np.isfinite(dbz), there


def test_spikes_go_in_clear_air(scan):
    gone, there = planted(scan, np.full((360, 230), np.nan))
    assert gone[there].mean() > 0.99
    assert not gone[~there].any()


def test_spikes_go_beside_rain_and_rain_stays(scan):
    """A shield of 30 dBZ rain over the south half; a spike through each half. In rain a weaker spike does not show."""
    rain = np.full((360, 230), np.nan)
    rain[90:270, 20:120] = 30 + np.random.default_rng(1).normal(0, 2, (180, 100))
    gone, there = planted(scan, rain, rays=(20, 21))
    assert gone[there].mean() > 0.99
    assert not gone[~there].any()


def test_a_line_of_storms_along_a_ray_stays(scan):
    """100 km long and 3 degrees wide, but of cells: 25 to 50 dBZ, nothing like one received power."""
    line = np.full((360, 230), np.nan)
    line[120:123, 60:160] = 38 + 12 * np.sin(np.arange(100) / 5) + np.zeros((3, 1))
    verdict = apply(scan(lambda *_: {"DBZH": line}, angles=(0.5,), gates=230), Settings())[0]
    assert not verdict.fields
    assert (verdict.quality == 1).all()


def test_a_sector_without_neighbours_is_not_judged(scan):
    """A cut that is not a whole circle has no rays on both sides of its rim."""
    from dataclasses import replace

    one = scan(lambda angle, azimuth, range_m: {"DBZH": 30 + 0 * azimuth * range_m}, angles=(0.5,))
    part = replace(
        one.cuts[0],
        azimuth=one.cuts[0].azimuth[:90],
        elevation=one.cuts[0].elevation[:90],
        fields={name: values[:90] for name, values in one.cuts[0].fields.items()},
    )
    assert apply(replace(one, cuts=(part,)), Settings())[0].quality is None
