"""Ground and sea clutter, planted where it is known."""

import numpy as np
import pytest

from xiangtian.radar.polar.model import MEASURED, NOT_MEASURED
from xiangtian.radar.qc.steps.clutter import Settings, apply


def hills(azimuth, range_m):
    return (azimuth > 40) & (azimuth < 70) & (range_m > 8_000) & (range_m < 30_000)


def fields(angle, azimuth, range_m):
    """Smooth rain of 25-35 dBZ and 10 m/s; in the lowest tilt hills of 45 +- 10 dBZ that stand still."""
    random = np.random.default_rng(3)
    rain = 30 + 5 * np.sin(range_m / 9_000) + random.normal(0, 1, (360, 200))
    speed = 10 * np.sin(np.radians(azimuth)) + random.normal(0, 1, (360, 200))
    there = hills(azimuth, range_m) & (angle < 1)
    weak = hills(azimuth, range_m) & (angle > 1)
    dbz = np.where(there, random.normal(45, 10, (360, 200)), np.where(weak, np.nan, rain))
    still = random.normal(0, 0.3, (360, 200))
    return {"DBZH": dbz, "VRADH": np.where(there, still, speed), "WRADH": np.where(there, 0.5, 3.0)}


def test_planted_hills_are_found_and_rain_is_left(scan):
    """Detection over 95 % of the hills, false under 0.1 % of the rain outside them."""
    one = scan(fields)
    verdict = apply(one, Settings())[0]
    there = np.broadcast_to(hills(one.cuts[0].azimuth[:, None], one.cuts[0].range_m[None]), (360, 200))
    gone = np.isnan(verdict.fields["DBZH"])
    assert gone[there].mean() > 0.95
    assert gone[~there].mean() < 0.001
    assert (verdict.states["gate"][gone] == NOT_MEASURED).all()
    assert (verdict.states["gate"][~gone] == MEASURED).all()
    assert (verdict.quality[gone] == 0).all()


def test_the_line_of_no_radial_velocity_is_no_clutter(scan):
    """Smooth rain that is gone one tilt higher, with no speed anywhere: two marks of clutter, but no texture."""

    def still(angle, azimuth, range_m):
        return {"DBZH": np.where(angle < 1, 30.0 + 0 * range_m * azimuth, np.nan), "VRADH": 0 * range_m * azimuth}

    assert not apply(scan(still, gates=60), Settings())[0].fields


def sea(angle, azimuth, range_m):
    random = np.random.default_rng(5)
    waves = random.normal(12, 6, (360, 200))
    speed = 6 + random.normal(0, 2, (360, 200))
    return {"DBZH": np.where((angle < 1) & (range_m < 40_000), waves, np.nan), "VRADH": speed}


def test_sea_clutter_needs_a_sea(scan):
    """Weak rough echo, moving with the waves, only in the lowest tilt: found over water, kept over land."""
    over_sea = apply(scan(sea, terrain=lambda lon, lat: np.zeros_like(lon)), Settings())[0]
    over_land = apply(scan(sea, terrain=lambda lon, lat: np.full_like(lon, 20.0)), Settings())[0]
    echo = np.isfinite(sea(0.5, *np.meshgrid(range(360), range(500, 200_000, 1000), indexing="ij"))["DBZH"])
    gone = [np.isnan(one.fields.get("DBZH", np.zeros(echo.shape)))[echo].mean() for one in (over_sea, over_land)]
    assert gone[0] > 0.9
    assert gone[1] < 0.3


def test_cuts_without_echo_or_far_above_are_not_judged(scan):
    empty = scan(lambda angle, azimuth, range_m: {"DBZH": np.nan * azimuth * range_m})
    steep = scan(lambda angle, azimuth, range_m: {"DBZH": 30 + 0 * azimuth * range_m}, angles=(19.5,))
    assert [one.quality for one in apply(empty, Settings())] == [None] * 3
    assert apply(steep, Settings())[0].quality is None


@pytest.mark.shared
def test_lekima_loses_hardly_any_rain(lekima):
    """Deep rain of a typhoon: of gates of 20 dBZ and more, under 1 % of each radar's volume may be taken."""
    from xiangtian.radar import qc
    from xiangtian.radar.polar.model import sweeps

    volume = lekima("Z9576", tree=True)
    taken = strong = 0
    for old, new in zip(sweeps(volume), sweeps(qc.clean(volume)), strict=True):
        if "DBZH" in old:
            rain = old.DBZH.values >= 20
            strong += rain.sum()
            taken += (rain & np.isnan(new.DBZH.values)).sum()
    assert strong > 100_000
    assert taken < 0.01 * strong


@pytest.mark.shared
def test_a_real_radar_at_the_sea_is_cleaned_near_it_and_rain_is_left(shared):
    """Den Helder, 2011-06-10: picture of clutter within 40 km of the radar at 0.3 degrees, rain beyond 80 km."""
    from xiangtian.radar import qc
    from xiangtian.radar.polar import read
    from xiangtian.radar.polar.model import sweeps

    path = shared / "radar-polar-odim-cfradial" / "knmi_polar_volume.h5"
    volume = read(path.read_bytes(), path.name)
    old, new = sweeps(volume)[0], sweeps(qc.clean(volume))[0]
    strong, gone = old.DBZH.values >= 20, np.isnan(new.DBZH.values)
    near, far = new.range.values < 40_000, new.range.values > 80_000
    assert gone[strong & near].mean() > 0.95
    assert gone[strong & far].mean() < 0.02
