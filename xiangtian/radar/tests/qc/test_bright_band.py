"""The bright band of a volume whose profile is known."""

import numpy as np
import pytest

from xiangtian.radar import beam
from xiangtian.radar.qc.steps.bright_band import Settings, apply, filled, seen

ANGLES = (0.5, 1.5, 2.4, 3.4, 4.3, 6.0, 9.9, 14.6, 19.5)


def profile(height):
    """30 dBZ of rain below 3.8 km, a band of 7 dB more around 4.2 km, snow falling off by 4.5 dB/km above."""
    band = 7 * np.exp(-0.5 * ((height - 4200) / 200) ** 2)
    return 30 + band - np.clip(height - 4200, 0, None) * 4.5 / 1000


def steady(angle, azimuth, range_m):
    return {"DBZH": profile(beam.height(range_m, angle, 0.0)) + 0 * azimuth}


def test_the_planted_band_is_found(scan):
    """Peak planted at 4200 m, half its height within 235 m to either side: found within a level of 200 m."""
    found = apply(scan(steady, ANGLES), Settings())[0].found
    assert found["peak_m"] == pytest.approx(4200, abs=200)
    assert 3700 <= found["bottom_m"] <= 4200 <= found["top_m"] <= 4700


def test_what_is_added_leads_to_the_rain_at_the_ground(scan):
    """In the band 7 dB too much, at 6.2 km 9 dB too little; near the radar, where the beam is narrow, within 1 dB."""
    one = scan(steady, ANGLES)
    for cut, verdict in zip(one.cuts[4:], apply(one, Settings())[4:], strict=True):
        near = (cut.range_m > 15_000) & (cut.range_m < 60_000) & (cut.height_m < 6200)
        ground = cut.fields["DBZH"] + verdict.fields["to_ground"]
        assert np.abs(ground[:, near] - 30).mean() < 1.0
        assert "DBZH" not in verdict.fields


def test_the_band_is_trusted_less(scan):
    one = scan(steady, ANGLES)
    verdict, cut = apply(one, Settings())[4], one.cuts[4]
    inside, below = np.argmin(np.abs(cut.height_m - 4200)), np.argmin(np.abs(cut.height_m - 2000))
    assert verdict.quality[0, inside] <= 0.6 < 0.9 < verdict.quality[0, below]


def test_a_dip_of_rhohv_tells_where_snow_melts(scan):
    """0.99 in rain and snow, 0.92 at 3.1 km, where reflectivity shows nothing."""

    def melting(angle, azimuth, range_m):
        height = beam.height(range_m, angle, 0.0)
        dip = 0.07 * np.exp(-0.5 * ((height - 3100) / 250) ** 2)
        return {"DBZH": 30 - height / 1000 + 0 * azimuth, "RHOHV": 0.99 - dip + 0 * azimuth}

    assert apply(scan(melting, ANGLES), Settings())[0].found["peak_m"] == pytest.approx(3100, abs=200)


def test_rain_without_a_band_has_none(scan):
    even = scan(lambda a, azimuth, range_m: {"DBZH": 30 - beam.height(range_m, a, 0.0) / 2000 + 0 * azimuth}, ANGLES)
    assert "peak_m" not in apply(even, Settings())[0].found


@pytest.mark.parametrize("dbz", [np.nan, 5.0, 55.0])
def test_without_steady_rain_nothing_is_judged(scan, dbz):
    one = scan(lambda a, azimuth, range_m: {"DBZH": dbz + 0 * azimuth * range_m}, ANGLES)
    assert {verdict.quality is None for verdict in apply(one, Settings())} == {True}


def test_a_wide_beam_sees_less_of_a_thin_band():
    """A band of 7 dB over one level of 200 m: near, nearly 7; at 200 km, where the beam is 3.5 km wide, under 2 dB."""
    levels = np.zeros(60)
    levels[21] = 7
    near, far = seen(levels, np.array([4300.0, 4300.0]), np.array([5_000.0, 200_000.0]), 1.0)
    assert near > 5
    assert 0 < far < 2


def test_gaps_of_a_profile_are_filled():
    profile = np.full(60, np.nan)
    profile[[5, 7]] = 0, -2
    whole = filled(profile)
    assert whole[[0, 5, 6, 7]].tolist() == [0, 0, -1, -2]
    assert whole[12] == pytest.approx(-2 - 4.5)
