"""Differential phase: what it advances by, whatever its offset, folds and noise."""

import numpy as np
import pytest

from xiangtian.radar.qc.phase import advance

TRUE = np.clip((np.arange(300) - 50) / 200, 0, 1) * 80


def test_a_known_rise_comes_back_through_offset_fold_and_noise():
    """80 degrees over 200 gates from an offset of 330, folded at 360, with 2 degrees of noise: within 2 degrees."""
    noise = np.random.default_rng(1).normal(0, 2, (40, 300))
    phase = ((330 + TRUE + noise) % 360).astype(np.float32)
    found = advance(phase, np.ones(phase.shape, bool))
    assert np.abs(found - TRUE).mean() < 2
    assert found[:, -1] == pytest.approx(np.full(40, 80.0), abs=4)
    assert (np.diff(found, axis=1) >= 0).all()


def test_a_bump_of_backscatter_is_bounded():
    """Hail adds 20 degrees over 5 gates and takes them away again; a median over 21 gates does not see it."""
    phase = np.tile(TRUE, (1, 1)).astype(np.float32)
    phase[0, 150:155] += 20
    assert advance(phase, np.ones(phase.shape, bool))[0, -1] == pytest.approx(80, abs=0.5)


def test_rays_without_rain_are_not_judged():
    phase = np.tile(TRUE, (2, 1)).astype(np.float32)
    trusted = np.zeros(phase.shape, bool)
    trusted[1, 20:25] = True
    assert np.isnan(advance(phase, trusted)).all()
    assert np.isnan(advance(np.full((1, 300), np.nan, np.float32), np.ones((1, 300), bool))).all()


@pytest.mark.shared
def test_the_advance_agrees_with_the_kdp_of_a_radars_own_processor(shared):
    """Twice the integral of the KDP that the radar computed: correlation over 0.92, within 4 degrees in the middle."""
    from xiangtian.radar.polar import read
    from xiangtian.radar.polar.model import site, sweeps
    from xiangtian.radar.qc.exchange import scan_of
    from xiangtian.radar.qc.steps.attenuation import Settings, total_phase

    path = next((shared / "cn-radar-fmt-xband-20260329").glob("*.bz2"))
    volume = read(path.read_bytes(), path.name)
    for cut in scan_of(site(volume), sweeps(volume), ("DBZH", "RHOHV", "PHIDP", "KDP")).cuts:
        found, kdp = total_phase(cut, Settings()), cut.fields["KDP"]
        told = 2 * np.nancumsum(np.nan_to_num(kdp), axis=1) * cut.spacing / 1000
        both = np.isfinite(found) & np.isfinite(kdp) & (cut.fields["RHOHV"] > 0.9)
        assert np.corrcoef(found[both], told[both])[0, 1] > 0.92
        assert abs(np.median((found - told)[both])) < 4
