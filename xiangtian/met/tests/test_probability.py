"""The Brier score and its parts by hand and by the definition, ROC against Mann and Whitney's statistic."""

import numpy as np
import pytest
from scipy import stats

from xiangtian.met.verify import ensemble, probability


def chances(seed: int, shape: tuple[int, ...] = (1, 60, 70)) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    said = source.beta(0.4, 1.2, shape).astype(np.float32)
    return said, (source.random(shape) < said**1.3).astype(np.float32)


def test_parts_by_hand() -> None:
    """Four forecasts of 0.25 (one event) and four of 0.75 (four events), base 5/8.

    BS = (0.0625 * 3 + 0.5625 + 4 * 0.0625) / 8 = 0.125; reliability (0 * 4 + 0.0625 * 4) / 8 = 0.03125;
    resolution (0.375^2 + 0.375^2) / 2 = 0.140625; uncertainty 5/8 * 3/8 = 0.234375.
    """
    found = probability.tally([[0.25] * 4 + [0.75] * 4], [[1, 0, 0, 0, 1, 1, 1, 1]], 1.0, classes=4)
    parts = found.parts()
    assert found.brier[0] == pytest.approx(0.125)
    assert (parts.reliability[0], parts.resolution[0], parts.uncertainty[0]) == (0.03125, 0.140625, 0.234375)
    assert (parts.within_variance[0], parts.within_covariance[0]) == (0.0, 0.0)
    assert found.skill[0] == pytest.approx(1 - 0.125 / 0.234375)


@pytest.mark.parametrize("classes", [1, 4, 10, 33])
def test_parts_add_up_whatever_the_classes(classes: int) -> None:
    # Stephenson et al. 2008: BS = REL - RES + UNC + WBV - WBC, exactly
    said, came = chances(classes)
    found = probability.tally(said, came, 1.0, classes)
    direct = np.mean((said.astype(float) - came) ** 2)
    assert found.brier[0] == pytest.approx(direct, abs=1e-9)
    assert found.parts().brier[0] == pytest.approx(direct, abs=1e-9)


def test_members_have_no_terms_within_a_class() -> None:
    source = np.random.default_rng(1)
    counted = ensemble.tally(source.gamma(0.5, 2.0, (11, 40, 40)), source.gamma(0.5, 2.0, (40, 40)), [0.5, 2.0])
    found = counted.probability()
    assert found.parts().within_variance == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    proper = found.parts().reliability - found.parts().resolution + found.parts().uncertainty
    assert proper == pytest.approx(counted.brier(), abs=1e-12)
    wide = found.merged(4)
    assert wide.cells.shape == (1, 2, 3)
    assert wide.parts().brier == pytest.approx(counted.brier(), abs=1e-12)


def test_reliability_diagram_by_hand() -> None:
    found = probability.tally([[0.1, 0.2, 0.9, 1.0]], [[0, 1, 1, 1]], 1.0, classes=2)
    said, came, cells = found.reliability()
    assert said[0] == pytest.approx([0.15, 0.95])
    assert came[0].tolist() == [0.5, 1.0]
    assert cells[0].tolist() == [2, 2]


def test_area_equals_mann_and_whitney() -> None:
    source = np.random.default_rng(8)
    said = source.integers(0, 11, (1, 50, 50)) / 10.0
    came = (source.random(said.shape) < said).astype(float)
    found = probability.tally(said + 1e-4 * (said < 1), came, 1.0, classes=10)
    tenths = np.minimum(said * 10, 9.5).astype(int)
    rank = stats.mannwhitneyu(tenths[came == 1], tenths[came == 0]).statistic
    assert found.roc_area[0] == pytest.approx(rank / (came == 1).sum() / (came == 0).sum())


def test_curve_runs_from_no_alarm_to_all() -> None:
    alarm, found = probability.tally(*chances(3), 1.0).roc()
    assert (alarm[0, 0], found[0, 0], alarm[0, -1], found[0, -1]) == (0.0, 0.0, 1.0, 1.0)
    assert (np.diff(alarm) >= 0).all()


def test_unknown_cells_and_cells_without_events() -> None:
    found = probability.tally([[np.nan, 0.5, 0.5]], [[1.0, np.inf, 0.0]], 1.0)
    assert found.cells.sum() == 1
    assert np.isnan(found.roc_area).all()
    assert found.brier.tolist() == [0.25]


def test_a_threshold_for_each_lead_and_sums_of_starts() -> None:
    said, came = chances(4, (2, 9, 9))
    both = probability.tally(said, came, [1.0, 2.0])
    assert both.events[1].sum() == 0
    twice = both + both
    assert twice.brier == pytest.approx(both.brier)
    assert twice.pooled().cells.sum() == 4 * 81


def test_refuses_per_cent_and_no_classes() -> None:
    with pytest.raises(ValueError, match="not per cent"):
        probability.tally([[50.0]], [[1.0]], 1.0)
    with pytest.raises(ValueError, match="0 classes"):
        probability.tally([[0.5]], [[1.0]], 1.0, classes=0)
