"""Unfolding: winds that are known, folded at Nyquist velocities of S, C and X band, must come back."""

from itertools import pairwise

import numpy as np
import pytest

from xiangtian.radar import beam
from xiangtian.radar.qc.scan import onto
from xiangtian.radar.qc.steps.unfold import Settings, apply


def uniform(angle, azimuth, range_m):
    return 45 * np.sin(np.radians(azimuth - 30)) * np.cos(np.radians(angle)) * np.ones_like(range_m)


def sheared(angle, azimuth, range_m):
    """A wind that turns by 90 degrees and grows from 10 to 55 m/s over 8 km of height."""
    share = np.clip(beam.height(range_m, angle, 0.0) / 8000, 0, 1)
    return (10 + 45 * share) * np.sin(np.radians(azimuth) - share * np.pi / 2)


def vortex(angle, azimuth, range_m):
    """A Rankine vortex of 50 m/s at 30 km radius whose eye is 80 km east of the radar: a typhoon at the coast."""
    x, y = range_m * np.sin(np.radians(azimuth)), range_m * np.cos(np.radians(azimuth))
    east, north = x - 80_000, y
    radius = np.hypot(east, north)
    speed = 50 * np.where(radius < 30_000, radius / 30_000, 30_000 / np.maximum(radius, 1.0))
    u, v = -speed * north / np.maximum(radius, 1), speed * east / np.maximum(radius, 1)
    return u * np.sin(np.radians(azimuth)) + v * np.cos(np.radians(azimuth))


def made(scan, fold, wind, nyquist, noise=1.0, echo=lambda azimuth, range_m: True, **more):
    random = np.random.default_rng(7)

    def fields(angle, azimuth, range_m):
        truth = wind(angle, azimuth, range_m)
        truth = truth + noise * random.standard_normal(truth.shape)
        return {"VRADH": np.where(echo(azimuth, range_m), fold(truth, nyquist), np.nan), "TRUE": truth}

    return scan(fields, gates=400, spacing=250.0, nyquist=nyquist, **more)


def right(one, verdicts):
    shares = []
    for cut, verdict in zip(one.cuts, verdicts, strict=True):
        here = np.isfinite(cut.fields["VRADH"])
        shares.append(np.mean(np.abs(verdict.fields["VRADH"] - cut.fields["TRUE"])[here] < 0.01))
    return min(shares)


@pytest.mark.parametrize("wind", [uniform, sheared, vortex])
@pytest.mark.parametrize("nyquist", [27.0, 16.0, 12.0])
def test_a_known_wind_comes_back(scan, fold, wind, nyquist):
    """Truth: the wind put in; with 1 m/s of noise 99.9 % of the gates of every cut come back exactly."""
    one = made(scan, fold, wind, nyquist)
    assert right(one, apply(one, Settings())) > 0.999


def test_echo_in_pieces_follows_the_wind_that_the_rest_tells(scan, fold):
    """Patches of 20 degrees x 10 km, 40 degrees and 20 km apart, too far to be joined by their borders."""

    def patches(azimuth, range_m):
        return ((azimuth % 60 < 20) & (range_m % 30_000 < 10_000)) | (range_m < 25_000)

    one = made(scan, fold, uniform, 27.0, echo=patches)
    assert right(one, apply(one, Settings())) > 0.995


def test_a_lone_patch_needs_a_wind_from_elsewhere(scan, fold):
    """Due south-east the wind of 45 m/s reads 43.5, folded at 20: only a known wind tells it from 3.5 m/s."""

    def patch(azimuth, range_m):
        return (np.abs(azimuth - 105) < 8) & (np.abs(range_m - 50_000) < 8_000)

    one = made(scan, fold, uniform, 20.0, echo=patch)
    known = tuple((height, 45 * np.cos(np.radians(30)), -45 * np.sin(np.radians(30))) for height in (0.0, 15_000.0))
    alone, told = apply(one, Settings()), apply(one, Settings(wind=known))
    assert right(one, alone) < 0.01
    assert (alone[0].quality[np.isfinite(one.cuts[0].fields["VRADH"])] <= 0.5).all()
    assert right(one, told) > 0.999


def test_velocities_move_by_whole_nyquist_ranges_only(scan, fold):
    one = made(scan, fold, vortex, 16.0)
    for cut, verdict in zip(one.cuts, apply(one, Settings()), strict=True):
        turns = (verdict.fields["VRADH"] - cut.fields["VRADH"]) / 32.0
        assert np.abs(turns - np.rint(turns)).max() < 1e-4


def test_cuts_that_cannot_be_judged_are_left(scan):
    nothing = scan(lambda angle, azimuth, range_m: {"VRADH": np.nan * azimuth * range_m}, angles=(0.5,))
    unknown = scan(lambda angle, azimuth, range_m: {"VRADH": azimuth * range_m * 0}, angles=(0.5,), nyquist=np.nan)
    echo = scan(lambda angle, azimuth, range_m: {"DBZH": azimuth * range_m * 0}, angles=(0.5,))
    for one in (nothing, unknown, echo):
        assert apply(one, Settings())[0].quality is None


def test_one_gate_is_left_as_it_is(scan):
    def fields(angle, azimuth, range_m):
        return {"VRADH": np.where((azimuth == 90.5) & (range_m == 50_500), -12.5, np.nan)}

    verdict = apply(scan(fields, angles=(0.5,)), Settings())[0]
    assert verdict.fields["VRADH"][90, 50] == -12.5
    assert np.isfinite(verdict.fields["VRADH"]).sum() == 1


@pytest.mark.shared
@pytest.mark.parametrize("code", ["Z9576", "Z9577", "Z9580"])
def test_lekima_runs_smooth_and_alike_on_neighbouring_tilts(shared, lekima, code):
    """Winds of a typhoon over 50 m/s at a Nyquist velocity of 27 m/s: jumps over it come down to half a per cent."""
    one = lekima(code, fine=True)
    numbers = [k for k, cut in enumerate(one.cuts) if cut.holds("VRADH")]
    done = [(one.cuts[k], verdict.fields["VRADH"]) for k, verdict in enumerate(apply(one, Settings())) if k in numbers]
    raw, jumps = zip(
        *[(share(cut.fields["VRADH"], cut.nyquist), share(v, cut.nyquist)) for cut, v in done], strict=True
    )
    assert np.mean(raw) > 0.01
    assert np.mean(jumps) < 0.002
    assert max(jumps) < 0.006
    for (low, below), (high, over) in pairwise(done):
        away = np.abs(onto(high, low, over) - below)
        assert np.mean(away[np.isfinite(away)] > low.nyquist) < 0.03


def share(velocity, nyquist):
    """Give the share of neighbouring gates that differ by more than the Nyquist velocity."""
    steps = np.abs(np.diff(velocity, axis=1)), np.abs(velocity - np.roll(velocity, -1, 0))
    return sum((step > nyquist).sum() for step in steps) / sum(np.isfinite(step).sum() for step in steps)
