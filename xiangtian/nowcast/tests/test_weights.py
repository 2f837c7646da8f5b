"""Weights of two forecasts against regression by least squares, and at their limits."""

import numpy as np
import pytest

from xiangtian.nowcast.blend import weights


def one(*values):
    return tuple(np.array([value]) for value in values)


def test_weights_are_those_of_least_squares():
    # numpy's lstsq on a sample is the other program
    rng = np.random.default_rng(8)
    truth, a, b = rng.normal(size=(3, 20_000))
    first, second = truth + 0.7 * a, truth + 1.2 * b + 0.3 * a
    scaled = np.stack([first / first.std(), second / second.std()])
    expected = np.linalg.lstsq(scaled.T, truth / truth.std(), rcond=None)[0]
    told = np.corrcoef([truth, first, second])
    found = weights.best(*one(told[0, 1], told[0, 2], told[1, 2]))
    np.testing.assert_allclose([part[0] for part in found], expected, atol=0.01)


def test_a_forecast_that_is_right_gets_all():
    # the model has correlation 0.5 with the truth, and so with a nowcast that is the truth
    assert np.allclose(weights.best(*one(1.0, 0.5, 0.5)), [[1.0], [0.0]])
    assert np.allclose(weights.best(*one(0.0, 0.5, 0.0)), [[0.0], [0.5]])


def test_no_weight_is_negative_and_the_other_then_stands_alone():
    # 0.9 and 0.3 at 0.6: least squares would give the second (0.3 - 0.54) / 0.64 < 0
    assert np.allclose(weights.best(*one(0.9, 0.3, 0.6)), [[0.9], [0.0]])
    assert np.allclose(weights.best(*one(0.3, 0.9, 0.6)), [[0.0], [0.9]])


def test_forecasts_that_are_the_same_share_and_nothing_becomes_infinite():
    found = weights.best(*one(0.8, 0.8, 1.0))
    assert np.allclose(found, 0.8 / 1.98)
    assert np.isfinite(weights.best(*one(1.0, 1.0, -1.0))).all()


@pytest.mark.parametrize(("nowcast", "model", "alike"), [(0.95, 0.98, 0.1), (0.9, 0.8, 0.0), (0.99, 0.6, -0.3)])
def test_skill_that_can_not_be_gives_way(nowcast, model, alike):
    found = weights.agreed(*one(nowcast, model, alike))[0]
    together = np.array([[1, found, model], [found, 1, alike], [model, alike, 1]])
    impossible = np.array([[1, nowcast, model], [nowcast, 1, alike], [model, alike, 1]])
    assert np.linalg.eigvalsh(impossible).min() < 0 <= np.linalg.eigvalsh(together).min() + 1e-12


def test_the_models_skill_goes_to_its_usual_one():
    now, usual = one(0.9, 0.3)
    assert weights.settled(now, None, 360.0, 180.0)[0] == 0.9
    # 180 minutes of 180: 0.3 + 0.6 / e
    assert weights.settled(now, usual, 180.0, 180.0)[0] == pytest.approx(0.3 + 0.6 / np.e)
