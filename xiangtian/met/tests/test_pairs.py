"""What the fields of a comparison must be."""

import numpy as np
import pytest

from xiangtian.met.verify import categorical, fractions
from xiangtian.met.verify.pairs import aligned, each, members_of, ratio, same_make


def test_fields_are_taken_as_they_are_where_they_can() -> None:
    field = np.zeros((2, 3, 4), np.float32)
    said, _ = aligned(field, field)
    assert np.shares_memory(said, field)
    assert aligned(field[0], field[1].astype(float))[1].shape == (1, 3, 4)


def test_members_keep_their_fields() -> None:
    said, was = members_of(np.zeros((5, 3, 4)), np.zeros((3, 4)))
    assert (said.shape, was.shape, said.dtype) == ((5, 1, 3, 4), (1, 3, 4), np.float32)
    assert members_of(np.zeros((5, 2, 3, 4)), np.zeros((2, 3, 4)))[0].shape == (5, 2, 3, 4)


def test_nothing_is_said_of_nothing() -> None:
    assert np.isnan(ratio([0.0, 1.0], 0.0)).all()
    assert ratio([3.0], [2]).tolist() == [1.5]


def test_first_failure_is_raised() -> None:
    def fail(k: int) -> None:
        raise ArithmeticError(f"field {k}")

    with pytest.raises(ArithmeticError, match="field 0"):
        each(fail, 3)


def test_tallies_of_other_kinds_are_not_added() -> None:
    one, other = categorical.tally([[1.0]], [[1.0]], [1.0]), fractions.tally([[1.0]], [[1.0]], [1.0], [1])
    same_make(one, one, "thresholds")
    with pytest.raises(ValueError, match="fields 1 and 2"):
        one + categorical.tally(np.ones((2, 1, 1)), np.ones((2, 1, 1)), [1.0])
    assert other.fields == 1
