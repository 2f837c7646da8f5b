"""The sorting network, proved by the zero-one principle (Knuth, The Art of Computer Programming 3, 5.3.4)."""

import itertools

import numpy as np
import pytest

from xiangtian.met.verify.members import comparators


@pytest.mark.parametrize("count", range(1, 13))
def test_sorts_every_row_of_zeros_and_ones(count: int) -> None:
    rows = np.array(list(itertools.product((0, 1), repeat=count)))
    for low, high in comparators(count):
        rows[:, [low, high]] = np.sort(rows[:, [low, high]], 1)
    assert (np.diff(rows, axis=1) >= 0).all()


def test_size_of_the_network() -> None:
    # Batcher's odd-even merge sort: 5 comparators for 4, 19 for 8, 63 for 16, 191 for 32 (Knuth, 5.3.4)
    assert [len(comparators(count)) for count in (4, 8, 16, 32)] == [5, 19, 63, 191]
