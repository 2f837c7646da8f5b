"""Amounts that came, and counts that survive being stored."""

import json

import numpy as np
import pytest

from xiangtian.met.verify import categorical, ensemble
from xiangtian.verify import ahead


def steady(rate: float, count: int) -> list[np.ndarray]:
    return [np.full((40, 40), rate, np.float32)] * count


def test_steady_rain_adds_up_by_the_clock() -> None:
    came = ahead.fallen(steady(6.0, 25), 5.0)  # 6 mm/h: 3 mm in half an hour, 6 in one, 12 in two
    for field, mm in zip(came, (3.0, 6.0, 12.0), strict=True):
        np.testing.assert_allclose(field, mm, rtol=1e-5)
    np.testing.assert_allclose(ahead.staying(np.full((2, 2), 6.0, np.float32))[:, 0, 0], [3.0, 6.0, 12.0])


def test_windows_that_the_frames_do_not_fill_are_unknown() -> None:
    came = ahead.fallen(steady(6.0, 13), 5.0)  # one hour
    assert np.isfinite(came[:2]).all()
    assert np.isnan(came[2]).all()
    assert np.isnan(ahead.fallen(steady(6.0, 1), 5.0)).all()


def test_the_leads_of_the_windows_are_picked() -> None:
    amount = np.arange(24, dtype=np.float32).reshape(1, 24, 1, 1)
    assert ahead.windows(amount, [5.0 * (k + 1) for k in range(24)])[0, :, 0, 0].tolist() == [5, 11, 23]


@pytest.mark.parametrize("members", [0, 5])
def test_counts_come_back_from_json_as_they_were(members) -> None:
    chance = np.random.default_rng(3)
    shape = (members, 3, 30, 30) if members else (3, 30, 30)
    said, came = chance.gamma(0.5, 6, shape).astype(np.float32), chance.gamma(0.5, 6, (3, 30, 30)).astype(np.float32)
    made = ahead.counted(said, came, 1.0)
    back = ahead.unpacked(json.loads(json.dumps(ahead.packed(made))))
    assert set(back) == set(made) == ({"ensemble"} if members else {"categorical", "fractions", "ensemble"})
    for name, tally in made.items():
        assert back[name].scores().keys() == tally.scores().keys()
        for key, value in tally.scores().items():
            np.testing.assert_array_equal(back[name].scores()[key], value)
        assert (back[name] + tally).scores().keys() == tally.scores().keys()


def test_one_future_s_crps_is_its_mean_absolute_error() -> None:
    said, came = np.full((3, 4, 4), 2.0, np.float32), np.full((3, 4, 4), 5.0, np.float32)
    made = ahead.counted(said, came, 1.0)
    assert isinstance(made["ensemble"], ensemble.Tally)
    assert isinstance(made["categorical"], categorical.Tally)
    np.testing.assert_allclose(made["ensemble"].crps(), 3.0)
    assert made["categorical"].counts[0].tolist() == [[16, 0, 0, 0], [0, 0, 16, 0], [0, 0, 0, 16]]  # 1, 5, 20 mm
