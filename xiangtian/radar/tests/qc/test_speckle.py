"""Speckle: patches that are too small go, others stay."""

import numpy as np

from xiangtian.radar.polar.model import BELOW_THRESHOLD
from xiangtian.radar.qc.steps.speckle import Settings, apply


def test_small_patches_go_and_others_stay(scan):
    """Planted by hand: 1, 2 and 4 gates go; 5 gates, one gate of 50 dBZ, and a far gate of over 12 km2 stay."""
    dbz = np.full((360, 800), np.nan)
    dbz[10, 20] = dbz[20, 30:32] = 20
    dbz[359, 40] = dbz[0, 41] = dbz[1, 40] = dbz[2, 40] = 20
    dbz[50, 20:25] = 20
    dbz[60, 40] = 50
    dbz[70, 790] = 20
    verdict = apply(scan(lambda *_: {"DBZH": dbz}, angles=(0.5,), gates=800), Settings())[0]
    kept = np.argwhere(np.isfinite(verdict.fields["DBZH"])).tolist()
    assert kept == [[50, 20], [50, 21], [50, 22], [50, 23], [50, 24], [60, 40], [70, 790]]
    assert verdict.states["gate"][10, 20] == BELOW_THRESHOLD
    assert 0 < verdict.quality[10, 20] < 0.5
    assert verdict.quality[50, 20] == 1


def test_nothing_to_judge(scan):
    assert apply(scan(lambda *_: {"DBZH": np.full((360, 200), np.nan)}), Settings())[0].quality is None
