from __future__ import annotations

import numpy as np
import pytest

from xiangtian.lake.packing import RAIN, fits, pack, unpack


def test_rain_comes_back_within_half_a_hundredth() -> None:
    rain = np.random.default_rng(1).gamma(0.5, 20, (50, 60)).astype(np.float32)
    back = unpack(pack(rain, RAIN), RAIN)
    assert back.dtype == np.float32
    assert np.abs(back - rain).max() <= 0.005 + 1e-5


def test_hand_made_values_and_missing() -> None:
    packed = pack(np.array([[0.0, np.nan], [12.34, 327.67]], np.float32), RAIN)
    assert packed.tolist() == [[0, -1], [1234, 32767]]
    assert np.array_equal(unpack(packed, RAIN), np.array([[0, np.nan], [12.34, 327.67]], np.float32), equal_nan=True)


def test_all_missing_and_one_value() -> None:
    assert pack(np.full((2, 2), np.nan), RAIN).tolist() == [[-1, -1], [-1, -1]]
    assert pack(np.array(1.0), RAIN) == 100


@pytest.mark.parametrize("value", [327.68, -0.01, np.inf])
def test_what_does_not_fit_is_refused(value: float) -> None:
    assert not fits(np.array([1.0, value]), RAIN)
    with pytest.raises(ValueError, match=r"between 0 and 327\.67"):
        pack(np.array([1.0, value]), RAIN)


def test_integers_are_not_packed() -> None:
    assert not fits(np.array([1, 2]), RAIN)
