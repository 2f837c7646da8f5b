"""Members above a threshold, counted by NumPy and by `scores`."""

import numpy as np
import pytest

from xiangtian.met.verify import ensemble, reaching

LEVELS = (0.5, 1.0, 7.0, 500.0)


def rainy(count: int, shape: tuple[int, ...] = (29, 37)) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(count)
    every = np.round(np.maximum(source.gamma(0.4, 3.0, (count + 1, *shape)) - 0.5, 0.0), 1).astype(np.float32)
    every[0, ..., 3:5, :], every[-1, ..., 9], every[1, ..., 0, 0] = np.nan, np.inf, -np.inf
    return every[1:], every[0]


@pytest.mark.parametrize("count", [2, 5, 24])
def test_counts_are_those_of_numpy(count: int) -> None:
    members, seen = rainy(count)
    known = np.isfinite(members).all(0) & np.isfinite(seen)
    found = reaching.tally(members, seen, LEVELS)
    for t, level in enumerate(LEVELS):
        number, came = (members[:, known] >= np.float32(level)).sum(0), seen[known] >= np.float32(level)
        assert found.cells[0, t].tolist() == np.bincount(number, minlength=count + 1).tolist()
        assert found.events[0, t].tolist() == np.bincount(number[came], minlength=count + 1).tolist()


def test_equals_scores() -> None:
    import xarray as xr
    from scores.probability import brier_score_for_ensemble

    members, seen = rainy(11)
    known = np.isfinite(members).all(0) & np.isfinite(seen)
    said = xr.DataArray(np.where(known, members, np.nan), dims=("member", "y", "x"))
    was = xr.DataArray(np.where(known, seen, np.nan), dims=("y", "x"))
    expected = brier_score_for_ensemble(said, was, "member", list(LEVELS), fair_correction=False)
    assert reaching.tally(members, seen, LEVELS).brier[0] == pytest.approx(expected.values, abs=1e-6)


def test_each_field_is_that_of_the_whole_count() -> None:
    members, seen = rainy(6, (3, 20, 31))
    ours, whole = reaching.tally(members, seen, LEVELS), ensemble.tally(members, seen, LEVELS).probability()
    assert ours.cells.tolist() == whole.cells.tolist()
    assert ours.events.tolist() == whole.events.tolist()
    assert ours.sums == pytest.approx(whole.sums)


def test_all_unknown_says_nothing() -> None:
    found = reaching.tally(np.full((3, 2, 2), np.nan), np.zeros((2, 2)), [1.0])
    assert not found.cells.any()
    assert np.isnan(found.brier).all()


def test_refuses() -> None:
    with pytest.raises(ValueError, match="thresholds"):
        reaching.tally(np.zeros((3, 2, 2)), np.zeros((2, 2)), [])
    with pytest.raises(ValueError, match="members"):
        reaching.tally(np.zeros((3, 2, 2)), np.zeros((3, 2)), [1.0])
