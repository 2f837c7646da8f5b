"""Ranks without sorting; expected values by hand, and those of the pass that counts everything."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.met.verify import ensemble, ranking


def test_ties_share_a_cell() -> None:
    """Hamill 2001: observation 1 among 0, 1, 1, 2 may have rank 2, 3 or 4 (by hand: a third of the cell each)."""
    found = ranking.tally(np.array([0.0, 1.0, 1.0, 2.0]).reshape(4, 1, 1), [[1.0]])
    np.testing.assert_allclose(found.ranks()[0], [0, 1 / 3, 1 / 3, 1 / 3, 0])


def test_all_the_same_may_be_left_out() -> None:
    members = np.zeros((3, 1, 2))
    members[2, 0, 1] = 5.0
    found = ranking.tally(members, [[0.0, 9.0]])
    np.testing.assert_allclose(found.ranks()[0], [0.25, 0.25, 0.25, 1.25])
    np.testing.assert_allclose(found.ranks(everywhere=False)[0], [0, 0, 0, 1.0])


@pytest.mark.parametrize("count", [2, 3, 24, 25])
def test_the_same_counts_as_the_sorted_pass(count: int) -> None:
    source = np.random.default_rng(count)
    members = np.floor(source.gamma(0.3, 4.0, (count, 2, 31, 37))).astype(np.float32)
    seen = np.floor(source.gamma(0.3, 4.0, (2, 31, 37))).astype(np.float32)
    members[0, 0, 3, 4], seen[1, 5, 5], members[1, 1, 6, 6] = np.nan, np.inf, -np.inf
    ours, whole = ranking.tally(members, seen), ensemble.tally(members, seen)
    for everywhere in (True, False):
        np.testing.assert_allclose(ours.ranks(everywhere), whole.ranks(everywhere), atol=1e-9)
    assert ours.ranks().sum(-1) == pytest.approx([31 * 37 - 1, 31 * 37 - 2])


def test_nothing_known_counts_nothing() -> None:
    assert ranking.tally(np.full((3, 2, 2), np.nan), np.zeros((2, 2))).placed.sum() == 0


def test_added_and_pooled() -> None:
    members, seen = np.arange(12.0).reshape(3, 2, 1, 2), np.full((2, 1, 2), 4.0)
    one = ranking.tally(members, seen)
    assert (one + one).pooled().ranks().sum() == 8.0
    with pytest.raises(ValueError, match="can't be added"):
        one + ranking.tally(members[:2], seen)


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="members"):
        ranking.tally(np.zeros((3, 2, 2)), np.zeros((2, 3)))
