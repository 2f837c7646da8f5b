"""Echo of the pulse before, planted as a twin and as a random phase show it."""

from dataclasses import replace

import numpy as np

from xiangtian.radar.polar.model import NOT_MEASURED, RANGE_FOLDED
from xiangtian.radar.qc.steps.second_trip import Settings, apply

SHAPE = (360, 200)


def test_what_a_slower_twin_does_not_see_is_of_the_second_trip(scan):
    """Rain in the east that both cuts see; 20 dBZ in the west that only the fast cut shows."""

    def rain(angle, azimuth, range_m):
        return {"DBZH": np.where((azimuth < 180) & (range_m < 120_000), 30.0, np.nan)}

    one = scan(rain, angles=(0.5, 0.5))
    dbz = one.cuts[1].fields["DBZH"].copy()
    dbz[250:280, 60:100] = 20
    slow = replace(one.cuts[0], unambiguous_m=460_000.0)
    fast = replace(one.cuts[1].with_fields({"DBZH": dbz}), unambiguous_m=148_000.0)
    verdicts = apply(replace(one, cuts=(slow, fast)), Settings())
    assert verdicts[0].quality is None
    gone = np.isnan(verdicts[1].fields["DBZH"]) & np.isfinite(dbz)
    assert gone[250:280, 60:100].all()
    assert gone.sum() == 30 * 40
    assert (verdicts[1].states["gate"][gone] == NOT_MEASURED).all()


def patch(angle, azimuth, range_m):
    """Rain with an ordered wind; in the west weak echo of random phase, in the lowest tilt only."""
    random = np.random.default_rng(9)
    trip = (azimuth > 240) & (azimuth < 260) & (range_m > 40_000) & (range_m < 110_000)
    rain = azimuth < 180
    dbz = np.where(rain, 30.0, np.where(trip & (angle < 1), 12.0, np.nan)) + 0 * range_m
    wind = 20 * np.sin(np.radians(azimuth)) + random.normal(0, 2, SHAPE)
    return {"DBZH": dbz, "VRADH": np.where(trip, random.uniform(-27, 27, SHAPE), wind)}


def test_a_random_phase_is_found_and_an_ordered_wind_left(scan):
    """Detection over 85 %, no gate of the rain."""
    one = scan(patch)
    verdict = apply(one, Settings())[0]
    dbz = one.cuts[0].fields["DBZH"]
    gone = np.isnan(verdict.fields["DBZH"]) & np.isfinite(dbz)
    there = np.isfinite(dbz[180:]).sum()
    assert gone[180:].sum() > 0.85 * there
    assert not gone[:180].any()


def test_velocities_folded_in_range_are_of_no_use(scan):
    one = scan(lambda a, azimuth, range_m: {"VRADH": 0 * azimuth * range_m}, angles=(0.5,))
    states = np.zeros(SHAPE, np.uint8)
    states[:, 100:] = RANGE_FOLDED
    cut = one.cuts[0].with_fields({}, {"gate_velocity": states})
    quality = apply(replace(one, cuts=(cut,)), Settings())[0].quality
    assert (quality[:, 100:] == 0).all()
    assert (quality[:, :100] == 1).all()


def test_cuts_without_velocities_are_not_judged(scan):
    one = scan(lambda a, azimuth, range_m: {"DBZH": 20 + 0 * azimuth * range_m}, angles=(0.5,))
    assert apply(one, Settings())[0].quality is None
