"""Two series that measure the same thing."""

import numpy as np
import pytest

from xiangtian.met.agreement import agreement


def test_anscombes_first_quartet() -> None:
    # F. J. Anscombe, Graphs in Statistical Analysis, The American Statistician 27 (1973): mean of x 9.0, of y 7.50,
    # correlation 0.816
    x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    found = agreement(x, y)
    assert found.correlation == pytest.approx(0.816, abs=5e-4)
    assert found.bias == pytest.approx(-1.5, abs=5e-3)
    assert (found.pairs, found.missing) == (11, 0)


def test_differences_by_hand() -> None:
    found = agreement([1.0, 2.0, np.nan, 4.0, 5.0], [2.0, 0.0, 3.0, 4.0, np.nan])
    # differences 1, -2, 0: mean -1/3, absolute 1, root of 5/3
    assert found.bias == pytest.approx(-1 / 3)
    assert found.mean_absolute == pytest.approx(1.0)
    assert found.rms == pytest.approx((5 / 3) ** 0.5)
    assert (found.pairs, found.missing) == (3, 2)


@pytest.mark.parametrize(
    ("first", "second"), [([1.0, 2.0], [3.0, 9.0]), ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]), ([5.0], [5.0])]
)
def test_no_correlation_of_too_few_or_of_what_never_changes(first: list[float], second: list[float]) -> None:
    assert agreement(first, second).correlation is None


def test_all_missing_and_bad_input() -> None:
    nothing = agreement([np.nan, 1.0], [1.0, np.nan])
    assert (nothing.pairs, nothing.missing, nothing.bias, nothing.rms) == (0, 2, None, None)
    assert agreement([], []).pairs == 0
    with pytest.raises(ValueError, match="one length"):
        agreement([1.0], [1.0, 2.0])
