"""Errors of amounts against `scores` and NumPy."""

import numpy as np
import pytest

from xiangtian.met.verify import continuous


def pair(seed: int, shape: tuple[int, ...] = (30, 40)) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    was = np.where(source.random(shape) < 0.5, 0.0, source.gamma(1.0, 2.0, shape)).astype(np.float32)
    said = (was * source.uniform(0.3, 1.9, shape)).astype(np.float32)
    said[0, :7], was[1, 3:9] = np.nan, np.inf
    return said, was


def test_equals_scores() -> None:
    import xarray as xr
    from scores.continuous import mae, mean_error, rmse
    from scores.continuous.correlation import pearsonr

    said, was = pair(1)
    known = np.isfinite(said) & np.isfinite(was)
    theirs = [xr.DataArray(field[known].astype(float), dims="cell") for field in (said, was)]
    found = continuous.tally(said, was)
    for ours, function in ((found.mae, mae), (found.rmse, rmse), (found.me, mean_error), (found.correlation, pearsonr)):
        assert ours[0] == pytest.approx(float(function(*theirs)), abs=1e-6), function.__name__


def test_logarithms_where_both_reach_the_floor() -> None:
    said, was = pair(2)
    both = (said >= 0.1) & (was >= 0.1) & np.isfinite(said) & np.isfinite(was)
    expected = np.corrcoef(np.log(said[both].astype(float)), np.log(was[both].astype(float)))[0, 1]
    assert continuous.tally(said, was).log_correlation[0] == pytest.approx(expected, abs=1e-9)


def test_by_hand() -> None:
    # errors 1, -2, 0: mean -1/3, absolute 1, square 5/3
    found = continuous.tally([[2.0, 1.0, 4.0]], [[1.0, 3.0, 4.0]])
    assert (found.me[0], found.mae[0], found.rmse[0]) == pytest.approx((-1 / 3, 1.0, np.sqrt(5 / 3)))


def test_starts_are_summed() -> None:
    parts = [continuous.tally(*pair(seed)) for seed in (3, 4)]
    together = continuous.tally(*(np.stack(fields) for fields in zip(pair(3), pair(4), strict=True)))
    assert together.pooled().scores() == {
        name: pytest.approx(values) for name, values in (parts[0] + parts[1]).scores().items()
    }


def test_nothing_known_and_nothing_varying() -> None:
    assert all(np.isnan(v).all() for v in continuous.tally([[np.nan]], [[1.0]]).scores().values())
    assert np.isnan(continuous.tally([[1.0, 1.0]], [[1.0, 2.0]]).correlation[0])


def test_refuses_a_floor_without_logarithm() -> None:
    with pytest.raises(ValueError, match="above 0"):
        continuous.tally([[1.0]], [[1.0]], floor=0.0)
