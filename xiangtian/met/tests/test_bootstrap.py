"""Intervals whose bounds follow from counting the draws."""

import numpy as np
import pytest

from xiangtian.met.verify import bootstrap


def test_two_blocks_can_be_drawn_in_four_ways() -> None:
    # differences 0 and 2: means 0, 1, 1, 2 with equal chance, so that 95 % lie from 0 to 2
    found = bootstrap.mean_difference([1.0, 1.0, 3.0, 3.0], [1.0, 1.0, 1.0, 1.0], ["a", "a", "b", "b"], seed=1)
    assert (found.value, found.low, found.high, found.blocks) == (1.0, 0.0, 2.0, 2)
    assert not found.certain


def test_blocks_widen_the_interval_of_cases_that_are_alike() -> None:
    source = np.random.default_rng(2)
    ours = np.repeat(source.normal(0.1, 1.0, 12), 24)
    alone = bootstrap.mean_difference(ours, np.zeros_like(ours), range(len(ours)), seed=3)
    together = bootstrap.mean_difference(ours, np.zeros_like(ours), np.repeat(np.arange(12), 24).tolist(), seed=3)
    # the standard error of 12 means against that of 288: root of 24, about 4.9
    assert (together.high - together.low) / (alone.high - alone.low) == pytest.approx(np.sqrt(24), rel=0.2)


def test_interval_is_that_of_the_normal_law() -> None:
    # 400 independent cases of deviation 1: 1.96 / 20 = 0.098 to either side of the mean
    differences = np.random.default_rng(4).normal(0.5, 1.0, 400)
    found = bootstrap.mean_difference(differences, np.zeros(400), range(400), seed=5)
    half = 1.96 * differences.std() / 20
    assert (found.low, found.high) == pytest.approx((differences.mean() - half, differences.mean() + half), abs=0.012)
    assert found.certain


def test_counts_are_added_before_the_ratio() -> None:
    counts = np.array([[1.0, 1.0], [1.0, 9.0]])
    found = bootstrap.ratio_difference(counts, np.array([[0.0, 1.0], [0.0, 9.0]]), lambda c: c[0] / c[1], seed=6)
    # pooled 2 / 10; the draws give 1, 2 / 10 and 2 / 18
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 1 / 9, 1.0))


def test_same_seed_same_interval_and_unknown_pairs_left_out() -> None:
    ours, theirs, blocks = [1.0, 2.0, np.nan, 4.0], [0.5, 0.0, 1.0, 5.0], ["a", "b", "c", "d"]
    found = bootstrap.mean_difference(ours, theirs, blocks, seed=7)
    assert found == bootstrap.mean_difference(ours, theirs, blocks, seed=7)
    assert found.blocks == 3
    assert found.value == pytest.approx((0.5 + 2.0 - 1.0) / 3)


@pytest.mark.parametrize(
    ("ours", "blocks", "given", "said"),
    [
        ([1.0, 2.0], ["a"], {}, "one length"),
        ([1.0, 2.0], ["a", "a"], {}, "2 blocks or more"),
        ([1.0, np.nan], ["a", "b"], {}, "2 blocks or more"),
        ([1.0, 2.0], ["a", "b"], {"draws": 0}, "0 draws"),
        ([1.0, 2.0], ["a", "b"], {"confidence": 1.0}, "between 0 and 1"),
    ],
)
def test_refuses(ours: list[float], blocks: list[str], given: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        bootstrap.mean_difference(ours, [0.0, 0.0], blocks, 1, **given)


def test_no_draw_with_a_score_is_refused() -> None:
    with pytest.raises(ValueError, match="no draw has a score"):
        bootstrap.ratio_difference(np.zeros((3, 1)), np.zeros((3, 1)), lambda _: float("nan"), seed=1)
