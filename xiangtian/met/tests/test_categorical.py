"""Counts of events against hand counts, Finley's table as Wilks prints it, and the program `scores`."""

from pathlib import Path

import numpy as np
import pytest

from xiangtian.met.scores import Contingency
from xiangtian.met.verify import categorical

NAMES = {
    "csi": "critical_success_index",
    "pod": "probability_of_detection",
    "far": "false_alarm_ratio",
    "bias": "frequency_bias",
    "ets": "equitable_threat_score",
    "hss": "heidke_skill_score",
}


def table_of(forecast: np.ndarray, observed: np.ndarray, threshold: float):
    """What `scores` counts where both are known."""
    import xarray as xr
    from scores.categorical import BinaryContingencyManager

    known = np.isfinite(forecast) & np.isfinite(observed)
    level = np.float32(threshold)
    events = [xr.DataArray((field[known] >= level).astype(float), dims="cell") for field in (forecast, observed)]
    return BinaryContingencyManager(*events).transform()


def assert_equals_scores(forecast: np.ndarray, observed: np.ndarray, thresholds: list[float]) -> None:
    found = categorical.tally(forecast, observed, thresholds)
    for t, threshold in enumerate(thresholds):
        table = table_of(forecast, observed, threshold)
        for ours, theirs in NAMES.items():
            expected = float(getattr(table, theirs)())
            assert getattr(found, ours)[0, t] == pytest.approx(expected, abs=1e-6, nan_ok=True), (ours, threshold)


def test_finley_as_wilks_prints_him() -> None:
    # Wilks 2011, table 8.1: hits 28, false alarms 72, misses 23, neither 2680
    forecast = np.repeat([1.0, 1.0, 0.0, 0.0], [28, 72, 23, 2680])[None]
    observed = np.repeat([1.0, 0.0, 1.0, 0.0], [28, 72, 23, 2680])[None]
    found = categorical.tally(forecast, observed, [0.5])
    assert found.contingency(0, 0) == Contingency(28, 72, 23, 2680)
    published = {"csi": 0.228, "far": 0.720, "pod": 0.549, "bias": 1.96, "hss": 0.355, "ets": 0.216}
    assert {name: pytest.approx(value[0, 0], abs=0.0005) for name, value in found.scores().items()} == {
        **published,
        "bias": pytest.approx(1.96, abs=0.005),
    }


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_equals_scores_on_ties_zeros_and_gaps() -> None:
    source = np.random.default_rng(5)
    forecast, observed = (
        source.choice([0.0, 0.0, 0.1, 0.7, 1.0, 5.0, np.nan, np.inf], (37, 53)).astype(np.float32) for _ in range(2)
    )
    forecast[np.isinf(forecast)], observed[np.isinf(observed)] = np.nan, np.nan
    assert_equals_scores(forecast, observed, [0.1, 0.7, 1.0, 5.0, 50.0])


@pytest.mark.shared
def test_equals_scores_on_radar(shared: Path) -> None:
    from xiangtian.radar.composites import fmi_pgm

    files = sorted((shared / "radar-fmi-20160928/pgm").iterdir())
    last, later = (fmi_pgm.read(files[at].read_bytes()).rate for at in (6, 12))
    assert_equals_scores(last, later, [0.1, 1.0, 5.0, 10.0])


def test_unknown_cells_count_nowhere() -> None:
    found = categorical.tally([[np.nan, 2.0, np.inf, 2.0]], [[2.0, np.nan, 2.0, 2.0]], [1.0])
    assert found.counts.tolist() == [[[1, 0, 0, 0]]]


def test_all_unknown_says_nothing() -> None:
    found = categorical.tally(np.full((2, 3), np.nan), np.zeros((2, 3)), [1.0])
    assert not found.counts.any()
    assert all(np.isnan(value).all() for value in found.scores().values())


def test_a_stored_threshold_is_reached() -> None:
    # 0.7 as float32 is 0.699999988
    assert categorical.tally(np.float32([[0.7]]), np.float32([[0.7]]), [0.7]).counts[0, 0].tolist() == [1, 0, 0, 0]


def test_starts_are_added_before_the_ratio() -> None:
    # 1 of 1 and 1 of 9: pooled 2 of 10, not the mean of 1 and 1/9
    one = categorical.tally([[1.0, 0.0]], [[1.0, 0.0]], [1.0])
    other = categorical.tally([[1.0] * 9], [[1.0] + [0.0] * 8], [1.0])
    assert (one + other).csi.tolist() == [[0.2]]
    leads = categorical.tally([[[1.0]], [[0.0]]], [[[1.0]], [[1.0]]], [1.0])
    assert leads.csi.tolist() == [[1.0], [0.0]]
    assert leads.pooled().csi.tolist() == [[0.5]]


@pytest.mark.parametrize(
    ("forecast", "observed", "thresholds", "said"),
    [
        ([[1.0]], [[1.0, 2.0]], [1.0], "alike"),
        ([1.0], [1.0], [1.0], "alike"),
        (np.empty((0, 3)), np.empty((0, 3)), [1.0], "not empty"),
        ([[1.0]], [[1.0]], [], "thresholds"),
        ([[1.0]], [[1.0]], [2.0, 1.0], "rise"),
        ([[1.0]], [[1.0]], [np.nan], "finite"),
    ],
)
def test_refuses(forecast: object, observed: object, thresholds: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        categorical.tally(forecast, observed, thresholds)


def test_tallies_of_other_thresholds_are_not_added() -> None:
    one, other = (categorical.tally([[1.0]], [[1.0]], [level]) for level in (1.0, 2.0))
    with pytest.raises(ValueError, match=r"thresholds \(1.0,\) and \(2.0,\)"):
        one + other
