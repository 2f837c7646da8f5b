"""Beam blockage behind an analytic ridge."""

import numpy as np
import pytest

from xiangtian.radar.polar.model import NOT_MEASURED, Site
from xiangtian.radar.qc.steps.blockage import Settings, apply, blocked_share

KM = 1000.0


@pytest.mark.parametrize(
    ("edge", "share"),
    [(-1.0, 0.0), (0.0, 0.5), (0.5, 0.80450), (1.0, 1.0), (-0.5, 0.19550), (-9.0, 0.0), (9.0, 1.0), (np.nan, 0.0)],
)
def test_shares_are_those_of_a_circle(edge, share):
    """Areas of the segments of a circle of radius 1: at half a radius (sqrt(3)/4 + pi/6 + pi/2) / pi = 0.80450."""
    assert blocked_share(np.array([edge * 30]), np.array([30.0]))[0] == pytest.approx(share, abs=1e-5)


def ridge(height):
    """A wall 30 km north of the radar (31.3 N; a degree is 111.19 km), 500 m thick, over 40 km of longitude."""

    def terrain(lon, lat):
        north = (lat - 31.3) * 111.19 * KM
        return np.where((np.abs(north - 30 * KM) < 250) & (np.abs(lon - 120.6) < 0.2), height, 0.0)

    return terrain


def judged(scan, height, **settings):
    one = scan(
        lambda a, azimuth, range_m: {"DBZH": 30 + 0 * azimuth * range_m},
        angles=(0.5,),
        gates=400,
        spacing=250.0,
        terrain=ridge(height),
    )
    return apply(one, Settings(**settings))[0]


def test_a_ridge_to_the_middle_of_the_beam_takes_half_of_it(scan):
    """Beam of 0.5 degrees from 100 m: 30 km sin 0.5 = 261.8 m, curvature 30 km2 / (2 x 8494.67 km) = 53.0 m: 414.8 m.

    Half the beam is 3.01 dB; before the ridge and in the south nothing is blocked (the land is at 0 m).
    """
    verdict = judged(scan, 414.8)
    behind = verdict.quality[0, 125:]
    assert behind == pytest.approx(0.5, abs=0.02)
    assert verdict.fields["DBZH"][0, 125:] == pytest.approx(33.01, abs=0.2)
    assert verdict.quality[0, 20:118].min() > 0.999
    assert verdict.quality[180, 20:].min() > 0.999


def test_a_higher_ridge_hides_what_is_behind(scan):
    """700 m is over the whole beam (414.8 + 261.8 = 676.6 m): unseen, not dry."""
    verdict = judged(scan, 700.0)
    assert np.isnan(verdict.fields["DBZH"][0, 125:]).all()
    assert (verdict.states["gate"][0, 125:] == NOT_MEASURED).all()
    assert (verdict.quality[0, 125:] == 0).all()
    assert np.isfinite(verdict.fields["DBZH"][180]).all()


def test_without_terrain_or_position_nothing_is_judged(scan):
    from dataclasses import replace

    one = scan(lambda a, azimuth, range_m: {"DBZH": 30 + 0 * azimuth * range_m})
    lost = replace(one, terrain=ridge(400.0), site=Site("", np.nan, np.nan, np.nan))
    assert [verdict.quality for verdict in (*apply(one, Settings()), *apply(lost, Settings()))] == [None] * 6
