"""Ensembles against hand calculations, the program `scores`, and ensembles that are reliable by construction."""

from pathlib import Path

import numpy as np
import pytest

from xiangtian.met.verify import ensemble

LEVELS = (0.1, 1.0, 3.0)


def rainy(count: int, seed: int, shape: tuple[int, ...] = (23, 31)) -> tuple[np.ndarray, np.ndarray]:
    """Members and observation of one distribution, many dry or alike, some unknown."""
    source = np.random.default_rng(seed)
    place = source.normal(0.0, 1.0, shape)
    all_of_them = np.round(np.exp(place + source.normal(-0.3, 0.7, (count + 1, *shape))), 1)
    all_of_them[all_of_them < 0.8] = 0.0
    members, seen = all_of_them[1:].astype(np.float32), all_of_them[0].astype(np.float32)
    members[0, 2:4, 5:9], seen[-3:, 7] = np.nan, np.nan
    return members, seen


def as_scores(members: np.ndarray, seen: np.ndarray):
    """The same for `scores`, which must be told that a member is unknown where one is."""
    import xarray as xr

    known = np.isfinite(members).all(0) & np.isfinite(seen)
    said = xr.DataArray(np.where(known, members, np.nan).astype(float), dims=("member", "y", "x"))
    return said, xr.DataArray(np.where(known, seen, np.nan).astype(float), dims=("y", "x"))


def assert_equals_scores(members: np.ndarray, seen: np.ndarray, levels: tuple[float, ...]) -> None:
    from scores.probability import brier_score_for_ensemble, crps_for_ensemble, rank_histogram

    found, (said, was) = ensemble.tally(members, seen, levels), as_scores(members, seen)
    assert found.crps()[0] == pytest.approx(float(crps_for_ensemble(said, was, "member")), abs=1e-6)
    fair = float(crps_for_ensemble(said, was, "member", method="fair"))
    assert found.crps(fair=True)[0] == pytest.approx(fair, abs=1e-6)
    stored = [float(np.float32(level)) for level in levels]
    for correction in (False, True):
        expected = brier_score_for_ensemble(said, was, "member", stored, fair_correction=correction)
        assert found.brier(fair=correction)[0] == pytest.approx(expected.values, abs=1e-6)
    ranks = found.ranks()[0]
    assert ranks / ranks.sum() == pytest.approx(rank_histogram(said, was, "member").values, abs=1e-6)


@pytest.mark.filterwarnings("ignore:Encountered a NaN:UserWarning")
@pytest.mark.parametrize("count", [2, 3, 7, 24, 33])
def test_equals_scores_on_ties_zeros_and_gaps(count: int) -> None:
    assert_equals_scores(*rainy(count, count), LEVELS)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore:Encountered a NaN:UserWarning")
def test_equals_scores_on_radar(shared: Path) -> None:
    from xiangtian.radar.composites import fmi_pgm

    files = sorted((shared / "radar-fmi-20160928/pgm").iterdir())[:9]
    frames = np.stack([fmi_pgm.read(file.read_bytes()).rate for file in files])
    assert_equals_scores(frames[:8], frames[8], (0.1, 1.0, 5.0))


def test_members_that_equal_the_observation() -> None:
    """Members 0, 0, 1, 2 and observation 0.

    mean |x - y| = 3/4; pairs: |0-1| twice, |0-2| twice, |1-2| once = 7, over m^2 = 16: 0.4375; CRPS = 0.3125.
    Fair: 7 / (4 * 3) = 0.58333; 0.75 - 0.58333 = 0.16667.
    """
    found = ensemble.tally(np.float32([0, 0, 1, 2])[:, None, None], [[0.0]])
    assert found.crps()[0] == pytest.approx(0.3125)
    assert found.crps(fair=True)[0] == pytest.approx(1 / 6)
    assert found.ranks()[0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0])


def test_spread_and_error_by_hand() -> None:
    # members 1 and 3: mean 2, unbiased variance 2, times 3/2 = 3; observation 5: error of the mean -3
    found = ensemble.tally(np.float32([1, 3])[:, None, None], [[5.0]])
    assert (found.spread[0], found.rmse[0], found.bias[0]) == pytest.approx((np.sqrt(3.0), 3.0, -3.0))


def test_reliable_ensemble_is_found_reliable() -> None:
    members, seen = rainy(9, 77, (400, 500))
    found = ensemble.tally(members, seen, [1.0])
    for everywhere in (True, False):
        assert found.inside(everywhere=everywhere)[0] == pytest.approx(0.8, abs=0.005)
        assert found.pit_variance(everywhere)[0] == pytest.approx(1.0, abs=0.015)
        assert found.ranks(everywhere)[0] / found.ranks(everywhere).sum() == pytest.approx(np.full(10, 0.1), abs=0.003)
    assert found.rmse[0] / found.spread[0] == pytest.approx(1.0, abs=0.02)


def test_narrow_ensemble_is_found_narrow() -> None:
    source = np.random.default_rng(3)
    found = ensemble.tally(source.normal(0, 0.5, (20, 100, 100)), source.normal(0, 1, (100, 100)))
    assert found.inside()[0] < 0.6
    assert found.pit_variance()[0] > 1.5
    assert found.rmse[0] / found.spread[0] > 1.5


def test_alike_members_are_kept_apart() -> None:
    members = np.zeros((3, 1, 4), np.float32)
    members[:, 0, 3] = [0.0, 1.0, 2.0]
    found = ensemble.tally(members, [[0.0, 5.0, -1.0, 3.0]])
    assert found.flat.tolist() == [[1, 1, 1]]
    assert found.ranks(everywhere=False)[0].tolist() == [1, 0, 0, 2]
    assert found.ranks()[0] == pytest.approx([1.25, 0.25, 0.25, 2.25])


def test_drawn_ranks_are_the_shared_ones_on_the_mean() -> None:
    found = ensemble.tally(*rainy(5, 1, (200, 200)))
    drawn = found.drawn_ranks(seed=4)
    assert drawn.tolist() == found.drawn_ranks(seed=4).tolist()
    assert drawn.sum() == found.cells.sum()
    assert drawn[0] == pytest.approx(found.ranks()[0], abs=4 * np.sqrt(found.cells[0]))


def test_fields_and_starts_are_summed() -> None:
    members, seen = rainy(6, 2, (2, 17, 19))
    both = ensemble.tally(members, seen, LEVELS)
    ones = [ensemble.tally(members[:, k], seen[k], LEVELS) for k in range(2)]
    for name, values in both.scores().items():
        parts = [one.scores()[name] for one in ones]
        assert values == pytest.approx(np.concatenate(parts), nan_ok=True), name
        assert both.pooled().scores()[name] == pytest.approx((ones[0] + ones[1]).scores()[name], nan_ok=True), name


def test_all_unknown_says_nothing() -> None:
    found = ensemble.tally(np.full((3, 2, 2), np.nan), np.zeros((2, 2)), [1.0])
    assert found.cells.tolist() == [0]
    assert all(np.isnan(values).all() for values in found.scores().values())


@pytest.mark.parametrize("shape", [(1, 3, 3), (4, 3, 2), (3, 3)])
def test_refuses(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="members"):
        ensemble.tally(np.zeros(shape), np.zeros((3, 3)))
